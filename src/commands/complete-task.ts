// `complete_task`: a follow-up task is done. The first person stands.
import { z } from 'zod'
import { taskCollection } from '../builtins/tasks.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Command } from './types.ts'

const input = z.object({ taskId: z.string().min(1).max(100) })

export const completeTask: Command<z.infer<typeof input>> = {
  name: 'complete_task',
  summary: 'Mark a follow-up task as done',
  usage: 'complete_task <task>',
  examples: [],
  input,
  needs: 'see',
  audit: ({ taskId }, result) =>
    result.kind === 'task_completed' && !result.already
      ? { action: 'task.completed', subject: taskId, details: { title: result.task.title } }
      : undefined,
  async run({ taskId }, { actor, services }) {
    const { records, claims, clock } = services
    const task = records.get(taskCollection, taskId)
    if (!task) {
      throw new WorkflowError('task.unknown', 'This task does not exist any more.', {
        hint: 'Somebody has deleted it.',
      })
    }
    const mine = { by: actor, at: new Date(clock.now()).toISOString() }
    const { claimed, value } = await claims.claim<{ by: Actor; at: string }>(`done:${taskId}`, mine)
    // Also for the second person: a crash between claim and record is mended by whoever clicks next.
    if (task.value.status !== 'done') {
      const done = { ...task.value, status: 'done', done_by: value.by.name, done_at: value.at }
      await records.apply(`done:${taskId}`, [
        { kind: 'update', collection: taskCollection, key: taskId, rev: task.rev, value: done },
      ])
    }
    return {
      kind: 'task_completed',
      task: { id: taskId, title: String(task.value.title) },
      ...value,
      already: !claimed,
    }
  },
}
