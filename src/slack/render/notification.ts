// A message that a workflow sends: what it says, facts, a table, buttons, and small underneath where it comes from.
import type { Button, KnownBlock, TableBlock } from '@slack/types'
import type { MessageButton, OutgoingMessage } from '../../actions/ports.ts'
import type { Actor } from '../../engine/report.ts'
import { actions, button, context, header, mrkdwn, section } from './blocks.ts'
import { actionIds, inlineInputs, openButton, type RunValue, runButton } from './buttons.ts'
import { authored, clean, escapeLine, escapeText, plain } from './escape.ts'
import { clamp, clampMrkdwn, firstOf, fitMessage, limits, type Message } from './limits.ts'
import { person, reportCommand, when } from './words.ts'

export const notificationButtons = 'notification_buttons'

/** Rows of a table that are worth scrolling through on a phone; the rest is in the report. */
const rowsShown = 40
const cellText = 200

/** `inputsKey` names where the inputs of button `index` lie that do not fit into it. */
export function renderNotification(
  message: OutgoingMessage,
  inputsKey: (index: number) => string = String,
): Message {
  const { origin } = message
  const whole = reportCommand(origin.executionId)
  const text = authored(message.text).trim()
  const blocks: KnownBlock[] = [
    ...(message.title ? [header(message.title)] : []),
    ...paragraphs(text),
    ...fields(message.fields ?? []),
    ...table(message.table, whole),
    ...buttons(message, inputsKey),
    context(
      message.footer !== undefined
        ? escapeLine(clamp(message.footer, 200))
        : `From *${escapeLine(clamp(origin.workflowName, 100))}*, step _${escapeLine(clamp(origin.node, 60))}_`,
    ),
  ]
  const preview = [message.title ? escapeLine(message.title) : '', clampMrkdwn(text, 300)]
    .filter(Boolean)
    .join(': ')
  return fitMessage({ text: preview || escapeLine(origin.workflowName), blocks }, whole)
}

/** Text longer than one section goes into several, cut at line ends where there are any. */
function paragraphs(text: string): KnownBlock[] {
  const blocks: KnownBlock[] = []
  let rest = text
  while (rest !== '' && blocks.length < 3) {
    if (rest.length <= limits.text) {
      blocks.push(section(rest))
      break
    }
    const end = rest.lastIndexOf('\n', limits.text - 10)
    if (end < 500) {
      blocks.push(section(rest))
      break
    }
    blocks.push(section(rest.slice(0, end)))
    rest = rest.slice(end + 1)
  }
  return blocks
}

function fields(all: { label: string; value: string }[]): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, limits.fields)
  const items = shown.map(({ label, value }) =>
    mrkdwn(`*${escapeLine(clamp(label, 100))}*\n${clampMrkdwn(authored(value), 1500) || '–'}`, limits.field),
  )
  return [{ type: 'section', fields: items }, ...(more > 0 ? [context(`And ${more} more facts.`)] : [])]
}

function table(source: OutgoingMessage['table'], whole: string): KnownBlock[] {
  if (!source || source.columns.length === 0) return []
  const columns = source.columns.slice(0, limits.tableColumns)
  const { shown, more } = firstOf(source.rows, rowsShown)
  const cell = (text: string) => ({ type: 'raw_text' as const, text: clamp(plain(text), cellText) || ' ' })
  const block: TableBlock = {
    type: 'table',
    rows: [columns.map(cell), ...shown.map((row) => columns.map((_column, index) => cell(row[index] ?? '')))],
    column_settings: columns.map((_column, index) => ({
      is_wrapped: index === 0,
      align: numeric(shown, index) ? ('right' as const) : ('left' as const),
    })),
  }
  const cut = source.columns.length - columns.length
  const notes = [
    ...(more > 0 ? [`And ${more} more rows. ${whole}`] : []),
    ...(cut > 0 ? [`${cut} more columns do not fit. ${whole}`] : []),
  ]
  return [block, ...(notes.length > 0 ? [context(notes.join(' '))] : [])]
}

