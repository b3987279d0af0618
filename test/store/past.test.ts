// What records were before: remembered with each change, bounded, and the same after whatever a store lives through.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RecordsPast, RecordWrite } from '../../src/actions/ports.ts'
import type { JsonObject } from '../../src/json.ts'
import { restoreStore } from '../../src/store/index.ts'
import { encodeLine } from '../../src/store/journal.ts'
import { open, testFolder } from './support.ts'
import { morning } from './support-data.ts'

type Opened = Awaited<ReturnType<typeof open>>

const iso = (ms: number) => new Date(ms).toISOString()

/** A clock to set; it stands still by itself. */
function watch(): { now(): number; at: number } {
  return {
    at: morning,
    now() {
      return this.at
    },
  }
}

const put = (store: Opened, by: string, key: string, value: JsonObject, collection = 'stock') => {
  const found = store.records.get(collection, key)
  const write: RecordWrite = found
    ? { kind: 'update', collection, key, rev: found.rev, value }
    : { kind: 'insert', collection, key, value }
  return store.records.apply(by, [write])
}

const remove = (store: Opened, by: string, key: string) =>
  store.records.apply(by, [
    { kind: 'delete', collection: 'stock', key, rev: store.records.get('stock', key)?.rev ?? 0 },
  ])

const everything = (past: RecordsPast) => ({ since: past.since(), changes: [...past.changes()] })

/** Three changes to one record, a minute apart. */
async function lived(folder: string, options: Parameters<typeof open>[1] = {}) {
  const clock = watch()
  const store = await open(folder, { clock, ...options })
  await store.records.seed('stock', 'sku', [{ sku: 'a', n: 1 }])
  for (const [turn, deed] of [
    () => put(store, 'x1/save', 'a', { sku: 'a', n: 2 }),
    () => remove(store, 'x2/save', 'a'),
    () => put(store, 'form', 'a', { sku: 'a', n: 3 }),
  ].entries()) {
    clock.at = morning + turn * 60_000
    await deed()
  }
  return { store, clock }
}

const threeChanges = {
  since: '',
  changes: [
    {
      at: iso(morning),
      by: 'x1',
      collection: 'stock',
      key: 'a',
      before: { key: 'a', rev: 1, value: { sku: 'a', n: 1 } },
    },
    {
      at: iso(morning + 60_000),
      by: 'x2',
      collection: 'stock',
      key: 'a',
      before: { key: 'a', rev: 2, value: { sku: 'a', n: 2 } },
    },
    { at: iso(morning + 120_000), by: 'form', collection: 'stock', key: 'a', before: null },
  ],
}

/** The files as a kill would leave them: without the fold of a close. */
function asKilled(folder: string): string {
  const copy = testFolder()
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.lock')) writeFileSync(join(copy, name), readFileSync(join(folder, name)))
  }
  return copy
}

/** Rewrites db.json, with a digest that fits. */
function editBase(folder: string, edit: (body: string) => string): void {
  const path = join(folder, 'db.json')
  const body = edit(readFileSync(path, 'utf8').split(',\n"sha256"')[0] ?? '')
  writeFileSync(path, `${body},\n"sha256":"${createHash('sha256').update(body).digest('hex')}"}\n`)
}

/** Takes out of db.json what older bots did not write. */
const withoutPast = (body: string) => body.slice(0, body.indexOf(',\n"past":'))

/** Takes the time out of each change in the journals, as older bots wrote them. */
function withoutTimes(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.includes('journal'))) {
    const path = join(folder, name)
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
    const old = lines.map((line) => {
      const { seq, ops } = JSON.parse(line.slice(9)) as { seq: number; ops: JsonObject[] }
      return encodeLine(
        seq,
        ops.map(({ at, ...rest }) => JSON.stringify(rest.op === 'records' ? rest : { at, ...rest })),
      )
    })
    writeFileSync(path, Buffer.concat(old))
  }
}

