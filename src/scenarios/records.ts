// Records that nobody else sees: given ones, or a copy of a real store that is made as it is read. Knows what was
// created, changed and deleted since.
import type { RecordStore, RecordWrite, StoredRecord } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { ForeignChange, RecordSource } from './past-records.ts'

export interface Collection {
  key: string
  records: JsonObject[]
}

/** What became of a collection. Values are those after the change; of deleted ones only the key is left. */
export interface Changes {
  created: JsonObject[]
  changed: { [key: string]: JsonObject }
  deleted: string[]
}

interface Held {
  key: string
  records: Map<string, StoredRecord>
  before: Map<string, StoredRecord>
}

export class CopiedRecords implements RecordStore {
  readonly #held = new Map<string, Held>()
  readonly #applied = new Set<string>()
  readonly #source: RecordSource | undefined

  /** `source` is only read; what it holds is copied collection by collection, when first asked for. */
  constructor(given: { [collection: string]: Collection }, source?: RecordSource) {
    this.#source = source
    for (const [name, { key, records }] of Object.entries(given)) {
      const rows = records.map((value): [string, StoredRecord] => {
        const id = String(value[key])
        return [id, { key: id, rev: 1, value: structuredClone(value) }]
      })
      this.#hold(name, key, rows)
    }
  }

  keyField(collection: string): string | undefined {
    return this.#find(collection)?.key
  }

  collections() {
    const names = new Set([
      ...this.#held.keys(),
      ...(this.#source?.collections() ?? []).map(({ name }) => name),
    ])
    return [...names].map((name) => {
      const held = this.#find(name)
      return { name, key: held?.key ?? 'id', count: held?.records.size ?? 0 }
    })
  }

  get(collection: string, key: string): StoredRecord | undefined {
    return this.#find(collection)?.records.get(key)
  }

  all(collection: string): Iterable<StoredRecord> {
    return this.#find(collection)?.records.values() ?? []
  }

  async apply(key: string, writes: RecordWrite[]): Promise<void> {
    if (this.#applied.has(key)) return
    // All or none: everything is tried on a draft first.
    const draft = new Map<string, { write: RecordWrite; after: StoredRecord | undefined }>()
    for (const write of writes) {
      const slot = JSON.stringify([write.collection, write.key])
      const earlier = draft.get(slot)
      const current = earlier ? earlier.after : this.get(write.collection, write.key)
      check(write, current, earlier !== undefined)
      const rev = (current?.rev ?? 0) + 1
      const after =
        write.kind === 'delete' ? undefined : { key: write.key, rev, value: structuredClone(write.value) }
      draft.set(slot, { write, after })
    }
    this.#applied.add(key)
    for (const { write, after } of draft.values()) {
      const { records } = this.#find(write.collection) ?? this.#hold(write.collection, 'id', [])
      if (after) records.set(write.key, after)
      else records.delete(write.key)
    }
  }

  async seed(collection: string, keyField: string, records: JsonObject[]): Promise<boolean> {
    if (this.#find(collection)) return false
    const rows = records.map((value): [string, StoredRecord] => {
      const key = String(value[keyField])
      return [key, { key, rev: 1, value }]
    })
    this.#hold(collection, keyField, rows)
    return true
  }

  /** What somebody else changed meanwhile counts as having been there, but for records that were written to here. */
  adopt(changes: readonly ForeignChange[]): void {
    for (const { collection, key, record } of changes) {
      // What was not copied yet is copied as it is now.
      const held = this.#held.get(collection)
      if (!held || held.records.get(key) !== held.before.get(key)) continue
      for (const rows of [held.records, held.before]) {
        if (record) rows.set(key, record)
        else rows.delete(key)
      }
    }
  }

  /** Of the collections that were touched, by name. */
  changes(): { [collection: string]: Changes } {
    return Object.fromEntries(
      [...this.#held].map(([name, { records, before }]): [string, Changes] => {
        const after = [...records.values()]
        return [
          name,
          {
            created: after.filter(({ key }) => !before.has(key)).map(({ value }) => value),
            changed: Object.fromEntries(
              after
                .filter((record) => before.has(record.key) && before.get(record.key) !== record)
                .map(({ key, value }) => [key, value]),
            ),
            deleted: [...before.keys()].filter((key) => !records.has(key)),
          },
        ]
      }),
    )
  }

  #find(collection: string): Held | undefined {
    const held = this.#held.get(collection)
    if (held) return held
    const key = this.#source?.keyField(collection)
    if (key === undefined || !this.#source) return undefined
    return this.#hold(
      collection,
      key,
      [...this.#source.all(collection)].map((record) => [record.key, record]),
    )
  }

  #hold(name: string, key: string, rows: [string, StoredRecord][]): Held {
    const held = { key, records: new Map(rows), before: new Map(rows) }
    this.#held.set(name, held)
    return held
  }
}

/** A second write to a record in the same group needs no fitting revision: its author is that of the first. */
function check(write: RecordWrite, current: StoredRecord | undefined, again: boolean): void {
  const { collection, key } = write
  if (write.kind === 'insert') {
    if (!current) return
    throw new WorkflowError('records.exists', `There is a record "${key}" in "${collection}" already.`)
  }
  if (!current)
    throw new WorkflowError('records.not_found', `There is no record "${key}" in "${collection}".`)
  if (!again && current.rev !== write.rev)
    throw new WorkflowError(
      'records.conflict',
      `The record "${key}" in "${collection}" has changed since it was read.`,
    )
}
