// The rich_text block: sections, lists, quotes and preformatted text with styled runs, mentions, links and dates.
import { h, link, safeImage } from './dom.js'
import { charNode, emojiChar, textNodes } from './emoji.js'
import { broadcast, channelMention, dateNode, usergroupMention, userMention } from './mrkdwn.js'

/**
 * @param {any} block `{type: "rich_text", elements}`
 * @returns {HTMLElement}
 */
export function richText(block) {
  const root = h('div', { class: 'rich-text' })
  /** Numbering goes on where a nested list interrupted it, as in Slack. @type {Map<number, number>} */
  const counters = new Map()
  for (const element of block?.elements ?? []) {
    if (element.type !== 'rich_text_list') counters.clear()
    root.append(container(element, counters))
  }
  return root
}

/** @param {any} element @param {Map<number, number>} counters */
function container(element, counters) {
  const border = element.border ? ' bordered' : ''
  switch (element.type) {
    case 'rich_text_section':
      return h('div', { class: 'rt-section', dir: 'auto' }, leaves(element.elements))
    case 'rich_text_quote':
      return h('blockquote', { class: border.trim(), dir: 'auto' }, leaves(element.elements))
    case 'rich_text_preformatted':
      return h('pre', { class: `code-block${border}`, dir: 'auto' }, leaves(element.elements))
    case 'rich_text_list':
      return list(element, counters, border)
    default:
      return h('pre', { class: 'code-block' }, JSON.stringify(element, null, 2))
  }
}

/** @param {any} element @param {Map<number, number>} counters @param {string} border */
function list(element, counters, border) {
  const indent = Math.min(8, Number(element.indent) || 0)
  const ordered = element.style === 'ordered'
  const start = ordered ? (element.offset ?? counters.get(indent) ?? 0) : 0
  const items = (element.elements ?? []).map((/** @type {any} */ item) =>
    h(
      'li',
      { dir: 'auto' },
      item.type === 'rich_text_section' ? leaves(item.elements) : container(item, counters),
    ),
  )
  for (const level of [...counters.keys()]) if (level > indent) counters.delete(level)
  if (ordered) counters.set(indent, start + items.length)
  return h(
    ordered ? 'ol' : 'ul',
    {
      class: `rt-list rt-level-${indent % 3}${border}`,
      start: ordered ? start + 1 : null,
      vars: { '--level': indent },
    },
    items,
  )
}

/** @param {any[]} elements */
const leaves = (elements) => (elements ?? []).map((element) => styled(leaf(element), element.style))

/** @param {any} element @returns {any} */
function leaf(element) {
  switch (element.type) {
    case 'text':
      return withBreaks(element.text)
    case 'link':
      return link(element.url, element.text || element.url)
    case 'user':
      return userMention(element.user_id)
    case 'channel':
      return channelMention(element.channel_id)
    case 'usergroup':
      return usergroupMention(element.usergroup_id)
    case 'team':
      return h('span', { class: 'mention' }, `@${element.team_id}`)
    case 'broadcast':
      return broadcast(element.range)
    case 'date':
      return dateNode(Number(element.timestamp), element.format, element.fallback ?? '', element.url)
    case 'emoji':
      return emoji(element)
    case 'color':
      return h(
        'span',
        { class: 'colour' },
        h('span', { class: 'colour-dot', vars: colourVar(element.value) }),
        element.value,
      )
    default:
      return h('code', null, JSON.stringify(element))
  }
}

/** @param {string} value @returns {Record<string, string>} */
const colourVar = (value) => (/^#[0-9a-f]{3,8}$/i.test(value) ? { '--colour': value } : {})

/** @param {any} element */
function emoji(element) {
  const label = String(element.name ?? '').replace(/_/g, ' ')
  const codes = String(element.unicode ?? '')
    .split('-')
    .map((part) => Number.parseInt(part, 16))
  const written =
    element.unicode && codes.every((code) => code > 0 && code < 0x110000)
      ? String.fromCodePoint(...codes)
      : null
  const char = written ?? emojiChar(element.name ?? '')
  if (char) return charNode(char, String(element.name ?? ''))
  const picture = element.url && safeImage(element.url)
  return picture ? h('img', { class: 'emoji-image', src: picture, alt: label }) : `:${element.name}:`
}

/** @param {string} text */
function withBreaks(text) {
  return String(text ?? '')
    .split('\n')
    .flatMap((line, index) =>
      index === 0 ? [textNodes(line)] : [document.createElement('br'), textNodes(line)],
    )
}

/** @param {any} node @param {any} style */
function styled(node, style) {
  if (!style) return node
  let out = node
  if (style.code) out = h('code', null, out)
  if (style.strike) out = h('s', null, out)
  if (style.underline) out = h('u', null, out)
  if (style.italic) out = h('em', null, out)
  if (style.bold) out = h('strong', null, out)
  return out
}
