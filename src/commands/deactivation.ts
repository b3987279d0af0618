// Workflows that stopped answering because they no longer kept what they promise. What was decided is a record that
// Python cannot name; activating any version of the workflow ends it.
import type { RecordStore, RecordWrite } from '../actions/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

const collection = '_deactivated'

export interface Deactivation {
  workflowId: string
  /** The number of the version that answered. */
  version: number
  /** The name of the criterion. */
  criterion: string
  reason: string
  /** The execution with which the criterion was no longer met. */
  executionId: string
  /** ISO 8601. */
  at: string
  /** Set once somebody activated the workflow again. */
  over: { by: Actor; at: string } | null
}

/** Set while the workflow does not answer. */
export function deactivationOf(records: RecordStore, workflowId: string): Deactivation | undefined {
  const last = lastDeactivation(records, workflowId)
  return last?.over ? undefined : last
}

/** The latest, over or not. */
export function lastDeactivation(records: RecordStore, workflowId: string): Deactivation | undefined {
  return records.get(collection, workflowId)?.value as unknown as Deactivation | undefined
}

/** Durable when resolved. Rejects like `RecordStore.apply`. */
export async function deactivate(records: RecordStore, deactivation: Omit<Deactivation, 'over'>) {
  const { workflowId, executionId } = deactivation
  const write = writeOf(records, { ...deactivation, over: null })
  await records.apply(`deactivate:${workflowId}:${executionId}`, [write])
}

/** What to write with an activation, so that both hold or neither; undefined for a workflow that answers. */
export function bringBackWrite(
  records: RecordStore,
  workflowId: string,
  over: { by: Actor; at: string },
): RecordWrite | undefined {
  const deactivation = deactivationOf(records, workflowId)
  return deactivation && writeOf(records, { ...deactivation, over })
}

/** `workflow.deactivated`: why, and how to bring it back. */
export function deactivatedError({ workflowId, version, reason }: Deactivation): WorkflowError {
  return new WorkflowError('workflow.deactivated', `"${workflowId}" has deactivated itself: ${reason}`, {
    hint: `Once it is mended, bring it back: activate ${workflowId} version=${version}`,
  })
}

function writeOf(records: RecordStore, deactivation: Deactivation): RecordWrite {
  const before = records.get(collection, deactivation.workflowId)
  const value = deactivation as unknown as JsonObject
  const place = { collection, key: deactivation.workflowId, value }
  return before ? { kind: 'update', ...place, rev: before.rev } : { kind: 'insert', ...place }
}
