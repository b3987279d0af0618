// `tasks`: follow-up work for people. A task is a record in the collection `tasks`, and a message with a Done button.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { JsonObject } from '../json.ts'
import { type BuiltinFamily, builtin } from './builtin.ts'
import { originOf } from './origin.ts'

/** Records of this collection are made here and completed by the command `complete_task`. */
export const taskCollection = 'tasks'

export const tasks: BuiltinFamily = {
  errors: [],
  builtins: [
    builtin({
      spec: {
        name: 'tasks.create',
        parameters: [
          { name: 'title', annotation: 'str' },
          { name: 'assignee', annotation: 'str | None', default: null, keywordOnly: true },
          { name: 'due', annotation: 'str | datetime.date | None', default: null, keywordOnly: true },
          { name: 'channel', annotation: 'str | None', default: null, keywordOnly: true },
          { name: 'details', annotation: 'str | None', default: null, keywordOnly: true },
        ],
        returns: 'dict',
        doc: 'Creates a follow-up task: a record in "tasks", and a message with a Done button in the channel, or to the assignee when no channel is given. `due` is a date, or its text such as "2026-03-31".',
      },
      args: z.object({
        title: z.string().min(1).max(200),
        assignee: z.string().min(1).max(100).nullable(),
        due: z
          .union([z.iso.date(), z.iso.datetime({ offset: true })])
          .transform((due) => due.slice(0, 10))
          .nullable(),
        channel: z.string().min(1).max(100).nullable(),
        details: z.string().max(2000).nullable(),
      }),
      call({ title, assignee, due, channel, details }, session) {
        const id = `task-${createHash('sha256').update(`${session.key}/${session.messages.length}/${title}`).digest('hex').slice(0, 10)}`
        const task: JsonObject = {
          id,
          title,
          details,
          assignee,
          due,
          status: 'open',
          workflow: session.execution.workflow.id,
          execution: session.execution.id,
          created_at: new Date(session.clock.now()).toISOString(),
        }
        session.records.insert(taskCollection, id, task)
        const to = channel ?? assignee
        if (to !== null) {
          const fields = [
            ...(assignee === null ? [] : [{ label: 'For', value: assignee }]),
            ...(due === null ? [] : [{ label: 'Due', value: due }]),
          ]
          session.messages.push({
            to,
            title: 'Task',
            text: details === null ? title : `*${title}*\n${details}`,
            ...(fields.length > 0 ? { fields } : {}),
            buttons: [{ label: 'Done', style: 'primary', does: 'complete_task', taskId: id }],
            origin: originOf(session),
          })
        }
        return task
      },
    }),
  ],
}
