// The audit log, and backups: what they hold, and that neither takes anything on trust.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restoreStore } from '../../src/store/index.ts'
import { open, runThrough, testFolder } from './support.ts'
import { ana, morning } from './support-data.ts'

const clock = { now: () => morning }
const fact = (subject: string, details = {}) => ({
  at: '2026-03-02T08:00:00.000Z',
  actor: ana,
  action: 'execution.started',
  subject,
  details,
})

describe('the audit log', () => {
  it('keeps facts in order, chained, over restarts, and lists them newest first', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await Promise.all(['a', 'b', 'c'].map((subject) => store.audit.append(fact(subject))))
    await store.close()
    const again = await open(folder)
    await again.audit.append(fact('d', { __proto__: null, text: 'ü\ud800\n"' }))
    const entries = await again.audit.recent(10)
    expect(entries.map(({ number, subject }) => [number, subject])).toEqual([
      [4, 'd'],
      [3, 'c'],
      [2, 'b'],
      [1, 'a'],
    ])
    expect(entries[0]?.previous).toBe(entries[1]?.hash)
    expect(entries[0]).toMatchObject({ ...fact('d'), details: { text: 'ü\ud800\n"' } })
    expect((await again.audit.recent(2)).map(({ subject }) => subject)).toEqual(['d', 'c'])
    expect(await again.audit.recent(0)).toEqual([])
    expect(await again.audit.verify()).toEqual({ ok: true, entries: 4 })
  })

  it('verifies and lists when it is longer than what is read at once', async () => {
    const folder = testFolder()
    const store = await open(folder)
    const subjects = Array.from({ length: 1500 }, (_, index) => `s${index}`)
    await Promise.all(subjects.map((subject) => store.audit.append(fact(subject, { note: 'ü'.repeat(200) }))))
    expect(await store.audit.verify()).toEqual({ ok: true, entries: 1500 })
    expect((await store.audit.recent(2000)).map(({ subject }) => subject)).toEqual([...subjects].reverse())
  })

  const tampering: { what: string; tamper: (lines: string[]) => string[]; line: number }[] = [
    {
      what: 'an entry was changed',
      tamper: (lines) => lines.map((line, index) => (index === 1 ? line.replace('"b"', '"x"') : line)),
      line: 2,
    },
    { what: 'an entry was removed', tamper: (lines) => lines.filter((_, index) => index !== 1), line: 2 },
    { what: 'two entries were exchanged', tamper: ([a = '', b = '', ...rest]) => [b, a, ...rest], line: 1 },
    { what: 'the end was removed', tamper: (lines) => lines.slice(0, 2), line: 3 },
    { what: 'all of it was removed', tamper: () => [], line: 1 },
    {
      what: 'the last entry was changed',
      tamper: (lines) => lines.map((line, index) => (index === 3 ? line.replace('"d"', '"x"') : line)),
      line: 4,
    },
  ]
  it.each(tampering)('does not verify when $what, and says from where on', async ({ tamper, line }) => {
    const folder = testFolder()
    const store = await open(folder)
    for (const subject of ['a', 'b', 'c', 'd']) await store.audit.append(fact(subject))
    await store.close()
    // The anchor in db.json is what remembers an end that is gone.
    const later = await open(folder)
    await runThrough(later, 'x1')
    await later.close()
    const path = join(folder, 'db.audit.jsonl')
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    writeFileSync(
      path,
      tamper(lines)
        .map((text) => `${text}\n`)
        .join(''),
    )
    const again = await open(folder)
    expect(await again.audit.verify()).toMatchObject({ ok: false, line })
    // Nor ever again: what follows does not heal it.
    for (const subject of ['e', 'f', 'g', 'h']) await again.audit.append(fact(subject))
    await runThrough(again, 'x2')
    await again.close()
    expect(await (await open(folder)).audit.verify()).toMatchObject({ ok: false })
  })

  it('drops a line that a crash has cut off, and goes on', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await store.audit.append(fact('a'))
    await store.close()
    const path = join(folder, 'db.audit.jsonl')
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"number":2,"at":"2026`)
    const again = await open(folder)
    await again.audit.append(fact('b'))
    expect((await again.audit.recent(10)).map(({ subject }) => subject)).toEqual(['b', 'a'])
    expect(await again.audit.verify()).toEqual({ ok: true, entries: 2 })
  })

  it('replaces details that are too long by a note', async () => {
    const store = await open(testFolder())
    await store.audit.append(fact('a', { text: 'x'.repeat(20_000) }))
    expect((await store.audit.recent(1))[0]?.details).toEqual({
      cut: expect.stringContaining('20011 characters'),
    })
  })
})

