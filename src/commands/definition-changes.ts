// What changed between two versions of a workflow: node by node, edge by edge, field by field. Pure.
import type { Edge, WorkflowDefinition } from '../definition/schema.ts'
import type { Json, JsonObject } from '../json.ts'
import type { DefinitionChange } from './answers.ts'
import { changesBetween, isChanged, noChanges } from './values.ts'

export function definitionChanges(before: WorkflowDefinition, after: WorkflowDefinition): DefinitionChange[] {
  const { nodes: oldNodes, edges: oldEdges, collections: oldCollections, ...oldRest } = before
  const { nodes: newNodes, edges: newEdges, collections: newCollections, ...newRest } = after
  const changes: DefinitionChange[] = []
  const rest: [{ [part: string]: unknown }, { [part: string]: unknown }] = [oldRest, newRest]
  for (const part of new Set(rest.flatMap((one) => Object.keys(one)))) {
    const fields = changesBetween(rest[0][part] as Json | undefined, rest[1][part] as Json | undefined)
    if (isChanged(fields)) changes.push({ part, name: '', change: 'changed', fields })
  }
  changes.push(
    ...named('collection', new Map(Object.entries(oldCollections)), new Map(Object.entries(newCollections))),
    ...named('node', nodesOf(before), nodesOf(after)),
    ...named('edge', edgesOf(oldEdges), edgesOf(newEdges)),
  )
  const [oldOrder, newOrder] = [oldNodes, newNodes].map((nodes) => nodes.map((node) => node.name))
  if (
    JSON.stringify(oldOrder) !== JSON.stringify(newOrder) &&
    JSON.stringify(oldOrder?.toSorted()) === JSON.stringify(newOrder?.toSorted())
  ) {
    const fields = changesBetween(oldOrder?.join(', '), newOrder?.join(', '))
    changes.push({ part: 'order', name: '', change: 'changed', fields })
  }
  return changes
}

function named(part: string, before: Map<string, unknown>, after: Map<string, unknown>): DefinitionChange[] {
  const changes: DefinitionChange[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(name), after.get(name)] as (Json | undefined)[]
    if (old === undefined) changes.push({ part, name, change: 'added', fields: noChanges })
    else if (fresh === undefined) changes.push({ part, name, change: 'removed', fields: noChanges })
    else {
      const fields = changesBetween(old, fresh)
      if (isChanged(fields)) changes.push({ part, name, change: 'changed', fields })
    }
  }
  return changes
}

function nodesOf({ nodes }: WorkflowDefinition): Map<string, unknown> {
  return new Map(nodes.map(({ name, ...node }) => [name, node]))
}

/** Two edges between the same nodes differ by their outcome, or else by their place. */
function edgesOf(edges: Edge[]): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  for (const { from, to, on, ...rest } of edges) {
    const name = `${from} -> ${to}${on === 'success' ? '' : ` on ${on}`}`
    let unique = name
    for (let count = 2; found.has(unique); count++) unique = `${name} (${count})`
    found.set(unique, rest as JsonObject)
  }
  return found
}
