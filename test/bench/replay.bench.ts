// How fast past executions of the reorder check are replayed on a draft, against playing it once.
// By itself: npx tsx test/bench/replay.bench.ts
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Version } from '../../src/definition/schema.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { play } from '../../src/scenarios/play.ts'
import { CopiedRecords } from '../../src/scenarios/records.ts'
import { type PastExecution, runReplay } from '../../src/scenarios/replay.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { openStore } from '../../src/store/index.ts'
import { startPython, workflowsDir } from '../scenarios/support.ts'
import { ana } from '../support/workflow.ts'
import type { Figure } from './figure.ts'

const executionsReplayed = 25

export async function bench(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-bench-'))
  const clock = { now: Date.now, sleep: async () => {} }
  const store = await openStore({ path: join(folder, 'db.json'), clock, log: () => {} })
  const python = await startPython()
  try {
    const { workflows } = await loadWorkflows(workflowsDir, nodeKinds())
    const good = workflows.find(({ id }) => id === 'reorder-check')?.good
    if (!good) throw new Error('the reorder check does not load')
    for (const { collection, key, records } of good.seeds) await store.records.seed(collection, key, records)
    const version: Version = { number: 1, hash: good.hash, definition: good.definition }
    const { records } = store
    let count = 0
    const ids = { execution: () => `bench-${process.pid}-${++count}` }
    const stopwatch = () => performance.now()
    const once = async (): Promise<PastExecution> => {
      const id = ids.execution()
      const { report } = await play({
        ...{ version, python, inputs: {}, startedBy: ana, stopwatch, playId: id, executionId: id },
        ...{ records: new CopiedRecords({}, records), trigger: triggerOf(version, undefined) },
        ...{ startAt: Date.now() + count, answers: { http: [], workflows: {}, approvals: {} } },
      })
      return { report, version }
    }
    // Both the interpreter and the code around it are quicker after a while.
    for (let turn = 0; turn < 15; turn++) await once()
    const began = performance.now()
    const executions: PastExecution[] = []
    for (let turn = 0; turn < executionsReplayed; turn++) executions.unshift(await once())
    const played = executionsReplayed / ((performance.now() - began) / 1000)

    const draft = structuredClone(version)
    Object.assign(draft, { number: 2, hash: `${good.hash}-draft` })
    const { totals, durationMs } = await runReplay({
      ...{
        version: draft,
        executions,
        records,
        past: store.past,
        python,
        ids,
        clock,
        stopwatch,
        startedBy: ana,
      },
    })
    if (totals.same !== executionsReplayed) throw new Error(`replays differ: ${JSON.stringify(totals)}`)
    const replayed = executionsReplayed / (durationMs / 1000)
    return [
      {
        name: 'past executions of reorder-check replayed on a draft, one interpreter',
        value: replayed,
        unit: 'per second',
        ratio: played / replayed,
        baseline: 'time of playing each once',
        aim: 'about 2: once on each version',
      },
    ]
  } finally {
    await python.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await bench())
