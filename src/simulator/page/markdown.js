// The markdown block: standard Markdown (headings, emphasis, code, lists, tasks, quotes, tables, links) to DOM nodes.
// Small on purpose: it renders what an app sends in Slack and leaves raw HTML as the text that it is.
import { h, link } from './dom.js'
import { emojiNode, textNodes } from './emoji.js'

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
export const markdown = (text) =>
  h(
    'div',
    { class: 'markdown' },
    blocks(
      String(text ?? '')
        .replace(/\r\n?/g, '\n')
        .split('\n'),
      0,
    ),
  )

const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/

/** @param {string[]} lines @param {number} depth @returns {any[]} */
function blocks(lines, depth) {
  const out = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at]
    if (/^\s*$/.test(line)) {
      at += 1
      continue
    }
    const fence = /^\s{0,3}(```+|~~~+)\s*(\S*)/.exec(line)
    if (fence) {
      const body = []
      at += 1
      while (at < lines.length && !lines[at].trim().startsWith(fence[1])) body.push(lines[at++])
      at += 1
      out.push(h('pre', { class: 'code-block', dir: 'auto' }, body.join('\n')))
      continue
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line)
    if (heading) {
      out.push(
        h(
          'p',
          {
            class: `md-h md-h${heading[1].length}`,
            role: 'heading',
            'aria-level': heading[1].length + 2,
            dir: 'auto',
          },
          inline(heading[2]),
        ),
      )
      at += 1
      continue
    }
    if (RULE.test(line)) {
      out.push(h('hr', { class: 'divider' }))
      at += 1
      continue
    }
    if (/^\s{0,3}>/.test(line) && depth < 6) {
      const quoted = []
      while (at < lines.length && /^\s{0,3}>/.test(lines[at]))
        quoted.push(lines[at++].replace(/^\s{0,3}> ?/, ''))
      out.push(h('blockquote', { dir: 'auto' }, blocks(quoted, depth + 1)))
      continue
    }
    if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-')) {
      const rows = [line]
      const alignments = cells(lines[at + 1]).map((cell) =>
        /^:-+:$/.test(cell) ? 'center' : /-:$/.test(cell) ? 'right' : 'left',
      )
      at += 2
      while (at < lines.length && lines[at].includes('|')) rows.push(lines[at++])
      out.push(table(rows, alignments))
      continue
    }
    if (ITEM.test(line) && depth < 6) {
      const [node, next] = list(lines, at, depth)
      out.push(node)
      at = next
      continue
    }
    const paragraph = []
    while (
      at < lines.length &&
      !/^\s*$/.test(lines[at]) &&
      (paragraph.length === 0 || !startsBlock(lines[at]))
    ) {
      paragraph.push(lines[at++])
    }
    out.push(h('p', { dir: 'auto' }, inline(paragraph.join('\n'))))
  }
  return out
}

/** @param {string} line */
const startsBlock = (line) => /^\s{0,3}(```|~~~|#{1,6}\s|>)/.test(line) || RULE.test(line) || ITEM.test(line)

/** @param {string[]} lines @param {number} from @param {number} depth @returns {[any, number]} */
function list(lines, from, depth) {
  const first = /** @type {RegExpExecArray} */ (ITEM.exec(lines[from]))
  const base = first[1].length
  const ordered = /\d/.test(first[2])
  const node = h(ordered ? 'ol' : 'ul', { start: ordered ? Number.parseInt(first[2], 10) : null })
  let at = from
  while (at < lines.length) {
    const item = ITEM.exec(lines[at])
    if (!item || item[1].length < base || /\d/.test(item[2]) !== ordered) break
    const inner = []
    at += 1
    while (
      at < lines.length &&
      (/^\s*$/.test(lines[at]) ? /^\s{2,}\S/.test(lines[at + 1] ?? '') : leading(lines[at]) > base + 1)
    ) {
      inner.push(lines[at++].slice(Math.min(base + 2, leading(lines[at - 1]))))
    }
    const task = /^\[([ xX])\]\s+(.*)$/.exec(item[3])
    const box =
      task &&
      h(
        'span',
        { class: 'md-task', 'aria-label': task[1] === ' ' ? 'not done' : 'done' },
        task[1] === ' ' ? '☐ ' : '☑ ',
      )
    node.append(
      h(
        'li',
        { class: task ? 'md-task-item' : undefined, dir: 'auto' },
        box,
        inline(task ? task[2] : item[3]),
        blocks(inner, depth + 1),
      ),
    )
  }
  return [node, at]
}

/** @param {string} line */
const leading = (line) => line.length - line.trimStart().length

/** @param {string} row */
const cells = (row) =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, '|'))

/** @param {string[]} rows @param {string[]} alignments */
function table(rows, alignments) {
  const line = (/** @type {string} */ row, /** @type {string} */ tag) =>
    h(
      'tr',
      null,
      cells(row).map((cell, index) =>
        h(tag, { class: `align-${alignments[index] ?? 'left'}`, dir: 'auto' }, inline(cell)),
      ),
    )
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'table' },
      h('thead', null, line(rows[0], 'th')),
      h(
        'tbody',
        null,
        rows.slice(1).map((row) => line(row, 'td')),
      ),
    ),
  )
}

/** The first of these that matches at the earliest place wins; each match makes one node. */
const INLINE =
  /(`+)([\s\S]+?)\1|!?\[([^\]\n]{0,500})\]\(\s*([^\s()]{1,2000})(?:\s+"[^"\n]*")?\s*\)|\*\*(?=\S)([^\n]{1,2000}?\S|\S)\*\*|(?<!\w)__(?=\S)([^\n]{1,2000}?\S|\S)__(?!\w)|~~(?=\S)([^\n]{1,2000}?\S|\S)~~|\*(?=[^\s*])([^*\n]{1,2000}?)\*|(?<!\w)_(?=[^\s_])([^_\n]{1,2000}?)_(?!\w)|(https?:\/\/[^\s<>)\]]+[^\s<>)\].,;:!?'"])|:([a-z0-9_+-]+):|\\([\\`*_{}[\]()#+\-.!|>~])|(\n)/i

/** @param {string} text @param {number} [depth] @returns {any[]} */
function inline(text, depth = 0) {
  const out = []
  let rest = text
  while (rest) {
    const match = depth < 8 ? INLINE.exec(rest) : null
    if (!match) break
    if (match.index > 0) out.push(textNodes(rest.slice(0, match.index)))
    out.push(inlineNode(match, depth))
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest) out.push(textNodes(rest))
  return out
}

/** @param {RegExpExecArray} match @param {number} depth @returns {any} */
function inlineNode(match, depth) {
  const [whole, , code, label, target, bold, bold2, strike, italic, italic2, url, name, escaped, newline] =
    match
  if (code !== undefined) return h('code', null, code)
  if (target !== undefined) return link(target, label ? inline(label, 8) : target)
  if (bold ?? bold2) return h('strong', null, inline(bold ?? bold2, depth + 1))
  if (strike !== undefined) return h('s', null, inline(strike, depth + 1))
  if (italic ?? italic2) return h('em', null, inline(italic ?? italic2, depth + 1))
  if (url !== undefined) return link(url, url)
  if (name !== undefined) return emojiNode(name) ?? whole
  if (newline !== undefined) return document.createElement('br')
  return escaped ?? whole
}
