// Keeps test reports, the last ones of each workflow, among the records, where Python cannot name them.
import type { RecordStore, RecordWrite } from '../actions/ports.ts'
import type { JsonObject } from '../json.ts'
import { type TestReport, testReportSchema } from './report.ts'

const collection = '_test_reports'
/** How many reports of a workflow are kept. */
const kept = 30

export interface TestHistory {
  /** Durable when resolved. Rejects `store.disk_full`, `store.write_failed`. */
  save(report: TestReport): Promise<void>
  /** Newest first; of one version only, when its hash is given. */
  list(workflowId: string, hash?: string): TestReport[]
}

export function testHistory(records: RecordStore): TestHistory {
  // What an earlier format wrote is left alone rather than half understood.
  const all = () =>
    [...records.all(collection)].flatMap(({ key, rev, value }) => {
      const read = testReportSchema.safeParse(value)
      return read.success ? [{ key, rev, report: read.data }] : []
    })
  return {
    async save(report) {
      const { id } = report
      const insert: RecordWrite = {
        kind: 'insert',
        collection,
        key: id,
        value: report as unknown as JsonObject,
      }
      const mine = all().filter((one) => one.report.workflow.id === report.workflow.id)
      const old = mine.slice(0, Math.max(0, mine.length + 1 - kept))
      const removals = old.map(({ key, rev }): RecordWrite => ({ kind: 'delete', collection, key, rev }))
      await records.apply(`test:${id}`, [insert, ...removals])
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
