// Keeps reports about workflows, the last ones of each, among the records, where Python cannot name them.
import type { z } from 'zod'
import type { RecordStore, RecordWrite } from '../actions/ports.ts'
import type { JsonObject } from '../json.ts'

interface AboutWorkflow {
  id: string
  workflow: { id: string }
  version: { hash: string }
}

export interface KeptReports<Report extends AboutWorkflow> {
  /** Durable when resolved. Rejects `store.disk_full`, `store.write_failed`. */
  save(report: Report): Promise<void>
  /** Newest first; of one version only, when its hash is given. */
  list(workflowId: string, hash?: string): Report[]
}

/** `kept`: how many of a workflow. The name of the collection begins with `_`. */
export function keptReports<Report extends AboutWorkflow>(
  records: RecordStore,
  { collection, schema, kept }: { collection: `_${string}`; schema: z.ZodType<Report>; kept: number },
): KeptReports<Report> {
  // What an earlier format wrote is left alone rather than half understood.
  const all = () =>
    [...records.all(collection)].flatMap(({ key, rev, value }) => {
      const read = schema.safeParse(value)
      return read.success ? [{ key, rev, report: read.data }] : []
    })
  return {
    async save(report) {
      const { id: key } = report
      const value = report as unknown as JsonObject
      const insert: RecordWrite = { kind: 'insert', collection, key, value }
      const mine = all().filter((one) => one.report.workflow.id === report.workflow.id)
      const old = mine.slice(0, Math.max(0, mine.length + 1 - kept))
      const removals = old.map(
        (one): RecordWrite => ({ kind: 'delete', collection, key: one.key, rev: one.rev }),
      )
      await records.apply(`${collection.slice(1)}:${key}`, [insert, ...removals])
    },
    list: (workflowId, hash) =>
      all()
        .map(({ report }) => report)
        .filter(
          ({ workflow, version }) => workflow.id === workflowId && (hash ?? version.hash) === version.hash,
        )
        .reverse(),
  }
}
