// Records as one run of a code node sees them: the store's, with the run's own changes on top. Nothing is written
// here; the changes are handed over when the code has succeeded, with the revisions that they were made on.
import type { RecordStore, RecordWrite, StoredRecord } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

interface Change {
  /** What the store held when the run first touched the record. */
  before: StoredRecord | undefined
  /** What the run made of it; undefined when it deleted it. */
  after: JsonObject | undefined
}

export class RecordSession {
  readonly #store: RecordStore
  readonly #changes = new Map<string, Map<string, Change>>()

  constructor(store: RecordStore) {
    this.#store = store
  }

  keyField(collection: string): string {
    return this.#store.keyField(collection) ?? 'id'
  }

  get(collection: string, key: string): JsonObject | undefined {
    const change = this.#changes.get(collection)?.get(key)
    return change ? change.after : this.#store.get(collection, key)?.value
  }

  /** In order of insertion; what the run inserted comes last. */
  *all(collection: string): Iterable<JsonObject> {
    const changes = this.#changes.get(collection)
    for (const record of this.#store.all(collection)) {
      const change = changes?.get(record.key)
      if (!change) yield record.value
      else if (change.after) yield change.after
    }
    for (const change of changes?.values() ?? []) if (!change.before && change.after) yield change.after
  }

  insert(collection: string, key: string, value: JsonObject): void {
    if (this.get(collection, key)) {
      throw new WorkflowError('records.exists', `"${collection}" already holds a record "${key}".`, {
        hint: 'Use records.upsert to replace it, or records.update to change it.',
      })
    }
    this.#change(collection, key, value)
  }

  /** Replaces the record as a whole. */
  replace(collection: string, key: string, value: JsonObject): void {
    this.#change(collection, key, value)
  }

  delete(collection: string, key: string): void {
    this.#change(collection, key, undefined)
  }

  writes(): RecordWrite[] {
    const writes: RecordWrite[] = []
    for (const [collection, changes] of this.#changes) {
      for (const [key, { before, after }] of changes) {
        if (before && after) writes.push({ kind: 'update', collection, key, rev: before.rev, value: after })
        else if (before) writes.push({ kind: 'delete', collection, key, rev: before.rev })
        else if (after) writes.push({ kind: 'insert', collection, key, value: after })
      }
    }
    return writes
  }

  #change(collection: string, key: string, after: JsonObject | undefined): void {
    const changes = this.#changes.get(collection) ?? new Map<string, Change>()
    this.#changes.set(collection, changes)
    const earlier = changes.get(key)
    changes.set(key, { before: earlier ? earlier.before : this.#store.get(collection, key), after })
  }
}
