// Executions and their versions as the engine sees them: each fact once, durable, and there again after a restart.
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/engine/ports.ts'
import { faultyDisk, open, osError, testFolder } from './support.ts'
import { ana, definition, report, start, version } from './support-data.ts'

const step = (name: string, value = 'done'): JournalEntry => ({ name, kind: 'step', value })

describe('an execution', () => {
  it('is unfinished, with its entries in order, until its report is stored', async () => {
    const store = await open(testFolder())
    await store.executions.create(start('x1', { inputs: { item: 'bolt' } }))
    await store.executions.append('x1', step('first'))
    await store.executions.append('x1', { name: 'wait', kind: 'sleep', until: 5 })
    expect(await store.executions.unfinished()).toEqual([
      {
        start: start('x1', { inputs: { item: 'bolt' } }),
        entries: [step('first'), { name: 'wait', kind: 'sleep', until: 5 }],
      },
    ])
    await store.executions.finish('x1', report('x1'))
    expect(await store.executions.unfinished()).toEqual([])
    expect(await store.history.report('x1')).toEqual(report('x1'))
  })

  it('is there again after a restart, whether it was folded into db.json or stood in the journal alone', async () => {
    const folder = testFolder()
    const first = await open(folder)
    await first.executions.create(start('x1'))
    await first.executions.append('x1', step('first'))
    await first.maintain()
    await first.executions.append('x1', step('second'))
    await first.executions.create(start('x2', { rerunOf: { executionId: 'x1', from: null } }))
    const before = await first.executions.unfinished()
    await first.close()
    const second = await open(folder)
    expect(await second.executions.unfinished()).toEqual(before)
    expect(before.map(({ start: { id } }) => id)).toEqual(['x1', 'x2'])
  })

  it('takes the first entry of a name for ever, also of two at once', async () => {
    const store = await open(testFolder())
    await store.executions.create(start('x1'))
    const answers = await Promise.all([
      store.executions.append('x1', step('decide', 'first')),
      store.executions.append('x1', step('decide', 'second')),
    ])
    expect(answers).toEqual([true, false])
    expect(await store.executions.append('x1', step('decide', 'third'))).toBe(false)
    expect((await store.executions.unfinished())[0]?.entries).toEqual([step('decide', 'first')])
  })

  it('takes names that mean something to JavaScript', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await store.executions.create(start('__proto__'))
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await store.executions.append('__proto__', step(name))).toBe(true)
    }
    await store.close()
    const again = await open(folder)
    const names = (await again.executions.unfinished())[0]?.entries.map(({ name }) => name)
    expect(names).toEqual(['__proto__', 'constructor', 'toString'])
  })

  it('does not change when the caller goes on changing what it passed in', async () => {
    const store = await open(testFolder())
    const value = { list: [1] }
    await store.executions.create(start('x1'))
    const appended = store.executions.append('x1', { name: 'a', kind: 'step', value })
    value.list.push(2)
    await appended
    const read = await store.executions.unfinished()
    expect(read[0]?.entries).toEqual([{ name: 'a', kind: 'step', value: { list: [1] } }])
    read[0]?.entries.pop()
    expect((await store.executions.unfinished())[0]?.entries).toHaveLength(1)
  })

  it('cannot begin twice, and ends once: a second report changes nothing', async () => {
    const store = await open(testFolder())
    await store.executions.create(start('x1'))
    await expect(store.executions.create(start('x1'))).rejects.toMatchObject({
      code: 'store.execution_exists',
    })
    await store.executions.finish('x1', report('x1', { output: 'first' }))
    await store.executions.finish('x1', report('x1', { output: 'second' }))
    expect(await store.history.report('x1')).toEqual(report('x1', { output: 'first' }))
    expect(await store.executions.append('x1', step('late'))).toBe(false)
    await expect(store.executions.finish('nobody', report('nobody'))).rejects.toMatchObject({
      code: 'store.unknown_execution',
    })
  })

  it('is refused once the store is closed', async () => {
    const store = await open(testFolder())
    await store.close()
    await expect(store.executions.create(start('x1'))).rejects.toMatchObject({ code: 'store.closed' })
    await expect(
      store.audit.append({ at: '', actor: ana, action: '', subject: '', details: {} }),
    ).rejects.toMatchObject({ code: 'store.closed' })
  })

  it('that is being recorded while the store closes is recorded', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const created = store.executions.create(start('x1'))
    await store.close()
    await created
    expect(await (await open(folder)).executions.unfinished()).toHaveLength(1)
  })
})

