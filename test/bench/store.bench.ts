// Measures the store: what recording a step costs, how long the event loop is held up, and how long a start takes,
// each with no past executions and with 20,000. Alone: npm run bench -- --only store
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Version } from '../../src/definition/schema.ts'
import type { Actor, FinishedReport } from '../../src/engine/report.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import type { Figure } from './figure.ts'

export const pastExecutions = 20_000
const emptyHistory = 'an empty history'
const actor: Actor = { kind: 'cli', id: 'bench', name: 'bench' }
const version: Version = {
  number: 1,
  hash: 'b'.repeat(64),
  definition: {
    metadata: { id: 'bench', name: 'Bench', description: '', tags: [] },
    settings: { mode: 'sequential', timeout: '1h' },
    context: {},
    collections: {},
    nodes: [{ name: 'start', type: 'manual' }],
    edges: [],
  },
}

/** About what a small real node leaves behind: 300 characters. */
const output = {
  low: [{ sku: 'B-1001', name: 'Hex bolt M8', stock: 12, threshold: 40 }],
  note: 'x'.repeat(200),
}
const steps = 4

function reportOf(id: string): FinishedReport {
  const at = new Date().toISOString()
  const ran = { attempts: 1, startedAt: at, endedAt: at, durationMs: 3, printed: [] }
  return {
    id,
    workflow: { id: 'bench', name: 'Bench' },
    version: { number: 1, hash: version.hash },
    trigger: { node: 'start', type: 'manual' },
    startedBy: actor,
    inputs: {},
    context: {},
    nodes: Array.from({ length: steps }, (_, index) => {
      return {
        name: `node ${index}`,
        type: 'code',
        role: 'action' as const,
        status: 'succeeded' as const,
        ...ran,
        output,
      }
    }),
    errors: [],
    createdAt: at,
    startedAt: at,
    endedAt: at,
    durationMs: 12,
    output: null,
    undoable: [],
    status: 'succeeded',
    success: true,
  }
}

async function begin(store: Store, id: string): Promise<void> {
  const createdAt = new Date().toISOString()
  const trigger = { node: 'start', type: 'manual' }
  await store.executions.create({ id, version, trigger, inputs: {}, startedBy: actor, createdAt })
}

async function runThrough(store: Store, id: string): Promise<void> {
  await begin(store, id)
  for (let step = 0; step < steps; step += 1) {
    await store.executions.append(id, { name: `node ${step}`, kind: 'step', value: output })
  }
  await store.executions.finish(id, reportOf(id))
}

export const open = (folder: string) =>
  openStore({
    path: join(folder, 'db.json'),
    clock: { now: () => Date.now() },
    log: () => undefined,
    retention: { maxPerWorkflow: 1e9 },
  })

/** A store with that many past executions in the folder. */
export async function fill(folder: string): Promise<void> {
  const store = await open(folder)
  await store.versions.register('bench', version.hash, version.definition)
  let next = 0
  const worker = async () => {
    while (next < pastExecutions) {
      next += 1
      await runThrough(store, `past-${next}`)
    }
  }
  await Promise.all(Array.from({ length: 50 }, worker))
  await store.close()
}

/** Milliseconds per step, one after the other; the median. */
async function stepCost(store: Store, id: string, count: number): Promise<number[]> {
  await begin(store, id)
  const times: number[] = []
  for (let step = 0; step < count; step += 1) {
    const from = performance.now()
    await store.executions.append(id, { name: `step ${step}`, kind: 'step', value: output })
    times.push(performance.now() - from)
  }
  await store.executions.finish(id, reportOf(id))
  return times
}

/** Executions as they come on a busy day, with the folds that they cause. */
async function stalls(
  store: Store,
  prefix: string,
): Promise<{ p99: number; max: number; perSecond: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const executions = 2000
  let next = 0
  delay.enable()
  const from = performance.now()
  const worker = async () => {
    while (next < executions) {
      next += 1
      await runThrough(store, `${prefix}-${next}`)
    }
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  const seconds = (performance.now() - from) / 1000
  delay.disable()
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, perSecond: executions / seconds }
}

async function openTime(folder: string): Promise<number> {
  const from = performance.now()
  const store = await open(folder)
  const time = performance.now() - from
  await store.close()
  return time
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export async function bench(): Promise<Figure[]> {
  const root = await mkdtemp(join(tmpdir(), 'store-bench-'))
  try {
    const [none, many] = [join(root, 'none'), join(root, 'many')]
    await (await open(none)).close()
    const fillStart = performance.now()
    await fill(many)
    const fillSeconds = (performance.now() - fillStart) / 1000

    const opened = { none: [] as number[], many: [] as number[] }
    for (let round = 0; round < 15; round += 1) {
      opened.none.push(await openTime(none))
      opened.many.push(await openTime(many))
    }

    const [empty, full] = [await open(none), await open(many)]
    const cost = { none: [] as number[], many: [] as number[] }
    for (let round = 0; round < 10; round += 1) {
      cost.none.push(...(await stepCost(empty, `cost-${round}`, 200)))
      cost.many.push(...(await stepCost(full, `cost-${round}`, 200)))
    }
    const stalled = { none: await stalls(empty, 'busy'), many: await stalls(full, 'busy') }
    const lookups = [
      await timed(() => full.history.report('past-1')),
      await timed(() => full.history.recent({ limit: 50 })),
    ]
    await empty.close()
    await full.close()

    const opening = { none: median(opened.none), many: median(opened.many) }
    return [
      { name: 'recording a step, no past executions, median', value: median(cost.none), unit: 'ms' },
      {
        name: 'recording a step, 20,000 past executions, median',
        value: median(cost.many),
        unit: 'ms',
        ratio: median(cost.many) / median(cost.none),
        baseline: emptyHistory,
        aim: 'at most 1.5 times',
      },
      {
        name: 'recording a step, 20,000 past executions, mean',
        value: mean(cost.many),
        unit: 'ms',
        ratio: mean(cost.many) / mean(cost.none),
        baseline: emptyHistory,
        aim: 'at most 1.5 times',
      },
      { name: 'event loop stall under load, no past executions, p99', value: stalled.none.p99, unit: 'ms' },
      {
        name: 'event loop stall under load, 20,000 past executions, p99',
        value: stalled.many.p99,
        unit: 'ms',
        ratio: stalled.many.p99 / stalled.none.p99,
        baseline: emptyHistory,
        aim: 'under 20 ms',
      },
      {
        name: 'event loop stall under load, 20,000 past executions, longest',
        value: stalled.many.max,
        unit: 'ms',
      },
      { name: 'executions of 4 steps, 10 at a time', value: stalled.many.perSecond, unit: '/s' },
      { name: 'opening the store, no past executions, median', value: opening.none, unit: 'ms' },
      {
        name: 'opening the store, 20,000 past executions, median',
        value: opening.many,
        unit: 'ms',
        ratio: opening.many / opening.none,
        baseline: emptyHistory,
        aim: 'at most 3 times',
      },
      { name: 'finding the oldest of 20,000 reports for the first time', value: lookups[0] ?? 0, unit: 'ms' },
      { name: 'listing the last 50 executions', value: lookups[1] ?? 0, unit: 'ms' },
      { name: 'recording 20,000 executions of 4 steps, 50 at a time', value: fillSeconds, unit: 's' },
    ]
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
