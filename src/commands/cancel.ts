// `cancel`: stops an execution.
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import { findReport } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ executionId: z.string().max(100), reason: z.string().max(300).optional() })

export const cancel: Command<z.infer<typeof input>> = {
  name: 'cancel',
  summary: 'Stop an execution',
  usage: 'cancel <execution> [reason]',
  examples: ['cancel 1f3k9ab-x7q2m wrong week'],
  input,
  needs: 'cancel',
  audit: ({ executionId, reason = '' }, result) =>
    result.kind === 'report'
      ? {
          action: 'execution.cancelled',
          subject: executionId,
          details: { workflow: result.report.workflow.id, reason },
        }
      : undefined,
  async run({ executionId, reason }, { actor, services }) {
    const before = await findReport(services, executionId)
    if (!(await services.engine.cancel(executionId, actor, reason))) {
      throw new WorkflowError(
        'execution.ended',
        `Execution ${executionId} had already ended (${before.status}).`,
        {
          hint: 'There is nothing left to stop.',
        },
      )
    }
    return { kind: 'report', report: await services.engine.result(executionId) }
  },
}
