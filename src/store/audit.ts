// The audit log: who did what, when, from where. Each line holds the hash of the one before, so that a change in the
// past shows. A file of its own (db.audit.jsonl) that only grows: it must outlive the history that it speaks of.
import { createHash } from 'node:crypto'
import type { Actor } from '../engine/report.ts'
import type { JsonObject } from '../json.ts'
import { type Disk, readFailure } from './disk.ts'
import type { AuditAnchor } from './document.ts'
import { AppendFile, closedError } from './journal.ts'

export interface AuditFact {
  /** ISO 8601. */
  at: string
  actor: Actor
  /** Dotted: `execution.started`, `approval.decided`, `workflow.locked`. */
  action: string
  /** What it was done to: an id. */
  subject: string
  details: JsonObject
}

export interface AuditEntry extends AuditFact {
  /** Counts from 1. */
  number: number
  /** The hash of the entry before; 64 zeros in the first. */
  previous: string
  /** SHA-256 (hex) of the entry without this field, as it stands in its line. */
  hash: string
}

export type AuditVerdict =
  | { ok: true; entries: number }
  /** `line` is the first that cannot be trusted, 1-based. */
  | { ok: false; line: number; why: string }

export interface AuditLog {
  /** Resolves when the entry is durable. Rejects `store.disk_full`, `store.write_failed`, `store.closed`. */
  append(fact: AuditFact): Promise<void>
  /** Reads the whole log and checks each link of the chain. */
  verify(): Promise<AuditVerdict>
  /** Newest first; with `where` only those for which it is true. */
  recent(limit: number, where?: (entry: AuditEntry) => boolean): Promise<AuditEntry[]>
}

const start = '0'.repeat(64)
/** Reading goes in blocks of this size. */
const blockBytes = 256 * 1024
/** The JSON of an entry's details may be this long; longer ones are replaced by a note. */
const detailsLength = 16_384

export class AuditFile implements AuditLog {
  readonly #disk: Disk
  readonly #path: string
  readonly #file: AppendFile
  readonly #anchor: AuditAnchor
  readonly #extendsAnchor: boolean
  #count: number
  #hash: string
  #waiting: { fact: AuditFact; resolve(): void; reject(error: unknown): void }[] = []
  #writing: Promise<void> | undefined
  #closed = false

  private constructor(
    disk: Disk,
    path: string,
    bytes: number,
    last: AuditAnchor,
    anchor: AuditAnchor,
    extendsAnchor: boolean,
  ) {
    this.#disk = disk
    this.#path = path
    this.#file = new AppendFile(disk, path, bytes)
    this.#count = last.count
    this.#hash = last.hash
    this.#anchor = anchor
    this.#extendsAnchor = extendsAnchor
  }

  /**
   * Takes up the log after its last entry. Only an unended line is cut off: a crash left it, and nobody was told. A
   * whole line that does not fit stays, for `verify` to find. `readOnly` leaves the file as it is, for `verify` alone.
   * Rejects `store.unreadable`, or what the disk says.
   */
  static async open(
    disk: Disk,
    path: string,
    anchor: AuditAnchor,
    { readOnly = false } = {},
  ): Promise<AuditFile> {
    const bytes = (await disk.stat(path))?.bytes ?? 0
    let last: AuditAnchor | undefined
    let atAnchor: AuditEntry | undefined
    let whole = 0
    for await (const { text, end } of linesBackwards(disk, path, bytes)) {
      if (end === null) continue
      whole = Math.max(whole, end)
      const entry = parseEntry(text)
      if (!entry) continue
      last ??= { count: entry.number, hash: entry.hash }
      if (entry.number === anchor.count) atAnchor = entry
      if (entry.number <= anchor.count) break
    }
    if (readOnly) whole = bytes
    if (whole < bytes) {
      const file = await disk.open(path, 'append')
      await file.truncate(whole)
      await file.sync()
      await file.close()
    }
    const extendsAnchor = anchor.count === 0 || atAnchor?.hash === anchor.hash
    return new AuditFile(disk, path, whole, last ?? { count: 0, hash: start }, anchor, extendsAnchor)
  }

