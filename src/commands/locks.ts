// Locks: nobody starts a workflow for a while. A lock is a record that Python cannot name, and it ends by itself.
import type { RecordStore } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

const collection = '_locks'

export interface Lock {
  workflowId: string
  by: Actor
  reason: string
  /** ISO 8601. */
  since: string
  until: string
}

/** The lock that holds now, if any. */
export function lockOn(
  { records, clock }: { records: RecordStore; clock: Clock },
  workflowId: string,
): Lock | undefined {
  const lock = records.get(collection, workflowId)?.value as unknown as Lock | undefined
  return lock && Date.parse(lock.until) > clock.now() ? lock : undefined
}

/** All that hold now, by workflow. */
export function locks({ records, clock }: { records: RecordStore; clock: Clock }): Lock[] {
  return [...records.all(collection)]
    .map((record) => record.value as unknown as Lock)
    .filter((lock) => Date.parse(lock.until) > clock.now())
}

/** Replaces an earlier lock. */
export async function setLock(records: RecordStore, lock: Lock): Promise<void> {
  const before = records.get(collection, lock.workflowId)
  const value = lock as unknown as JsonObject
  const place = { collection, key: lock.workflowId, value }
  // Two locks may begin in the same millisecond; the second counts.
  const key = `lock:${lock.workflowId}:${lock.since}:${before?.rev ?? 0}`
  await records.apply(key, [
    before ? { kind: 'update', ...place, rev: before.rev } : { kind: 'insert', ...place },
  ])
}

export async function removeLock(records: RecordStore, workflowId: string): Promise<void> {
  const before = records.get(collection, workflowId)
  if (!before) return
  await records.apply(`unlock:${workflowId}:${before.rev}`, [
    { kind: 'delete', collection, key: workflowId, rev: before.rev },
  ])
}

/** `workflow.locked`: who, until when and why. */
export function lockedError(lock: Lock): WorkflowError {
  return new WorkflowError(
    'workflow.locked',
    `"${lock.workflowId}" is locked by ${lock.by.name} until ${lock.until}${lock.reason ? `: ${lock.reason}` : ''}.`,
    { hint: `Wait until then, or ask ${lock.by.name} to unlock it.` },
  )
}
