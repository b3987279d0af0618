// Measures the engine: what it adds to the work itself, alone and with the real store, with an empty history and with
// 20,000 past executions, and how it carries long queues, large workflows and long lists.
import { appendFileSync, fdatasyncSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { z } from 'zod'
import { systemClock } from '../../src/clock.ts'
import type { Settings, Version } from '../../src/definition/schema.ts'
import type { Action } from '../../src/engine/action.ts'
import { createLocalEngine } from '../../src/engine/local.ts'
import type { Engine, ExecutionStore } from '../../src/engine/ports.ts'
import type { Actor } from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'
import type { Store } from '../../src/store/index.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import type { Figure } from './figure.ts'
import { fill, open, pastExecutions } from './store.bench.ts'

const actor: Actor = { kind: 'cli', id: 'bench', name: 'bench' }
/** About what a small real node leaves behind: 300 characters. */
const output = { low: [{ sku: 'B-1001', stock: 12, threshold: 40 }], note: 'x'.repeat(240) }

const noop: Action = {
  type: 'noop',
  role: 'action',
  summary: 'Does nothing, durably',
  fields: z.strictObject({}),
  run: async (_, context) => ({ output: await context.step('run', work) }),
}
const work = async (): Promise<Json> => output

/** Nodes one after the other, or side by side. */
function workflow(nodes: number, settings: Partial<Settings> = {}, each = false): Version {
  const names = Array.from({ length: nodes }, (_, index) => `node ${index}`)
  const for_each = { items: 'inputs.list', at_once: 10, on_error: 'stop' as const }
  return {
    number: 1,
    hash: `${nodes}${settings.mode ?? ''}${each}`.padEnd(64, '0'),
    definition: {
      metadata: { id: `bench-${nodes}`, name: 'Bench', description: '', tags: [] },
      settings: { mode: 'sequential', timeout: '1h', ...settings },
      context: {},
      collections: {},
      nodes: [
        { name: 'start', type: 'manual' },
        ...names.map((name) => ({ name, type: 'noop', ...(each ? { for_each } : {}) })),
      ],
      edges: names.map((to, index) => {
        const from = settings.mode === 'parallel' ? 'start' : (names[index - 1] ?? 'start')
        return { from, to, on: 'success' as const }
      }),
    },
  }
}

function engineOn(store: ExecutionStore, maxBusy = 50): Engine {
  let count = 0
  const prefix = `e${Math.random().toString(36).slice(2, 8)}`
  const engine = createLocalEngine({
    store,
    findReport: async () => undefined,
    once: { get: () => undefined, set: async () => undefined },
    clock: systemClock,
    ids: { execution: () => `${prefix}-${++count}` },
    action: (type) => (type === 'noop' ? noop : undefined),
    maxBusy,
    unexpected(thrown) {
      throw thrown
    },
  })
  // Somebody always looks on: the message that follows the execution.
  engine.observe(() => undefined)
  return engine
}

async function run(engine: Engine, version: Version, inputs: { list?: Json[] } = {}): Promise<void> {
  const trigger = { node: 'start', type: 'manual' }
  const { executionId } = await engine.start({ version, trigger, inputs, startedBy: actor })
  const report = await engine.result(executionId)
  if (report.status !== 'succeeded')
    throw new Error(`it ended as ${report.status}: ${report.errors[0]?.message}`)
}

async function timed(measured: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await measured()
  return performance.now() - from
}

async function times(rounds: number, measured: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = []
  for (let round = 0; round < rounds; round++) all.push(await timed(measured))
  return all.sort((a, b) => a - b)
}

const median = (sorted: number[]) => sorted[sorted.length >> 1] ?? Number.NaN

/** So many executions, some at the same time; how many a second. */
async function throughput(
  engine: Engine,
  version: Version,
  executions: number,
  atOnce: number,
): Promise<number> {
  let next = 0
  const caller = async () => {
    while (next++ < executions) await run(engine, version)
  }
  const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, caller)))
  return executions / (ms / 1000)
}

async function stalls(measured: () => Promise<unknown>): Promise<{ p99: number; max: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await measured()
  delay.disable()
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }
}

