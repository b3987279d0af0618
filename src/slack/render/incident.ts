// Failures that come again: the first one is told with its report and its owner, the later ones in a line.
import type { FinishedReport } from '../../engine/report.ts'
import { context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { fitMessage, type Message } from './limits.ts'
import { note } from './notes.ts'
import { type ReportOptions, renderReport } from './report.ts'
import { duration, named, reference, reportCommand, when } from './words.ts'

/** A failure that nobody in Slack waits for, where its workflow wants it told. `owner` is mentioned, when given. */
export function renderFirstFailure(
  report: FinishedReport,
  { owner, hidden }: ReportOptions & { owner?: string },
): Message {
  const { text, blocks } = renderReport(report, { hidden })
  if (owner === undefined) return { text, blocks }
  const [headline, ...rest] = blocks
  const mention = context(`Owner: ${reference(owner)} · failures like this one follow in the thread`)
  return fitMessage(
    { text, blocks: [...(headline ? [headline] : []), mention, ...rest] },
    reportCommand(report.id),
  )
}

/** In the thread of a report that somebody reads already: tells the owner, once. */
export function renderOwnerNote(owner: string): Message {
  return note(
    `${reference(owner)}, this fails for the first time in this way. More of the same follows here.`,
  )
}

export interface Recurrence {
  /** How many there were in all, and how many of them are new with this message. */
  count: number
  fresh: number
  /** ISO 8601: when the first one was. */
  first: string
}

export function renderRecurrence(latest: FinishedReport, { count, fresh, first }: Recurrence): Message {
  const name = escapeLine(latest.workflow.name)
  const again = fresh > 1 ? `${fresh} more times, ${count} in all` : `the ${ordinal(count)} time`
  return fitMessage({
    text: `:x: ${name} failed in the same way: ${again}`,
    blocks: [
      section(
        `:x: *${name}* failed in the same way: *${again}*, first ${when(first)}\n` +
          `${fresh > 1 ? 'The latest: ' : ''}${code(latest.id)}, started by ${named(latest.startedBy)}, after ${duration(latest.durationMs)}`,
        { accessory: openButton(latest.id) },
      ),
    ],
  })
}

/** `1st`, `2nd`, `3rd`, `11th` */
function ordinal(n: number): string {
  const tens = n % 100
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${ending}`
}
