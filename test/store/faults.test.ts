// Lets the disk fail, and the process die, at every single operation of a small life of a store, and looks at what is
// left: all that was acknowledged, and nothing that was refused.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { WorkflowError } from '../../src/errors.ts'
import type { Disk } from '../../src/store/disk.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import type { Processes } from '../../src/store/lock.ts'
import { faultyDisk, osError } from './support.ts'
import { ana, definition, morning, report, start, version } from './support-data.ts'

/** Every process but the one that asks is dead: what it left behind is stale. */
let nextPid = 100_000
function someProcess(): Processes {
  nextPid += 1
  const pid = nextPid
  return {
    self: async () => ({ pid, host: 'here', boot: 'one', began: `${pid}` }),
    isAlive: () => false,
    began: async () => undefined,
  }
}

const open = (folder: string, disk: Disk = faultyDisk({ fail: () => undefined })): Promise<Store> =>
  openStore({
    path: join(folder, 'db.json'),
    clock: { now: () => morning },
    log: () => undefined,
    processes: someProcess(),
    // Small enough that folds, and moves to archives, happen all the time.
    foldBytes: 700,
    disk,
  })

const at = new Date(morning).toISOString()
/** Larger than what db.json keeps of history, so that folding writes archives. */
const large = 'x'.repeat(140_000)

/** What is done, one after the other, each with what must be true once it is acknowledged. */
const deeds: {
  do: (store: Store) => Promise<unknown>
  holds: (store: Store) => Promise<boolean>
  /** False for a deed that leaves nothing to see. */
  lasts?: boolean
}[] = [
  {
    do: (store) => store.versions.register('sample', version.hash, definition()),
    holds: async (store) => (await store.versions.get('sample', 1))?.hash === version.hash,
  },
  {
    do: (store) =>
      store.records.seed('stock', 'sku', [
        { sku: 'a', n: 1 },
        { sku: 'b', n: 2 },
      ]),
    holds: async (store) => store.records.collections()[0]?.key === 'sku',
  },
  ...['x1', 'x2', 'x3'].flatMap((id) => [
    {
      do: (store: Store) => store.executions.create(start(id)).catch(unless('store.execution_exists')),
      holds: async (store: Store) => (await knows(store, id)) !== undefined,
    },
    {
      do: (store: Store) => store.executions.append(id, { name: 'count', kind: 'step', value: large }),
      holds: async (store: Store) => ['count', 'ended'].includes((await knows(store, id)) ?? ''),
    },
    {
      do: (store: Store) =>
        store.records.apply(`${id}/write`, [
          { kind: 'insert', collection: 'orders', key: id, value: { from: id } },
        ]),
      holds: async (store: Store) => store.records.get('orders', id)?.value.from === id,
    },
    {
      do: (store: Store) => store.links.claim(`message ${id}`, { ts: id }),
      holds: async (store: Store) => store.links.get<{ ts: string }>(`message ${id}`)?.ts === id,
    },
    {
      do: (store: Store) => store.executions.finish(id, report(id, { output: large })),
      holds: async (store: Store) => (await knows(store, id)) === 'ended',
    },
    {
      do: (store: Store) =>
        store.audit.append({ at, actor: ana, action: 'execution.ended', subject: id, details: {} }),
      holds: async (store: Store) => (await store.audit.recent(10)).some(({ subject }) => subject === id),
    },
    { do: (store: Store) => store.maintain(), holds: async () => true, lasts: false },
  ]),
]

function unless(code: string): (error: WorkflowError) => void {
  return (error) => {
    if (error.code !== code) throw error
  }
}

/** `ended`, the name of its last step, `begun`, or undefined. */
async function knows(store: Store, id: string): Promise<string | undefined> {
  const found = (await store.executions.unfinished()).find((execution) => execution.start.id === id)
  if (found) return found.entries.at(-1)?.name ?? 'begun'
  return (await store.history.report(id)) ? 'ended' : undefined
}

/** Everything that can be read from a store. */
async function everything(store: Store) {
  const items = await store.history.recent({ limit: 100 })
  return {
    versions: await store.versions.list('sample'),
    records: store.records.collections().map(({ name }) => [name, [...store.records.all(name)]]),
    past: { since: store.past.since(), changes: [...store.past.changes()] },
    unfinished: await store.executions.unfinished(),
    history: items.map(({ id }) => id),
    reports: await Promise.all(items.map(({ id }) => store.history.report(id))),
    links: ['x1', 'x2', 'x3'].map((id) => store.links.get(`message ${id}`)),
    audit: (await store.audit.recent(100)).map(({ subject }) => subject),
    verified: (await store.audit.verify()).ok,
  }
}