it('a hundred facts at once share a handful of fsyncs', async () => {
  const disk = faultyDisk({ fail: () => undefined })
  const store = await open(testFolder(), { disk })
  await store.executions.create(start('x1'))
  const before = disk.operations.filter(({ operation }) => operation === 'sync').length
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => store.executions.append('x1', step(`step ${index}`))),
  )
  expect(disk.operations.filter(({ operation }) => operation === 'sync').length - before).toBeLessThan(5)
  expect((await store.executions.unfinished())[0]?.entries).toHaveLength(100)
})

it('a fact is told only after it was synced: what the disk refuses is not there, and the next attempt works', async () => {
  let full = false
  const fail = (_: number, operation: string) =>
    full && operation === 'sync' ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : undefined
  const store = await open(testFolder(), { disk: faultyDisk({ fail }) })
  await store.executions.create(start('x1'))
  full = true
  await expect(store.executions.append('x1', step('first'))).rejects.toMatchObject({
    code: 'store.disk_full',
    hint: expect.stringContaining('Free some space'),
  })
  expect((await store.executions.unfinished())[0]?.entries).toEqual([])
  full = false
  expect(await store.executions.append('x1', step('first'))).toBe(true)
})

it('a fact that was refused is not there either when the process dies before it writes anything else', async () => {
  const folder = testFolder()
  let failing = false
  const fail = (_: number, operation: string) => {
    if (!failing || operation !== 'sync') return undefined
    failing = false
    return osError('EIO')
  }
  const store = await open(folder, { disk: faultyDisk({ fail }) })
  await store.executions.create(start('x1'))
  failing = true
  await expect(store.executions.append('x1', step('first'))).rejects.toMatchObject({
    code: 'store.write_failed',
  })
  const atDeath = testFolder()
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.lock')) copyFileSync(join(folder, name), join(atDeath, name))
  }
  expect((await (await open(atDeath)).executions.unfinished())[0]?.entries).toEqual([])
})

describe('versions', () => {
  it('count from 1 for each workflow, in the order in which contents were first seen', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const [one, two] = [definition('a', 'one'), definition('a', 'two')]
    expect(await store.versions.register('a', 'hash-1', one)).toEqual({
      number: 1,
      hash: 'hash-1',
      definition: one,
    })
    expect((await store.versions.register('a', 'hash-2', two)).number).toBe(2)
    expect((await store.versions.register('b', 'hash-3', definition('b'))).number).toBe(1)
    expect((await store.versions.register('a', 'hash-1', one)).number).toBe(1)
    await store.close()
    const again = await open(folder)
    expect((await again.versions.list('a')).map(({ number, hash }) => [number, hash])).toEqual([
      [1, 'hash-1'],
      [2, 'hash-2'],
    ])
    expect((await again.versions.get('a', 2))?.definition).toEqual(two)
    expect((await again.versions.get('a', 'hash-1'))?.definition).toEqual(one)
    expect(await again.versions.get('a', 3)).toBeUndefined()
    expect(await again.versions.list('nobody')).toEqual([])
  })

  it('get one number when the same content is registered twice at once', async () => {
    const store = await open(testFolder())
    const both = await Promise.all([1, 2].map(() => store.versions.register('a', 'hash', definition('a'))))
    expect(both.map(({ number }) => number)).toEqual([1, 1])
    expect(await store.versions.list('a')).toHaveLength(1)
  })

  it('stay with their executions: an unregistered or differing definition travels in the start itself', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await store.versions.register('sample', version.hash, version.definition)
    const changed = { ...version, definition: definition('sample', 'same hash, other content') }
    await store.executions.create(start('known'))
    await store.executions.create(start('changed', { version: changed }))
    await store.close()
    const found = await (await open(folder)).executions.unfinished()
    expect(found.map((execution) => execution.start.version)).toEqual([version, changed])
  })
})
