// The append-only journal: one line per batch of operations, durable before anybody is told. Files are named after
// their first batch (db.journal-17), so that those that db.json already contains need not even be opened.
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { WorkflowError } from '../errors.ts'
import { type Disk, type DiskFile, writeFailure } from './disk.ts'
import { journalPath } from './paths.ts'

/** Appends to one file. After a failed append the file is cut back to what was durable before anything else is written. */
export class AppendFile {
  readonly path: string
  readonly #disk: Disk
  #file: DiskFile | undefined
  #durable: number
  #dirty = false

  constructor(disk: Disk, path: string, bytes: number) {
    this.#disk = disk
    this.path = path
    this.#durable = bytes
  }

  /** Bytes that are durable. */
  get bytes(): number {
    return this.#durable
  }

  /** Resolves when the bytes are durable. Rejects `store.disk_full` or `store.write_failed`; then they are not adopted. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      this.#file ??= await this.#disk.open(this.path, 'append')
      if (this.#dirty) await this.#cutBack(this.#file)
      this.#dirty = true
      await this.#file.write(bytes)
      await this.#file.sync()
      this.#durable += bytes.byteLength
      this.#dirty = false
    } catch (error) {
      // Cut back at once: a line that was refused must not come to life on replay. If that fails too, the next append
      // tries again before it writes, through a fresh handle.
      if (this.#dirty && this.#file) await this.#cutBack(this.#file).catch(() => this.#letGo())
      throw writeFailure(error, this.path)
    }
  }

  /** Resolves when nothing is left in the file of what was refused. */
  async settle(): Promise<void> {
    if (!this.#dirty) return
    try {
      this.#file ??= await this.#disk.open(this.path, 'append')
      await this.#cutBack(this.#file)
    } catch (error) {
      await this.#letGo()
      throw writeFailure(error, this.path)
    }
  }

  async close(): Promise<void> {
    // What cannot be cut back now was refused, and looks like any write that a crash has cut off.
    await this.settle().catch(() => undefined)
    await this.#letGo()
  }

  async #letGo(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => undefined)
  }

  async #cutBack(file: DiskFile): Promise<void> {
    await file.truncate(this.#durable)
    await file.sync()
    this.#dirty = false
  }
}

/** `<crc32 of the rest, 8 hex digits> {"seq":17,"ops":[…]}` and a line feed, which JSON never contains raw. */
export function encodeLine(seq: number, operations: string[]): Buffer {
  const body = Buffer.from(`{"seq":${seq},"ops":[${operations.join(',')}]}`)
  const sum = crc32(body).toString(16).padStart(8, '0')
  return Buffer.concat([Buffer.from(`${sum} `), body, Buffer.from('\n')])
}

export interface JournalContent {
  lines: { seq: number; ops: unknown[] }[]
  /** Bytes up to the end of the last good line. */
  goodBytes: number
  /** `torn`: the end of the last write is missing, as after a power cut; `damaged`: good lines follow the bad place. */
  end: 'whole' | 'torn' | 'damaged'
}

/** Reads lines up to the first that is not as it was written. */
export function decodeLines(content: Buffer): JournalContent {
  const lines: JournalContent['lines'] = []
  let start = 0
  while (start < content.length) {
    const end = content.indexOf(10, start)
    const line = end < 0 ? undefined : decodeLine(content.subarray(start, end))
    if (!line) return { lines, goodBytes: start, end: hasGoodLine(content, start) ? 'damaged' : 'torn' }
    lines.push(line)
    start = end + 1
  }
  return { lines, goodBytes: start, end: 'whole' }
}

function decodeLine(line: Buffer): { seq: number; ops: unknown[] } | undefined {
  const body = line.subarray(9)
  if (line[8] !== 32 || line.subarray(0, 8).toString('latin1') !== crc32(body).toString(16).padStart(8, '0'))
    return undefined
  return JSON.parse(body.toString('utf8')) as { seq: number; ops: unknown[] }
}

function hasGoodLine(content: Buffer, from: number): boolean {
  for (let end = content.indexOf(10, from); end >= 0; end = content.indexOf(10, end + 1)) {
    const next = content.indexOf(10, end + 1)
    if (next < 0) return false
    if (decodeLine(content.subarray(end + 1, next))) return true
  }
  return false
}

/** The journal files of a store and the one that grows. */
export class Journal {
  readonly #disk: Disk
  readonly #base: string
  #files: { firstSeq: number; path: string }[]
  #current: AppendFile

  /** `files` are those on disk, oldest first; the last one, with its good bytes, goes on growing. */
  constructor(
    disk: Disk,
    base: string,
    files: { firstSeq: number; path: string }[],
    current: { firstSeq: number; bytes: number },
  ) {
    this.#disk = disk
    this.#base = base
    const path = journalPath(base, current.firstSeq)
    this.#files = files.some((file) => file.path === path)
      ? files
      : [...files, { firstSeq: current.firstSeq, path }]
    this.#current = new AppendFile(disk, path, current.bytes)
  }

  /** Bytes in the file that grows. */
  get bytes(): number {
    return this.#current.bytes
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#current.append(bytes)
  }

  /** The next append starts a new file; an empty one goes on being used. */
  async rotate(nextSeq: number): Promise<void> {
    if (this.#current.bytes === 0) return
    await this.#current.settle()
    const path = journalPath(this.#base, nextSeq)
    try {
      // Its name must be durable before its first line is: fsync of a file does not promise its entry in the folder.
      const file = await this.#disk.open(path, 'create')
      await file.close()
      await this.#disk.syncFolder(dirname(this.#base))
    } catch (error) {
      // The current file goes on, past the batch that this name would promise.
      await this.#disk.remove(path).catch(() => undefined)
      throw writeFailure(error, path)
    }
    await this.#current.close()
    this.#files = [...this.#files, { firstSeq: nextSeq, path }]
    this.#current = new AppendFile(this.#disk, path, 0)
  }

  /** Removes the files whose every batch is at or before `seq`. */
  async removeUpTo(seq: number): Promise<void> {
    while (true) {
      const [oldest, next] = this.#files
      if (!oldest || !next || next.firstSeq - 1 > seq) return
      await this.#disk.remove(oldest.path)
      this.#files = this.#files.slice(1)
    }
  }

  close(): Promise<void> {
    return this.#current.close()
  }
}

export function closedError(): WorkflowError {
  return new WorkflowError('store.closed', 'The store is closed: the bot is stopping.', {
    hint: 'Ask again when it has started.',
  })
}
