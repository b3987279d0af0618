// What is wrong with a workflow as a whole: names, edges, order, joins and conditions. Pure.
import { findCycle, type GraphSource, unreachableFrom, withUndo } from './graph.ts'
import { suggestion } from './nearest.ts'
import { checkExpression } from './references.ts'
import type { Edge, NodeFault } from './schema.ts'

/** What is known of a node, even when other fields of it are wrong. */
export interface NamedNode {
  name: string
  role: 'trigger' | 'action' | undefined
  join?: unknown
  undo?: string
  /** The expression of its `for_each`. */
  items?: string
  /** Its place in the file's list of nodes. */
  index: number
}

/** An edge and its place in the file's list. */
export type PlacedEdge = Edge & { index: number }

export interface StructureFault extends NodeFault {
  /** 0-based position inside the text of the field, when one place is to blame. */
  position?: number
}

/**
 * All faults at once; paths begin with `nodes` or `edges`. `whole` says whether these are all the nodes and edges of the
 * file: when some could not be read, a node may only seem to be out of reach.
 */
export function checkStructure(nodes: NamedNode[], edges: PlacedEdge[], whole: boolean): StructureFault[] {
  const graph = { nodes, edges }
  return [
    ...checkNames(nodes),
    ...checkTriggers(nodes),
    ...edges.flatMap((edge) => checkEdge(edge, nodes)),
    ...checkDoubles(edges),
    ...checkElse(edges),
    ...checkJoins(nodes, edges),
    ...checkUndo(nodes),
    ...nodes.flatMap((node) => checkItems(node, graph)),
    ...checkCycle(graph, edges),
    ...(whole ? checkReach(graph, nodes, edges) : []),
    ...edges.flatMap((edge) => checkCondition(edge, graph)),
  ]
}

function checkNames(nodes: NamedNode[]): StructureFault[] {
  const first = new Map<string, number>()
  const faults: StructureFault[] = []
  for (const { name, index } of nodes) {
    const earlier = first.get(name)
    if (earlier === undefined) first.set(name, index)
    else {
      const message = `two nodes are called "${name}": nodes ${earlier + 1} and ${index + 1}.`
      faults.push({
        code: 'workflow.duplicate_node',
        message,
        hint: 'give one of them another name',
        path: ['nodes', index, 'name'],
      })
    }
  }
  return faults
}

function checkTriggers(nodes: NamedNode[]): StructureFault[] {
  if (nodes.some((node) => node.role !== 'action')) return []
  const message = 'the workflow has no trigger, so nothing can start it.'
  return [{ code: 'workflow.no_trigger', message, hint: 'add a node with "type: manual"', path: ['nodes'] }]
}

function checkEdge(edge: PlacedEdge, nodes: NamedNode[]): StructureFault[] {
  const faults: StructureFault[] = []
  const at = (field: 'from' | 'to') => ['edges', edge.index, field]
  const names = nodes.map((node) => node.name)
  for (const field of ['from', 'to'] as const) {
    if (names.includes(edge[field])) continue
    const message = `the edge ${field === 'from' ? 'starts at' : 'leads to'} "${edge[field]}", which is not a node.`
    faults.push({
      code: 'workflow.unknown_node',
      message,
      hint: suggestion(edge[field], names),
      path: at(field),
    })
  }
  if (edge.from === edge.to) {
    faults.push({
      code: 'workflow.self_edge',
      message: `the edge leads from "${edge.from}" to itself.`,
      hint: 'remove it; to repeat a node, give it "retry"',
      path: at('to'),
    })
  }
  if (nodes.find((node) => node.name === edge.to)?.role === 'trigger') {
    faults.push({
      code: 'workflow.edge_into_trigger',
      message: `the edge leads to "${edge.to}", which is a trigger; nothing runs before a trigger.`,
      hint: 'turn the edge round, or lead it to an action',
      path: at('to'),
    })
  }
  return faults
}

function checkDoubles(edges: PlacedEdge[]): StructureFault[] {
  const first = new Map<string, number>()
  return edges.flatMap((edge): StructureFault[] => {
    const key = JSON.stringify([edge.from, edge.to, edge.on])
    const earlier = first.get(key)
    if (earlier === undefined) {
      first.set(key, edge.index)
      return []
    }
    const message = `edge ${earlier + 1} already leads from "${edge.from}" to "${edge.to}" on ${edge.on}.`
    const hint =
      edge.when === undefined ? 'remove one of them' : 'join their conditions with || or && in one edge'
    return [{ code: 'workflow.duplicate_edge', message, hint, path: ['edges', edge.index] }]
  })
}

