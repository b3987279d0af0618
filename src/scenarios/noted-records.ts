// Records that know what was looked at: which collections as a whole, and which records of the others.
import type { RecordStore, RecordWrite, StoredRecord } from '../actions/ports.ts'
import type { JsonObject } from '../json.ts'

/** `whole`, or the keys that were asked for or written to, whether or not there was such a record. */
export type Looks = Map<string, 'whole' | Set<string>>

export class NotedRecords implements RecordStore {
  readonly looks: Looks = new Map()
  readonly #records: RecordStore

  constructor(records: RecordStore) {
    this.#records = records
  }

  keyField(collection: string): string | undefined {
    return this.#records.keyField(collection)
  }

  collections() {
    return this.#records.collections()
  }

  get(collection: string, key: string): StoredRecord | undefined {
    this.#note(collection, key)
    return this.#records.get(collection, key)
  }

  all(collection: string): Iterable<StoredRecord> {
    this.looks.set(collection, 'whole')
    return this.#records.all(collection)
  }

  apply(key: string, writes: RecordWrite[]): Promise<void> {
    for (const write of writes) this.#note(write.collection, write.key)
    return this.#records.apply(key, writes)
  }

  seed(collection: string, keyField: string, records: JsonObject[]): Promise<boolean> {
    return this.#records.seed(collection, keyField, records)
  }

  #note(collection: string, key: string): void {
    const looks = this.looks.get(collection) ?? new Set()
    this.looks.set(collection, looks)
    if (looks !== 'whole') looks.add(key)
  }
}
