// One process at a time: who is refused, and whose lock is taken over.
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realDisk } from '../../src/store/disk.ts'
import {
  acquireLock,
  type Lock,
  type LockHolder,
  type Processes,
  realProcesses,
} from '../../src/store/lock.ts'
import { open, testFolder } from './support.ts'
import { morning } from './support-data.ts'

/** A machine on which only these processes live, by pid and time of birth. */
function machine(self: Partial<LockHolder>, alive: { [pid: number]: string } = {}): Processes {
  return {
    self: async () => ({ pid: 50, host: 'here', boot: 'this boot', began: '500', ...self }),
    isAlive: (pid) => pid in alive,
    began: async (pid) => alive[pid],
  }
}

const holder: LockHolder = {
  pid: 40,
  host: 'here',
  boot: 'this boot',
  began: '400',
  since: '2026-03-01T00:00:00.000Z',
  token: 'old',
}

function lockFile(content: unknown = holder): string {
  const path = join(testFolder(), 'db.json.lock')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const take = (path: string, processes: Processes) => acquireLock(realDisk, path, morning, processes)

describe('a store that is open', () => {
  it('refuses a second process, naming the first and since when', async () => {
    const folder = testFolder()
    const store = await open(folder)
    await expect(open(folder)).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringMatching(new RegExp(`process ${process.pid} since 2026-03-02T08:00:00`)),
      hint: expect.stringContaining(`kill ${process.pid}`),
    })
    await store.close()
    await (await open(folder)).close()
    expect(readdirSync(folder).filter((name) => name.includes('lock'))).toEqual([])
  })

  it('knows when its own process began, where the system tells', async () => {
    const { began } = await realProcesses.self()
    expect(began).toBe((await realProcesses.began(process.pid)) ?? null)
    expect(realProcesses.isAlive(process.pid)).toBe(true)
  })
})

/** No process with the pid of the lock. */
const gone: { [pid: number]: string } = {}

describe('a lock that was left behind', () => {
  it.each([
    { why: 'its process is gone', found: holder, alive: gone },
    { why: 'its pid belongs to another process now', found: holder, alive: { 40: '900' } as typeof gone },
    {
      why: 'the machine was started anew since',
      found: { ...holder, boot: 'an earlier boot' },
      alive: { 40: '400' } as typeof gone,
    },
    { why: 'it is empty', found: '', alive: gone },
    { why: 'it is no lock', found: '{"pid": -1}', alive: gone },
  ])('is taken over when $why', async ({ found, alive }) => {
    const path = lockFile(found)
    const lock = await take(path, machine({}, alive))
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: 50, began: '500' })
    await lock.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  it.each([
    { why: 'its process lives', found: holder, alive: { 40: '400' } as typeof gone },
    {
      why: 'its process lives and the system does not tell when it began',
      found: { ...holder, began: null },
      alive: { 40: '400' } as typeof gone,
    },
    {
      why: 'it belongs to another machine that gave a sign of life',
      found: { ...holder, host: 'there' },
      alive: {},
    },
  ])('stays when $why', async ({ found, alive }) => {
    const path = lockFile(found)
    await expect(take(path, machine({}, alive))).rejects.toMatchObject({ code: 'store.locked' })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(found)
    expect(readdirSync(join(path, '..'))).toEqual(['db.json.lock'])
  })

  it('by another machine is taken over when that was silent for longer than a minute', async () => {
    const path = lockFile({ ...holder, host: 'there' })
    const longAgo = new Date(Date.now() - 120_000)
    utimesSync(path, longAgo, longAgo)
    const lock = await take(path, machine({}))
    await lock.release()
  })

  it('is taken over by one of many that start at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = lockFile()
      const pids = [51, 52, 53, 54, 55, 56]
      const alive = Object.fromEntries(pids.map((pid) => [pid, `${pid}`]))
      const taken = await Promise.allSettled(
        pids.map((pid) => take(path, machine({ pid, began: `${pid}` }, alive))),
      )
      const locks = taken.filter((one): one is PromiseFulfilledResult<Lock> => one.status === 'fulfilled')
      expect(locks).toHaveLength(1)
      for (const one of taken)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'store.locked' })
      await locks[0]?.value.release()
      expect(readdirSync(join(path, '..'))).toEqual([])
    }
  })

  it('is not removed by a process that has lost it', async () => {
    const path = lockFile('')
    const lock = await take(path, machine({}))
    writeFileSync(path, JSON.stringify(holder))
    await lock.release()
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(holder)
  })
})