export async function bench(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-bench-'))
  try {
    return [...(await overhead(folder)), ...(await scale()), ...(await history(folder))]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Against loops that do the same work without an engine. */
async function overhead(folder: string): Promise<Figure[]> {
  const nodes = 50
  const chain = workflow(nodes)
  const memory = engineOn(new MemoryExecutionStore())
  await times(100, () => run(memory, chain))
  const bare = async () => {
    const outputs: Json[] = []
    for (let node = 0; node < nodes; node++) outputs.push(structuredClone(await work()))
  }
  await times(100, bare)
  const perBare = median(await times(200, bare)) / nodes
  const inMemory = median(await times(200, () => run(memory, chain))) / nodes

  const store = await open(join(folder, 'overhead'))
  await store.versions.register(chain.definition.metadata.id, chain.hash, chain.definition)
  const durable = engineOn(store.executions)
  const file = openSync(join(folder, 'loop'), 'a')
  const line = JSON.stringify({ name: 'node 1/run', kind: 'step', value: output })
  const synced = async () => {
    for (let node = 0; node < nodes; node++) {
      appendFileSync(file, `${line}\n`)
      fdatasyncSync(file)
    }
  }
  await times(5, () => run(durable, chain))
  const perSynced: number[] = []
  const perDurable: number[] = []
  // In turns, since what else the machine does weighs on both.
  for (let round = 0; round < 20; round++) {
    perSynced.push((await timed(synced)) / nodes)
    perDurable.push((await timed(() => run(durable, chain))) / nodes)
  }
  const [loopMs, nodeMs] = [median(perSynced.sort((a, b) => a - b)), median(perDurable.sort((a, b) => a - b))]

  const large = workflow(500)
  const ofLarge = median(await times(3, () => run(durable, large))) / 500
  const small = workflow(3)
  await store.versions.register(small.definition.metadata.id, small.hash, small.definition)
  const alone = await throughput(durable, small, 300, 1)
  const together = await throughput(durable, small, 2000, 50)
  const figures: Figure[] = [
    {
      name: 'overhead per node, store in memory',
      value: (inMemory - perBare) * 1000,
      unit: 'µs',
      ratio: inMemory / perBare,
      baseline: `a bare loop that copies each output, ${(perBare * 1000).toFixed(2)} µs`,
    },
    {
      name: 'one node, each step durable before the next',
      value: nodeMs,
      unit: 'ms',
      ratio: nodeMs / loopMs,
      baseline: `a loop that appends and syncs, ${loopMs.toFixed(2)} ms`,
    },
    {
      name: 'one durable node of 500 in a workflow',
      value: ofLarge,
      unit: 'ms',
      ratio: ofLarge / nodeMs,
      baseline: 'one durable node of 50',
    },
    {
      name: 'executions of 3 no-op nodes, store in memory',
      value: await throughput(memory, small, 5000, 10),
      unit: '/s',
    },
    { name: 'executions of 3 no-op nodes, durable, 1 caller', value: alone, unit: '/s' },
    {
      name: 'executions of 3 no-op nodes, durable, 50 callers',
      value: together,
      unit: '/s',
      ratio: together / alone,
      baseline: 'one caller',
    },
  ]
  await durable.close()
  await store.close()
  return figures
}

/** What grows: queues, workflows, lists. Ratios tell whether the cost of one grows with their number. */
async function scale(): Promise<Figure[]> {
  const small = workflow(3)
  const queue = async (length: number) => {
    const engine = engineOn(new MemoryExecutionStore(), 20)
    return timed(() => Promise.all(Array.from({ length }, () => run(engine, small))))
  }
  const chain = (nodes: number, mode: Settings['mode']) => {
    const version = workflow(nodes, { mode })
    return times(3, () => run(engineOn(new MemoryExecutionStore()), structuredClone(version))).then(median)
  }
  const list = (items: number) =>
    timed(() =>
      run(engineOn(new SetStore()), workflow(1, {}, true), {
        list: Array.from({ length: items }, (_, n) => n),
      }),
    )
  await queue(200)
  await list(500)
  const queued = [(await queue(100)) / 100, (await queue(1000)) / 1000] as const
  const lists = [(await list(1000)) / 1000, (await list(10_000)) / 10_000] as const
  const chains = [(await chain(50, 'sequential')) / 50, (await chain(500, 'sequential')) / 500] as const
  const fans = [(await chain(50, 'parallel')) / 50, (await chain(500, 'parallel')) / 500] as const
  const figure = (name: string, [few, many]: readonly [number, number], baseline: string): Figure => ({
    ...{ name, value: many * 1000, unit: 'µs', ratio: many / few, baseline },
  })
  return [
    figure('one of 1,000 queued executions', queued, 'one of 100'),
    figure('one node of 500 in a workflow, one after the other', chains, 'one of 50'),
    figure('one node of 500 in a workflow, side by side', fans, 'one of 50'),
    figure('one item of 10,000 in a list', lists, 'one of 1,000'),
  ]
}

/** The memory store of the tests looks through all entries for a name; that would be measured here instead. */
class SetStore extends MemoryExecutionStore {
  readonly #names = new Set<string>()
  override async append(...[id, { name }]: Parameters<MemoryExecutionStore['append']>): Promise<boolean> {
    if (this.#names.has(`${id}/${name}`)) return false
    this.#names.add(`${id}/${name}`)
    return true
  }
}

/** The same on a store that holds nothing and on one that holds 20,000 executions. */
async function history(folder: string): Promise<Figure[]> {
  const [none, many] = [join(folder, 'none'), join(folder, 'many')]
  await (await open(none)).close()
  await fill(many)
  const start = async (path: string) => {
    const store = await open(path)
    const engine = engineOn(store.executions)
    await engine.resume()
    return { store, engine }
  }
  const stop = async ({ store, engine }: { store: Store; engine: Engine }) => {
    await engine.close()
    await store.close()
  }
  const starts = { none: [] as number[], many: [] as number[] }
  for (let round = 0; round < 40; round++) {
    for (const which of ['none', 'many'] as const) {
      const from = performance.now()
      const bot = await start(which === 'none' ? none : many)
      starts[which].push(performance.now() - from)
      await stop(bot)
    }
  }
  const chain = workflow(20)
  const [empty, full] = [await start(none), await start(many)]
  for (const { store } of [empty, full])
    await store.versions.register(chain.definition.metadata.id, chain.hash, chain.definition)
  const cost = { none: [] as number[], many: [] as number[] }
  for (let round = 0; round < 60; round++) {
    cost.none.push((await timed(() => run(empty.engine, chain))) / 20)
    cost.many.push((await timed(() => run(full.engine, chain))) / 20)
  }
  const busy = ({ engine }: { engine: Engine }) => throughput(engine, workflow(3), 2000, 10)
  const stalled = { none: await stalls(() => busy(empty)), many: await stalls(() => busy(full)) }
  await stop(empty)
  await stop(full)
  const mid = (values: number[]) => median([...values].sort((a, b) => a - b))
  const past = `${pastExecutions.toLocaleString('en')} past executions`
  const baseline = 'an empty history'
  return [
    { name: 'one durable node, no past executions', value: mid(cost.none), unit: 'ms' },
    {
      name: `one durable node, ${past}`,
      value: mid(cost.many),
      unit: 'ms',
      ratio: mid(cost.many) / mid(cost.none),
      baseline,
      aim: 'at most 1.5 times',
    },
    {
      name: `event loop stall while executions run, ${past}, p99`,
      value: stalled.many.p99,
      unit: 'ms',
      ratio: stalled.many.p99 / stalled.none.p99,
      baseline,
      aim: 'under 20 ms',
    },
    { name: `event loop stall while executions run, ${past}, longest`, value: stalled.many.max, unit: 'ms' },
    { name: 'start of store and engine, no past executions', value: mid(starts.none), unit: 'ms' },
    {
      name: `start of store and engine, ${past}`,
      value: mid(starts.many),
      unit: 'ms',
      ratio: mid(starts.many) / mid(starts.none),
      baseline,
      aim: 'at most 3 times',
    },
  ]
}