describe('a backup', () => {
  async function backedUp() {
    const folder = testFolder()
    const target = join(testFolder(), 'backup')
    const store = await open(folder, { foldBytes: 20_000 })
    for (let index = 0; index < 150; index += 1) await runThrough(store, `x${index}`)
    await store.records.seed('stock', 'sku', [{ sku: 'a' }])
    await store.audit.append(fact('a'))
    const answer = await store.backup(target)
    await runThrough(store, 'after')
    await store.close()
    return { folder, target, answer, path: join(folder, 'db.json') }
  }

  it('taken while the store works brings everything back as it was, and keeps what it replaces', async () => {
    const { folder, path, target, answer } = await backedUp()
    expect(answer.files).toBeGreaterThan(2)
    const { keptAs } = await restoreStore({ path, clock }, target)
    const store = await open(folder)
    expect(await store.history.recent({ limit: 1000 })).toHaveLength(150)
    expect((await store.history.report('x3'))?.id).toBe('x3')
    expect(await store.history.report('after')).toBeUndefined()
    expect(store.records.get('stock', 'a')?.value).toEqual({ sku: 'a' })
    expect(await store.audit.verify()).toEqual({ ok: true, entries: 1 })
    expect(keptAs).toContain('before-restore-')
    const kept = await open(keptAs ?? '')
    expect((await kept.history.report('after'))?.id).toBe('after')
  })

  it('brings a new machine to life', async () => {
    const { target } = await backedUp()
    const fresh = join(testFolder(), 'data')
    expect((await restoreStore({ path: join(fresh, 'db.json'), clock }, target)).keptAs).toBeNull()
    expect(await (await open(fresh)).history.recent({ limit: 1000 })).toHaveLength(150)
  })

  it('replaces data that cannot be opened any more', async () => {
    const { folder, path, target } = await backedUp()
    writeFileSync(path, 'rubbish')
    await expect(open(folder)).rejects.toMatchObject({ code: 'store.corrupt' })
    await restoreStore({ path, clock }, target)
    expect(await (await open(folder)).history.recent({ limit: 1000 })).toHaveLength(150)
  })

  it.each([
    { what: 'a file was changed', harm: (target: string) => writeFileSync(join(target, 'db.json'), '{}') },
    { what: 'a file is missing', harm: (target: string) => rmSync(join(target, 'history-1.json')) },
    {
      what: 'its list is damaged',
      harm: (target: string) => writeFileSync(join(target, 'backup.json'), '{"format":1'),
    },
    {
      what: 'its list leads out of it',
      harm: (target: string) => {
        const list = readFileSync(join(target, 'backup.json'), 'utf8')
        writeFileSync(join(target, 'backup.json'), list.replace('"db.json"', '"../db.json"'))
      },
    },
    { what: 'it is not there', harm: (target: string) => rmSync(target, { recursive: true }) },
  ])('is refused before anything is touched when $what', async ({ harm }) => {
    const { folder, path, target } = await backedUp()
    const before = readdirSync(folder).sort()
    harm(target)
    await expect(restoreStore({ path, clock }, target)).rejects.toMatchObject({ code: 'store.bad_backup' })
    expect(readdirSync(folder).sort()).toEqual(before)
    expect((await (await open(folder)).history.report('after'))?.id).toBe('after')
  })

  it('is not restored under a running bot, and never replaces another', async () => {
    const { folder, path, target } = await backedUp()
    const store = await open(folder)
    await expect(restoreStore({ path, clock }, target)).rejects.toMatchObject({ code: 'store.locked' })
    await expect(store.backup(target)).rejects.toMatchObject({ code: 'store.backup_exists' })
    expect(existsSync(`${target}.partial`)).toBe(false)
  })
})
