// Executions that are stopped: what their reports tell afterwards, whatever happened in between.
import { describe, expect, test } from 'vitest'
import type { ActionContext } from '../../src/engine/action.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { ManualClock, settled } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { MortalStore } from '../support/mortal-store.ts'
import { ana, edge, engineOf, workflow } from '../support/workflow.ts'

const hang = () => new Promise<never>(() => undefined)
const hangs = { step: async (context: ActionContext) => ({ output: await context.step('run', hang) }) }
const statuses = (report: FinishedReport) =>
  Object.fromEntries(report.nodes.map((node) => [node.name, node.status]))

/** What the next process finds on the disk. */
function leftBy(store: MemoryExecutionStore): MemoryExecutionStore {
  const next = new MemoryExecutionStore()
  next.inherit(store)
  return next
}

describe('a cancel that was acknowledged', () => {
  const version = workflow(
    [{ name: 'a', undo: 'take back a' }, 'b', 'c', 'take back a'],
    [edge('start -> a'), edge('a -> b'), edge('b -> c')],
  )

  test('stands after a crash, and the report tells what had been done before it', async () => {
    const store = new MemoryExecutionStore()
    const first = engineOf({ b: hangs.step }, { store })
    await first.start(version)
    await settled()
    store.finish = hang
    expect(await first.engine.cancel('x1', ana, 'stocktake')).toBe(true)
    const second = engineOf({ b: hangs.step }, { store: leftBy(store) })
    await second.engine.resume()
    const report = await second.engine.result('x1')
    expect(report).toMatchObject({ status: 'cancelled', reason: 'stocktake', undoable: ['a'] })
    expect(statuses(report)).toMatchObject({ a: 'succeeded', b: 'cancelled', c: 'skipped' })
  })

  test('in every branch that runs side by side', async () => {
    const parallel = workflow(
      ['a', 'b1', 'b2', 'b3', 'c'],
      [edge('start -> a'), edge('start -> b1'), edge('b1 -> b2'), edge('b2 -> b3'), edge('b3 -> c')],
      { settings: { mode: 'parallel' } },
    )
    const store = new MemoryExecutionStore()
    const work = { a: hangs.step, c: hangs.step }
    const first = engineOf(work, { store })
    await first.start(parallel)
    await settled()
    store.finish = hang
    await first.engine.cancel('x1', ana)
    const second = engineOf(work, { store: leftBy(store) })
    await second.engine.resume()
    expect(statuses(await second.engine.result('x1'))).toMatchObject({
      a: 'cancelled',
      b1: 'succeeded',
      b2: 'succeeded',
      b3: 'succeeded',
      c: 'cancelled',
    })
  })

  test('is refused once the end is certain, and only when that end is durable', async () => {
    const store = new MortalStore()
    const { start, engine } = engineOf({}, { store })
    const finish = store.finish.bind(store)
    let write = () => {}
    store.finish = async (...args) => {
      await new Promise<void>((resolve) => {
        write = resolve
      })
      await finish(...args)
    }
    await start(version)
    await settled()
    let answer: boolean | undefined
    const cancelled = engine.cancel('x1', ana).then((value) => {
      answer = value
    })
    await settled()
    expect(answer).toBeUndefined()
    write()
    await cancelled
    expect(answer).toBe(false)
    expect(await engine.result('x1')).toMatchObject({ status: 'succeeded' })
  })

  test('of two at the same moment the first counts', async () => {
    const { start, engine } = engineOf({ a: hangs.step })
    await start(version)
    await settled()
    const ben = { ...ana, id: 'U0BEN', name: 'Ben' }
    expect(await Promise.all([engine.cancel('x1', ana), engine.cancel('x1', ben)])).toEqual([true, false])
    expect(await engine.result('x1')).toMatchObject({ cancelledBy: ana })
  })
})

describe('the time that a workflow may take', () => {
  const slow = {
    a: async (context: ActionContext) => {
      await context.sleep('pause', 40_000)
      return { output: null }
    },
  }
  const settings = { timeout: '1m', concurrency: { limit: 1, policy: 'queue' as const } }
  const version = workflow(['a'], [edge('start -> a')], { settings })

  test('runs from its first step, not from when it joined the queue', async () => {
    const { start, engine, clock } = engineOf(slow)
    await start(version)
    await start(version)
    await clock.advance(80_000)
    expect(await engine.result('x2')).toMatchObject({ status: 'succeeded' })
  })

  test('that was over while the bot was away lets no further step begin', async () => {
    const store = new MemoryExecutionStore()
    const clock = new ManualClock()
    const first = engineOf(slow, { store, clock })
    await first.start(version)
    await settled()
    const begun: string[] = []
    const later = new ManualClock(clock.now() + 3_600_000)
    const second = engineOf(
      { a: async (context) => ({ output: await context.step('late', async () => begun.push('late')) }) },
      { store: leftBy(store), clock: later },
    )
    await second.engine.resume()
    expect(await second.engine.result('x1')).toMatchObject({ status: 'timed_out' })
    expect(begun).toEqual([])
  })
})

