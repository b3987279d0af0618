// One process at a time: a lock file beside db.json that says who holds it, and when its holder counts as gone.
// Node offers no lock of the operating system, so a file is linked into place (the only atomic "create whole or fail").
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { WorkflowError } from '../errors.ts'
import { type Disk, diskCode, writeFailure } from './disk.ts'

export interface LockHolder {
  pid: number
  host: string
  /** The boot of the machine, where the system tells it (Linux). */
  boot: string | null
  /** When the process began, in ticks since that boot: tells a reused pid from the old one. */
  began: string | null
  /** ISO 8601. */
  since: string
  token: string
}

/** What can be told about processes; passed in so that tests can have crashes, reboots and reused pids. */
export interface Processes {
  self(): Promise<Omit<LockHolder, 'since' | 'token'>>
  isAlive(pid: number): boolean
  /** Undefined when the system does not tell. */
  began(pid: number): Promise<string | undefined>
}

export const realProcesses: Processes = {
  async self() {
    return {
      pid: process.pid,
      host: hostname(),
      boot: (await readText('/proc/sys/kernel/random/boot_id')) ?? null,
      began: (await realProcesses.began(process.pid)) ?? null,
    }
  },
  isAlive(pid) {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      return diskCode(error) === 'EPERM'
    }
  },
  async began(pid) {
    const stat = await readText(`/proc/${pid}/stat`)
    // The second field is the command in brackets and may hold blanks; the start time is the 22nd.
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  },
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch {
    return undefined
  }
}

/** How often the holder shows that it lives, and how long after the last sign it counts as gone where no pid can tell. */
const heartbeatMs = 10_000
const silentMs = 60_000

export interface Lock {
  /** Only removes the file when it is still our own. */
  release(): Promise<void>
}

/**
 * Takes the lock, also from a holder that is gone. Rejects `store.locked` naming pid and since when, `store.disk_full`,
 * `store.write_failed`. `now` in milliseconds since 1970.
 */
export async function acquireLock(
  disk: Disk,
  path: string,
  now: number,
  processes: Processes,
): Promise<Lock> {
  const self = await processes.self()
  const holder: LockHolder = { ...self, since: new Date(now).toISOString(), token: randomUUID() }
  const own = `${path}.${holder.token}`
  try {
    const file = await disk.open(own, 'create')
    try {
      await file.write(Buffer.from(`${JSON.stringify(holder)}\n`))
      await file.sync()
    } finally {
      await file.close()
    }
    await linkLock(disk, own, path, self, processes)
  } catch (error) {
    throw writeFailure(error, path)
  } finally {
    await disk.remove(own).catch(() => undefined)
  }
  const beat = setInterval(() => void disk.touch(path).catch(() => undefined), heartbeatMs)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      if (tokenOf(await readHolder(disk, path)) === holder.token) await disk.remove(path)
    },
  }
}

type Self = Omit<LockHolder, 'since' | 'token'>

async function linkLock(
  disk: Disk,
  own: string,
  path: string,
  self: Self,
  processes: Processes,
): Promise<void> {
  const guard = `${path}.takeover`
  for (let attempt = 1; ; attempt += 1) {
    if (await linked(disk, own, path)) return
    const found = await readHolder(disk, path)
    if (found === 'none') continue
    if (attempt > 5 || (await holds(disk, own, path, found, self, processes)))
      throw lockedError(path, found, self)
    // Of several processes that find the same stale lock only one at a time may remove it, and looks at it once more:
    // another would remove the new lock of the first.
    if (await linked(disk, own, guard)) {
      try {
        const now = await readHolder(disk, path)
        if (now !== 'none' && tokenOf(now) === tokenOf(found)) await disk.remove(path)
      } finally {
        await disk.remove(guard)
      }
    } else {
      const other = await readHolder(disk, guard)
      if (other === 'none') continue
      if (await holds(disk, own, guard, other, self, processes)) throw lockedError(path, other, self)
      await disk.remove(guard)
    }
  }
}

/** False when there is such a file already. */
async function linked(disk: Disk, own: string, path: string): Promise<boolean> {
  try {
    await disk.link(own, path)
    return true
  } catch (error) {
    if (diskCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Who holds a lock; `unknown` for a file that says nothing: its content was durable before its name, so nobody lives. */
type Found = LockHolder | 'unknown' | 'none'

const tokenOf = (found: Found) => (typeof found === 'string' ? found : found.token)

async function readHolder(disk: Disk, path: string): Promise<Found> {
  try {
    const found = JSON.parse((await disk.read(path)).toString('utf8')) as LockHolder
    return Number.isInteger(found?.pid) && found.pid > 0 ? found : 'unknown'
  } catch (error) {
    return diskCode(error) === 'ENOENT' ? 'none' : 'unknown'
  }
}

async function holds(
  disk: Disk,
  own: string,
  path: string,
  found: Found,
  self: Self,
  processes: Processes,
): Promise<boolean> {
  if (typeof found === 'string') return false
  if (found.host === self.host && (found.boot === null || self.boot === null || found.boot === self.boot)) {
    if (!processes.isAlive(found.pid)) return false
    const began = await processes.began(found.pid)
    if (found.began !== null && began !== undefined) return began === found.began
  } else if (found.host === self.host) {
    return false
  }
  // Another machine or container on a shared folder, or a system that does not tell when a process began. Both times
  // are the file system's own, so that clocks need not agree.
  const [lock, ours] = [await disk.stat(path), await disk.stat(own)]
  return lock !== undefined && ours !== undefined && ours.modifiedMs - lock.modifiedMs < silentMs
}

function lockedError(path: string, found: Found, self: Self): WorkflowError {
  if (typeof found === 'string') {
    return new WorkflowError(
      'store.locked',
      `The data is in use: other processes keep taking the lock ${path}.`,
      {
        hint: 'Start one bot only.',
      },
    )
  }
  const elsewhere = found.host !== self.host
  return new WorkflowError(
    'store.locked',
    `The data is in use by process ${found.pid}${elsewhere ? ` on ${found.host}` : ''} since ${found.since} (${path}).`,
    {
      hint: elsewhere
        ? `Stop that process first. Its lock counts as given up after ${silentMs / 1000} s without a sign of life.`
        : `Stop that process first (kill ${found.pid}), or start this one with another data file.`,
    },
  )
}
