// Watches what a dry run does to records: what each was before, and which workflow changed it. The changes themselves are
// for the records that it stands in front of to keep.
import type { RecordStore, RecordWrite, StoredRecord } from '../actions/ports.ts'
import type { JsonObject } from '../json.ts'

/** What is known of a record that was written to. */
export interface Touched {
  collection: string
  key: string
  /** Null for one that was not there. */
  before: JsonObject | null
  /** Ids of the workflows that wrote to it, in that order. */
  by: string[]
}

export class TouchedRecords {
  readonly #records: RecordStore
  readonly #touched = new Map<string, Touched>()

  constructor(records: RecordStore) {
    this.#records = records
  }

  /** The same records, for a workflow to work on. */
  for(workflowId: string): RecordStore {
    const records = this.#records
    return {
      keyField: (collection) => records.keyField(collection),
      collections: () => records.collections(),
      get: (collection, key) => records.get(collection, key),
      all: (collection) => records.all(collection),
      seed: (collection, keyField, seeds) => records.seed(collection, keyField, seeds),
      apply: async (key, writes) => {
        const before = writes.map((write) => records.get(write.collection, write.key))
        await records.apply(key, writes)
        for (const [index, write] of writes.entries()) this.#note(write, before[index], workflowId)
      },
    }
  }

  all(): Touched[] {
    return [...this.#touched.values()]
  }

  #note({ collection, key }: RecordWrite, before: StoredRecord | undefined, workflowId: string): void {
    const place = JSON.stringify([collection, key])
    const touched = this.#touched.get(place) ?? { collection, key, before: before?.value ?? null, by: [] }
    if (!touched.by.includes(workflowId)) touched.by.push(workflowId)
    this.#touched.set(place, touched)
  }
}
