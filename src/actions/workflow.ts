// The action `workflow`: runs another workflow as a part of this one, waits for it, and takes its output.
import { z } from 'zod'
import { workflowIdSchema } from '../definition/schema.ts'
import { type Action, NodeFailure, scopeOf } from '../engine/action.ts'
import type { FinishedReport } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Workflows } from './ports.ts'
import { fillValue, textsOf } from './values.ts'

const fields = z.strictObject({
  workflow: workflowIdSchema.describe('The workflow to run'),
  inputs: z.record(z.string(), z.json()).optional().describe('Its inputs; {{ expression }} is filled in'),
})

export function workflowAction({ workflows }: { workflows: Workflows }): Action {
  return {
    type: 'workflow',
    role: 'action',
    summary: 'Runs another workflow and takes its output',
    fields,
    texts: (node) => textsOf(node.inputs as Json | undefined, ['inputs']),
    calls: (node) => [{ workflow: node.workflow as string, path: ['workflow'] }],
    async run(node, context) {
      const workflowId = node.workflow as string
      const executionId = await context.step('start', ({ key }) =>
        workflows.start({
          workflowId,
          inputs: fillValue((node.inputs ?? {}) as Json, scopeOf(context)) as JsonObject,
          key,
          parent: { executionId: context.execution.id, depth: context.execution.depth + 1 },
          startedBy: context.execution.startedBy,
        }),
      )
      context.waiting({ kind: 'execution', executionId })
      const ended = await context.step('result', async ({ signal }) =>
        resultOf(await workflows.result(executionId, signal)),
      )
      context.waiting(null)
      if (!ended.success) {
        throw new NodeFailure({
          code: 'workflow.child_failed',
          message: `"${workflowId}" ended as ${ended.status}${ended.error === null ? '' : `: ${ended.error}`}`,
          hint: `Look at the report of execution ${executionId}.`,
        })
      }
      return { output: { executionId, status: ended.status, output: ended.output } }
    },
  }
}

function resultOf(report: FinishedReport) {
  return {
    success: report.success,
    status: report.status,
    output: report.output ?? null,
    error: report.errors[0]?.message ?? null,
  }
}
