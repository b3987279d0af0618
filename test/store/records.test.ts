// Records and links: writes as a whole or not at all, each key once, nothing lost between two writers.
import { describe, expect, it } from 'vitest'
import type { RecordWrite } from '../../src/actions/ports.ts'
import type { JsonObject } from '../../src/json.ts'
import { open, testFolder } from './support.ts'
import { report, start } from './support-data.ts'

const insert = (key: string, value: JsonObject, collection = 'stock'): RecordWrite => ({
  kind: 'insert',
  collection,
  key,
  value,
})
const update = (key: string, rev: number, value: JsonObject): RecordWrite => ({
  kind: 'update',
  collection: 'stock',
  key,
  rev,
  value,
})

describe('records', () => {
  it('are seeded once, in the order of the seed, and never again', async () => {
    const folder = testFolder()
    const store = await open(folder)
    expect(
      await store.records.seed('stock', 'sku', [
        { sku: 'b', n: 1 },
        { sku: 7, n: 2 },
      ]),
    ).toBe(true)
    expect(await store.records.seed('stock', 'sku', [{ sku: 'c' }])).toBe(false)
    const [b] = [...store.records.all('stock')]
    await store.records.apply('k', [{ kind: 'delete', collection: 'stock', key: 'b', rev: b?.rev ?? 0 }])
    await store.close()
    const again = await open(folder)
    expect(await again.records.seed('stock', 'sku', [{ sku: 'b' }])).toBe(false)
    expect([...again.records.all('stock')].map(({ key, value }) => [key, value])).toEqual([
      ['7', { sku: 7, n: 2 }],
    ])
    expect(again.records.keyField('stock')).toBe('sku')
    expect(again.records.keyField('nobody')).toBeUndefined()
    expect(again.records.collections()).toEqual([{ name: 'stock', key: 'sku', count: 1 }])
  })

  it('of a seed with a missing or repeated key are refused as a whole, naming the record', async () => {
    const store = await open(testFolder())
    const seed = (records: JsonObject[]) => async () => store.records.seed('stock', 'sku', records)
    await expect(seed([{ sku: 'a' }, { n: 1 }])()).rejects.toMatchObject({
      code: 'records.invalid_seed',
      message: expect.stringContaining('Record 2'),
    })
    await expect(seed([{ sku: 'a' }, { sku: 'a' }])()).rejects.toMatchObject({ code: 'records.invalid_seed' })
    expect(store.records.collections()).toEqual([])
  })

  it('change together or not at all', async () => {
    const store = await open(testFolder())
    await store.records.apply('k1', [insert('a', { n: 1 })])
    await expect(
      store.records.apply('k2', [insert('b', { n: 1 }), insert('a', { n: 2 })]),
    ).rejects.toMatchObject({
      code: 'records.exists',
    })
    expect([...store.records.all('stock')].map(({ key }) => key)).toEqual(['a'])
    await store.records.apply('k2', [insert('b', { n: 1 }), insert('c', { n: 2 })])
    expect([...store.records.all('stock')].map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  })

  it('refuse a change that was made on an older revision, also when two come at once', async () => {
    const store = await open(testFolder())
    await store.records.apply('k1', [insert('a', { n: 1 })])
    const rev = store.records.get('stock', 'a')?.rev ?? 0
    const both = await Promise.allSettled([
      store.records.apply('k2', [update('a', rev, { n: 2 })]),
      store.records.apply('k3', [update('a', rev, { n: 3 })]),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(both[1]).toMatchObject({ reason: { code: 'records.conflict' } })
    expect(store.records.get('stock', 'a')?.value).toEqual({ n: 2 })
    await expect(store.records.apply('k4', [update('zz', 1, {})])).rejects.toMatchObject({
      code: 'records.not_found',
    })
  })

  it('never repeat a revision, not even when a record was deleted and made again', async () => {
    const store = await open(testFolder())
    await store.records.apply('k1', [insert('a', { n: 1 })])
    const old = store.records.get('stock', 'a')?.rev ?? 0
    await store.records.apply('k2', [{ kind: 'delete', collection: 'stock', key: 'a', rev: old }])
    await store.records.apply('k3', [insert('a', { n: 2 })])
    await expect(store.records.apply('k4', [update('a', old, { n: 3 })])).rejects.toMatchObject({
      code: 'records.conflict',
    })
  })

  it('may be inserted, changed and deleted in one write', async () => {
    const store = await open(testFolder())
    await store.records.apply('k1', [
      insert('a', { n: 1 }),
      update('a', 1, { n: 2 }),
      insert('b', { n: 1 }),
      { kind: 'delete', collection: 'stock', key: 'b', rev: 1 },
    ])
    expect([...store.records.all('stock')].map(({ key, value }) => [key, value])).toEqual([['a', { n: 2 }]])
  })

  it('are written once per key: a repeated step changes nothing, over restarts, as long as its execution runs', async () => {
    const folder = testFolder()
    let store = await open(folder)
    await store.executions.create(start('x1'))
    await Promise.all([1, 2].map(() => store.records.apply('x1/write', [insert('a', { n: 1 })])))
    // More keys of nobody's executions than are remembered.
    for (let round = 0; round < 25; round += 1) {
      const keys = Array.from({ length: 100 }, (_, index) => `other-${round}-${index}`)
      await Promise.all(keys.map((key) => store.records.apply(key, [insert(key, {}, 'other')])))
    }
    await store.close()
    store = await open(folder)
    await store.records.apply('x1/write', [insert('a', { n: 2 })])
    expect(store.records.get('stock', 'a')?.value).toEqual({ n: 1 })
    await store.executions.finish('x1', report('x1'))
    await store.records.apply('x1/write', [insert('a', { n: 2 })])
    // Keys without a running execution are forgotten in the end; the newest are not.
    await store.records.apply('other-24-99', [insert('other-24-99', {}, 'other')])
    await expect(store.records.apply('other-0-0', [insert('other-0-0', {}, 'other')])).rejects.toMatchObject({
      code: 'records.exists',
    })
  })

  it('do not change with what a caller passed in, and cannot be changed through what it got', async () => {
    const store = await open(testFolder())
    const value = { tags: ['x'] }
    const applied = store.records.apply('k1', [insert('a', value)])
    value.tags.push('y')
    await applied
    const read = store.records.get('stock', 'a')
    expect(read?.value).toEqual({ tags: ['x'] })
    const tags = read?.value.tags as string[] | undefined
    expect(() => tags?.push('z')).toThrow(TypeError)
  })

  it('hold hostile keys and values as they are, over a restart', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const value = JSON.parse(
      '{"__proto__": {"admin": true}, "constructor": 1, "\\ud800": "\\udfff", "line": "a\\u2028b\\n\\u0000", "emoji": "📦"}',
    )
    for (const key of ['__proto__', 'constructor', '\ud800', ' ', '📦', 'a"b\\c\n']) {
      await store.records.apply(`k/${key}`, [insert(key, value, '__proto__')])
    }
    await store.close()
    const again = await open(folder)
    const all = [...again.records.all('__proto__')]
    expect(all.map(({ key }) => key)).toEqual(['__proto__', 'constructor', '\ud800', ' ', '📦', 'a"b\\c\n'])
    expect(all.every((record) => JSON.stringify(record.value) === JSON.stringify(value))).toBe(true)
    expect(Object.hasOwn(all[0]?.value ?? {}, '__proto__')).toBe(true)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    expect(again.records.get('stock', 'toString')).toBeUndefined()
  })

  it('of 10 MB are stored and read back', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const text = 'ü'.repeat(5_000_000)
    await store.records.apply('k1', [insert('big', { text })])
    await store.close()
    const again = await open(folder)
    expect((again.records.get('stock', 'big')?.value.text as string) === text).toBe(true)
  })

  it('of a collection of 10,000 are looked up without walking through it', async () => {
    const store = await open(testFolder())
    await store.records.seed(
      'stock',
      'sku',
      Array.from({ length: 10_000 }, (_, index) => ({ sku: `s${index}`, n: index })),
    )
    // Lookups that walked would compare a thousand million keys here and run into the time limit of the test.
    let sum = 0
    for (let round = 0; round < 100; round += 1) {
      for (let index = 0; index < 10_000; index += 1)
        sum += store.records.get('stock', `s${index}`)?.value.n as number
    }
    expect(sum).toBe(100 * 49_995_000)
  })
})

describe('links', () => {
  it('hold JSON by key over restarts until they are deleted', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await store.links.set('x1', { channel: 'C1', ts: '1.2' })
    await store.links.set('x2', null)
    await store.links.set('__proto__', 'kept')
    await store.links.delete('x2')
    await store.close()
    const again = await open(folder)
    expect(again.links.get('x1')).toEqual({ channel: 'C1', ts: '1.2' })
    expect(again.links.get('x2')).toBeUndefined()
    expect(again.links.get('__proto__')).toBe('kept')
  })

  it('are claimed by the first of simultaneous claimants, and all learn who that was', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const answers = await Promise.all(['ana', 'ben', 'eve'].map((who) => store.links.claim('ack', { who })))
    expect(answers).toEqual([
      { claimed: true, value: { who: 'ana' } },
      { claimed: false, value: { who: 'ana' } },
      { claimed: false, value: { who: 'ana' } },
    ])
    await store.close()
    const again = await open(folder)
    expect(await again.links.claim('ack', { who: 'ben' })).toEqual({ claimed: false, value: { who: 'ana' } })
  })

  it('are forgotten, oldest first, beyond 5,000', async () => {
    const store = await open(testFolder())
    await Promise.all(Array.from({ length: 5001 }, (_, index) => store.links.set(`k${index}`, index)))
    expect([store.links.get('k0'), store.links.get('k1'), store.links.get('k5000')]).toEqual([
      undefined,
      1,
      5000,
    ])
  })
})
