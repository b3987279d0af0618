// A record store in memory, for tests of what stands on it.
import type { RecordStore, RecordWrite, StoredRecord } from '../../src/actions/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/json.ts'

export class MemoryRecords implements RecordStore {
  readonly #collections = new Map<string, { key: string; records: Map<string, StoredRecord> }>()
  readonly #applied = new Set<string>()

  constructor(seeds: { [collection: string]: { key: string; records: JsonObject[] } } = {}) {
    for (const [name, { key, records }] of Object.entries(seeds)) {
      const stored = records.map((value): [string, StoredRecord] => {
        const id = String(value[key])
        return [id, { key: id, rev: 1, value }]
      })
      this.#collections.set(name, { key, records: new Map(stored) })
    }
  }

  keyField(collection: string) {
    return this.#collections.get(collection)?.key
  }

  collections() {
    return [...this.#collections].map(([name, { key, records }]) => ({ name, key, count: records.size }))
  }

  get(collection: string, key: string) {
    return this.#collections.get(collection)?.records.get(key)
  }

  all(collection: string): Iterable<StoredRecord> {
    return this.#collections.get(collection)?.records.values() ?? []
  }

  async apply(key: string, writes: RecordWrite[]): Promise<void> {
    if (this.#applied.has(key)) return
    for (const write of writes) {
      const current = this.get(write.collection, write.key)
      if (write.kind === 'insert' && current) throw new WorkflowError('records.exists', 'exists')
      if (write.kind !== 'insert' && current?.rev !== write.rev)
        throw new WorkflowError('records.conflict', 'changed')
    }
    this.#applied.add(key)
    for (const write of writes) {
      const collection = this.#collections.get(write.collection) ?? { key: 'id', records: new Map() }
      this.#collections.set(write.collection, collection)
      if (write.kind === 'delete') collection.records.delete(write.key)
      else {
        const rev = write.kind === 'update' ? write.rev + 1 : 1
        collection.records.set(write.key, { key: write.key, rev, value: write.value })
      }
    }
  }

  async seed(collection: string, keyField: string, records: JsonObject[]): Promise<boolean> {
    if (this.#collections.has(collection)) return false
    this.#collections.set(collection, { key: keyField, records: new Map() })
    await this.apply(
      `seed:${collection}`,
      records.map((value) => ({ kind: 'insert', collection, key: String(value[keyField]), value })),
    )
    return true
  }
}
