// How the edges into a node were judged, found out again from the report by the engine's own rules, with the values that
// their conditions looked at. Pure.
import { compileExpression } from '../definition/expression.ts'
import type { Edge, WorkflowDefinition } from '../definition/schema.ts'
import { Plan } from '../engine/plan.ts'
import type { NodeResult, Report } from '../engine/report.ts'
import { createRouter } from '../engine/route.ts'
import type { Json, JsonObject } from '../json.ts'
import type { JudgedEdge, ReadValue } from './answers.ts'
import { clipped } from './values.ts'

/**
 * In the order of the file. Inputs and outputs are what the conditions saw; of the context only its end is known, so a
 * condition that reads it may be judged otherwise here than it was: the report has the last word.
 */
export function judgeEdges(report: Report, definition: WorkflowDefinition, name: string): JudgedEdge[] {
  const plan = Plan.of(definition)
  const statuses = new Map(report.nodes.map((node) => [node.name, node.status]))
  const scope = scopeOf(report)
  const fired = report.trigger.node
  const reachable = plan.reachableFrom(fired)
  const status = (node: string): NodeResult['status'] => statuses.get(node) ?? 'pending'
  const router = createRouter({
    plan,
    fired,
    state: { node: (node) => ({ status: status(node) }) },
    before: () => scope,
    after: () => scope,
  })

  const judge = (edge: Edge): Pick<JudgedEdge, 'taken' | 'why'> => {
    if (!reachable.has(edge.from)) {
      return { taken: 'no', why: `the trigger "${fired}" does not lead to "${edge.from}"` }
    }
    const verdict = router.verdict(edge)
    if (verdict.taken === 'unknown') return { taken: 'unknown', why: verdict.error.message }
    if (!verdict.taken) return { taken: 'no', why: verdict.why }
    if (edge.when !== undefined)
      return { taken: 'yes', why: `the condition \`${edge.when}\` after "${edge.from}" was met` }
    if (edge.else) return { taken: 'yes', why: `nothing else was taken after "${edge.from}"` }
    return { taken: 'yes', why: `"${edge.from}" ${status(edge.from)}` }
  }

  return plan.edgesInto(name).map((edge) => ({
    from: edge.from,
    fromStatus: status(edge.from),
    on: edge.on,
    ...(edge.when === undefined ? {} : { when: edge.when }),
    else: edge.else === true,
    ...judge(edge),
    values: edge.when === undefined ? [] : valuesOf(edge.when, scope),
  }))
}

interface Scope {
  inputs: JsonObject
  context: JsonObject
  outputs: JsonObject
}

function scopeOf(report: Report): Scope {
  const outputs = report.nodes.flatMap((node): [string, Json][] =>
    node.status === 'succeeded' ? [[node.name, node.output]] : [],
  )
  return { inputs: report.inputs, context: report.context, outputs: Object.fromEntries(outputs) }
}

function valuesOf(condition: string, scope: Scope): ReadValue[] {
  const compiled = compileExpression(condition)
  if (!compiled.ok) return []
  const values = new Map<string, ReadValue>()
  for (const { root, path, text } of compiled.reads) {
    const value = valueAt({ ...scope }, [root, ...path])
    values.set(text, {
      read: text,
      ...(value === undefined ? {} : { value: clipped(value) }),
      ...(root === 'context' ? { late: true } : {}),
    })
  }
  return [...values.values()]
}

function valueAt(scope: JsonObject, path: (string | number)[]): Json | undefined {
  let value: Json | undefined = scope
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { [key: string | number]: Json })[step]
  }
  return value
}
