// What records were before their latest changes: a bounded list, kept up by the same operations as the records.
// Who asks what an execution has seen starts from the records as they are and goes back through it.

import type { JsonObject } from '../json.ts'
import { Fragment } from './fragment.ts'
import type { RecordRow } from './state.ts'

export interface PastRow {
  /** When the change was written, ISO 8601. */
  at: string
  /** The execution that made it; see `ownerOf`. */
  by: string
  collection: string
  key: string
  before: RecordRow | null
}

export interface Past {
  /** Every change later than this moment (ISO 8601) is in `rows`; '' when none was ever missed. */
  since: string
  /** Oldest first. */
  rows: PastRow[]
  /** About how long `rows` are as JSON; characters. */
  length: number
}

/** How many changes are remembered, and about how much JSON of them. */
export const maxPastRows = 5000
export const maxPastLength = 4_000_000

/** Later than any change: nothing is known. */
export const never = '9999-12-31T23:59:59.999Z'

/**
 * For a new store. Seeding leaves no row, so a collection counts as having had its seed since ever: an execution of
 * the workflow that declares it cannot have met it without.
 */
export function emptyPast(): Past {
  return { since: '', rows: [], length: 0 }
}

/** For changes that nobody wrote down: all that is known begins after `since`. */
export function forgetPast(past: Past, since: string): void {
  past.since = since
  past.rows = []
  past.length = 0
}

/** The bot's own collections are none of its business: no execution reads them. */
export function keepsPast(collection: string): boolean {
  return !collection.startsWith('_')
}

export function addPast(past: Past, row: PastRow): void {
  past.rows.push(row)
  past.length += lengthOf(row)
  let gone = 0
  while (past.rows.length - gone > maxPastRows || past.length > maxPastLength) {
    const oldest = past.rows[gone]
    if (!oldest) break
    past.length -= lengthOf(oldest)
    // The clock of the machine may have been put back in between.
    if (oldest.at > past.since) past.since = oldest.at
    gone += 1
  }
  if (gone > 0) past.rows.splice(0, gone)
}

function lengthOf({ at, by, collection, key, before }: PastRow): number {
  const value = before?.value.json.length ?? 0
  return at.length + by.length + collection.length + key.length + value + 20
}

/** How the past lies in db.json; what the record was before follows at the end of a row, where there was one. */
export interface StoredPast {
  since: string
  changes: [
    at: string,
    by: string,
    collection: string,
    key: string,
    ...before: [rev: number, value: JsonObject] | [],
  ][]
}

export function isStoredPastRow(row: unknown): boolean {
  if (!Array.isArray(row) || !row.slice(0, 4).every((part) => typeof part === 'string')) return false
  const [rev, value] = row.slice(4)
  const isValue = typeof value === 'object' && value !== null && !Array.isArray(value)
  return row.length === 4 || (row.length === 6 && Number.isInteger(rev) && isValue)
}

/** Nothing is stored in a file from before the past was kept: nothing is known then. */
export function pastOf(stored: StoredPast | undefined): Past {
  const past = emptyPast()
  forgetPast(past, stored?.since ?? never)
  for (const [at, by, collection, key, ...was] of stored?.changes ?? []) {
    const before = was.length === 0 ? null : { key, rev: was[0], value: Fragment.parsed(was[1]) }
    addPast(past, { at, by, collection, key, before })
  }
  return past
}

export function* storedPastRow({ at, by, collection, key, before }: PastRow): Generator<string> {
  const text = JSON.stringify
  yield `[${text(at)},${text(by)},${text(collection)},${text(key)}`
  if (before) {
    yield `,${before.rev},`
    yield before.value.json
  }
  yield ']'
}
