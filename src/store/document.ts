// How db.json looks: its shape, how the state becomes text and comes back, and how older formats are brought up to date.
import { z } from 'zod'
import type { HistoryItem } from '../commands/types.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { JournalEntry } from '../engine/ports.ts'
import type { FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { Damaged, type DocumentFormat } from './adapter.ts'
import { Fragment } from './fragment.ts'
import type { StoredStart } from './operations.ts'
import { isStoredPastRow, pastOf, type StoredPast, storedPastRow } from './past.ts'
import {
  type Archive,
  type CollectionRow,
  type EndedExecution,
  emptyState,
  type LiveExecution,
  type State,
  type VersionRow,
} from './state.ts'

/** Grows when an older bot could not read what this one writes. */
export const formatVersion = 1

/** Brings a document of format N (its index here) to N + 1; format 1 is the first, so index 0 stays empty. */
export type Migrations = { [from: number]: (document: JsonObject) => JsonObject }

const migrations: Migrations = {}

/** What the audit log held when db.json was written, so that a cut-off end is noticed. */
export interface AuditAnchor {
  count: number
  hash: string
}

/** A consistent picture of the state that later changes do not touch. */
export interface Snapshot {
  state: State
  audit: AuditAnchor
}

const count = z.number().int().min(0)
const value = z.unknown()

const isObject = (found: unknown) => typeof found === 'object' && found !== null && !Array.isArray(found)
const object = z.custom<JsonObject>(isObject)
// By hand: describing each of 10,000 records to zod takes longer than parsing them.
const recordRows = z.custom<[key: string, rev: number, value: JsonObject][]>(
  (rows) =>
    Array.isArray(rows) &&
    rows.every(
      (row) =>
        Array.isArray(row) && typeof row[0] === 'string' && Number.isInteger(row[1]) && isObject(row[2]),
    ),
  'a list of records',
)

const pastRows = z.custom<StoredPast['changes']>(
  (rows) => Array.isArray(rows) && rows.every(isStoredPastRow),
  'a list of past changes',
)

// Checks the envelope, never the values in it: those are the users' own, and zod would drop a key called __proto__.
const documentSchema = z.object({
  format: z.literal(formatVersion),
  seq: count,
  workflows: z.array(
    z.object({
      id: z.string(),
      versions: z.array(z.object({ number: count, hash: z.string(), at: z.string(), definition: object })),
    }),
  ),
  collections: z.array(
    z.object({
      name: z.string(),
      key: z.string(),
      rev: count,
      records: recordRows,
    }),
  ),
  running: z.array(
    z.object({
      id: z.string(),
      start: object,
      entries: z.array(z.tuple([z.string(), object])),
      applied: z.array(z.string()),
    }),
  ),
  ended: z.array(z.object({ item: object, endedAt: z.string(), report: object })),
  archives: z.array(
    z.object({
      number: count,
      count,
      from: z.string(),
      to: z.string(),
      workflows: z.array(z.tuple([z.string(), count])),
    }),
  ),
  nextArchive: count,
  last: z.array(object),
  applied: z.array(z.string()),
  links: z.array(z.tuple([z.string(), value])),
  audit: z.object({ count, hash: z.string() }),
  past: z.object({ since: z.string(), changes: pastRows }).optional(),
})

/** The shape of db.json as JSON.parse gives it; what `encode` wrote. */
interface StoredDocument {
  seq: number
  workflows: {
    id: string
    versions: { number: number; hash: string; at: string; definition: WorkflowDefinition }[]
  }[]
  collections: {
    name: string
    key: string
    rev: number
    records: [key: string, rev: number, value: JsonObject][]
  }[]
  running: {
    id: string
    start: StoredStart
    entries: [name: string, entry: JournalEntry][]
    applied: string[]
  }[]
  ended: { item: HistoryItem; endedAt: string; report: FinishedReport }[]
  archives: Archive[]
  nextArchive: number
  last: HistoryItem[]
  applied: string[]
  links: [key: string, value: Json][]
  audit: AuditAnchor
  /** Missing in files from before the past was kept; a bot of that time passes it over. */
  past?: StoredPast
}

export function documentFormat(path: string, steps: Migrations = migrations): DocumentFormat<Snapshot> {
  return {
    encode: encodeSnapshot,
    // A newer bot may seal and shape its file in ways that this one cannot judge, so its number is looked at first.
    inspect: (head) => refuseNewer(Number(/^\{"format":(\d{1,9})\b/.exec(head)?.[1] ?? 0), path),
    decode: (content) => decodeSnapshot(content, steps),
  }
}

/** Rejects a document of a format that is not known yet: `store.newer_format`. It is not touched. */
export function refuseNewer(format: number, path: string): void {
  if (format <= formatVersion) return
  throw new WorkflowError(
    'store.newer_format',
    `${path} was written by a newer version of the bot (format ${format}; this one knows up to ${formatVersion}).`,
    {
      hint: 'The file is untouched. Start the newer version again, or restore a backup that this version made.',
    },
  )
}

function decodeSnapshot(content: string, steps: Migrations): Snapshot {
  let document = JSON.parse(content) as JsonObject
  let format = Number(document.format)
  while (format < formatVersion) {
    const step = steps[format]
    if (!step) throw new Damaged(`nothing leads from format ${format} to format ${formatVersion}`)
    document = step(document)
    format += 1
  }
  const checked = documentSchema.safeParse(document)
  if (!checked.success) {
    const fault = checked.error.issues[0]
    throw new Damaged(`it has the wrong shape at ${fault?.path.join('.') || 'its top'}: ${fault?.message}`)
  }
  return fromStored(document as unknown as StoredDocument)
}

function fromStored(stored: StoredDocument): Snapshot {
  const state = emptyState()
  state.seq = stored.seq
  for (const { id, versions } of stored.workflows) {
    const rows = versions.map((row) => ({ ...row, definition: Fragment.parsed(row.definition) }))
    state.versions.set(id, rows)
  }
  for (const { name, key, rev, records } of stored.collections) {
    const rows = records.map(
      ([id, at, data]) => [id, { key: id, rev: at, value: Fragment.parsed(data) }] as const,
    )
    state.collections.set(name, { name, key, rev, records: new Map(rows) })
  }
  for (const { id, start, entries, applied } of stored.running) {
    const parsed = entries.map(([name, entry]) => [name, Fragment.parsed(entry)] as const)
    state.live.set(id, {
      id,
      start: Fragment.parsed(start),
      entries: new Map(parsed),
      applied: new Set(applied),
    })
  }
  for (const { item, endedAt, report } of stored.ended) {
    state.ended.set(item.id, { item, endedAt, report: Fragment.parsed(report) })
  }
  state.archives = stored.archives
  state.nextArchive = stored.nextArchive
  for (const item of stored.last) state.last.set(item.workflow.id, item)
  state.applied = new Set(stored.applied)
  for (const [key, data] of stored.links) state.links.set(key, Fragment.parsed(data))
  state.past = pastOf(stored.past)
  return { state, audit: stored.audit }
}

/** Cheap: shares all fragments, which never change, and copies the lists around them. */
export function snapshotOf(state: State, audit: AuditAnchor): Snapshot {
  const copy: State = {
    ...state,
    versions: new Map([...state.versions].map(([id, rows]) => [id, [...rows]])),
    collections: new Map(
      [...state.collections].map(([name, row]) => [name, { ...row, records: new Map(row.records) }]),
    ),
    live: new Map(
      [...state.live].map(([id, row]) => [
        id,
        { ...row, entries: new Map(row.entries), applied: new Set(row.applied) },
      ]),
    ),
    ended: new Map(state.ended),
    archives: [...state.archives],
    last: new Map(state.last),
    applied: new Set(state.applied),
    links: new Map(state.links),
    past: { ...state.past, rows: [...state.past.rows] },
  }
  return { state: copy, audit: { ...audit } }
}

const text = JSON.stringify

/** A field with a list, one row per line. */
function* list(name: string, rows: Iterable<Iterable<string>>): Generator<string> {
  yield `,\n${text(name)}:[`
  let separator = '\n'
  for (const row of rows) {
    yield separator
    yield* row
    separator = ',\n'
  }
  yield ']'
}

function* encodeSnapshot({ state, audit }: Snapshot): Generator<string> {
  yield `{"format":${formatVersion},\n"seq":${state.seq},\n"nextArchive":${state.nextArchive},\n"audit":${text(audit)}`
  yield* list('workflows', mapRows(state.versions, workflowRow))
  yield* list('collections', mapRows(state.collections.values(), collectionRow))
  yield* list('running', mapRows(state.live.values(), runningRow))
  yield* list('ended', mapRows(state.ended.values(), endedRow))
  yield* list('archives', mapRows(state.archives, plainRow))
  yield* list('last', mapRows(state.last.values(), plainRow))
  yield* list('applied', mapRows(state.applied, plainRow))
  yield* list(
    'links',
    mapRows(state.links, ([key, data]) => [`[${text(key)},`, data.json, ']']),
  )
  yield `,\n"past":{"since":${text(state.past.since)}`
  yield* list('changes', mapRows(state.past.rows, storedPastRow))
  yield '}'
}

function* mapRows<T>(rows: Iterable<T>, encode: (row: T) => Iterable<string>): Generator<Iterable<string>> {
  for (const row of rows) yield encode(row)
}

function plainRow(row: unknown): Iterable<string> {
  return [text(row)]
}

function* workflowRow([id, versions]: [string, VersionRow[]]) {
  yield `{"id":${text(id)},"versions":[`
  let separator = '\n'
  for (const { number, hash, at, definition } of versions) {
    yield `${separator}{"number":${number},"hash":${text(hash)},"at":${text(at)},"definition":`
    yield definition.json
    yield '}'
    separator = ',\n'
  }
  yield ']}'
}

function* collectionRow({ name, key, rev, records }: CollectionRow) {
  yield `{"name":${text(name)},"key":${text(key)},"rev":${rev},"records":[`
  let separator = '\n'
  for (const record of records.values()) {
    yield `${separator}[${text(record.key)},${record.rev},`
    yield record.value.json
    yield ']'
    separator = ',\n'
  }
  yield ']}'
}

function* runningRow({ id, start, entries, applied }: LiveExecution) {
  yield `{"id":${text(id)},"applied":${text([...applied])},"start":`
  yield start.json
  yield ',"entries":['
  let separator = '\n'
  for (const [name, entry] of entries) {
    yield `${separator}[${text(name)},`
    yield entry.json
    yield ']'
    separator = ',\n'
  }
  yield ']}'
}

function* endedRow({ item, endedAt, report }: EndedExecution) {
  yield `{"item":${text(item)},"endedAt":${text(endedAt)},"report":`
  yield report.json
  yield '}'
}