describe('the past of records', () => {
  it('holds what each change met, when it was made and by which execution; a seed is no change', async () => {
    const { store } = await lived(testFolder())
    expect(everything(store.past)).toEqual(threeChanges)
  })

  it('holds one change per record and write, with what was there before the write', async () => {
    const store = await open(testFolder())
    await put(store, 'x1/a', 'a', { n: 1 })
    await store.records.apply('x2/b', [
      { kind: 'update', collection: 'stock', key: 'a', rev: 1, value: { n: 2 } },
      { kind: 'update', collection: 'stock', key: 'a', rev: 1, value: { n: 3 } },
      { kind: 'insert', collection: 'stock', key: 'gone', value: {} },
      { kind: 'delete', collection: 'stock', key: 'gone', rev: 1 },
    ])
    expect([...store.past.changes()].map(({ by, key, before }) => [by, key, before?.value])).toEqual([
      ['x1', 'a', undefined],
      ['x2', 'a', { n: 1 }],
    ])
  })

  it('says nothing of a write that was refused, nor of one that was repeated', async () => {
    const store = await open(testFolder())
    await put(store, 'x1/a', 'a', { n: 1 })
    await put(store, 'x1/a', 'a', { n: 1 })
    const stale: RecordWrite = { kind: 'update', collection: 'stock', key: 'a', rev: 9, value: {} }
    await expect(store.records.apply('x2/b', [stale])).rejects.toMatchObject({ code: 'records.conflict' })
    expect([...store.past.changes()]).toHaveLength(1)
  })

  it("leaves out the bot's own collections, whose names begin with an underscore", async () => {
    const store = await open(testFolder())
    await put(store, 'k1', 'a', {}, '_activations')
    await put(store, 'k2', 'a', {}, 'stock')
    expect([...store.past.changes()].map(({ collection }) => collection)).toEqual(['stock'])
  })

  it('cannot be changed through what it hands out, and goes on from where it was while it changes', async () => {
    const { store } = await lived(testFolder())
    const changes = store.past.changes()[Symbol.iterator]()
    const first = changes.next().value
    expect(() => Object.assign(first?.before?.value ?? {}, { n: 9 })).toThrow(TypeError)
    await put(store, 'x9/save', 'b', {})
    expect([changes.next(), changes.next(), changes.next()].map(({ done }) => done)).toEqual([
      false,
      false,
      true,
    ])
  })

  it('holds hostile keys and values as they were, over a restart', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const value = JSON.parse(
      '{"__proto__": {"admin": true}, "\\ud800": "\\udfff", "line": "a\\u2028b\\n"}',
    ) as JsonObject
    for (const key of ['__proto__', '\ud800', 'a"b\\c\n']) {
      await put(store, `${key}/1`, key, value, 'constructor')
      await put(store, `${key}/2`, key, {}, 'constructor')
    }
    const before = everything(store.past)
    await store.close()
    const again = everything((await open(folder)).past)
    expect(JSON.stringify(again)).toBe(JSON.stringify(before))
    const keys = ['__proto__', '\ud800', 'a"b\\c\n'].flatMap((key) => [key, key])
    expect(again.changes.map(({ by, key }) => [by, key])).toEqual(keys.map((key) => [key, key]))
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

describe('the past of records is bounded', () => {
  it('to 5,000 changes, and says from when on it is complete', async () => {
    const folder = testFolder()
    const clock = watch()
    const store = await open(folder, { clock })
    const write = (index: number) => ({
      kind: 'insert' as const,
      collection: 'stock',
      key: `k${index}`,
      value: {},
    })
    await store.records.apply('x1/a', [write(0), write(1)])
    clock.at = morning + 1000
    await store.records.apply(
      'x2/a',
      Array.from({ length: 4998 }, (_, index) => write(index + 2)),
    )
    expect([store.past.since(), [...store.past.changes()].length]).toEqual(['', 5000])
    clock.at = morning + 2000
    await store.records.apply('x3/a', [write(5000)])
    const full = everything(store.past)
    expect([full.since, full.changes.length, full.changes[0]?.key]).toEqual([iso(morning), 5000, 'k1'])
    await store.records.apply('x4/a', [write(5001), write(5002)])
    expect([store.past.since(), [...store.past.changes()][0]?.key]).toEqual([iso(morning + 1000), 'k3'])
    const killed = asKilled(folder)
    const live = everything(store.past)
    await store.close()
    expect(everything((await open(folder)).past)).toEqual(live)
    expect(everything((await open(killed)).past)).toEqual(live)
  })

  it('to about 4 MB, so that one enormous record pushes out the rest and is not kept itself', async () => {
    const clock = watch()
    const store = await open(testFolder(), { clock })
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      await put(store, `${key}/1`, key, { text: 'x'.repeat(999_000) })
    }
    for (const [turn, key] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      clock.at = morning + 1000 * (turn + 1)
      await put(store, `${key}/2`, key, {})
    }
    const { since, changes } = everything(store.past)
    expect(changes.map(({ by, before }) => [by, before !== null])).toEqual(
      ['b', 'c', 'd', 'e'].map((key) => [key, true]),
    )
    expect(since).toBe(iso(morning + 1000))
    await put(store, 'f/1', 'f', { text: 'x'.repeat(5_000_000) })
    clock.at = morning + 9000
    await put(store, 'f/2', 'f', {})
    expect(everything(store.past)).toEqual({ since: iso(morning + 9000), changes: [] })
  })

  it('and never claims to know more when the clock of the machine is put back', async () => {
    const clock = watch()
    const store = await open(testFolder(), { clock })
    const big = { text: 'x'.repeat(3_000_000) }
    for (const key of ['a', 'b']) await put(store, `${key}/1`, key, big)
    clock.at = morning + 5000
    await put(store, 'a/2', 'a', {})
    clock.at = morning - 5000
    await put(store, 'b/2', 'b', big)
    await put(store, 'b/3', 'b', big)
    expect(store.past.since()).toBe(iso(morning + 5000))
  })
})

describe('the past of records is the same', () => {
  it('after a restart, a fold, and a fold followed by more changes and a kill', async () => {
    const folder = testFolder()
    const { store, clock } = await lived(folder)
    expect(everything((await open(asKilled(folder))).past)).toEqual(threeChanges)
    await store.maintain()
    expect(everything((await open(asKilled(folder))).past)).toEqual(threeChanges)
    clock.at = morning + 200_000
    await put(store, 'x5/save', 'a', { n: 4 })
    const live = everything(store.past)
    expect(live.changes).toHaveLength(4)
    expect(everything((await open(asKilled(folder))).past)).toEqual(live)
    await store.close()
    expect(everything((await open(folder)).past)).toEqual(live)
  })

  it('when the last good copy and the journal stand in for a damaged db.json', async () => {
    const folder = testFolder()
    const { store } = await lived(folder)
    await store.maintain()
    await put(store, 'x5/save', 'a', { n: 4 })
    await store.maintain()
    const live = everything(store.past)
    const killed = asKilled(folder)
    writeFileSync(join(killed, 'db.json'), 'rubbish')
    expect(everything((await open(killed, { recover: true })).past)).toEqual(live)
  })

  it('when it comes back from a backup', async () => {
    const { store } = await lived(testFolder())
    const target = join(testFolder(), 'backup')
    await store.backup(target)
    const folder = testFolder()
    await restoreStore({ path: join(folder, 'db.json'), clock: watch() }, target)
    expect(everything((await open(folder)).past)).toEqual(threeChanges)
  })
})

describe('data from before the past was kept', () => {
  const later = morning + 3_600_000
  const opened = (folder: string) => open(folder, { clock: { now: () => later } })

  it('in db.json is opened as it was, with a past that begins then and not at each later start', async () => {
    const folder = testFolder()
    await (await lived(folder)).store.close()
    editBase(folder, withoutPast)
    const store = await opened(folder)
    expect(everything(store.past)).toEqual({ since: iso(later), changes: [] })
    expect(store.records.get('stock', 'a')?.value).toEqual({ sku: 'a', n: 3 })
    await put(store, 'x6/save', 'a', { n: 6 })
    const killed = asKilled(folder)
    const again = await open(killed, { clock: { now: () => later + 60_000 } })
    expect(again.past.since()).toBe(iso(later))
    expect([...again.past.changes()].map(({ by }) => by)).toEqual(['x6'])
  })

  it('in a journal is replayed as it was, and what is known begins with the opening', async () => {
    const folder = testFolder()
    const { store } = await lived(folder)
    const killed = asKilled(folder)
    await store.close()
    withoutTimes(killed)
    const again = await opened(killed)
    expect(again.records.get('stock', 'a')?.value).toEqual({ sku: 'a', n: 3 })
    expect(everything(again.past)).toEqual({ since: iso(later), changes: [] })
    await put(again, 'x6/save', 'a', { n: 6 })
    const third = await open(asKilled(killed), { clock: { now: () => later + 60_000 } })
    expect(third.past.since()).toBe(iso(later))
    expect([...third.past.changes()].map(({ by, before }) => [by, before?.value])).toEqual([
      ['x6', { sku: 'a', n: 3 }],
    ])
  })

  it('in a journal on top of a newer db.json, after a visit of an older bot, makes the past begin anew', async () => {
    const folder = testFolder()
    const { store } = await lived(folder)
    await store.maintain()
    await put(store, 'x5/save', 'a', { n: 4 })
    const killed = asKilled(folder)
    withoutTimes(killed)
    const again = await opened(killed)
    expect(everything(again.past)).toEqual({ since: iso(later), changes: [] })
    expect(again.records.get('stock', 'a')?.value).toEqual({ n: 4 })
  })

  it('is damaged when its past has the wrong shape, and is then not overwritten', async () => {
    const folder = testFolder()
    await (await lived(folder)).store.close()
    editBase(folder, (body) => body.replace('"past":{"since":""', '"past":{"since":7'))
    await expect(opened(folder)).rejects.toMatchObject({
      code: 'store.corrupt',
      message: expect.stringContaining('wrong shape at past.since'),
    })
    const other = testFolder()
    await (await lived(other)).store.close()
    editBase(other, (body) => body.replace('"form","stock","a"]', '"form","stock","a",1]'))
    await expect(opened(other)).rejects.toMatchObject({
      code: 'store.corrupt',
      message: expect.stringContaining('wrong shape at past.changes'),
    })
  })
})
