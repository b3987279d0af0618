// The rich_text block and what may stand in it; other blocks hold whole rich_text blocks or single elements of it.
import { ids } from './objects.ts'
import { address, byType, type Check, choice, count, flag, list, record, text } from './shape.ts'

const styleFlags = record({
  bold: flag,
  italic: flag,
  strike: flag,
  underline: flag,
  code: flag,
  highlight: flag,
  client_highlight: flag,
  unlink: flag,
})

const style: Check = (value, at, found) => {
  styleFlags(value, at, found)
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    found.faults.push({ pointer: at, code: 'missing_field', message: 'a style must say something' })
}

function leaf(properties: Record<string, Check>): Check {
  return record({ 'type!': text(), style, ...properties })
}

const leaves = byType(
  {
    text: leaf({ 'text!': text({ min: 0 }) }),
    link: leaf({ 'url!': address(), text: text({ min: 0 }), unsafe: flag }),
    user: leaf({ 'user_id!': ids.user }),
    usergroup: leaf({ 'usergroup_id!': ids.usergroup }),
    channel: leaf({ 'channel_id!': ids.channel }),
    team: leaf({ 'team_id!': ids.team }),
    emoji: leaf({ 'name!': text(), skin_tone: count({ min: 1, max: 6 }), unicode: text() }),
    broadcast: leaf({ 'range!': choice('here', 'channel', 'everyone') }),
    color: leaf({ 'value!': text({ pattern: /^#?[0-9a-fA-F]{6}$/ }) }),
    date: leaf({
      'timestamp!': count({ min: 0 }),
      'format!': text(),
      url: address(),
      fallback: text({ min: 0 }),
    }),
  },
  'rich text element',
)

const border = choice(0, 1)
const section = record({ 'type!': choice('rich_text_section'), 'elements!': list(leaves) })

export const richTextElement = byType(
  {
    rich_text_section: section,
    rich_text_list: record({
      'type!': text(),
      'style!': choice('bullet', 'ordered'),
      'elements!': list(section, { min: 1 }),
      indent: count({ min: 0 }),
      offset: count({ min: 0 }),
      border,
    }),
    rich_text_preformatted: record({
      'type!': text(),
      'elements!': list(leaves),
      border,
      language: text(),
    }),
    rich_text_quote: record({ 'type!': text(), 'elements!': list(leaves), border }),
  },
  'rich text element',
)

export const richText = record({
  'type!': choice('rich_text'),
  'elements!': list(richTextElement),
  block_id: ids.block,
})

/** A cell of a table: a rich_text without an id of its own. */
export const richTextCell = record({ 'type!': choice('rich_text'), 'elements!': list(richTextElement) })