describe('sub-workflows', () => {
  /** A parent that starts a child, as the action `workflow` does, and waits for it. */
  function family(store = new MemoryExecutionStore()) {
    const child = workflow(['work'], [edge('start -> work')])
    const made = engineOf(
      {
        work: hangs.step,
        sub: async (context) => {
          const executionId = await context.step('start', async ({ key }) => {
            const once = { key, windowMs: 1e12 }
            const parent = { executionId: context.execution.id, depth: context.execution.depth + 1 }
            return (await made.start(child, { parent, once })).executionId
          })
          context.waiting({ kind: 'execution', executionId })
          await context.step('result', async () => (await made.engine.result(executionId)).status)
          return { output: null }
        },
      },
      { store },
    )
    return made
  }
  const parent = workflow(['sub'], [edge('start -> sub')])

  test('end with the execution above', async () => {
    const { start, engine } = family()
    await start(parent)
    await settled()
    await engine.cancel('x1', ana)
    expect(await engine.result('x1')).toMatchObject({ status: 'cancelled' })
    expect(await engine.result('x2')).toMatchObject({
      status: 'cancelled',
      reason: 'the workflow above was stopped',
    })
  })

  test('end with the execution above although the process died after its cancel', async () => {
    const store = new MemoryExecutionStore()
    const first = family(store)
    await first.start(parent)
    await settled()
    const append = store.append.bind(store)
    store.append = async (id, entry) => (id === 'x2' ? hang() : append(id, entry))
    store.finish = hang
    await first.engine.cancel('x1', ana)
    await settled()
    const second = family(leftBy(store))
    await second.engine.resume()
    expect(await second.engine.result('x2')).toMatchObject({ status: 'cancelled' })
    expect(await second.engine.result('x1')).toMatchObject({ status: 'cancelled' })
  })

  test('that are being started when the execution above is cancelled do not go on alone', async () => {
    const store = new MemoryExecutionStore()
    const { start, engine } = family(store)
    const create = store.create.bind(store)
    let write = () => {}
    store.create = async (begun) => {
      if (begun.parent)
        await new Promise<void>((resolve) => {
          write = resolve
        })
      await create(begun)
    }
    await start(parent)
    await settled()
    await engine.cancel('x1', ana)
    await engine.result('x1')
    write()
    await settled()
    expect(await engine.result('x2')).toMatchObject({ status: 'cancelled' })
  })

  test('go on with the execution above when the bot closes and starts again', async () => {
    const store = new MemoryExecutionStore()
    const first = family(store)
    await first.start(parent)
    await settled()
    await first.engine.close()
    const second = family(leftBy(store))
    expect(await second.engine.resume()).toBe(2)
    await settled()
    expect(second.engine.running().map((report) => [report.id, report.status])).toEqual([
      ['x1', 'waiting'],
      ['x2', 'running'],
    ])
  })
})

test('a start that is being written while the bot closes is left to the next process', async () => {
  const version = workflow(['a'], [edge('start -> a')])
  const store = new MemoryExecutionStore()
  const ran: string[] = []
  const work = { a: async () => ({ output: ran.push('a') }) }
  const { start, engine } = engineOf(work, { store })
  const create = store.create.bind(store)
  let write = () => {}
  store.create = async (begun) => {
    await new Promise<void>((resolve) => {
      write = resolve
    })
    await create(begun)
  }
  const started = start(version)
  await settled()
  await engine.close()
  write()
  expect(await started).toEqual({ executionId: 'x1', started: true })
  await settled()
  expect(ran).toEqual([])
  const second = engineOf(work, { store: leftBy(store) })
  await second.engine.resume()
  expect(await second.engine.result('x1')).toMatchObject({ status: 'succeeded' })
})

test('a mistake inside the engine ends the execution as failed, tells the log, and frees its place', async () => {
  const told: unknown[] = []
  // No file gets past its checks with such a delay; here it stands for whatever nobody has thought of.
  const retry = { attempts: 2, delay: 'soon', backoff: 'constant', max_delay: '1m', jitter: false } as const
  const version = workflow([{ name: 'a', retry }, 'b'], [edge('start -> a'), edge('a -> b')], {
    settings: { concurrency: { limit: 1, policy: 'queue' } },
  })
  const broken = () => Promise.reject(new WorkflowError('test.broken', 'It broke.'))
  const { start, engine } = engineOf({ a: broken }, { unexpected: (thrown) => told.push(thrown) })
  await start(version)
  await start(version)
  for (const id of ['x1', 'x2']) {
    const report = await engine.result(id)
    expect(report).toMatchObject({ status: 'failed', errors: [{ code: 'internal.unexpected' }] })
    expect(statuses(report)).toMatchObject({ a: 'cancelled', b: 'skipped' })
  }
  expect(told).toEqual([expect.any(RangeError), expect.any(RangeError)])
})

test('observers see changes once a turn, and the end', async () => {
  const seen: string[] = []
  const version = workflow(['a', 'b'], [edge('start -> a'), edge('a -> b')])
  const { run, engine } = engineOf({
    a: async (context) => {
      for (let line = 0; line < 1000; line++) context.print({ stream: 'stdout', text: `line ${line}` })
      await context.step('run', () => new Promise<null>((resolve) => setImmediate(() => resolve(null))))
      return { output: null }
    },
  })
  engine.observe((report) => seen.push(report.status))
  await run(version)
  expect(seen.at(-1)).toBe('succeeded')
  expect(seen.length).toBeLessThan(10)
  expect(seen).toContain('running')
})
