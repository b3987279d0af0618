// What ran lately: one line each, newest first, with a button to look closer.
import type { CommandResult, HistoryItem } from '../../commands/types.ts'
import { context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, duration, named, statusEmoji, statusWord } from './words.ts'

type HistoryResult = Extract<CommandResult, { kind: 'history' }>

const shownItems = 15

/** `links`: the addresses of the messages that show them, by execution. */
export function renderHistory(
  result: HistoryResult,
  now: number,
  links: ReadonlyMap<string, string> = new Map(),
): Message {
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
      ...shown.map((item) => historyRow(item, now, 'execution', links.get(item.id))),
      ...(more > 0 ? [context(`And ${more} older ones.`)] : []),
    ],
  })
}

/** One execution with its Details button; the home tab shows the same. Its age leads to its message, if it has one. */
export function historyRow(item: HistoryItem, now: number, list = 'execution', link?: string | undefined) {
  const ago = age(item.createdAt, now)
  const took = item.durationMs === null ? '' : ` · ${duration(item.durationMs)}`
  const error = item.error ? `\n${escapeLine(clamp(item.error, 160))}` : ''
  return section(
    `${statusEmoji[item.status]} *${escapeLine(item.workflow.name)}* ${statusWord[item.status]}\n` +
      `${link ? `<${link}|${ago}>` : ago}${took} · by ${named(item.startedBy)}${error}`,
    { id: `${list}:${item.id}`, accessory: openButton(item.id) },
  )
}
