// What a replayed execution would have done differently, in people's words: what others notice first, one line for each
// thing, and what only shows inside in one line at the end. Pure; mrkdwn.
import type { ReplayDifference } from '../../scenarios/index.ts'
import { excerpt } from './differences.ts'
import { code, escapeLine } from './escape.ts'
import { clamp } from './limits.ts'
import { count } from './words.ts'

type About = ReplayDifference['about']

/** As the comparison writes it where one side has nothing. */
const nothing = 'nothing'
/** What nobody notices outside of the workflow. */
const inside: readonly About[] = ['output', 'context', 'steps']
const keysNamed = 3

/** A line for each thing that would go another way. */
export function replayWords(differences: readonly ReplayDifference[]): string[] {
  const noticed = differences.filter(({ about }) => !inside.includes(about))
  const hidden = differences.filter(({ about }) => inside.includes(about))
  const others = noticed.filter(({ about }) => about !== 'records')
  const lines = [
    ...others.filter(({ about }) => about === 'start' || about === 'status' || about === 'errors').map(words),
    ...recordWords(noticed.filter(({ about }) => about === 'records')),
    ...others.filter(({ about }) => !['start', 'status', 'errors'].includes(about)).map(words),
  ]
  if (noticed.length === 0) return hidden.map(words)
  return hidden.length === 0
    ? lines
    : [...lines, `Inside: ${count(hidden.length, 'other value')} of ${places(hidden)}`]
}

/** `steps and context` */
function places(hidden: readonly ReplayDifference[]): string {
  const names = inside.filter((one) => hidden.some(({ about }) => about === one))
  return names.map((name) => (name === 'steps' ? 'its steps' : `the ${name}`)).join(' and ')
}

function words({ about, at, before, now }: ReplayDifference): string {
  const only = now === nothing ? 'before' : before === nothing ? 'now' : undefined
  switch (about) {
    case 'start':
      return `Would not start: ${said(now)}`
    case 'status':
      return `Would end as *${said(bare(now))}* instead of *${said(bare(before))}*`
    case 'errors':
      if (only === 'now') return `Would fail: ${errorWords(now)}`
      if (only === 'before') return `Would no longer fail: ${errorWords(before)}`
      return `Would fail with ${quoted(now, before)} instead of ${quoted(before, now)}`
    case 'messages':
      if (only === 'now') return `Would also send ${messageWords(now)}`
      if (only === 'before') return `Would not send ${messageWords(before)}`
      return `Would send ${partOf(at)}${quoted(now, before)}, instead of ${quoted(before, now)}`
    case 'requests':
      if (only === 'now') return `Would also request ${requestWords(now)}`
      if (only === 'before') return `Would not request ${requestWords(before)}`
      return `Would request with ${partOf(at)}${quoted(now, before)}, instead of ${quoted(before, now)}`
    case 'workflows':
      if (only === 'now') return `Would also start ${nameIn(now, 'workflow')}`
      if (only === 'before') return `Would not start ${nameIn(before, 'workflow')}`
      break
    case 'approvals':
      if (only === 'now') return `A decision would be refused: ${said(now)}`
      if (only === 'before') return `A decision would be accepted: ${said(before)}`
      break
    default:
      break
  }
  return `${code(clamp(at, 120))}: ${quoted(now, before)} instead of ${quoted(before, now)}`
}

interface Collection {
  more: string[]
  fewer: string[]
  fields: ReplayDifference[]
}

/** Records that would be there, or would not, are counted; of others, which field would hold what. */
function recordWords(differences: readonly ReplayDifference[]): string[] {
  const all = new Map<string, Collection>()
  for (const one of differences) {
    const { name, key } = recordOf(one.at)
    const known = all.get(name) ?? { more: [], fewer: [], fields: [] }
    all.set(name, known)
    const whole = key !== undefined
    if (whole && one.before === nothing) known.more.push(key)
    else if (whole && one.now === nothing) known.fewer.push(key)
    else known.fields.push(one)
  }
  return [...all].flatMap(([name, { more, fewer, fields }]) => [
    ...countWords(name, more, fewer),
    ...fields.map(
      ({ at, before, now }) =>
        `Would leave ${code(clamp(at.replace(/^records\./, ''), 120))} as ${quoted(now, before)} instead of ${quoted(before, now)}`,
    ),
  ])
}