/** Tries again as people and the engine do, and notes each refusal. */
function persistent(refused: WorkflowError[]) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        refused.push(error as WorkflowError)
        if (attempt > 3) throw error
      }
    }
  }
}

/** Does every deed, again where the disk refused it, as the engine and people do. Answers how often it was refused. */
async function live(folder: string, disk: Disk): Promise<{ store: Store; refused: WorkflowError[] }> {
  const refused: WorkflowError[] = []
  const persist = persistent(refused)
  const store = await persist(() => open(folder, disk))
  for (const deed of deeds) {
    await persist(() => deed.do(store))
    if (!(await persist(() => deed.holds(store)))) throw new Error(`acknowledged, but not there: ${deed.do}`)
  }
  return { store, refused }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'store-faults-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One life without any fault: how many operations it takes, and what it leaves. */
async function peacefulLife() {
  return inFolder(async (folder) => {
    const disk = faultyDisk({ fail: () => undefined })
    const { store } = await live(folder, disk)
    await store.close()
    const operations = disk.operations.length
    const again = await open(folder)
    const left = await everything(again)
    await again.close()
    return { operations, left }
  })
}

describe('a disk that fails at any one operation', () => {
  const faults = [
    { name: 'a full disk', code: 'ENOSPC', width: 1, partialWrites: true },
    { name: 'an input/output error', code: 'EIO', width: 1, partialWrites: false },
    {
      name: 'a full disk that also refuses the next two operations',
      code: 'ENOSPC',
      width: 3,
      partialWrites: true,
    },
  ]
  it.each(faults)(
    '$name loses nothing, adopts nothing by halves, and is over by itself',
    async ({ code, width, partialWrites }) => {
      const { operations, left } = await peacefulLife()
      expect(operations).toBeGreaterThan(100)
      expect(left.history).toEqual(['x3', 'x2', 'x1'])
      expect(left.past.changes.map(({ by }) => by)).toEqual(['x1', 'x2', 'x3'])
      for (let broken = 1; broken <= operations; broken += 1) {
        await inFolder(async (folder) => {
          const fail = (count: number) =>
            count >= broken && count < broken + width ? osError(code) : undefined
          const { store, refused } = await live(folder, faultyDisk({ fail, partialWrites }))
          const inMemory = await persistent(refused)(() => everything(store))
          await store.close()
          const again = await open(folder)
          expect({ broken, ...(await everything(again)) }).toEqual({ broken, ...left })
          expect(inMemory).toEqual(left)
          const expected = code === 'ENOSPC' ? 'store.disk_full' : 'store.write_failed'
          for (const error of refused) {
            expect({ broken, code: error.code }).toEqual({
              broken,
              code: expect.stringMatching(`^(${expected}|store.unreadable)$`),
            })
            expect(error.hint).toMatch(/./)
          }
          await again.close()
        })
      }
    },
    120_000,
  )
})

describe('a process that dies at any one operation', () => {
  it.each([{ partialWrites: false }, { partialWrites: true }])(
    'leaves all that it acknowledged and starts again without help (half a write left behind: $partialWrites)',
    async ({ partialWrites }) => {
      const { operations } = await peacefulLife()
      for (let last = 1; last <= operations; last += 1) {
        await inFolder(async (folder) => {
          const disk = faultyDisk({
            fail: (count) => (count >= last ? osError('EIO') : undefined),
            partialWrites,
          })
          let acknowledged = 0
          let dying: Store | undefined
          try {
            dying = await open(folder, disk)
            for (const deed of deeds) {
              await deed.do(dying)
              acknowledged += 1
            }
          } catch {
            // It is dead from here on; nothing of it reaches the disk.
          }
          const again = await open(folder)
          for (const [index, deed] of deeds.entries()) {
            const holds = await deed.holds(again)
            if (index < acknowledged) expect({ last, index, holds }).toEqual({ last, index, holds: true })
            // The one in flight may be there or not; what was never asked for is not.
            if (index > acknowledged && deed.lasts !== false)
              expect({ last, index, holds }).toEqual({ last, index, holds: false })
          }
          expect((await again.audit.verify()).ok).toBe(true)
          await again.close()
          await dying?.close()
        })
      }
    },
    120_000,
  )
})
