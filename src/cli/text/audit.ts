// The audit log as text for the terminal.
import type { AuditAnswer, AuditVerdictAnswer } from '../answers.ts'
import { line, table, time } from './table.ts'

export function auditText({ entries, search }: AuditAnswer): string {
  if (entries.length === 0) return search ? 'No entry has all these words.' : 'Nothing was done yet.'
  return table(
    entries.map(({ at, actor, action, subject, details }) => {
      const { from, ...rest } = details
      return [
        time(at),
        line(actor.name, 30),
        surfaceOf(from),
        action,
        line(subject, 60),
        Object.keys(rest).length > 0 ? line(JSON.stringify(rest), 160) : '',
      ]
    }),
  )
}

export function verdictText(verdict: AuditVerdictAnswer): string {
  return verdict.ok
    ? `The log is whole: ${verdict.entries} ${verdict.entries === 1 ? 'entry' : 'entries'}.`
    : `The log cannot be trusted from line ${verdict.line} on: ${verdict.why}.`
}

/** `slack C0OPERATNS` */
function surfaceOf(from: unknown): string {
  if (typeof from !== 'object' || from === null) return ''
  const { surface, place } = from as { surface?: unknown; place?: unknown }
  return line([surface, place].filter((part) => typeof part === 'string').join(' '), 40)
}
