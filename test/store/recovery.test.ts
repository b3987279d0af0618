// What happens when files are not as they were written: nothing is overwritten, the damage is named, and a person
// decides whether to go on from the last good copy.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { realDisk } from '../../src/store/disk.ts'
import { documentFormat } from '../../src/store/document.ts'
import { faultyDisk, open, osError, runThrough, testFolder } from './support.ts'
import { start } from './support-data.ts'

/** JSON text with a digest that fits, as only the store writes it. */
function sealed(body: string): string {
  return `${body},\n"sha256":"${createHash('sha256').update(body).digest('hex')}"}\n`
}

/** A folder with a life behind it: x1 is in the last good copy, x2 in db.json, x3 in the journal alone. */
async function livedIn(): Promise<{ folder: string; path: string; journal: () => string }> {
  const folder = testFolder()
  const store = await open(folder)
  await runThrough(store, 'x1')
  await store.maintain()
  await runThrough(store, 'x2')
  await store.maintain()
  await runThrough(store, 'x3')
  const lived = testFolder()
  // As a kill would leave it: without the fold of a close.
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.lock')) writeFileSync(join(lived, name), readFileSync(join(folder, name)))
  }
  const journal = () => {
    const names = readdirSync(lived).filter((name) => /journal-\d+$/.test(name))
    return join(lived, names.sort((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1])).at(-1) ?? '')
  }
  return { folder: lived, path: join(lived, 'db.json'), journal }
}

const history = async (folder: string, options: Parameters<typeof open>[1] = {}) => {
  const store = await open(folder, options)
  const ids = (await store.history.recent({ limit: 10 })).map(({ id }) => id)
  await store.close()
  return { ids, events: store.events.map(({ event }) => event) }
}

const damages: { what: string; damage: (path: string) => void; why: string }[] = [
  { what: 'empty', damage: (path) => writeFileSync(path, ''), why: 'empty' },
  {
    what: 'cut off',
    damage: (path) => writeFileSync(path, readFileSync(path).subarray(0, 200)),
    why: 'end is missing',
  },
  {
    what: 'full of zeros',
    damage: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
    why: 'end is missing',
  },
  {
    what: 'changed in one letter',
    damage: (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('Ana', 'Eva')),
    why: 'digest',
  },
  {
    what: 'valid JSON of another shape',
    damage: (path) => writeFileSync(path, sealed('{"format":1,\n"seq":"one"')),
    why: 'wrong shape at seq',
  },
  {
    what: 'JSON that somebody wrote',
    damage: (path) => writeFileSync(path, '{"posts": []}'),
    why: 'end is missing',
  },
  {
    what: 'a folder',
    damage: (path) => {
      rmSync(path)
      mkdirSync(path)
    },
    why: 'folder',
  },
]