function checkElse(edges: PlacedEdge[]): StructureFault[] {
  return edges.flatMap((edge): StructureFault[] => {
    if (!edge.else) return []
    const path = ['edges', edge.index, 'else']
    if (edge.when !== undefined) {
      const message = 'an edge has either "when" or "else", not both.'
      return [{ code: 'workflow.else_with_when', message, hint: 'remove one of the two', path }]
    }
    if (edges.some((other) => other.from === edge.from && other.on === edge.on && !other.else)) return []
    const message = `"else" has no other edge on ${edge.on} from "${edge.from}" to be the alternative of.`
    return [
      { code: 'workflow.else_alone', message, hint: 'remove "else", or give the other edge a "when"', path },
    ]
  })
}

function checkJoins(nodes: NamedNode[], edges: PlacedEdge[]): StructureFault[] {
  return nodes.flatMap(({ name, join, index }): StructureFault[] => {
    const incoming = edges.filter((edge) => edge.to === name).length
    if (typeof join !== 'number' || join <= incoming) return []
    const message = `"${name}" waits for ${join} edges, but only ${incoming} lead${incoming === 1 ? 's' : ''} to it.`
    return [
      {
        code: 'workflow.join_too_large',
        message,
        hint: `write ${incoming} or less, or "all"`,
        path: ['nodes', index, 'join'],
      },
    ]
  })
}

function checkCycle(graph: GraphSource, edges: PlacedEdge[]): StructureFault[] {
  // An edge from a node to itself has a fault of its own.
  const cycle = findCycle({ ...graph, edges: edges.filter((edge) => edge.from !== edge.to) })
  if (!cycle) return []
  const closing = edges.find((edge) => edge.from === cycle.at(-2) && edge.to === cycle.at(-1))
  const message = `the nodes run in a circle: ${cycle.join(' → ')}.`
  return [
    {
      code: 'workflow.cycle',
      message,
      hint: 'remove one of these edges',
      path: ['edges', closing?.index ?? 0],
    },
  ]
}

function checkReach(
  graph: Parameters<typeof withUndo>[0],
  nodes: NamedNode[],
  edges: PlacedEdge[],
): StructureFault[] {
  const names = new Set(nodes.map((node) => node.name))
  const triggers = nodes.filter((node) => node.role === 'trigger').map((node) => node.name)
  const lost = edges.some((edge) => !names.has(edge.from) || !names.has(edge.to))
  // With edges that lead nowhere, or without a trigger, this would only repeat their faults in other words.
  if (lost || triggers.length === 0) return []
  return unreachableFrom(withUndo(graph), triggers).map((name) => ({
    code: 'workflow.unreachable_node',
    message: `no path of edges leads from a trigger to "${name}", so it would never run.`,
    hint: 'add an edge to it, or remove it',
    path: ['nodes', nodes.find((node) => node.name === name)?.index ?? 0, 'name'],
  }))
}

function checkCondition(edge: PlacedEdge, definition: Parameters<typeof withUndo>[0]): StructureFault[] {
  if (edge.when === undefined) return []
  const path = ['edges', edge.index, 'when']
  return checkExpression(edge.when, { definition, node: edge.to, condition: true }).map((fault) => ({
    ...fault,
    path,
  }))
}

function checkUndo(nodes: NamedNode[]): StructureFault[] {
  return nodes.flatMap(({ name, undo, index }): StructureFault[] => {
    if (undo === undefined) return []
    const path = ['nodes', index, 'undo']
    const target = nodes.find((node) => node.name === undo)
    if (!target) {
      const message = `"${undo}", which should take back "${name}", is not a node.`
      const names = nodes
        .filter((node) => node.role === 'action' && node.name !== name)
        .map((node) => node.name)
      return [{ code: 'workflow.unknown_node', message, hint: suggestion(undo, names), path }]
    }
    if (undo === name || target.role === 'trigger') {
      const what = undo === name ? 'the node itself' : 'a trigger'
      const message = `"${name}" cannot be taken back by ${what}.`
      return [
        { code: 'workflow.undo', message, hint: 'name an action that takes back what this one did', path },
      ]
    }
    return []
  })
}

function checkItems(
  { name, items, index }: NamedNode,
  definition: Parameters<typeof withUndo>[0],
): StructureFault[] {
  if (items === undefined) return []
  const path = ['nodes', index, 'for_each', 'items']
  return checkExpression(items, { definition, node: name }).map((fault) => ({ ...fault, path }))
}
