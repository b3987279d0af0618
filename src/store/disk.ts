// The few things that the store asks of a file system, and the real one. Tests pass another that fails on purpose.
// It also turns what a disk says (ENOSPC, EIO) into errors that tell people what to do.
import { constants, type Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { WorkflowError } from '../errors.ts'

export interface DiskFile {
  /** Appends all bytes, or rejects; after a rejection any part of them may be in the file. */
  write(bytes: Uint8Array): Promise<void>
  truncate(length: number): Promise<void>
  /** Resolves when the content survives a power loss. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** `create` empties an existing file. New files are readable by their owner alone (0600). */
  open(path: string, how: 'create' | 'append'): Promise<DiskFile>
  read(path: string): Promise<Buffer>
  /** At most `length` bytes from `start`. */
  readRange(path: string, start: number, length: number): Promise<Buffer>
  stat(path: string): Promise<{ bytes: number; modifiedMs: number; isFile: boolean } | undefined>
  /** Names in a folder; none when the folder does not exist. */
  list(folder: string): Promise<string[]>
  rename(from: string, to: string): Promise<void>
  /** Fails with EEXIST when `to` exists: the atomic way to create a whole file once. */
  link(from: string, to: string): Promise<void>
  /** Resolves when the copy survives a power loss. */
  copy(from: string, to: string): Promise<void>
  /** A missing file is fine. */
  remove(path: string): Promise<void>
  makeFolder(path: string): Promise<void>
  /** Makes creations, renames and removals in a folder survive a power loss. */
  syncFolder(path: string): Promise<void>
  /** Sets the time of the last change to now. */
  touch(path: string): Promise<void>
}

export const realDisk: Disk = {
  async open(path, how) {
    const handle = await fs.open(path, how === 'create' ? 'w' : 'a', 0o600)
    return {
      write: (bytes) => handle.appendFile(bytes),
      truncate: (length) => handle.truncate(length),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  read: (path) => fs.readFile(path),
  async readRange(path, start, length) {
    const handle = await fs.open(path, 'r')
    try {
      const buffer = Buffer.alloc(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    } finally {
      await handle.close()
    }
  },
  async stat(path) {
    try {
      const found: Stats = await fs.stat(path)
      return { bytes: found.size, modifiedMs: found.mtimeMs, isFile: found.isFile() }
    } catch (error) {
      if (diskCode(error) === 'ENOENT') return undefined
      throw error
    }
  },
  async list(folder) {
    try {
      return (await fs.readdir(folder)).sort()
    } catch (error) {
      if (diskCode(error) === 'ENOENT') return []
      throw error
    }
  },
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  async copy(from, to) {
    await fs.copyFile(from, to, constants.COPYFILE_FICLONE)
    const handle = await fs.open(to, 'a')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  async remove(path) {
    await fs.rm(path, { force: true })
  },
  async makeFolder(path) {
    await fs.mkdir(path, { recursive: true, mode: 0o700 })
  },
  async syncFolder(path) {
    // Windows cannot open a folder; its file system journals names by itself.
    if (process.platform === 'win32') return
    const handle = await fs.open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  async touch(path) {
    const now = new Date()
    await fs.utimes(path, now, now)
  },
}

/** `ENOSPC`, `EACCES`, …; undefined for anything that is not an answer of the operating system. */
export function diskCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** What people read when a write did not work: `store.disk_full` or `store.write_failed`. Nothing was adopted then. */
export function writeFailure(error: unknown, path: string): WorkflowError {
  if (error instanceof WorkflowError) return error
  const code = diskCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WorkflowError('store.disk_full', `The disk is full: ${path} could not be written.`, {
      hint: 'Nothing was lost. Free some space; the next write works again without a restart.',
      cause: error,
    })
  }
  return new WorkflowError(
    'store.write_failed',
    `${path} could not be written (${code ?? 'unknown reason'}).`,
    {
      hint: 'Nothing was lost. Look at the disk and at the permissions of the folder; the next write tries again.',
      cause: error,
    },
  )
}

/** Why a file cannot be read, when that is not the fault of its content: `store.unreadable`. */
export function readFailure(error: unknown, path: string): WorkflowError {
  if (error instanceof WorkflowError) return error
  const code = diskCode(error)
  return new WorkflowError('store.unreadable', `${path} cannot be read (${code ?? 'unknown reason'}).`, {
    hint:
      code === 'EACCES' || code === 'EPERM'
        ? 'The file is untouched. Give it back to the user who runs the bot (chown, chmod 600) and start again.'
        : 'The file is untouched. Look at the disk, and start again.',
    cause: error,
  })
}
