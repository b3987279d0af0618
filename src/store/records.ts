// Collections of records: reads from memory, writes as a whole or not at all, each key of a write applied once; and
// what records were before.
import type { RecordStore, RecordsPast, RecordWrite, StoredRecord } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Committer } from './committer.ts'
import { Fragment } from './fragment.ts'
import type { Operation, RecordChange } from './operations.ts'
import { type RecordRow, type State, wasApplied } from './state.ts'

export function recordStore(state: State, committer: Committer, now: () => number): RecordStore {
  return {
    keyField: (collection) => state.collections.get(collection)?.key,

    collections: () =>
      [...state.collections.values()].map(({ name, key, records }) => ({ name, key, count: records.size })),

    /** The value is frozen, deeply: copy it to change it. */
    get(collection, key) {
      const row = state.collections.get(collection)?.records.get(key)
      return row && stored(row)
    },

    *all(collection) {
      for (const row of state.collections.get(collection)?.records.values() ?? []) yield stored(row)
    },

    async apply(key, writes) {
      const copies = writes.map((write) =>
        write.kind === 'delete' ? { write, value: null } : { write, value: Fragment.of(write.value) },
      )
      return committer.commit({
        exclusive: [
          `applied ${key}`,
          ...writes.map(({ collection, key: id }) => `record ${collection.length} ${collection} ${id}`),
        ],
        shared: [
          ...writes.map(({ collection }) => `collection ${collection}`),
          `execution ${key.split('/', 1)[0]}`,
        ],
        plan() {
          if (wasApplied(state, key)) return { operations: [], result: undefined }
          const at = new Date(now()).toISOString()
          return {
            operations: [{ op: 'records', at, key, changes: changesOf(state, copies) }],
            result: undefined,
          }
        },
      })
    },

    async seed(collection, keyField, records) {
      const changes = seedChanges(collection, keyField, records)
      return committer.commit<boolean>({
        exclusive: [`collection ${collection}`],
        plan() {
          if (state.collections.has(collection)) return { operations: [], result: false }
          return { operations: [{ op: 'seed', collection, key: keyField, changes }], result: true }
        },
      })
    },
  }
}

/**
 * The past of `state`. A new store has missed nothing and answers '' as `since`; one from before the past was kept
 * answers when it was first opened since then. Collections whose names begin with "_" have no past.
 */
export function recordsPast({ past }: State): RecordsPast {
  return {
    since: () => past.since,

    *changes() {
      // A copy: the list may lose its beginning while somebody walks along it.
      for (const row of [...past.rows]) yield { ...row, before: row.before && stored(row.before) }
    },
  }
}

function stored({ key, rev, value }: RecordRow): StoredRecord {
  return { key, rev, value: frozen(value.value) }
}

/** Readers share one object with the store; a reader that changed it would change what others read, undurably. */
function frozen(value: JsonObject): JsonObject {
  if (Object.isFrozen(value)) return value
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    Object.freeze(next)
    for (const inner of Object.values(next)) if (typeof inner === 'object' && inner !== null) open.push(inner)
  }
  return value
}

type Changes = (Operation & { op: 'records' })['changes']

/**
 * Checks every write against the records as they are, and numbers the new revisions. A second write to a record in the
 * same group needs no fitting revision: its author is the author of the first.
 */
function changesOf(
  state: State,
  copies: { write: RecordWrite; value: Fragment<JsonObject> | null }[],
): Changes {
  const changes = new Map<string, Changes[number]>()
  for (const { write, value } of copies) {
    const { collection, key } = write
    const slot = JSON.stringify([collection, key])
    const before = changes.get(slot)
    const row = state.collections.get(collection)?.records.get(key)
    const exists = before ? before.value !== null : row !== undefined
    if (write.kind === 'insert') {
      if (exists) throw existsError(collection, key)
    } else {
      if (!exists) throw notFound(collection, key)
      if (!before && row && row.rev !== write.rev) throw conflict(collection, key, write.rev, row.rev)
    }
    const rev = before?.rev ?? (state.collections.get(collection)?.rev ?? 0) + 1
    changes.delete(slot)
    changes.set(slot, { collection, key, rev, value })
  }
  return [...changes.values()].filter(
    ({ collection, key, value }) => value !== null || state.collections.get(collection)?.records.has(key),
  )
}

function existsError(collection: string, key: string): WorkflowError {
  return new WorkflowError('records.exists', `There is a record "${key}" in "${collection}" already.`, {
    hint: 'Update it instead, or insert with another key.',
  })
}

function notFound(collection: string, key: string): WorkflowError {
  return new WorkflowError('records.not_found', `There is no record "${key}" in "${collection}".`, {
    hint: 'It may have been deleted in the meantime, or the key is misspelt.',
  })
}

function conflict(collection: string, key: string, read: number, now: number): WorkflowError {
  const message = `The record "${key}" in "${collection}" has changed since it was read (revision ${read}, now ${now}).`
  return new WorkflowError('records.conflict', message, { hint: 'Read it again and repeat the change.' })
}

/** Throws `records.invalid_seed` for a record without a usable key, or with the key of another. */
function seedChanges(collection: string, keyField: string, records: JsonObject[]): RecordChange[] {
  const seen = new Set<string>()
  return records.map((record, index) => {
    const found = Object.hasOwn(record, keyField) ? record[keyField] : undefined
    const key = typeof found === 'number' ? String(found) : found
    if (typeof key !== 'string' || key === '') {
      throw invalidSeed(collection, index, `has no "${keyField}"`)
    }
    if (seen.has(key)) throw invalidSeed(collection, index, `has the same "${keyField}" as another: "${key}"`)
    seen.add(key)
    return { key, rev: 1, value: Fragment.of(record) }
  })
}

function invalidSeed(collection: string, index: number, why: string): WorkflowError {
  return new WorkflowError(
    'records.invalid_seed',
    `Record ${index + 1} of the seed of "${collection}" ${why}.`,
    {
      hint: 'Correct the seed file; nothing was loaded.',
    },
  )
}
