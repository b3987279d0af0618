// Small stand-ins for services of commands: an audit log and a history in memory, and a messenger that remembers.
import type { Messenger, OutgoingMessage } from '../../src/actions/ports.ts'
import type { AuditEntry } from '../../src/commands/answers.ts'
import type { Audit, History, HistoryItem } from '../../src/commands/types.ts'
import type { FinishedReport } from '../../src/engine/report.ts'

/** What it holds is in `entries`, oldest first. */
export class MemoryAudit implements Audit {
  readonly entries: AuditEntry[] = []

  async append(fact: Parameters<Audit['append']>[0]): Promise<void> {
    const number = this.entries.length + 1
    this.entries.push({ ...structuredClone(fact), number, previous: `${number - 1}`, hash: `${number}` })
  }

  async recent(limit: number, where: (entry: AuditEntry) => boolean = () => true) {
    return this.entries.filter(where).reverse().slice(0, limit)
  }

  async verify() {
    return { ok: true as const, entries: this.entries.length }
  }
}

export function headOf(report: FinishedReport): HistoryItem {
  return {
    id: report.id,
    workflow: report.workflow,
    version: report.version.number,
    status: report.status,
    startedBy: report.startedBy,
    createdAt: report.createdAt,
    durationMs: report.durationMs,
    ...(report.errors[0] ? { error: report.errors[0].message } : {}),
  }
}

/** `reports` are asked for anew each time, oldest first. */
export function historyOf(reports: () => FinishedReport[]): History {
  const newest = (workflowId?: string) =>
    reports()
      .filter((report) => workflowId === undefined || report.workflow.id === workflowId)
      .reverse()
  return {
    recent: async ({ workflowId, limit, where = () => true }) =>
      newest(workflowId).map(headOf).filter(where).slice(0, limit),
    async visit({ workflowId, since }, visitor) {
      for (const report of newest(workflowId)) {
        if (report.endedAt >= since) visitor(headOf(report), () => structuredClone(report))
      }
    },
    report: async (id) => reports().find((report) => report.id === id),
    last: (id) => newest(id).map(headOf)[0],
  }
}

/** What was posted is in `posted`. */
export class MemoryMessenger implements Messenger {
  readonly posted: { message: OutgoingMessage; key: string }[] = []

  async post(message: OutgoingMessage, key: string) {
    this.posted.push({ message, key })
    return { channel: message.to, messageId: `${message.to}:${this.posted.length}` }
  }
}
