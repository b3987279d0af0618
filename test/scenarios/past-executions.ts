// A bot's past for tests of replays: executions that ran on a real store, and what others did to its records meanwhile.
// Python is a function of the test.
import type { PythonHost, PythonRequest, PythonSandbox } from '../../src/actions/ports.ts'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Version } from '../../src/definition/schema.ts'
import type { Actor, FinishedReport } from '../../src/engine/report.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import type { ReplayReport } from '../../src/scenarios/index.ts'
import { type PlayOptions, play } from '../../src/scenarios/play.ts'
import { CopiedRecords } from '../../src/scenarios/records.ts'
import { type PastExecution, runReplay } from '../../src/scenarios/replay.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { open, testFolder } from '../store/support.ts'
import { ManualClock } from '../support/clock.ts'
import { ana } from '../support/workflow.ts'
import { fakePython, folderOf, sample } from './support.ts'

export type Work = { [node: string]: (request: PythonRequest, host: PythonHost) => Promise<Json> | Json }

const other = `metadata: { id: other, name: Other }
nodes: [{ name: start, type: manual, inputs: { n: { type: integer } } }]
edges: []
`

export async function versionOf(number: number, text: string): Promise<Version> {
  const files = { 'workflow.yaml': text, 'other/workflow.yaml': other }
  const { workflows, faults } = await loadWorkflows(await folderOf(files), nodeKinds())
  const found = workflows.find(({ id }) => id === 'sample')
  const good = found?.good
  if (!good) throw new Error([...faults, ...(found?.faults ?? [])].map(describeFault).join('\n'))
  return { number, hash: good.hash, definition: good.definition }
}

/** A bot's past: executions that ran on a store, and what others did to its records. */
export async function past(work: Work = {}) {
  const clock = new ManualClock()
  const store = await open(testFolder(), { clock })
  const python = fakePython(work)
  let count = 0
  const executions: PastExecution[] = []
  return {
    store,
    clock,
    executions,
    /** Runs it as it once ran; newest first in `executions`. */
    async ran(
      version: Version,
      more: Partial<PlayOptions> & { by?: Actor; change?: (report: FinishedReport) => FinishedReport } = {},
    ): Promise<FinishedReport> {
      await clock.advance(1000)
      const { change = (report) => report, by = ana, ...options } = more
      const id = `real${++count}`
      const trigger = triggerOf(version, undefined)
      const records = new CopiedRecords({}, store.records)
      const { report } = await play({
        ...{ version, python, records, trigger, inputs: {}, startedBy: by },
        ...{ playId: id, executionId: id, startAt: clock.now(), stopwatch: () => 0 },
        answers: { http: [], workflows: {}, approvals: {} },
        ...options,
      })
      // Nothing real may be waited for while the time of a play stands still.
      const created = Object.entries(records.changes()).flatMap(([collection, made]) =>
        made.created.map((value) => ({ collection, key: String(value.id), value })),
      )
      await store.records.apply(
        `${id}/records`,
        created.map((write) => ({ kind: 'insert', ...write })),
      )
      await clock.advance(1000)
      executions.unshift({ report: change(report), version })
      return report
    },
    async others(key: string, value: JsonObject | null): Promise<void> {
      await clock.advance(1000)
      const place = { collection: 'stock', key }
      const before = store.records.get('stock', key)
      const { rev = 0 } = before ?? {}
      const written = value === null ? null : before ? 'update' : 'insert'
      await store.records.apply(`somebody/${clock.now()}`, [
        written === 'insert'
          ? { kind: 'insert', ...place, value: value as JsonObject }
          : written === 'update'
            ? { kind: 'update', ...place, rev, value: value as JsonObject }
            : { kind: 'delete', ...place, rev },
      ])
      await clock.advance(1000)
    },
    replay: (version: Version, anotherPython: PythonSandbox = python): Promise<ReplayReport> =>
      runReplay({
        ...{ version, executions, python: anotherPython, clock, startedBy: ana },
        ...{ records: store.records, past: store.past, stopwatch: () => 0 },
        ids: { execution: () => `replay${++count}` },
      }),
  }
}

export const weeks = 'settings: { timeout: 14d }'

export const lines = (report: ReplayReport) =>
  report.executions.flatMap(({ differences }) =>
    differences.map(({ about, at, before, now }) => `${about} ${at}: ${before} -> ${now}`),
  )

export const code = (name: string) => `  - { name: ${name}, type: code, code: return 1 }`
export const tell = (text: string, to = '#ops') =>
  `  - { name: tell, type: notify, to: "${to}", text: "${text}" }`
export const countThenTell = (text: string, more = '') =>
  sample(
    `${code('count')}\n${tell(text)}`,
    '  - { from: start, to: count }\n  - { from: count, to: tell }',
    more,
  )

export const countOf = async (host: PythonHost) => {
  const all = { collection: 'stock', where: null, order_by: null, limit: null }
  return ((await host.call('records.query', all)) as Json[]).length
}
