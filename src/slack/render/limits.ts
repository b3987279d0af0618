// Slack's limits, and how to stay within them while saying so. `fitMessage` and `fitView` are the last guard before
// anything is sent: whatever went in, what comes out is accepted.
import type { KnownBlock, TextObject } from '@slack/types'

/** https://docs.slack.dev/reference/block-kit/blocks and measurements; where they disagree, the stricter figure. */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  text: 3000,
  header: 150,
  field: 2000,
  fields: 10,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  id: 255,
  options: 100,
  optionText: 75,
  viewTitle: 24,
  privateMetadata: 3000,
  tableRows: 100,
  tableColumns: 20,
  markdown: 12_000,
  /** Characters of a whole message, above which `msg_blocks_too_long` was seen. */
  messageText: 9500,
  messageJson: 15_000,
  /** Slack takes 250 kB; a phone does not enjoy them. */
  viewJson: 100_000,
  /** Advised for the top-level `text`. */
  fallback: 3000,
} as const

export interface Message {
  /** What a phone's notification and a screen reader show. Never empty. */
  text: string
  blocks: KnownBlock[]
}

/** At most `max` UTF-16 units, with an ellipsis when it was cut; never half a character. */
export function clamp(text: string, max: number): string {
  if (text.length <= max) return text
  let end = Math.max(0, max - 1)
  const last = text.charCodeAt(end - 1)
  if (last >= 0xd800 && last <= 0xdbff) end -= 1
  return `${text.slice(0, end)}…`
}

/** As `clamp` for mrkdwn: no half entity, half link or open code block remains. */
export function clampMrkdwn(text: string, max: number): string {
  if (text.length <= max) return text
  let cut = clamp(text, max - 5).slice(0, -1)
  cut = cut.replace(/&[a-z]{0,4}$/, '').replace(/<[^<>]*$/, '')
  const open = (cut.match(/```/g) ?? []).length % 2 === 1
  return `${cut}…${open ? '\n```' : ''}`
}

/** The first `max` of a list, and how many are missing. */
export function firstOf<T>(items: readonly T[], max: number): { shown: T[]; more: number } {
  if (items.length <= max) return { shown: [...items], more: 0 }
  return { shown: items.slice(0, max), more: items.length - max }
}

/** All text that a reader would see in a payload. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  let sum = 0
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string')
      sum += key === 'text' || key === 'title' || key === 'alt_text' ? item.length : 0
    else sum += textLength(item)
  }
  return sum
}

function tooLong(blocks: KnownBlock[], json: number, text: number): boolean {
  return JSON.stringify(blocks).length > json || textLength(blocks) > text
}

function fitText<T extends TextObject>(object: T, max: number): T {
  const text = object.type === 'mrkdwn' ? clampMrkdwn(object.text, max) : clamp(object.text, max)
  return { ...object, text: text === '' ? ' ' : text }
}

/** One block within the limits of its own kind. */
function fitBlock(block: KnownBlock): KnownBlock {
  switch (block.type) {
    case 'section':
      return {
        ...block,
        ...(block.text ? { text: fitText(block.text, limits.text) } : {}),
        ...(block.fields
          ? { fields: block.fields.slice(0, limits.fields).map((field) => fitText(field, limits.field)) }
          : {}),
      }
    case 'header':
      return { ...block, text: fitText(block.text, limits.header) }
    case 'context':
      return {
        ...block,
        elements: block.elements
          .slice(0, limits.contextElements)
          .map((element) => (element.type === 'image' ? element : fitText(element, limits.text))),
      }
    case 'actions':
      return { ...block, elements: block.elements.slice(0, limits.actionElements) }
    case 'markdown':
      return { ...block, text: clamp(block.text, limits.markdown) }
    case 'table':
      return {
        ...block,
        rows: block.rows.slice(0, limits.tableRows).map((row) => row.slice(0, limits.tableColumns)),
      }
    default:
      return block
  }
}

function oneTable(blocks: KnownBlock[]): KnownBlock[] {
  let seen = false
  return blocks.filter((block) => {
    if (block.type !== 'table') return true
    const keep = !seen
    seen = true
    return keep
  })
}

/** Which block gives way first: long ones that can be read elsewhere; never the first line, buttons or origin. */
function leastNeeded(blocks: KnownBlock[]): number {
  let index = -1
  let size = 0
  blocks.forEach((block, at) => {
    if (at === 0 || block.type === 'actions' || block.type === 'context' || block.type === 'header') return
    const length = JSON.stringify(block).length
    if (length >= size) {
      size = length
      index = at
    }
  })
  return index
}

function cutNote(whole: string): KnownBlock {
  return {
    type: 'context',
    block_id: 'cut',
    elements: [
      { type: 'mrkdwn', text: `:scissors: Some of this was too long for Slack. ${whole}`, verbatim: true },
    ],
  }
}

function fitBlocks(
  blocks: KnownBlock[],
  max: { blocks: number; json: number; text: number },
  whole: string,
): KnownBlock[] {
  let fitted = oneTable(blocks.map(fitBlock))
  const note = cutNote(whole)
  const room = { json: max.json - JSON.stringify(note).length - 1, text: max.text - textLength(note) }
  if (fitted.length <= max.blocks && !tooLong(fitted, max.json, max.text)) return fitted
  // What was fitted before says so already; it is said once.
  fitted = fitted.filter((block) => block.block_id !== note.block_id)
  while (fitted.length > max.blocks - 1 || tooLong(fitted, room.json, room.text)) {
    const at = leastNeeded(fitted)
    const block = fitted[at]
    if (!block) {
      // Only first line, headers, contexts and buttons are left: drop from the end.
      if (fitted.length <= 1) break
      fitted = fitted.slice(0, -1)
      continue
    }
    const text = block.type === 'section' ? block.text : undefined
    if (block.type === 'section' && text && text.text.length > 400 && fitted.length < max.blocks) {
      fitted[at] = { ...block, text: fitText(text, Math.floor(text.text.length / 2)) }
    } else if (block.type === 'table' && block.rows.length > 4) {
      fitted[at] = { ...block, rows: block.rows.slice(0, Math.ceil(block.rows.length / 2)) }
    } else {
      fitted.splice(at, 1)
    }
  }
  const buttons = fitted.findIndex((block) => block.type === 'actions')
  fitted.splice(buttons < 0 ? fitted.length : buttons, 0, note)
  return fitted
}

/**
 * A message that Slack accepts: blocks, characters and tables within the limits, `text` set. `whole` is a sentence that
 * says where the rest can be read; it is only shown when something had to go.
 */
export function fitMessage(message: Message, whole = 'The rest is in the report.'): Message {
  const max = { blocks: limits.messageBlocks, json: limits.messageJson, text: limits.messageText }
  const text = clampMrkdwn(message.text.trim(), limits.fallback)
  return {
    text: text === '' ? 'A message from the workflow bot' : text,
    blocks: fitBlocks(message.blocks, max, whole),
  }
}

/** Blocks of a modal or home view that Slack accepts. */
export function fitView(blocks: KnownBlock[], whole: string): KnownBlock[] {
  return fitBlocks(blocks, { blocks: limits.viewBlocks, json: limits.viewJson, text: limits.viewJson }, whole)
}
