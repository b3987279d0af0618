// Slack's own markup ("mrkdwn") to DOM nodes: bold, italic, strike, code, quotes, lists, links, mentions, dates, emoji.
// Hand-written rather than a Markdown library because the syntax differs and every piece must end as a text node.
import { h, link } from './dom.js'
import { emojiNode, textNodes } from './emoji.js'
import { formatDate } from './time.js'

/**
 * Looks up the names behind ids; set once by main.js so that this file knows nothing of the workspace.
 * @type {{
 *   user: (id: string) => { name: string, self: boolean } | null, channel: (id: string) => string | null,
 *   usergroup: (id: string) => string | null, openChannel: (id: string) => void
 * }}
 */
export const names = { user: () => null, channel: () => null, usergroup: () => null, openChannel: () => {} }

/** Formatting marks are only looked for this far ahead, so that hostile text stays cheap. */
const LOOK_AHEAD = 3000

/** @param {string} text */
export const decode = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')

/**
 * @param {string} text mrkdwn, with &, < and > escaped as Slack asks
 * @returns {DocumentFragment}
 */
export function mrkdwn(text) {
  const out = document.createDocumentFragment()
  const parts = String(text ?? '').split(/```([\s\S]*?)```/)
  parts.forEach((part, index) => {
    if (index % 2 === 1)
      out.append(h('pre', { class: 'code-block', dir: 'auto' }, plainInside(part.replace(/^\n/, ''))))
    else if (part) lines(trimAround(part, index, parts.length), out)
  })
  return out
}

/**
 * A fence takes the line break before and after it with it.
 * @param {string} part @param {number} index @param {number} count
 */
function trimAround(part, index, count) {
  const head = index > 0 ? part.replace(/^\n/, '') : part
  return index < count - 1 ? head.replace(/\n$/, '') : head
}

/** @param {string} text @param {Node} out */
function lines(text, out) {
  const all = text.split('\n')
  /** @type {string[]} */
  let run = []
  const flush = () => {
    if (run.length > 0) out.appendChild(h('div', { class: 'mk-lines', dir: 'auto' }, inline(run.join('\n'))))
    run = []
  }
  for (let index = 0; index < all.length; index++) {
    const line = all[index]
    if (/^(&gt;|>){3}/.test(line)) {
      flush()
      const rest = [line.replace(/^(&gt;|>){3} ?/, ''), ...all.slice(index + 1)].join('\n')
      out.appendChild(h('blockquote', { dir: 'auto' }, inline(rest)))
      return
    }
    if (/^(&gt;|>)/.test(line)) {
      flush()
      const quoted = []
      while (index < all.length && /^(&gt;|>)/.test(all[index]))
        quoted.push(all[index++].replace(/^(&gt;|>) ?/, ''))
      index -= 1
      out.appendChild(h('blockquote', { dir: 'auto' }, inline(quoted.join('\n'))))
      continue
    }
    const item = /^(\s*)([•◦▪‣-]|\d{1,3}[.)])\s+(.*)$/u.exec(line)
    if (item) {
      flush()
      const level = Math.min(6, Math.floor(item[1].replace(/\t/g, '    ').length / 2))
      const marker = item[2] === '-' ? '–' : item[2]
      const row = h('div', { class: 'mk-item', dir: 'auto', vars: { '--level': level } })
      row.append(h('span', { class: 'mk-marker' }, `${marker} `), h('span', null, inline(item[3])))
      out.appendChild(row)
      continue
    }
    run.push(line)
  }
  flush()
}

