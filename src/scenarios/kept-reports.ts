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
  // A report that is in the store never changes, so it is understood once.
  const read = new WeakMap<JsonObject, Report | null>()
  function reportOf(value: JsonObject): Report | null {
    const known = read.get(value)
    if (known !== undefined) return known
    // What an earlier format wrote is left alone rather than half understood.
    const report = schema.safeParse(value).data ?? null
    read.set(value, report)
    return report
  }
  /** Oldest first. */
  const of = (workflowId: string) =>
    [...records.all(collection)].flatMap(({ key, rev, value }) => {
      if ((value.workflow as JsonObject | undefined)?.id !== workflowId) return []
      const report = reportOf(value)
      return report ? [{ key, rev, report }] : []
    })

  return {
    async save(report) {
      const { id: key } = report
      const value = report as unknown as JsonObject
      const insert: RecordWrite = { kind: 'insert', collection, key, value }
      const mine = of(report.workflow.id)
      const old = mine.slice(0, Math.max(0, mine.length + 1 - kept))
      const removals = old.map(
        (one): RecordWrite => ({ kind: 'delete', collection, key: one.key, rev: one.rev }),
      )
      await records.apply(`${collection.slice(1)}:${key}`, [insert, ...removals])
    },
    list: (workflowId, hash) =>
      of(workflowId)
        .map(({ report }) => report)
        .filter(({ version }) => (hash ?? version.hash) === version.hash)
        .reverse(),
  }
}