  /**
   * What db.json should remember: where the chain stands now. Once it does not lead to what db.json remembered before,
   * that stays, so that a log whose end was removed never looks whole again.
   */
  get anchor(): AuditAnchor {
    return this.#extendsAnchor ? { count: this.#count, hash: this.#hash } : this.#anchor
  }

  append(fact: AuditFact): Promise<void> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ fact: { ...fact, details: capped(fact.details) }, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  async #write(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      let count = this.#count
      let hash = this.#hash
      let lines = ''
      for (const { fact } of group) {
        count += 1
        const { at, actor, action, subject, details } = fact
        const body = JSON.stringify({ number: count, at, actor, action, subject, details, previous: hash })
        hash = hashOf(body)
        lines += `${body.slice(0, -1)},"hash":"${hash}"}\n`
      }
      try {
        await this.#file.append(Buffer.from(lines))
        this.#count = count
        this.#hash = hash
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = undefined
  }

  async verify(): Promise<AuditVerdict> {
    const length = this.#file.bytes
    const anchor = this.#anchor
    let hash = start
    let line = 0
    let rest = ''
    let anchored = anchor.count === 0
    for (let from = 0; from < length; from += blockBytes) {
      const block = await this.#block(from, Math.min(blockBytes, length - from))
      const lines = (rest + block.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const raw of lines) {
        line += 1
        const entry = parseEntry(Buffer.from(raw, 'latin1').toString('utf8'))
        if (!entry) return { ok: false, line, why: 'the line is not as it was written' }
        if (entry.number !== line || entry.previous !== hash) {
          return {
            ok: false,
            line,
            why: 'it does not follow from the entry before: something was removed or added',
          }
        }
        hash = entry.hash
        if (line === anchor.count) anchored = hash === anchor.hash
      }
    }
    if (rest !== '') return { ok: false, line: line + 1, why: 'the line is not as it was written' }
    if (!anchored)
      return { ok: false, line: line + 1, why: 'the end is missing, or the whole log was replaced' }
    return { ok: true, entries: line }
  }

  async recent(limit: number, where?: (entry: AuditEntry) => boolean): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = []
    if (limit < 1) return entries
    for await (const { text } of linesBackwards(this.#disk, this.#path, this.#file.bytes)) {
      const entry = parseEntry(text)
      if (entry && (where?.(entry) ?? true)) entries.push(entry)
      if (entries.length >= limit) break
    }
    return entries
  }

  /** What is waiting is still written; what comes later is refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#file.close()
  }

  async #block(from: number, length: number): Promise<Buffer> {
    try {
      return await this.#disk.readRange(this.#path, from, length)
    } catch (error) {
      throw readFailure(error, this.#path)
    }
  }
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

function capped(details: JsonObject): JsonObject {
  const json = JSON.stringify(details)
  if (json.length <= detailsLength) return JSON.parse(json) as JsonObject
  return { cut: `The details were ${json.length} characters long and are not kept.` }
}

/** Undefined unless the line is an entry whose hash fits. */
function parseEntry(line: string): AuditEntry | undefined {
  const found = /^(.*),"hash":"([0-9a-f]{64})"\}$/s.exec(line)
  if (!found || hashOf(`${found[1]}}`) !== found[2]) return undefined
  return JSON.parse(line) as AuditEntry
}

/** Lines from the last to the first; `end` is where the line ends in the file, null for a last one without line feed. */
async function* linesBackwards(
  disk: Disk,
  path: string,
  bytes: number,
): AsyncGenerator<{ text: string; end: number | null }> {
  let rest = Buffer.alloc(0)
  let end: number | null = null
  for (let to = bytes; to > 0; ) {
    const from = Math.max(0, to - blockBytes)
    let block: Buffer
    try {
      block = Buffer.concat([await disk.readRange(path, from, to - from), rest])
    } catch (error) {
      throw readFailure(error, path)
    }
    for (let feed = block.lastIndexOf(10); feed >= 0; feed = block.lastIndexOf(10)) {
      if (feed < block.length - 1 || end !== null)
        yield { text: block.subarray(feed + 1).toString('utf8'), end }
      end = from + feed + 1
      block = block.subarray(0, feed)
    }
    rest = Buffer.from(block)
    to = from
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), end }
}
