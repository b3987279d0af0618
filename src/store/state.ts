// The state in memory: what db.json and its journal say together. It changes by applying operations, nothing else;
// the fold alone moves ended executions out of it.

import type { HistoryItem } from '../commands/types.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { JournalEntry } from '../engine/ports.ts'
import type { FinishedReport } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Fragment } from './fragment.ts'
import type { Operation, RecordChange, StoredStart } from './operations.ts'
import { addPast, emptyPast, forgetPast, keepsPast, never, type Past } from './past.ts'

export interface VersionRow {
  number: number
  hash: string
  /** When the content was first seen, ISO 8601. */
  at: string
  definition: Fragment<WorkflowDefinition>
}

export interface RecordRow {
  key: string
  rev: number
  value: Fragment<JsonObject>
}

export interface CollectionRow {
  name: string
  /** The field that identifies a record. */
  key: string
  /** The highest revision ever given in the collection, so that a deleted and recreated record never repeats one. */
  rev: number
  records: Map<string, RecordRow>
}

export interface LiveExecution {
  id: string
  start: Fragment<StoredStart>
  entries: Map<string, Fragment<JournalEntry>>
  /** Keys of record writes that were applied for it. */
  applied: Set<string>
}

export interface EndedExecution {
  item: HistoryItem
  endedAt: string
  report: Fragment<FinishedReport>
}

/** A file of ended executions that were moved out of db.json. */
export interface Archive {
  number: number
  count: number
  /** ISO 8601 times at which the first and the last of them ended. */
  from: string
  to: string
  /** How many of them belong to each workflow. */
  workflows: [workflowId: string, count: number][]
}

export interface State {
  /** Number of the last batch of the journal that is in here. */
  seq: number
  versions: Map<string, VersionRow[]>
  collections: Map<string, CollectionRow>
  live: Map<string, LiveExecution>
  /** In the order in which they ended. */
  ended: Map<string, EndedExecution>
  /** Oldest first. */
  archives: Archive[]
  nextArchive: number
  last: Map<string, HistoryItem>
  /** Keys of record writes without a live execution, oldest first. */
  applied: Set<string>
  /** In the order in which they were last set. */
  links: Map<string, Fragment<Json>>
  past: Past
}

/** How many keys of record writes are remembered after their execution has ended. */
export const maxApplied = 2000
/** How many links are kept; the ones that were set longest ago go first. */
export const maxLinks = 5000

export function emptyState(): State {
  return {
    seq: 0,
    versions: new Map(),
    collections: new Map(),
    live: new Map(),
    ended: new Map(),
    archives: [],
    nextArchive: 1,
    last: new Map(),
    applied: new Set(),
    links: new Map(),
    past: emptyPast(),
  }
}

/** The execution that a key of a record write belongs to: keys are `<execution>/<step>…`. */
export function ownerOf(key: string): string {
  const slash = key.indexOf('/')
  return slash < 0 ? key : key.slice(0, slash)
}

export function wasApplied(state: State, key: string): boolean {
  return state.applied.has(key) || state.live.get(ownerOf(key))?.applied.has(key) === true
}

export function applyOperation(state: State, operation: Operation): void {
  switch (operation.op) {
    case 'version': {
      const rows = state.versions.get(operation.workflow) ?? []
      const { number, hash, at, definition } = operation
      rows.push({ number, hash, at, definition })
      state.versions.set(operation.workflow, rows)
      return
    }
    case 'create':
      state.live.set(operation.id, {
        id: operation.id,
        start: operation.start,
        entries: new Map(),
        applied: new Set(),
      })
      return
    case 'append':
      state.live.get(operation.id)?.entries.set(operation.name, operation.entry)
      return
    case 'finish':
      finish(state, operation)
      return
    case 'records':
      changeRecords(state, operation)
      remember(state, operation.key)
      return
    case 'seed': {
      const collection = { name: operation.collection, key: operation.key, rev: 1, records: new Map() }
      state.collections.set(operation.collection, collection)
      for (const change of operation.changes) applyChange(collection, change)
      return
    }
    case 'link':
      state.links.delete(operation.key)
      if (operation.value !== null) state.links.set(operation.key, operation.value)
      dropOldest(state.links, maxLinks)
      return
  }
}

function changeRecords(state: State, { at, key, changes }: Operation & { op: 'records' }): void {
  // From before the past was kept: when it changed what is not known.
  if (at === undefined) forgetPast(state.past, never)
  const by = ownerOf(key)
  for (const change of changes) {
    const collection = collectionOf(state, change.collection)
    if (at !== undefined && keepsPast(collection.name)) {
      const before = collection.records.get(change.key) ?? null
      addPast(state.past, { at, by, collection: collection.name, key: change.key, before })
    }
    applyChange(collection, change)
  }
}

function finish(state: State, { id, item, endedAt, report }: Operation & { op: 'finish' }): void {
  const live = state.live.get(id)
  state.live.delete(id)
  state.ended.set(id, { item, endedAt, report })
  state.last.set(item.workflow.id, item)
  for (const key of live?.applied ?? []) remember(state, key)
}

function collectionOf(state: State, name: string): CollectionRow {
  let collection = state.collections.get(name)
  if (!collection) {
    collection = { name, key: 'id', rev: 0, records: new Map() }
    state.collections.set(name, collection)
  }
  return collection
}

function applyChange(collection: CollectionRow, { key, rev, value }: RecordChange): void {
  collection.rev = Math.max(collection.rev, rev)
  if (value === null) collection.records.delete(key)
  else collection.records.set(key, { key, rev, value })
}

function remember(state: State, key: string): void {
  const live = state.live.get(ownerOf(key))
  if (live) {
    live.applied.add(key)
    return
  }
  state.applied.add(key)
  dropOldest(state.applied, maxApplied)
}

function dropOldest(kept: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return
    kept.delete(key)
  }
}
