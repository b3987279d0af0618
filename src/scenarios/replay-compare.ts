// Where two plays of the same execution went apart: first what people notice (how it ended, records, messages, requests),
// then what is inside. Steps that only one version has are not compared themselves; what comes of them is. Pure.
import type { FinishedReport, NodeResult } from '../engine/report.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { isCut } from './ended-nodes.ts'
import { expected } from './from-report.ts'
import { type Difference, fieldText, match, shown } from './match.ts'
import type { Played } from './play.ts'
import type { CopiedRecords } from './records.ts'
import type { ReplayDifference } from './replay-report.ts'

/** A play, and the records that it left. */
export interface Replayed {
  played: Played
  records: CopiedRecords
}

type About = ReplayDifference['about']

/** What stands where one side has nothing. */
const nothing = 'nothing'

export function comparePlays(before: Replayed, now: Replayed): ReplayDifference[] {
  const [was, is] = [before.played, now.played]
  return [
    ...valueDifferences('status', 'status', was.report.status, is.report.status),
    ...listDifferences('errors', 'errors', errorsOf(was), errorsOf(is), 'node'),
    ...recordDifferences(before.records, now.records),
    ...listDifferences('messages', 'messages', was.messages.map(messageOf), is.messages.map(messageOf), 'to'),
    ...listDifferences(
      'requests',
      'requests',
      was.requests.map(requestOf),
      is.requests.map(requestOf),
      'url',
    ),
    ...listDifferences('workflows', 'workflows', asJson(was.workflows), asJson(is.workflows), 'workflow'),
    ...listDifferences('approvals', 'approvals', refusalsOf(was), refusalsOf(is), 'node'),
    ...valueDifferences('context', 'context', was.report.context, is.report.context),
    ...outputDifferences(was.report, is.report),
    ...stepDifferences(was.report, is.report),
  ]
}

/**
 * What the report of the real execution says and a play of the same version does not come to again: then nothing can be
 * said by comparing. Times, ids and the like may differ, and so may what the history has cut.
 */
export function compareWithReport(real: FinishedReport, played: Played): ReplayDifference[] {
  const again = new Map(played.report.nodes.map((node) => [node.name, node]))
  const steps = real.nodes.flatMap((node) => {
    if (node.role === 'trigger') return []
    const at = `outputs${fieldText(node.name)}`
    const now = again.get(node.name)
    if (node.status !== now?.status)
      return [difference('steps', `steps${fieldText(node.name)}`, node.status, now?.status ?? nothing)]
    if (node.status !== 'succeeded' || now.status !== 'succeeded' || isCut(node.output)) return []
    return match(expected(node.output), now.output, at).map((one) => fromMatch('steps', one))
  })
  return [
    ...valueDifferences('status', 'status', real.status, played.report.status),
    ...listDifferences('errors', 'errors', codesOf(real), codesOf(played.report), 'node'),
    ...steps,
  ]
}

function fromMatch(about: About, { at, expected: before, actual }: Difference): ReplayDifference {
  const absent = (words: string) => (words === 'nothing more' || words === 'missing' ? nothing : words)
  return difference(about, at, absent(before), absent(actual))
}

function difference(about: About, at: string, before: string, now: string): ReplayDifference {
  return { about, at, before, now }
}

/** Field by field, down to the values that differ. */
function valueDifferences(
  about: About,
  at: string,
  before: Json | undefined,
  now: Json | undefined,
): ReplayDifference[] {
  if (isJsonObject(before) && isJsonObject(now)) {
    const names = new Set([...Object.keys(before), ...Object.keys(now)])
    return [...names].flatMap((name) =>
      valueDifferences(about, `${at}${fieldText(name)}`, own(before, name), own(now, name)),
    )
  }
  if (Array.isArray(before) && Array.isArray(now)) {
    const length = Math.max(before.length, now.length)
    return Array.from({ length }, (_, index) =>
      valueDifferences(about, `${at}[${index}]`, before[index], now[index]),
    ).flat()
  }
  return before === now ? [] : [difference(about, at, told(before), told(now))]
}

/**
 * Equal entries belong together, wherever they stand; of the rest those with the same `alike` are compared field by
 * field, and what is left was only done on one side.
 */
