// `unlock`: ends a lock before its time.
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import { findWorkflow } from './find.ts'
import { lockOn, removeLock } from './locks.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200) })

export const unlock: Command<z.infer<typeof input>> = {
  name: 'unlock',
  summary: 'End a lock before its time',
  usage: 'unlock <workflow>',
  examples: ['unlock reorder-check'],
  input,
  needs: 'cancel',
  audit: ({ workflowId }, result) =>
    result.kind === 'unlocked'
      ? {
          action: 'workflow.unlocked',
          subject: workflowId,
          details: { lockedBy: result.lock.by.name, until: result.lock.until },
        }
      : undefined,
  async run({ workflowId }, { actor, services }) {
    findWorkflow(services, workflowId)
    const lock = lockOn(services, workflowId)
    if (!lock)
      throw new WorkflowError('workflow.not_locked', `"${workflowId}" is not locked.`, {
        hint: 'It can be run.',
      })
    await removeLock(services.records, workflowId)
    return { kind: 'unlocked', lock, by: actor }
  },
}
