// When two failures are the same: the workflow, the step, the kind of error and its line. Pure.
import { createHash } from 'node:crypto'
import type { FinishedReport, Report, ReportError } from '../engine/report.ts'

export interface Fingerprint {
  /** Short enough for a key. */
  key: string
  /** The error that it stands for, if there is one. */
  error: ReportError | undefined
}

export function hasFailed(report: Report): report is FinishedReport {
  return report.status === 'failed' || report.status === 'timed_out'
}

/** Texts of errors are left out: they hold values, which differ each time. */
export function fingerprintOf(report: FinishedReport): Fingerprint {
  const unhandled = report.nodes.find((node) => node.status === 'failed' && !node.handled)
  const error =
    report.errors.find(({ node }) => node !== undefined && node === unhandled?.name) ?? report.errors.at(-1)
  const parts = [
    report.workflow.id,
    report.status,
    error?.node,
    error?.code,
    error?.exception,
    error?.file,
    error?.line,
  ]
  return {
    key: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20),
    error,
  }
}
