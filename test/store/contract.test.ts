// What every store of executions promises to the engine, held against the real one and against the fake of the tests.
import { describe, expect, test } from 'vitest'
import type { ExecutionStore } from '../../src/engine/ports.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { open, testFolder } from './support.ts'
import { report, start } from './support-data.ts'

const stores: [string, () => Promise<ExecutionStore>][] = [
  ['in memory', async () => new MemoryExecutionStore()],
  ['on disk', async () => (await open(testFolder())).executions],
]

describe.each(stores)('a store of executions %s', (_, make) => {
  test('gives back what was not finished, the oldest first, with its entries in order', async () => {
    const store = await make()
    await store.create(start('x1'))
    await store.create(start('x2'))
    await store.append('x2', { name: 'a', kind: 'step', value: { n: 1 } })
    await store.append('x2', { name: 'b', kind: 'sleep', until: 7 })
    expect(await store.unfinished()).toEqual([
      { start: start('x1'), entries: [] },
      {
        start: start('x2'),
        entries: [
          { name: 'a', kind: 'step', value: { n: 1 } },
          { name: 'b', kind: 'sleep', until: 7 },
        ],
      },
    ])
  })

  test('the first entry of a name stands, also of two at once', async () => {
    const store = await make()
    await store.create(start('x1'))
    const both = await Promise.all([
      store.append('x1', { name: 'a', kind: 'signal', value: 'first' }),
      store.append('x1', { name: 'a', kind: 'signal', value: 'second' }),
    ])
    expect(both).toEqual([true, false])
    const [open] = await store.unfinished()
    expect(open?.entries).toEqual([{ name: 'a', kind: 'signal', value: 'first' }])
  })

  test('takes nothing more for an execution that is finished, and does not give it back', async () => {
    const store = await make()
    await store.create(start('x1'))
    await store.finish('x1', report('x1'))
    expect(await store.unfinished()).toEqual([])
    expect(await store.append('x1', { name: 'late', kind: 'step', value: null })).toBe(false)
  })

  test('keeps what it was given, whatever becomes of the object', async () => {
    const store = await make()
    await store.create(start('x1'))
    const value = { n: 1 }
    await store.append('x1', { name: 'a', kind: 'step', value })
    value.n = 2
    const [open] = await store.unfinished()
    expect(open?.entries).toEqual([{ name: 'a', kind: 'step', value: { n: 1 } }])
  })
})
