// Makes a new start out of an execution that has ended: a re-run from the beginning or from where it failed, or a
// rollback of what it did. Pure.
import type { Edge, Version, WorkflowNode } from '../definition/schema.ts'
import type { Json } from '../json.ts'
import type { StartRequest } from './ports.ts'
import type { FinishedReport } from './report.ts'

type Again = Pick<StartRequest, 'version' | 'trigger' | 'inputs' | 'kept' | 'rerunOf' | 'rollbackOf'>

/** The first node that failed or was stopped, in the order of the report; undefined when none was. */
export function failedNode(report: FinishedReport): string | undefined {
  return report.nodes.find((node) => node.status === 'failed' || node.status === 'cancelled')?.name
}

/**
 * The same inputs once more. With `from: 'failed'` nodes that succeeded keep their outputs and do not run again, as far
 * as `version` still has them. What comes after a failed node runs again even if it succeeded: it ran on the failure.
 */
export function rerun(report: FinishedReport, version: Version, from: 'start' | 'failed'): Again {
  const common = { version, trigger: report.trigger, inputs: report.inputs }
  const failed = failedNode(report)
  if (from === 'start' || failed === undefined)
    return { ...common, rerunOf: { executionId: report.id, from: null } }
  const { definition } = version
  const present = new Set(definition.nodes.map((node) => node.name))
  const failures = report.nodes.filter((node) => node.status === 'failed' || node.status === 'cancelled')
  const again = new Set(failures.map((node) => node.name))
  for (const name of again) for (const edge of definition.edges) if (edge.from === name) again.add(edge.to)
  const kept = report.nodes.flatMap((node): [string, Json][] =>
    node.status === 'succeeded' && node.role === 'action' && present.has(node.name) && !again.has(node.name)
      ? [[node.name, node.output]]
      : [],
  )
  return {
    ...common,
    kept: { context: report.context, outputs: Object.fromEntries(kept) },
    rerunOf: { executionId: report.id, from: failed },
  }
}

/**
 * Runs the undo nodes of what succeeded in this very execution (what a re-run kept is its predecessor's), the last first, each whatever became of the one before. They read the outputs
 * and the context that the execution left. `version` is the one that it ran on. Undefined when there is nothing to undo.
 */
export function rollback(report: FinishedReport, version: Version): Again | undefined {
  const { definition } = version
  const byName = new Map(definition.nodes.map((node) => [node.name, node]))
  const done = report.nodes.flatMap((node) => (node.status === 'succeeded' && !node.kept ? [node.name] : []))
  // A node that takes back several others runs once, when the turn of the last of them has come.
  const names = new Set(done.flatMap((name) => byName.get(name)?.undo ?? []).reverse())
  const undos = [...names].flatMap((name) => byName.get(name) ?? [])
  const trigger = byName.get(report.trigger.node)
  if (undos.length === 0 || !trigger) return undefined
  const chain: WorkflowNode[] = [trigger, ...undos]
  const edges = chain
    .slice(1)
    .map((node, index): Edge => ({ from: (chain[index] as WorkflowNode).name, to: node.name, on: 'always' }))
  const outputs = Object.fromEntries(
    report.nodes.flatMap((node) => (node.status === 'succeeded' ? [[node.name, node.output]] : [])),
  )
  return {
    version: { ...version, definition: { ...definition, nodes: chain, edges, output: undefined } },
    trigger: report.trigger,
    inputs: report.inputs,
    kept: {
      context: report.context,
      outputs: withoutKeys(
        outputs,
        chain.map((node) => node.name),
      ),
    },
    rollbackOf: { executionId: report.id },
  }
}

function withoutKeys(outputs: { [node: string]: Json }, names: string[]): { [node: string]: Json } {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !names.includes(name)))
}