describe('a db.json that is damaged', () => {
  it.each(damages)(
    "($what) is set aside, named, and never overwritten; a start goes on only with a person's word",
    async ({ damage, why }) => {
      const { folder, path } = await livedIn()
      damage(path)
      const asFound = statSync(path).isFile() ? readFileSync(path) : undefined
      const aside = `${path}.corrupt-2026-03-02T08-00-00.000Z`
      await expect(open(folder)).rejects.toMatchObject({
        code: 'store.corrupt',
        message: expect.stringMatching(new RegExp(`${why}.*${aside.replaceAll('.', '\\.')}`)),
        hint: expect.stringContaining('--recover'),
      })
      if (asFound) expect(readFileSync(aside).equals(asFound)).toBe(true)
      // Nor does it begin anew with nothing just because the file is out of the way.
      await expect(open(folder)).rejects.toMatchObject({
        code: 'store.corrupt',
        message: expect.stringContaining('missing'),
      })
      expect(existsSync(path)).toBe(false)
      // Nothing is lost: the journal holds what came after the last good copy.
      expect(await history(folder, { recover: true })).toEqual({
        ids: ['x3', 'x2', 'x1'],
        events: ['store.recovered'],
      })
      expect(await history(folder)).toEqual({ ids: ['x3', 'x2', 'x1'], events: [] })
      expect(existsSync(aside)).toBe(true)
    },
  )

  it('without a good copy beside it goes on from the journal alone, when a person says so', async () => {
    const folder = testFolder()
    const first = await open(folder)
    await runThrough(first, 'x1')
    const lived = testFolder()
    writeFileSync(join(lived, 'db.json'), 'rubbish')
    const journal = readdirSync(folder).find((name) => name.includes('journal')) ?? ''
    writeFileSync(join(lived, journal), readFileSync(join(folder, journal)))
    await expect(open(lived)).rejects.toMatchObject({
      code: 'store.corrupt',
      hint: expect.stringContaining('no good copy'),
    })
    expect((await history(lived, { recover: true })).ids).toEqual(['x1'])
  })

  it('and whose last good copy is damaged too loses nothing of either file', async () => {
    const { folder, path } = await livedIn()
    writeFileSync(path, 'rubbish')
    writeFileSync(`${path}.previous`, 'more rubbish')
    const { ids, events } = await history(folder, { recover: true })
    // The journal since then no longer fits to anything; it is kept, too.
    expect(ids).toEqual([])
    expect(events.filter((event) => event === 'store.set_aside').length).toBeGreaterThan(2)
    const kept = readdirSync(folder).filter((name) => name.includes('.corrupt-'))
    expect(kept.some((name) => name.startsWith('db.json.corrupt-'))).toBe(true)
    expect(kept.some((name) => name.startsWith('db.json.previous.corrupt-'))).toBe(true)
    expect(kept.some((name) => name.includes('journal'))).toBe(true)
  })
})

describe('files that are not damaged', () => {
  it('but cannot be read stay untouched, and the message says how to read them again', async () => {
    const { folder, path } = await livedIn()
    const before = readdirSync(folder).sort()
    const fail = (_: number, operation: string, at: string) =>
      operation === 'read' && at === path ? osError('EACCES') : undefined
    await expect(open(folder, { disk: faultyDisk({ fail }) })).rejects.toMatchObject({
      code: 'store.unreadable',
      hint: expect.stringContaining('chmod'),
    })
    expect(readdirSync(folder).sort()).toEqual(before)
    expect((await history(folder)).ids).toEqual(['x3', 'x2', 'x1'])
  })

  it('but are of a newer format stay untouched', async () => {
    const { folder, path } = await livedIn()
    const newer = '{"format":2,"sealed":"in another way"}'
    writeFileSync(path, newer)
    for (const recover of [false, true]) {
      await expect(open(folder, { recover })).rejects.toMatchObject({ code: 'store.newer_format' })
    }
    expect(readFileSync(path, 'utf8')).toBe(newer)
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toEqual([])
  })

  it('of an older format are brought up to date step by step', async () => {
    const { path } = await livedIn()
    const [body = ''] = readFileSync(path, 'utf8').split(',\n"sha256"')
    const old = `${body.replace('{"format":1', '{"format":0').replace('"links"', '"bookmarks"')}}`
    const renamed = ({ bookmarks, ...rest }: JsonObject) => ({ ...rest, links: bookmarks ?? [], format: 1 })
    expect(documentFormat(path, { 0: renamed }).decode(old).state.ended.size).toBe(2)
    expect(() => documentFormat(path, {}).decode(old)).toThrow('nothing leads from format 0')
  })

  it('are for the eyes of their owner alone', async () => {
    const { folder } = await livedIn()
    const fresh = testFolder()
    chmodSync(fresh, 0o755)
    const store = await open(join(fresh, 'data'))
    await runThrough(store, 'x1')
    await store.close()
    for (const name of readdirSync(join(fresh, 'data'))) {
      expect([name, statSync(join(fresh, 'data', name)).mode & 0o077]).toEqual([name, 0])
    }
    expect(statSync(join(fresh, 'data')).mode & 0o077).toBe(0)
    expect(existsSync(folder)).toBe(true)
  })

  it('and temporary files that a crash has left mean nothing', async () => {
    const { folder, path } = await livedIn()
    writeFileSync(`${path}.tmp`, 'half of a fold')
    writeFileSync(`${path}.previous.tmp`, 'half of a copy')
    expect(await history(folder)).toEqual({ ids: ['x3', 'x2', 'x1'], events: [] })
  })
})

