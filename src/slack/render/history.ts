// What ran lately: one line each, newest first, with a button to look closer.
import type { CommandResult, HistoryItem } from '../../commands/types.ts'
import { context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, duration, named, statusEmoji, statusWord } from './words.ts'

type HistoryResult = Extract<CommandResult, { kind: 'history' }>

const shownItems = 15

export function renderHistory(result: HistoryResult, now: number): Message {
  const of = result.workflowId ? ` of ${code(result.workflowId)}` : ''
  const { shown, more } = firstOf(result.items, shownItems)
  if (shown.length === 0) {
    return fitMessage({
      text: 'Nothing has run yet.',
      blocks: [section(`Nothing has run yet${of ? `${of}` : ''}. Start with ${code('/workflow list')}`)],
    })
  }
  return fitMessage({
    text: `The last ${shown.length} executions`,
    blocks: [
      section(`*Latest executions*${of}`),
      ...shown.map((item) => historyRow(item, now)),
      ...(more > 0 ? [context(`And ${more} older ones.`)] : []),
    ],
  })
}

/** One execution with its Details button; the home tab shows the same. */
export function historyRow(item: HistoryItem, now: number, list = 'execution') {
  const took = item.durationMs === null ? '' : ` · ${duration(item.durationMs)}`
  const error = item.error ? `\n${escapeLine(clamp(item.error, 160))}` : ''
  return section(
    `${statusEmoji[item.status]} *${escapeLine(item.workflow.name)}* ${statusWord[item.status]}\n` +
      `${age(item.createdAt, now)}${took} · by ${named(item.startedBy)}${error}`,
    { id: `${list}:${item.id}`, accessory: openButton(item.id) },
  )
}
