// Who did what: the newest entries of the audit log, and whether the log can be trusted.
import type { AuditEntry, AuditVerdict } from '../../commands/answers.ts'
import { context, section } from './blocks.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { note } from './notes.ts'
import { count, named, when } from './words.ts'
import { chunk } from './workflow.ts'

const entriesShown = 25

export function renderAudit({ entries, search }: { entries: AuditEntry[]; search?: string }): Message {
  const matching = search ? ` matching “${escapeLine(clamp(search, 60))}”` : ''
  if (entries.length === 0) return note(`The audit log has no entry${matching}.`)
  const { shown, more } = firstOf(entries, entriesShown)
  const lines = shown.map(
    ({ number, at, actor, action, subject }) =>
      `${number}. ${when(at)} · ${named(actor)} · ${code(clamp(action, 60))} ${escapeLine(clamp(subject, 100))}`,
  )
  return fitMessage({
    text: `The audit log: ${count(entries.length, 'entry', 'entries')}${matching}`,
    blocks: [
      section(`*Audit log*${matching}, newest first`),
      ...chunk(lines, 2800).map((text) => section(text)),
      ...(more > 0
        ? [context(`And ${more} more. Narrow it with words: ${code('/workflow audit <words>')}`)]
        : []),
    ],
  })
}

export function renderVerdict({ verdict }: { verdict: AuditVerdict }): Message {
  if (verdict.ok) {
    return note(
      `:white_check_mark: The audit log is whole: ${count(verdict.entries, 'entry', 'entries')}, none changed, none missing.`,
    )
  }
  return note(
    `:rotating_light: *The audit log cannot be trusted from line ${verdict.line} on*: ${escapeLine(clamp(verdict.why, 300))}`,
  )
}
