// What the tests of the store share: folders that vanish, a clock to set, sample executions, and disks that fail.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Disk, type DiskFile, realDisk } from '../../src/store/disk.ts'
import { openStore, type Store, type StoreEvent, type StoreOptions } from '../../src/store/index.ts'
import { definition, morning, report, start, version } from './support-data.ts'

/** A folder of one's own that is gone after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens a store in a folder, collects what it logs, and closes it after the test. */
export async function open(
  folder: string,
  options: Partial<StoreOptions> = {},
): Promise<Store & { events: StoreEvent[]; path: string }> {
  const events: StoreEvent[] = []
  const path = join(folder, 'db.json')
  const log = (event: StoreEvent) => void events.push(event)
  const store = await openStore({ path, clock: { now: () => morning }, log, ...options })
  onTestFinished(() => store.close())
  return { ...store, events, path }
}

/** Runs an execution from start to report. */
export async function runThrough(
  store: Pick<Store, 'executions'>,
  id: string,
  more: Parameters<typeof report>[1] = {},
): Promise<void> {
  const workflow = more.workflow ?? 'sample'
  await store.executions.create(start(id, { version: { ...version, definition: definition(workflow) } }))
  await store.executions.append(id, { name: 'count', kind: 'step', value: more.output ?? 'done' })
  await store.executions.finish(id, report(id, more))
}

export interface Faults {
  /** Called before each operation, with its count from 1; what it answers is thrown. */
  fail(count: number, operation: string, path: string): NodeJS.ErrnoException | undefined
  /** Whether a write that fails leaves half of its bytes in the file, as a full disk does. */
  partialWrites?: boolean
}

export function osError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made up by a test`), { code })
}

/** The real disk with failures of one's choice at every operation that it is asked for. */
export function faultyDisk(faults: Faults): Disk & { operations: { operation: string; path: string }[] } {
  const operations: { operation: string; path: string }[] = []
  const check = (operation: string, path: string) => {
    operations.push({ operation, path })
    const error = faults.fail(operations.length, operation, path)
    if (error) throw error
  }
  const wrap = (file: DiskFile, path: string): DiskFile => ({
    async write(bytes) {
      try {
        check('write', path)
      } catch (error) {
        if (faults.partialWrites) await file.write(bytes.subarray(0, bytes.length >> 1))
        throw error
      }
      await file.write(bytes)
    },
    async truncate(length) {
      check('truncate', path)
      await file.truncate(length)
    },
    async sync() {
      // The machine does not lose its power in a test, so waiting for the disk would only take time.
      check('sync', path)
    },
    async close() {
      await file.close()
      check('close', path)
    },
  })
  return {
    operations,
    async open(path, how) {
      check(`open to ${how}`, path)
      return wrap(await realDisk.open(path, how), path)
    },
    async read(path) {
      check('read', path)
      return realDisk.read(path)
    },
    async readRange(path, from, length) {
      check('readRange', path)
      return realDisk.readRange(path, from, length)
    },
    async stat(path) {
      check('stat', path)
      return realDisk.stat(path)
    },
    async list(folder) {
      check('list', folder)
      return realDisk.list(folder)
    },
    async rename(from, to) {
      check('rename', to)
      await realDisk.rename(from, to)
    },
    async link(from, to) {
      check('link', to)
      await realDisk.link(from, to)
    },
    async copy(from, to) {
      check('copy', to)
      await realDisk.copy(from, to)
    },
    async remove(path) {
      check('remove', path)
      await realDisk.remove(path)
    },
    async makeFolder(path) {
      check('makeFolder', path)
      await realDisk.makeFolder(path)
    },
    async syncFolder(path) {
      check('syncFolder', path)
    },
    // The heartbeat of the lock comes at its own times and never matters.
    touch: (path) => realDisk.touch(path),
  }
}