describe('a journal', () => {
  it('whose last line was cut off goes on without it, and keeps what was there', async () => {
    const { folder, journal } = await livedIn()
    appendFileSync(journal(), '01234567 {"seq":99,"ops":[{"op":"cre')
    const { ids, events } = await history(folder)
    expect(ids).toEqual(['x3', 'x2', 'x1'])
    expect(events).toEqual(['store.journal_cut'])
    const torn = readdirSync(folder).find((name) => name.includes('.torn-')) ?? ''
    expect(readFileSync(join(folder, torn), 'utf8')).toContain('"seq":99')
    expect((await history(folder)).events).toEqual([])
  })

  it('that ends in zeros, as after a power cut, goes on from before them', async () => {
    const { folder, journal } = await livedIn()
    appendFileSync(journal(), Buffer.alloc(5000))
    expect((await history(folder)).ids).toEqual(['x3', 'x2', 'x1'])
  })

  it("that is damaged in its middle is refused, and taken over up to there with a person's word", async () => {
    const { folder, journal } = await livedIn()
    const store = await open(folder)
    await store.executions.create(start('later'))
    const path = journal()
    const lines = readFileSync(path, 'utf8')
    await store.close()
    rmSync(folder, { recursive: true })
    const again = await livedIn()
    expect(again.journal().endsWith(path.split('/').at(-1) ?? '?')).toBe(true)
    const damaged = lines.split('\n')
    damaged[1] = damaged[1]?.replace('count', 'COUNT') ?? ''
    writeFileSync(again.journal(), damaged.join('\n'))
    await expect(open(again.folder)).rejects.toMatchObject({
      code: 'store.corrupt',
      message: expect.stringContaining('journal'),
      hint: expect.stringContaining('--recover'),
    })
    expect(readFileSync(again.journal(), 'utf8')).toBe(damaged.join('\n'))
    const { ids, events } = await history(again.folder, { recover: true })
    expect(ids).toEqual(['x2', 'x1'])
    expect(events).toEqual(['store.journal_cut'])
    expect(readdirSync(again.folder).some((name) => name.includes('.corrupt-'))).toBe(true)
    const after = await open(again.folder)
    expect((await after.executions.unfinished()).map((found) => found.start.id)).toEqual(['x3'])
  })

  it('of which a file is missing is refused', async () => {
    const folder = testFolder()
    const fail = (_: number, operation: string, at: string) =>
      operation === 'rename' && at.endsWith('db.json') ? osError('EIO') : undefined
    await (await open(folder)).close()
    const store = await open(folder, { disk: faultyDisk({ fail }), foldBytes: 500 })
    for (const id of ['x1', 'x2', 'x3', 'x4']) {
      await runThrough(store, id)
      await expect(store.maintain()).rejects.toMatchObject({ code: 'store.write_failed' })
    }
    await store.close()
    const files = readdirSync(folder)
      .filter((name) => name.includes('journal'))
      .sort((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1]))
    expect(files.length).toBeGreaterThan(3)
    renameSync(join(folder, files[1] ?? ''), join(folder, 'lost'))
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store.corrupt',
      message: expect.stringContaining('is missing'),
    })
    renameSync(join(folder, 'lost'), join(folder, files[1] ?? ''))
    expect((await history(folder)).ids).toEqual(['x4', 'x3', 'x2', 'x1'])
  })
})

it('a fresh folder is made, with its parents, and a start without writes leaves a small db.json', async () => {
  const folder = join(testFolder(), 'a', 'b')
  const store = await open(folder)
  await store.close()
  expect(readdirSync(folder).sort()).toEqual(['db.json', 'db.json.journal-1'])
  expect((await realDisk.stat(join(folder, 'db.json')))?.bytes).toBeLessThan(600)
})
