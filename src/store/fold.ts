// Folds the journal into db.json in the background, and moves old history out of it. Why this shape, measured by
// test/bench/store.bench.ts: recording a step appends one line, whatever the history is; the fold writes from texts
// that exist already, in small pieces, and db.json stays small because ended executions leave it for archives, so that
// neither the fold nor the next start grows with history. A worker thread would need the whole state a second time.
import { Low } from 'lowdb'
import { WorkflowError } from '../errors.ts'
import { DocumentFile } from './adapter.ts'
import type { Archives } from './archive.ts'
import type { Committer } from './committer.ts'
import type { Disk } from './disk.ts'
import { type AuditAnchor, documentFormat, type Snapshot, snapshotOf } from './document.ts'
import type { Journal } from './journal.ts'
import { previousPath } from './paths.ts'
import { type Kept, planHistory, type Retention, thinned } from './retention.ts'
import type { Archive, EndedExecution, State } from './state.ts'

export interface FoldParts {
  disk: Disk
  /** Path of db.json. */
  path: string
  state: State
  journal: Journal
  committer: Committer
  archives: Archives
  retentionOf: (workflowId: string) => Retention
  /** `seq` of db.json as it is on disk. */
  foldedSeq: number
  now(): number
  auditAnchor(): AuditAnchor
}

export class Folder {
  readonly #parts: FoldParts
  #foldedSeq: number
  /** Archives that db.json on disk refers to. */
  #foldedArchives: Archive[]
  #work: Promise<unknown> = Promise.resolve()

  constructor(parts: FoldParts) {
    this.#parts = parts
    this.#foldedSeq = parts.foldedSeq
    this.#foldedArchives = parts.state.archives
  }

  /** Whether there is anything that db.json does not hold yet. */
  get pending(): boolean {
    return this.#parts.state.seq > this.#foldedSeq
  }

  /** Runs `work` while no fold runs: nothing but the journal changes on disk then. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.catch(() => undefined)
    return done
  }

  /** Resolves when db.json holds all that was durable at the call. Rejects `store.disk_full`, `store.write_failed`. */
  fold(): Promise<void> {
    return this.alone(() => this.foldNow())
  }

  /** For callers that are alone already. */
  async foldNow(): Promise<void> {
    const { committer, journal, state } = this.#parts
    const snapshot = await committer.between(async () => {
      await journal.rotate(state.seq + 1)
      return snapshotOf(state, this.#parts.auditAnchor())
    })
    const moved = await this.#arrangeHistory(snapshot.state)
    try {
      await writeBase(this.#parts.disk, this.#parts.path, snapshot)
    } catch (error) {
      // It may be in place although the folder could not be synced: then it refers to the new archives.
      this.#foldedArchives = [...this.#foldedArchives, ...snapshot.state.archives]
      throw error
    }
    this.#adopt(snapshot.state, moved)
    const previous = { seq: this.#foldedSeq, archives: this.#foldedArchives }
    this.#foldedSeq = snapshot.state.seq
    this.#foldedArchives = snapshot.state.archives
    // What cannot be removed now is removed after the next fold.
    await this.#tidy(previous).catch(() => undefined)
  }

  /** The last good copy still needs what came after it, so only what it does not need either may go. */
  async #tidy(previous: { seq: number; archives: Archive[] }): Promise<void> {
    await this.#parts.journal.removeUpTo(previous.seq)
    await this.#parts.archives.removeAllBut([...this.#foldedArchives, ...previous.archives])
  }

  /** Writes new archives and changes the snapshot accordingly; nothing refers to them until db.json does. */
  async #arrangeHistory(next: State): Promise<Set<string>> {
    const plan = planHistory(next, this.#parts.retentionOf, this.#parts.now())
    const gone = new Set(plan.drop)
    const replaced = new Map<Archive, Archive>()
    for (const { archive, keep } of plan.thin) {
      const rows = await this.#readable(archive, keep)
      if (!rows) continue
      if (rows.length > 0) replaced.set(archive, await this.#write(next, rows))
      else gone.add(archive)
    }
    const kept = next.archives
      .filter((archive) => !gone.has(archive))
      .map((archive) => replaced.get(archive) ?? archive)
    const added: Archive[] = []
    for (const rows of plan.move) added.push(await this.#write(next, rows))
    const staying = new Set(plan.ended.map(({ item }) => item.id))
    const moved = new Set([...next.ended.keys()].filter((id) => !staying.has(id)))
    next.ended = new Map(plan.ended.map((row) => [row.item.id, row]))
    next.archives = [...kept, ...added]
    return moved
  }

  /** A damaged archive stays as it is: it must not keep the rest from being folded. */
  async #readable(archive: Archive, keep: Map<string, Kept>): Promise<EndedExecution[] | undefined> {
    try {
      return thinned(await this.#parts.archives.read(archive.number), keep)
    } catch (error) {
      if (error instanceof WorkflowError && error.code === 'store.corrupt') return undefined
      throw error
    }
  }

  async #write(next: State, rows: EndedExecution[]): Promise<Archive> {
    // Never used twice, not even when this fold fails: db.json on disk may refer to it all the same.
    const number = this.#parts.state.nextArchive
    this.#parts.state.nextArchive += 1
    next.nextArchive = number + 1
    return this.#parts.archives.write(number, rows)
  }

  #adopt(folded: State, moved: Set<string>): void {
    const { state } = this.#parts
    for (const id of moved) state.ended.delete(id)
    state.archives = folded.archives
  }
}

/** Replaces db.json and keeps the one before as the last good copy. */
export async function writeBase(disk: Disk, path: string, snapshot: Snapshot): Promise<void> {
  const low = new Low<Snapshot>(
    new DocumentFile(disk, path, documentFormat(path), previousPath(path)),
    snapshot,
  )
  await low.write()
}
