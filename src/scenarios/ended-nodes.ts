// What the report of an execution tells of its nodes that ended, for whoever wants to do the same once more. Pure.
import type { Decision, FinishedReport, NodeResult, ReportError } from '../engine/report.ts'
import { isJsonObject, type Json } from '../json.ts'

export type Ended = Extract<NodeResult, { status: 'succeeded' | 'failed' }>

/** Without its trigger. */
export function endedIn({ nodes }: FinishedReport): Ended[] {
  return nodes.filter(
    (node): node is Ended =>
      node.role === 'action' && (node.status === 'succeeded' || node.status === 'failed'),
  )
}

/** What people decided at an approval; a question that failed tells of none. */
export function decisionsOf(node: Ended): Decision[] {
  if (node.type !== 'approval' || node.status !== 'succeeded' || !isJsonObject(node.output)) return []
  const { decisions } = node.output
  return Array.isArray(decisions) ? (decisions as unknown as Decision[]) : []
}

/**
 * The status of a web service that the workflow did not expect, from the words of the error: nothing else in the report
 * tells it. Undefined for other errors.
 */
export function unexpectedStatus({ code, message }: ReportError): number | undefined {
  const found = code === 'http.status' ? /has the status ([1-5]\d\d)\b/.exec(message)?.[1] : undefined
  return found === undefined ? undefined : Number(found)
}

/** Whether the history holds no more than the beginning of a value: see the store's caps. */
export function isCut(value: Json | undefined): boolean {
  return isJsonObject(value) && typeof value.cut === 'string' && typeof value.begins === 'string'
}