function countWords(collection: string, more: string[], fewer: string[]): string[] {
  const name = code(clamp(collection, 60))
  const keys = (all: string[]) =>
    all
      .slice(0, keysNamed)
      .map((key) => escapeLine(clamp(key, 40)))
      .join(', ') + (all.length > keysNamed ? ` and ${all.length - keysNamed} more` : '')
  if (more.length > 0 && fewer.length > 0)
    return [
      `Would write ${count(more.length, 'other record')} to ${name} (${keys(more)}) instead of ${fewer.length} (${keys(fewer)})`,
    ]
  if (more.length > 0) return [`Would write ${count(more.length, 'more record')} to ${name}: ${keys(more)}`]
  if (fewer.length > 0) return [`Would not write ${count(fewer.length, 'record')} to ${name}: ${keys(fewer)}`]
  return []
}

/** `records.orders["PO-1"].price`: the collection, and the key where the whole record is meant. */
function recordOf(at: string): { name: string; key?: string } {
  const found = /^records(?:\.(\w+)|\["((?:[^"\\]|\\.)*)"\])(?:\["((?:[^"\\]|\\.)*)"\])?(.*)$/s.exec(at)
  const name = found?.[1] ?? found?.[2] ?? at
  return found?.[3] !== undefined && found[4] === '' ? { name, key: found[3] } : { name }
}

/** The field of a message or request, unless it is its text. */
function partOf(at: string): string {
  const field = /^\w+(?:\[\d+\])?\.(.+)$/s.exec(at)?.[1] ?? at
  if (field === 'text') return ''
  return /^[a-z]{2,20}$/.test(field) ? `the ${field} ` : `${code(clamp(field, 80))} `
}

function messageWords(json: string): string {
  const to = textIn(json, 'to')
  const text = textIn(json, 'title') ?? textIn(json, 'text')
  if (text === undefined) return said(json)
  return `${to === undefined ? '' : `to ${said(to)}: `}“${said(text)}”`
}

function requestWords(json: string): string {
  const [method, url] = [textIn(json, 'method'), textIn(json, 'url')]
  return url === undefined ? said(json) : code(clamp(`${method ?? ''} ${url}`.trim(), 160))
}

function errorWords(json: string): string {
  const [node, message] = [textIn(json, 'node'), textIn(json, 'message') ?? textIn(json, 'code')]
  if (message === undefined) return said(json)
  return `${node === undefined ? '' : `_${escapeLine(clamp(node, 60))}_: `}${said(message)}`
}

function nameIn(json: string, field: string): string {
  return code(clamp(textIn(json, field) ?? json, 120))
}

/** A text field of an object that may have been cut before its end. */
function textIn(json: string, field: string): string | undefined {
  const found = new RegExp(`"${field}":"((?:[^"\\\\]|\\\\.)*)("|…?$)`, 's').exec(json)?.[1]
  return found === undefined ? undefined : bare(`"${found}"`)
}

/** A JSON text without its quotes; anything else as it is. */
function bare(json: string): string {
  try {
    const read: unknown = JSON.parse(json)
    return typeof read === 'string' ? read : json
  } catch {
    return json
      .replace(/^"(.*)"$/s, '$1')
      .replace(/\\n/g, ' ')
      .replace(/\\"/g, '"')
  }
}

/** Texts in quotes, other values as they are; a long one is cut around the place where it parts from the other. */
function quoted(json: string, other: string): string {
  const text = bare(json)
  const { shown } = excerpt(text.replace(/\s+/g, ' '), bare(other).replace(/\s+/g, ' '))
  return json.startsWith('"') ? `“${escapeLine(shown)}”` : code(shown)
}

const said = (text: string) => escapeLine(clamp(text, 160))
