// Backups: what they hold, and that restoring takes nothing on trust.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restoreStore } from '../../src/store/index.ts'
import { open, runThrough, testFolder } from './support.ts'
import { ana, morning } from './support-data.ts'

const clock = { now: () => morning }
const fact = {
  at: '2026-03-02T08:00:00.000Z',
  actor: ana,
  action: 'execution.started',
  subject: 'a',
  details: {},
}

describe('a backup', () => {
  async function backedUp() {
    const folder = testFolder()
    const target = join(testFolder(), 'backup')
    const store = await open(folder, { foldBytes: 20_000 })
    for (let index = 0; index < 150; index += 1) await runThrough(store, `x${index}`)
    await store.records.seed('stock', 'sku', [{ sku: 'a' }])
    await store.audit.append(fact)
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
