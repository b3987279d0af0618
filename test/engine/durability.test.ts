import { describe, expect, test } from 'vitest'
import { ManualClock, settled } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'

const chain = workflow(['a', 'b', 'c'], [edge('start -> a'), edge('a -> b'), edge('b -> c')])

/** A store that stops answering after a number of writes, as if the process had been killed then. */
class DyingStore extends MemoryExecutionStore {
  left: number
  constructor(left: number) {
    super()
    this.left = left
  }
  override async append(...args: Parameters<MemoryExecutionStore['append']>): Promise<boolean> {
    if (this.left-- <= 0) return new Promise(() => undefined)
    return super.append(...args)
  }
  override async finish(...args: Parameters<MemoryExecutionStore['finish']>): Promise<void> {
    if (this.left-- <= 0) return new Promise(() => undefined)
    return super.finish(...args)
  }
}

describe('after a crash', () => {
  test.each([0, 1, 2, 3, 4])(
    'at write %i, the execution is taken up and no recorded step runs again',
    async (writes) => {
      const effects: string[] = []
      const work = Object.fromEntries(
        ['a', 'b', 'c'].map((name) => [
          name,
          async (context: Parameters<NonNullable<Parameters<typeof engineOf>[0][string]>>[0]) => ({
            output: await context.step('run', async ({ key }) => {
              effects.push(key)
              return name
            }),
          }),
        ]),
      )
      const dying = new DyingStore(writes)
      const { executionId } = await engineOf(work, { store: dying }).start(chain)
      await settled()
      const recorded = dying.entries(executionId).map((entry) => entry.name)
      const before = [...effects]

      dying.left = Number.POSITIVE_INFINITY
      const second = engineOf(work, { store: dying })
      expect(await second.engine.resume()).toBe(1)
      const report = await second.engine.result(executionId)
      expect(report).toMatchObject({ id: executionId, status: 'succeeded' })

      const repeated = effects.slice(before.length)
      for (const name of recorded) expect(repeated).not.toContain(`${executionId}/${name}`)
      // The step in flight runs at most once more, and with the same key.
      for (const key of new Set(effects))
        expect(effects.filter((one) => one === key).length).toBeLessThanOrEqual(2)
      expect(new Set(effects)).toEqual(new Set(['a', 'b', 'c'].map((name) => `${executionId}/${name}/run`)))
    },
  )

  test('a wait goes on for what is left of it', async () => {
    const store = new MemoryExecutionStore()
    const clock = new ManualClock()
    const work = {
      a: async (context: { sleep(name: string, ms: number): Promise<void> }) => {
        await context.sleep('pause', 60_000)
        return { output: 'woke' }
      },
    }
    const version = workflow(['a'], [edge('start -> a')])
    const first = engineOf(work as never, { store, clock })
    const { executionId } = await first.start(version)
    await clock.advance(45_000)
    await first.engine.close()
    const second = engineOf(work as never, { store, clock })
    await second.engine.resume()
    await clock.advance(14_999)
    expect(second.engine.info(executionId)).toBeDefined()
    await clock.advance(1)
    expect(await second.engine.result(executionId)).toMatchObject({ status: 'succeeded' })
  })

  test('a cancel that was recorded stands', async () => {
    const store = new DyingStore(Number.POSITIVE_INFINITY)
    const hang = { a: () => new Promise<never>(() => undefined) }
    const first = engineOf(hang, { store })
    const { executionId } = await first.start(chain)
    await settled()
    store.finish = () => new Promise(() => undefined)
    await first.engine.cancel(executionId, { kind: 'cli', id: 'ops', name: 'ops' }, 'stocktake')
    const second = engineOf(hang, {
      store: Object.assign(new MemoryExecutionStore(), { unfinished: () => store.unfinished() }),
    })
    await second.engine.resume()
    expect(await second.engine.result(executionId)).toMatchObject({
      status: 'cancelled',
      reason: 'stocktake',
    })
  })
})

describe('promises', () => {
  const asking = workflow(['ask'], [edge('start -> ask')])
  const ask = (timeoutMs?: number) => ({
    ask: async (context: { promise(name: string, timeoutMs?: number): Promise<unknown> }) => ({
      output: (await context.promise('answer', timeoutMs)) as never,
    }),
  })

  test('of two answers the first stands', async () => {
    const { start, engine } = engineOf(ask() as never)
    const { executionId } = await start(asking)
    await settled()
    const answers = await Promise.all([
      engine.signal(executionId, 'ask/answer', 'yes'),
      engine.signal(executionId, 'ask/answer', 'no'),
    ])
    expect(answers).toEqual([true, false])
    expect((await engine.result(executionId)).nodes[1]).toMatchObject({ output: 'yes' })
  })

  test('an answer that comes before anybody waits is kept', async () => {
    const store = new MemoryExecutionStore()
    const first = engineOf(ask() as never, { store })
    const { executionId } = await first.start(asking)
    await first.engine.signal(executionId, 'ask/answer', 'early')
    expect((await first.engine.result(executionId)).nodes[1]).toMatchObject({ output: 'early' })
  })

  test('without an answer the promise gives null when its time is over', async () => {
    const { start, engine, clock } = engineOf(ask(30_000) as never)
    const { executionId } = await start(asking)
    await clock.advance(30_000)
    expect((await engine.result(executionId)).nodes[1]).toMatchObject({ output: null })
    expect(await engine.signal(executionId, 'ask/answer', 'late')).toBe(false)
  })
})

describe('starting once', () => {
  const version = workflow(['a'], [edge('start -> a')])

  test('two starts with one key at the same time start one execution', async () => {
    const { start } = engineOf({ a: () => new Promise<never>(() => undefined) })
    const once = { key: 'button:1', windowMs: 10_000 }
    const both = await Promise.all([start(version, { once }), start(version, { once })])
    expect(both).toEqual([
      { executionId: 'x1', started: true },
      { executionId: 'x1', started: false },
    ])
  })

  test('while it runs the key starts nothing, however late', async () => {
    const { start, clock } = engineOf({ a: () => new Promise<never>(() => undefined) })
    const once = { key: 'button:1', windowMs: 10_000 }
    await start(version, { once })
    await clock.advance(600_000)
    expect(await start(version, { once })).toEqual({ executionId: 'x1', started: false })
  })

  test('after it has ended and the window is over, the key starts anew', async () => {
    const { start, engine, clock } = engineOf({})
    const once = { key: 'button:1', windowMs: 10_000 }
    await engine.result((await start(version, { once })).executionId)
    expect(await start(version, { once })).toEqual({ executionId: 'x1', started: false })
    await clock.advance(10_001)
    expect(await start(version, { once })).toEqual({ executionId: 'x2', started: true })
  })
})
