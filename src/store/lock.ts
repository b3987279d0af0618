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
      if ((await readHolder(disk, path))?.token === holder.token) await disk.remove(path)
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
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await disk.link(own, path)
    } catch (error) {
      if (diskCode(error) !== 'EEXIST') throw error
    }
    const found = await readHolder(disk, path)
    if (attempt > 3 || (await holds(disk, own, path, found, self, processes)))
      throw lockedError(path, found, self)
    // Moved before it is removed, and looked at again: of two processes that find the same stale lock, one moves the
    // stale file, and the other, should it have moved the new lock of the first, puts that back.
    const aside = `${own}.stale`
    try {
      await disk.rename(path, aside)
    } catch (error) {
      if (diskCode(error) === 'ENOENT') continue
      throw error
    }
    const moved = await readHolder(disk, aside)
    if (moved?.token !== found?.token) await disk.link(aside, path).catch(() => undefined)
    await disk.remove(aside)
  }
}

async function readHolder(disk: Disk, path: string): Promise<LockHolder | undefined> {
  try {
    const found = JSON.parse((await disk.read(path)).toString('utf8')) as LockHolder
    return Number.isInteger(found?.pid) && found.pid > 0 ? found : undefined
  } catch {
    // The content was durable before the name was, so a file without a holder was not left by a living process.
    return undefined
  }
}

async function holds(
  disk: Disk,
  own: string,
  path: string,
  found: LockHolder | undefined,
  self: Self,
  processes: Processes,
): Promise<boolean> {
  if (!found) return false
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

function lockedError(path: string, found: LockHolder | undefined, self: Self): WorkflowError {
  const who = found
    ? `process ${found.pid}${found.host === self.host ? '' : ` on ${found.host}`}`
    : 'another process'
  const since = found ? ` since ${found.since}` : ''
  return new WorkflowError('store.locked', `The data is in use by ${who}${since} (${path}).`, {
    hint: `Stop that process first (kill ${found?.pid ?? '<pid>'}), or give this one another data file. A lock whose process is gone is taken over by itself${
      found?.host === self.host ? '' : `, for another machine after ${silentMs / 1000} s of silence`
    }.`,
  })
}
