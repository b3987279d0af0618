// The order and the shape of a workflow as a graph: what comes before what, cycles, and what nothing leads to.
// Pure; graphology and graphology-dag are imported here alone.
import { MultiDirectedGraph } from 'graphology'
import { hasCycle, topologicalGenerations } from 'graphology-dag'
import { WorkflowError } from '../errors.ts'
import type { Edge, WorkflowNode } from './schema.ts'

/** The part of a definition that makes the graph; a whole WorkflowDefinition will do. */
export interface GraphSource {
  nodes: Pick<WorkflowNode, 'name'>[]
  edges: Pick<Edge, 'from' | 'to'>[]
}

/**
 * The same with an edge from each node to the one that takes it back (`undo`): what stands before a node when it is
 * rolled back, and what is there for a reason although no edge of the file leads to it.
 */
export function withUndo(definition: {
  nodes: { name: string; undo?: string }[]
  edges: GraphSource['edges']
}): GraphSource {
  const undos = definition.nodes.flatMap(({ name, undo }) =>
    undo === undefined ? [] : [{ from: name, to: undo }],
  )
  return { nodes: definition.nodes, edges: [...definition.edges, ...undos] }
}

/**
 * Keyed by the position in the file, as text: graphology-dag keeps its labels in plain objects, where a node called
 * "constructor" would meet what every object is born with. Several edges may join two nodes (`on: success` and
 * `on: failure`).
 */
export type WorkflowGraph = MultiDirectedGraph<{ name: string }, { index: number }>

/**
 * Builds the graph of a definition. Repeated names and edges to unknown nodes are left out: they are faults of their
 * own, and the rest of the file can still be checked.
 */
export function buildGraph(definition: GraphSource): WorkflowGraph {
  const graph: WorkflowGraph = new MultiDirectedGraph()
  const keys = keysByName(definition)
  for (const [name, key] of keys) graph.addNode(key, { name })
  for (const [index, edge] of definition.edges.entries()) {
    const from = keys.get(edge.from)
    const to = keys.get(edge.to)
    if (from !== undefined && to !== undefined) graph.addEdge(from, to, { index })
  }
  return graph
}

/**
 * The order in which nodes run one after the other: each node after all that lead to it and, where the edges leave a
 * choice, the one that stands first in the file. So it depends neither on the order of the edges nor on chance, and a
 * file that already is in order runs from top to bottom. (graphology-dag's own sort breaks ties by the order in which
 * edges were inserted, and goes level by level.) Throws `workflow.cycle`.
 */
export function topologicalOrder(definition: GraphSource): string[] {
  const graph = buildGraph(definition)
  refuseCycle(definition, graph)
  const waitsFor = new Map(graph.mapNodes((key) => [key, graph.inNeighbors(key).length]))
  const order: string[] = []
  const firstReady = () => graph.findNode((key) => waitsFor.get(key) === 0)
  for (let key = firstReady(); key !== undefined; key = firstReady()) {
    waitsFor.delete(key)
    order.push(graph.getNodeAttribute(key, 'name'))
    for (const next of graph.outNeighbors(key)) waitsFor.set(next, (waitsFor.get(next) ?? 0) - 1)
  }
  return order
}

/**
 * Nodes by their distance from the start: what stands in one generation does not depend on one another. Inside a
 * generation, in the order of the file. Throws `workflow.cycle`.
 */
export function generations(definition: GraphSource): string[][] {
  const graph = buildGraph(definition)
  refuseCycle(definition, graph)
  return topologicalGenerations(graph).map((keys) => namesOf(graph, inFileOrder(keys)))
}

/** A cycle as the path that closes it, `['a', 'b', 'c', 'a']`, from its first node in the file; null without one. */
export function findCycle(definition: GraphSource): string[] | null {
  const graph = buildGraph(definition)
  if (!hasCycle(graph)) return null
  const finished = new Set<string>()
  const path: string[] = []

  const walk = (key: string): string[] | null => {
    const start = path.indexOf(key)
    if (start >= 0) return path.slice(start)
    if (finished.has(key)) return null
    path.push(key)
    for (const next of inFileOrder(graph.outNeighbors(key))) {
      const cycle = walk(next)
      if (cycle) return cycle
    }
    path.pop()
    finished.add(key)
    return null
  }

  for (const key of graph.nodes()) {
    const cycle = walk(key)
    if (cycle) return namesOf(graph, closedFromFirst(cycle))
  }
  return null
}

/** Nodes that no path from any of these triggers reaches, in the order of the file. */
export function unreachableFrom(definition: GraphSource, triggers: Iterable<string>): string[] {
  const graph = buildGraph(definition)
  const keys = keysByName(definition)
  const start = [...triggers].flatMap((name) => keys.get(name) ?? [])
  const reached = closure(start, (key) => graph.outNeighbors(key))
  return namesOf(
    graph,
    graph.filterNodes((key) => !reached.has(key)),
  )
}

/** Every node that comes before this one on some path, without the node itself; empty for an unknown name. */
export function ancestors(definition: GraphSource, name: string): Set<string> {
  const graph = buildGraph(definition)
  const key = keysByName(definition).get(name)
  if (key === undefined) return new Set()
  const found = closure(graph.inNeighbors(key), (one) => graph.inNeighbors(one))
  found.delete(key)
  return new Set(namesOf(graph, inFileOrder([...found])))
}

function keysByName(definition: GraphSource): Map<string, string> {
  const keys = new Map<string, string>()
  for (const [position, node] of definition.nodes.entries()) {
    if (!keys.has(node.name)) keys.set(node.name, String(position))
  }
  return keys
}

function namesOf(graph: WorkflowGraph, keys: string[]): string[] {
  return keys.map((key) => graph.getNodeAttribute(key, 'name'))
}

function inFileOrder(keys: string[]): string[] {
  return keys.sort((a, b) => Number(a) - Number(b))
}

function closure(start: string[], next: (key: string) => string[]): Set<string> {
  const found = new Set(start)
  for (const key of found) for (const neighbour of next(key)) found.add(neighbour)
  return found
}

function closedFromFirst(cycle: string[]): string[] {
  const first = inFileOrder([...cycle])[0] ?? ''
  const start = cycle.indexOf(first)
  return [...cycle.slice(start), ...cycle.slice(0, start), first]
}

function refuseCycle(definition: GraphSource, graph: WorkflowGraph): void {
  if (!hasCycle(graph)) return
  const path = findCycle(definition) ?? []
  throw new WorkflowError('workflow.cycle', `The nodes run in a circle: ${path.join(' → ')}.`, {
    hint: 'Remove one of these edges.',
  })
}
