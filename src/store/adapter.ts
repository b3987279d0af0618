// The lowdb adapter: a JSON file that is replaced as a whole (temporary file, fsync, rename, fsync of the folder) and
// carries a digest of itself. It is written piece by piece, so that a big file never holds up the event loop.
import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { Adapter } from 'lowdb'
import { type Disk, diskCode, readFailure, writeFailure } from './disk.ts'

/** How a document looks in its file. */
export interface DocumentFormat<T> {
  /** The text of the JSON object, without its closing brace, in pieces. Lines are cut between rows, for people. */
  encode(data: T): Iterable<string>
  /** Sees the first characters before anything else is judged; throws to refuse the file as it stands. */
  inspect(head: string): void
  /** Throws `Damaged` for JSON of the wrong shape, and a WorkflowError for what must not be touched. */
  decode(text: string): T
}

/** The content of a file is not what was written into it. Never leaves the store: recovery says what it means. */
export class Damaged extends Error {
  override readonly name = 'Damaged'
}

/** Text is handed to the disk in pieces of about this size. */
const pieceLength = 64 * 1024
/** Making text out of values may take this long before others get their turn. */
const sliceMs = 4

export class DocumentFile<T> implements Adapter<T> {
  readonly path: string
  readonly #disk: Disk
  readonly #format: DocumentFormat<T>
  readonly #previousPath: string | undefined

  /** With `previousPath`, each write keeps the file that it replaces there: the last good copy. */
  constructor(disk: Disk, path: string, format: DocumentFormat<T>, previousPath?: string) {
    this.#disk = disk
    this.path = path
    this.#format = format
    this.#previousPath = previousPath
  }

  /** Null when there is no file. Rejects `Damaged`, `store.unreadable`, or what the format throws. */
  async read(): Promise<T | null> {
    let content: Buffer
    try {
      content = await this.#disk.read(this.path)
    } catch (error) {
      if (diskCode(error) === 'ENOENT') return null
      if (diskCode(error) === 'EISDIR') throw new Damaged('a folder stands in its place')
      throw readFailure(error, this.path)
    }
    this.#format.inspect(content.subarray(0, 100).toString('latin1'))
    return this.#format.decode(openSealed(content))
  }

  /** Rejects `store.disk_full` or `store.write_failed`; the file is then as it was. */
  async write(data: T): Promise<void> {
    const temporary = `${this.path}.tmp`
    try {
      await this.#writeSealed(temporary, this.#format.encode(data))
      if (this.#previousPath !== undefined) await this.#keepPrevious(this.#previousPath)
      await this.#disk.rename(temporary, this.path)
      await this.#disk.syncFolder(dirname(this.path))
    } catch (error) {
      await this.#disk.remove(temporary).catch(() => undefined)
      throw writeFailure(error, this.path)
    }
  }

  async #writeSealed(path: string, pieces: Iterable<string>): Promise<void> {
    const hash = createHash('sha256')
    const file = await this.#disk.open(path, 'create')
    try {
      let pending: string[] = []
      let length = 0
      let sliceEnd = performance.now() + sliceMs
      const flush = async () => {
        const bytes = Buffer.from(pending.join(''))
        pending = []
        length = 0
        hash.update(bytes)
        await file.write(bytes)
        sliceEnd = performance.now() + sliceMs
      }
      for (const piece of pieces) {
        pending.push(piece)
        length += piece.length
        if (length >= pieceLength || performance.now() > sliceEnd) await flush()
      }
      await flush()
      await file.write(Buffer.from(`,\n"sha256":"${hash.digest('hex')}"}\n`))
      await file.sync()
    } finally {
      await file.close()
    }
  }

  async #keepPrevious(previousPath: string): Promise<void> {
    const link = `${previousPath}.tmp`
    await this.#disk.remove(link)
    try {
      await this.#disk.link(this.path, link)
    } catch (error) {
      // There is nothing to keep before the first write.
      if (diskCode(error) === 'ENOENT') return
      throw error
    }
    await this.#disk.rename(link, previousPath)
  }
}

const seal = /^,\n"sha256":"([0-9a-f]{64})"\}\n$/
const sealLength = ',\n"sha256":""}\n'.length + 64

/** Checks the digest at the end and gives the document's text back, a whole JSON object again. */
function openSealed(content: Buffer): string {
  if (content.length === 0) throw new Damaged('it is empty')
  const start = content.length - sealLength
  const digest = start > 0 ? seal.exec(content.subarray(start).toString('latin1'))?.[1] : undefined
  if (digest === undefined) {
    throw new Damaged('its end is missing, or something else than the bot has written it')
  }
  const body = content.subarray(0, start)
  if (createHash('sha256').update(body).digest('hex') !== digest) {
    throw new Damaged('its content does not match its digest')
  }
  return `${body.toString('utf8')}}`
}