function numeric(rows: string[][], column: number): boolean {
  const cells = rows.map((row) => (row[column] ?? '').trim()).filter((text) => text !== '')
  return cells.length > 0 && cells.every((text) => /^[^\p{L}]{0,3}-?[\d\s.,’']+[^\p{L}]{0,3}$/u.test(text))
}

function buttons(message: OutgoingMessage, inputsKey: (index: number) => string): KnownBlock[] {
  const all = (message.buttons ?? []).slice(0, limits.actionElements)
  if (all.length === 0) return []
  const seen = new Set<string>()
  const rendered = all.map((one, index) => {
    const result = render(one, index, message.origin, inputsKey)
    // Slack refuses two buttons of one action id, and two that do the same are no mistake.
    if (seen.has(result.action_id ?? '')) result.action_id = `${result.action_id}:${index}`
    seen.add(result.action_id ?? '')
    return result
  })
  return [actions(notificationButtons, rendered)]
}

function render(
  one: MessageButton,
  index: number,
  origin: OutgoingMessage['origin'],
  inputsKey: (index: number) => string,
): Button {
  const label = clean(one.label)
  const { style } = one
  switch (one.does) {
    case 'open_execution':
      return { ...openButton(origin.executionId, label), ...(style ? { style } : {}) }
    case 'run_workflow':
      return runButton(
        { id: one.workflowId, name: one.workflowId },
        { label, style, value: runValue(one, inputsKey(index)) },
      )
    case 'acknowledge':
      return button(label, { action: actionIds.acknowledge, style, value: origin.executionId })
    case 'complete_task':
      return button(label, { action: `${actionIds.completeTask}:${one.taskId}`, style, value: one.taskId })
    case 'open_url':
      return button(label, { action: `${actionIds.link}:${index}`, style, url: one.url })
  }
}

/** Whether a button's inputs must be kept elsewhere, under the key that `renderNotification` was given. */
export function inputsTooLong(one: MessageButton): boolean {
  return one.does === 'run_workflow' && JSON.stringify(one.inputs ?? {}).length > inlineInputs
}

function runValue(one: Extract<MessageButton, { does: 'run_workflow' }>, key: string): RunValue {
  if (!one.inputs || Object.keys(one.inputs).length === 0) return { workflowId: one.workflowId }
  if (inputsTooLong(one)) return { workflowId: one.workflowId, inputsKey: key }
  return { workflowId: one.workflowId, inputs: one.inputs }
}

/**
 * The message after somebody dealt with it: that button is gone, who and when stands in its place, the others stay.
 * `blocks` is the message as Slack has it now.
 */
export function settle(
  blocks: KnownBlock[],
  actionId: string,
  settled: { verb: string; by: Actor; at: string },
): KnownBlock[] {
  const note = context(
    `:white_check_mark: ${settled.verb} by ${person(settled.by)}, ${when(settled.at, 'time')}`,
  )
  let placed = false
  const result = blocks.flatMap((block): KnownBlock[] => {
    if (block.type !== 'actions') return [block]
    const rest = block.elements.filter(
      (element) => !('action_id' in element) || element.action_id !== actionId,
    )
    if (rest.length === block.elements.length) return [block]
    placed = true
    return rest.length > 0 ? [{ ...block, elements: rest }, note] : [note]
  })
  return placed ? result : blocks
}

/** Text and words for whoever pressed the button after somebody else had. Mrkdwn. */
export function alreadySettled(verb: string, by: Actor, at: string): string {
  return `${person(by)} already ${verb} this at ${when(at, 'time')}.`
}

export function previewOf(blocks: KnownBlock[]): string {
  for (const block of blocks) {
    if (block.type === 'header') return escapeText(block.text.text)
    if (block.type === 'section' && block.text) return clampMrkdwn(block.text.text, 300)
  }
  return 'A message from a workflow'
}
