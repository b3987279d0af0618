// Records as they were at a moment of the past, as one execution would have found them: what it changed itself is left
// out. Worked out from the records of today and what is known of each change since. Only read; a copy is written to.
import type { PastChange, RecordStore, RecordsPast, StoredRecord } from '../actions/ports.ts'
import type { KnownRecords } from '../definition/inputs.ts'

/** What a copy of records reads from. */
export type RecordSource = Pick<RecordStore, 'keyField' | 'collections' | 'all'>

/** A record that somebody else changed, and what it is then; undefined when it is gone. */
export interface ForeignChange {
  collection: string
  key: string
  record: StoredRecord | undefined
}

export class PastRecords implements RecordSource, KnownRecords {
  readonly #now: RecordStore
  readonly #own: string
  /** By collection and key, oldest first. */
  readonly #changes = new Map<string, Map<string, PastChange[]>>()
  #at: string

  /**
   * `at`: ISO 8601; `own`: the execution whose changes are left out. Ask `knows` first: of a moment that is not known any
   * more this gives records as they were later.
   */
  constructor(now: RecordStore, past: RecordsPast, { at, own }: { at: string; own: string }) {
    this.#now = now
    this.#own = own
    this.#at = at
    for (const change of past.changes()) {
      const keys = this.#changes.get(change.collection) ?? new Map<string, PastChange[]>()
      this.#changes.set(change.collection, keys)
      const changes = keys.get(change.key)
      if (changes) changes.push(change)
      else keys.set(change.key, [change])
    }
  }

  keyField(collection: string): string | undefined {
    return this.#now.keyField(collection)
  }

  collections() {
    return this.#now.collections().map(({ name, key }) => {
      let count = 0
      for (const _ of this.all(name)) count++
      return { name, key, count }
    })
  }

  get(collection: string, key: string): StoredRecord | undefined {
    const changes = this.#changes.get(collection)?.get(key) ?? []
    const last = changes.findLastIndex(({ at, by }) => at <= this.#at && by !== this.#own)
    const next = changes[last + 1]
    return next ? (next.before ?? undefined) : this.#now.get(collection, key)
  }

  /** In the order of today; records that are gone today come last. */
  *all(collection: string): Iterable<StoredRecord> {
    const seen = new Set<string>()
    for (const { key } of this.#now.all(collection)) {
      seen.add(key)
      const record = this.get(collection, key)
      if (record) yield record
    }
    for (const key of this.#changes.get(collection)?.keys() ?? []) {
      const record = seen.has(key) ? undefined : this.get(collection, key)
      if (record) yield record
    }
  }

  /** Goes on to a later moment, and says what others changed until then. An earlier one changes nothing. */
  moveTo(at: string): ForeignChange[] {
    if (at <= this.#at) return []
    const before = this.#at
    this.#at = at
    const changed = [...this.#changes].flatMap(([collection, keys]) =>
      [...keys].flatMap(([key, changes]) =>
        changes.some((change) => change.at > before && change.at <= at && change.by !== this.#own)
          ? [{ collection, key }]
          : [],
      ),
    )
    return changed.map(({ collection, key }) => ({ collection, key, record: this.get(collection, key) }))
  }
}

/** Whether all changes since that moment (ISO 8601) are known. */
export function knows(past: RecordsPast, at: string): boolean {
  return past.since() < at
}
