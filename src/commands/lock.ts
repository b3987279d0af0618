// `lock`: refuses starts of a workflow for a while.
import { z } from 'zod'
import { durationMs } from '../definition/duration.ts'
import { durationSchema } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import { findWorkflow } from './find.ts'
import { setLock } from './locks.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  duration: durationSchema.default('1h'),
  reason: z.string().max(300).default(''),
})
const longestMs = 30 * 86_400_000

export const lock: Command<z.infer<typeof input>> = {
  name: 'lock',
  summary: 'Refuse starts of a workflow for a while',
  usage: 'lock <workflow> [2h] [reason]',
  examples: ['lock reorder-check 2h stocktake'],
  input,
  needs: 'cancel',
  audit: ({ workflowId, reason }, result) =>
    result.kind === 'locked'
      ? { action: 'workflow.locked', subject: workflowId, details: { until: result.lock.until, reason } }
      : undefined,
  async run({ workflowId, duration, reason }, { actor, services }) {
    findWorkflow(services, workflowId)
    const ms = durationMs(duration)
    if (ms > longestMs) {
      throw new WorkflowError('lock.too_long', 'A lock may last 30 days at most.', {
        hint: 'Lock it again when it ends.',
      })
    }
    const now = services.clock.now()
    const placed = {
      workflowId,
      by: actor,
      reason,
      since: new Date(now).toISOString(),
      until: new Date(now + ms).toISOString(),
    }
    await setLock(services.records, placed)
    return { kind: 'locked', lock: placed }
  },
}
