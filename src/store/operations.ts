// What can happen to the stored state, as lines of the journal. The same operations are applied live and on replay,
// so that a restart arrives where the process was.

import type { HistoryItem } from '../commands/types.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { ExecutionStart, JournalEntry } from '../engine/ports.ts'
import type { FinishedReport } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import { Fragment } from './fragment.ts'

/** A start without the definition, which is kept once per version, unless nobody registered that version. */
export type StoredStart = Omit<ExecutionStart, 'version'> & {
  version: { number: number; hash: string } & ({ workflow: string } | { definition: WorkflowDefinition })
}

/** One record as it is afterwards; `value` is null when it is gone. */
export interface RecordChange {
  key: string
  rev: number
  value: Fragment<JsonObject> | null
}

export type Operation =
  | {
      op: 'version'
      workflow: string
      number: number
      hash: string
      at: string
      definition: Fragment<WorkflowDefinition>
    }
  | { op: 'create'; id: string; start: Fragment<StoredStart> }
  | { op: 'append'; id: string; name: string; entry: Fragment<JournalEntry> }
  | { op: 'finish'; id: string; item: HistoryItem; endedAt: string; report: Fragment<FinishedReport> }
  /** `at` is when it was written, ISO 8601; older journals do not say it. */
  | { op: 'records'; at?: string; key: string; changes: (RecordChange & { collection: string })[] }
  | { op: 'seed'; collection: string; key: string; changes: RecordChange[] }
  | { op: 'link'; key: string; value: Fragment<Json> | null }

type WireChange = [key: string, rev: number, value: JsonObject | null]

/** An operation as parsed from a line; what encodeOperation wrote. */
export type WireOperation =
  | {
      op: 'version'
      workflow: string
      number: number
      hash: string
      at: string
      definition: WorkflowDefinition
    }
  | { op: 'create'; id: string; start: StoredStart }
  | { op: 'append'; id: string; name: string; entry: JournalEntry }
  | { op: 'finish'; id: string; report: FinishedReport }
  | { op: 'records'; at?: string; key: string; changes: [collection: string, ...WireChange][] }
  | { op: 'seed'; collection: string; key: string; changes: WireChange[] }
  | { op: 'link'; key: string; value: Json; gone: boolean }

export function finishOperation(
  id: string,
  report: FinishedReport,
  stored: Fragment<FinishedReport>,
): Operation {
  return { op: 'finish', id, item: summarise(report), endedAt: report.endedAt, report: stored }
}

/** A report as one line of a list. */
function summarise(report: FinishedReport): HistoryItem {
  const error = report.errors[0]
  const line = error?.message.split('\n', 1)[0]?.slice(0, 200)
  return {
    id: report.id,
    workflow: { id: report.workflow.id, name: report.workflow.name },
    version: report.version.number,
    status: report.status,
    startedBy: { ...report.startedBy },
    createdAt: report.createdAt,
    durationMs: report.durationMs,
    ...(line === undefined ? {} : { error: line }),
  }
}

const text = JSON.stringify

/** One operation as JSON, built from the texts of its fragments. */
export function encodeOperation(operation: Operation): string {
  switch (operation.op) {
    case 'version': {
      const { workflow, number, hash, at, definition } = operation
      return `{"op":"version","workflow":${text(workflow)},"number":${number},"hash":${text(hash)},"at":${text(at)},"definition":${definition.json}}`
    }
    case 'create':
      return `{"op":"create","id":${text(operation.id)},"start":${operation.start.json}}`
    case 'append':
      return `{"op":"append","id":${text(operation.id)},"name":${text(operation.name)},"entry":${operation.entry.json}}`
    case 'finish':
      return `{"op":"finish","id":${text(operation.id)},"report":${operation.report.json}}`
    case 'records': {
      const changes = operation.changes.map(
        (change) => `[${text(change.collection)},${encodeChange(change)}]`,
      )
      const at = operation.at === undefined ? '' : `"at":${text(operation.at)},`
      return `{"op":"records",${at}"key":${text(operation.key)},"changes":[${changes.join(',')}]}`
    }
    case 'seed':
      return `{"op":"seed","collection":${text(operation.collection)},"key":${text(operation.key)},"changes":[${operation.changes
        .map((change) => `[${encodeChange(change)}]`)
        .join(',')}]}`
    case 'link':
      return `{"op":"link","key":${text(operation.key)},"value":${operation.value?.json ?? 'null'},"gone":${operation.value === null}}`
  }
}

function encodeChange(change: RecordChange): string {
  return `${text(change.key)},${change.rev},${change.value?.json ?? 'null'}`
}

/** The reverse, for a line whose checksum was right. Throws for an operation that this version does not know. */
export function decodeOperation(raw: WireOperation): Operation {
  switch (raw.op) {
    case 'version':
      return { ...raw, definition: Fragment.parsed(raw.definition) }
    case 'create':
      return { ...raw, start: Fragment.parsed(raw.start) }
    case 'append':
      return { ...raw, entry: Fragment.parsed(raw.entry) }
    case 'finish':
      return finishOperation(raw.id, raw.report, Fragment.parsed(raw.report))
    case 'records':
      return {
        op: 'records',
        ...(raw.at === undefined ? {} : { at: raw.at }),
        key: raw.key,
        changes: raw.changes.map(([collection, ...change]) => ({ collection, ...decodeChange(change) })),
      }
    case 'seed':
      return { op: 'seed', collection: raw.collection, key: raw.key, changes: raw.changes.map(decodeChange) }
    case 'link':
      return { op: 'link', key: raw.key, value: raw.gone ? null : Fragment.parsed(raw.value) }
    default:
      throw new Error(`unknown operation ${JSON.stringify(raw)}`)
  }
}

function decodeChange([key, rev, value]: WireChange): RecordChange {
  return { key, rev, value: value === null ? null : Fragment.parsed(value) }
}
