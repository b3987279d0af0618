// Executions as lines of a terminal.
import type { Execution, ExecutionList } from '../answers.ts'
import { duration, line, status, table, time } from './table.ts'

export function historyText({ executions }: ExecutionList): string {
  if (executions.length === 0) return 'Nothing has run yet.'
  return table(
    executions.map((one) => [
      one.id,
      status(one.status),
      one.workflow.id,
      time(one.createdAt),
      duration(one.durationMs),
      line(one.startedBy.name, 30),
      line(one.error ?? '', 80),
    ]),
  )
}

/** `✓ succeeded, 2026-03-01 12:00:00 UTC` */
export const lastText = (last: Execution | null) =>
  last ? `${status(last.status)}, ${time(last.createdAt)}` : 'never ran'