function listDifferences(
  about: About,
  at: string,
  before: JsonObject[],
  now: JsonObject[],
  alike: string,
): ReplayDifference[] {
  const left = [...now.keys()]
  const take = (fits: (entry: JsonObject) => boolean) => {
    const place = left.findIndex((index) => fits(now[index] as JsonObject))
    return place < 0 ? undefined : left.splice(place, 1)[0]
  }
  const unequal = before.filter((entry) => {
    const text = JSON.stringify(entry)
    return take((other) => JSON.stringify(other) === text) === undefined
  })
  const pairs = unequal.map((entry): [JsonObject, number | undefined] => [
    entry,
    take((other) => other[alike] === entry[alike]),
  ])
  return [
    ...pairs.flatMap(([entry, index]) =>
      index === undefined
        ? [difference(about, at, told(entry), nothing)]
        : valueDifferences(about, `${at}[${index}]`, entry, now[index]),
    ),
    ...left.map((index) => difference(about, `${at}[${index}]`, nothing, told(now[index]))),
  ]
}

/** Of all records that either side wrote to: what they are afterwards. */
function recordDifferences(before: CopiedRecords, now: CopiedRecords): ReplayDifference[] {
  const touched = new Map<string, { collection: string; key: string }>()
  for (const records of [before, now]) {
    for (const [collection, { created, changed, deleted }] of Object.entries(records.changes())) {
      const field = records.keyField(collection) ?? 'id'
      const keys = [...created.map((value) => String(value[field])), ...Object.keys(changed), ...deleted]
      for (const key of keys) touched.set(JSON.stringify([collection, key]), { collection, key })
    }
  }
  return [...touched.values()].flatMap(({ collection, key }) =>
    valueDifferences(
      'records',
      `records${fieldText(collection)}[${JSON.stringify(key)}]`,
      before.get(collection, key)?.value,
      now.get(collection, key)?.value,
    ),
  )
}

/**
 * Without an `output` of its own a workflow gives its context, which is compared already. That one of the two has none,
 * because it failed, is told by its status.
 */
function outputDifferences(before: FinishedReport, now: FinishedReport): ReplayDifference[] {
  const [was, is] = [before.output, now.output]
  if (was === undefined || is === undefined) return []
  if (same(was, before.context) && same(is, now.context)) return []
  return valueDifferences('output', 'output', was, is)
}

function stepDifferences(before: FinishedReport, now: FinishedReport): ReplayDifference[] {
  const nodes = new Map(now.nodes.map((node) => [node.name, node]))
  return before.nodes.flatMap((was) => {
    const is = nodes.get(was.name)
    if (was.role === 'trigger' || !is) return []
    if (was.status !== is.status) {
      const at = `steps${fieldText(was.name)}`
      return [difference('steps', at, stepText(was), stepText(is))]
    }
    if (was.status !== 'succeeded' || is.status !== 'succeeded') return []
    return valueDifferences('steps', `outputs${fieldText(was.name)}`, was.output, is.output)
  })
}

function stepText(node: NodeResult): string {
  return node.status === 'skipped' ? `skipped: ${node.reason}` : node.status
}

/** Codes, and what Python said; other words may come from whatever stands in for the outside. */
function errorsOf({ report }: Played): JsonObject[] {
  return report.errors.map(({ code, node = null, message }) => ({
    node,
    code,
    ...(code.startsWith('python.') || code.startsWith('replay.') ? { message } : {}),
  }))
}

function codesOf({ errors }: FinishedReport): JsonObject[] {
  return errors.map(({ code, node = null }) => ({ node, code }))
}

/** What people see of a message, wherever in the workflow it comes from. */
function messageOf({ to, title, text, fields, table, buttons }: Played['messages'][number]): JsonObject {
  return asObject({ to, title, text, fields, table, buttons })
}

function requestOf({ method, url, headers, body }: Played['requests'][number]): JsonObject {
  // It names the step, which another version may call something else.
  const { 'idempotency-key': _, ...sent } = headers
  return asObject({ method, url, headers: sent, body })
}

function refusalsOf({ refusals }: Played): JsonObject[] {
  return refusals.map(({ node, code, message }) => ({ node, refused: `${code} – ${message}` }))
}

const asJson = (list: readonly object[]): JsonObject[] => list.map(asObject)

/** As it would be stored: fields without a value are gone. */
function asObject(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}

const same = (left: Json | undefined, right: Json | undefined) =>
  JSON.stringify(left) === JSON.stringify(right)

const told = (value: Json | undefined) => (value === undefined ? nothing : shown(value))

function own(value: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}