/** Code shows links and mentions as the words that a reader would see. @param {string} text */
function plainInside(text) {
  return decode(
    text.replace(/<((?:https?:|mailto:|[@#!])[^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_, target, label) => {
      if (label) return label
      const name = target.startsWith('@')
        ? names.user(target.slice(1))?.name
        : target.startsWith('#')
          ? names.channel(target.slice(1))
          : null
      return name ? target[0] + name : target
    }),
  )
}

const PAIRS = /** @type {Record<string, string>} */ ({ '*': 'strong', _: 'em', '~': 's' })
const isWord = (/** @type {string | undefined} */ char) => char !== undefined && /[\p{L}\p{N}]/u.test(char)

/**
 * One run of text without block structure.
 * @param {string} text @param {number} [depth]
 * @returns {DocumentFragment}
 */
export function inline(text, depth = 0) {
  const out = document.createDocumentFragment()
  let plain = ''
  let at = 0
  /** Up to where a mark is known to have no partner, so that it is not looked for again and again. @type {Record<string, number>} */
  const alone = {}
  const flush = () => {
    if (plain) out.append(textNodes(decode(plain)))
    plain = ''
  }
  const put = (/** @type {Node} */ node, /** @type {number} */ next) => {
    flush()
    out.append(node)
    at = next
  }
  while (at < text.length) {
    const char = text[at]
    if (char === '<') {
      const end = text.indexOf('>', at)
      const body = end > at ? text.slice(at + 1, end) : ''
      if (body && !body.includes('\n') && !body.includes('<')) {
        put(bracket(body), end + 1)
        continue
      }
    } else if (char === '`') {
      const end = nextMark(text, '`', at + 1)
      if (end > at + 1) {
        put(h('code', null, plainInside(text.slice(at + 1, end))), end + 1)
        continue
      }
    } else if (
      PAIRS[char] &&
      depth < 8 &&
      !isWord(text[at - 1]) &&
      text[at - 1] !== char &&
      at >= (alone[char] ?? 0)
    ) {
      const end = closing(text, char, at)
      if (end === -1) alone[char] = endOfSearch(text, at)
      if (end > 0) {
        put(h(PAIRS[char], null, inline(text.slice(at + 1, end), depth + 1)), end + 1)
        continue
      }
    } else if (char === ':') {
      const name = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/i.exec(text.slice(at, at + 60))
      const node = name && emojiNode(name[1])
      if (name && node) {
        put(node, at + name[0].length)
        continue
      }
    } else if (char === 'h' && !isWord(text[at - 1])) {
      const url = /^https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)"'*_~]/.exec(text.slice(at, at + LOOK_AHEAD))
      if (url) {
        put(link(decode(url[0]), decode(url[0])), at + url[0].length)
        continue
      }
    } else if (char === '\n') {
      put(document.createElement('br'), at + 1)
      continue
    }
    plain += char
    at += 1
  }
  flush()
  return out
}

/** @param {string} text @param {string} mark @param {number} from */
function nextMark(text, mark, from) {
  const limit = Math.min(text.length, from + LOOK_AHEAD)
  for (let at = from; at < limit; at++) {
    if (text[at] === '\n') return -1
    if (text[at] === mark) return at
  }
  return -1
}

/** @param {string} text @param {number} from */
function endOfSearch(text, from) {
  const line = text.indexOf('\n', from)
  return Math.min(line < 0 ? text.length : line, from + LOOK_AHEAD)
}

/**
 * Where the partner of a mark stands; -1 when there is none ahead, -2 when this mark cannot open anything.
 * @param {string} text @param {string} mark @param {number} open
 */
function closing(text, mark, open) {
  const first = text[open + 1]
  if (first === undefined || /\s/.test(first) || first === mark) return -2
  let from = open + 1
  for (;;) {
    const end = nextMark(text, mark, from)
    if (end < 0) return -1
    if (!/\s/.test(text[end - 1]) && !isWord(text[end + 1]) && text[end + 1] !== mark) return end
    from = end + 1
  }
}

/** What stands between `<` and `>`. @param {string} body */
function bracket(body) {
  const bar = body.indexOf('|')
  const target = bar < 0 ? body : body.slice(0, bar)
  const label = bar < 0 ? '' : body.slice(bar + 1)
  if (target.startsWith('@')) return userMention(target.slice(1), label)
  if (target.startsWith('#')) return channelMention(target.slice(1), label)
  if (target.startsWith('!date^')) {
    const [, seconds, format, url] = target.split('^')
    return dateNode(Number(seconds), format ?? '', decode(label), url)
  }
  if (target.startsWith('!subteam^')) return usergroupMention(target.slice(9), label)
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1))
  if (target.startsWith('!')) return h('span', { class: 'mention' }, decode(label || target.slice(1)))
  if (/^(https?:|mailto:)/i.test(target)) {
    return link(decode(target), label ? inline(label, 8) : decode(target.replace(/^mailto:/i, '')))
  }
  return document.createTextNode(decode(`<${body}>`))
}

/** @param {string} id @param {string} [label] */
export function userMention(id, label) {
  const user = names.user(id)
  const self = user?.self ? ' mention-self' : ''
  return h('span', { class: `mention${self}`, data: { user: id } }, `@${user?.name ?? (label || id)}`)
}

/** @param {string} id @param {string} [label] */
export function channelMention(id, label) {
  const name = names.channel(id)
  if (!name) return h('span', { class: 'mention' }, `#${label || id}`)
  return h(
    'button',
    { type: 'button', class: 'mention mention-channel', on: { click: () => names.openChannel(id) } },
    `#${name}`,
  )
}

/** @param {string} id @param {string} [label] */
export const usergroupMention = (id, label) =>
  h('span', { class: 'mention' }, `@${(names.usergroup(id) ?? (label || id)).replace(/^@/, '')}`)

/** @param {string} range */
export const broadcast = (range) => h('span', { class: 'mention mention-self' }, `@${range}`)

/** @param {number} seconds @param {string} format @param {string} fallback @param {string} [url] */
export function dateNode(seconds, format, fallback, url) {
  if (!Number.isFinite(seconds)) return document.createTextNode(fallback)
  const when = new Date(seconds * 1000)
  const time = h(
    'time',
    { datetime: when.toISOString(), title: when.toLocaleString() },
    formatDate(when, format),
  )
  return url ? link(url, time) : time
}
