// Makes a new start out of an execution that has ended: a re-run from the beginning or from where it failed, or a
// rollback of what it did. Pure.
import type { Edge, Version, WorkflowNode } from '../definition/schema.ts'
import type { Json } from '../json.ts'
import type { StartRequest } from './ports.ts'
import type { FinishedReport, NodeResult } from './report.ts'

type Again = Pick<StartRequest, 'version' | 'trigger' | 'inputs' | 'kept' | 'rerunOf' | 'rollbackOf'>

const succeeded = (node: NodeResult) => node.status === 'succeeded'

/** The first node that failed or was stopped, in the order of the report; undefined when none was. */
export function failedNode(report: FinishedReport): string | undefined {
  return report.nodes.find((node) => node.status === 'failed' || node.status === 'cancelled')?.name
}

/**
 * The same inputs once more. With `from: 'failed'` nodes that succeeded keep their outputs and do not run again, as far
 * as `version` still has them.
 */
export function rerun(report: FinishedReport, version: Version, from: 'start' | 'failed'): Again {
  const common = { version, trigger: report.trigger, inputs: report.inputs }
  const failed = failedNode(report)
  if (from === 'start' || failed === undefined)
    return { ...common, rerunOf: { executionId: report.id, from: null } }
  const present = new Set(version.definition.nodes.map((node) => node.name))
  const outputs: { [node: string]: Json } = {}
  for (const node of report.nodes) {
    if (node.status === 'succeeded' && node.role === 'action' && present.has(node.name))
      outputs[node.name] = node.output
  }
  return {
    ...common,
    kept: { context: report.context, outputs },
    rerunOf: { executionId: report.id, from: failed },
  }
}

/**
 * Runs the undo nodes of what succeeded, the last first, each whatever became of the one before. They read the outputs
 * and the context that the execution left. `version` is the one that it ran on. Undefined when there is nothing to undo.
 */
export function rollback(report: FinishedReport, version: Version): Again | undefined {
  const { definition } = version
  const byName = new Map(definition.nodes.map((node) => [node.name, node]))
  const done = report.nodes.filter(succeeded).map((node) => node.name)
  const undos = done.flatMap((name) => byName.get(byName.get(name)?.undo ?? '') ?? []).reverse()
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
