// An execution in a line: for lists, and at the head of what explains or compares one.
import { isFinished, type Report } from '../engine/report.ts'
import type { HistoryItem } from './types.ts'

export function headOf(report: Report): HistoryItem {
  const [first] = report.errors
  return {
    id: report.id,
    workflow: report.workflow,
    version: report.version.number,
    status: report.status,
    startedBy: report.startedBy,
    createdAt: report.createdAt,
    durationMs: isFinished(report) ? report.durationMs : null,
    ...(first ? { error: first.message.split('\n', 1)[0] ?? '' } : {}),
  }
}
