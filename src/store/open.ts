// Opens a store: takes the lock, reads what is on disk, and ties the parts together.
import { dirname } from 'node:path'
import type { RecordStore, RecordsPast } from '../actions/ports.ts'
import type { History } from '../commands/types.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { ExecutionStore } from '../engine/ports.ts'
import type { JsonObject } from '../json.ts'
import { Archives } from './archive.ts'
import { AuditFile, type AuditLog } from './audit.ts'
import { copyStore } from './backup.ts'
import { defaultCaps, type HistoryCaps } from './caps.ts'
import { Committer } from './committer.ts'
import { type Disk, diskCode, readFailure, realDisk, writeFailure } from './disk.ts'
import { executionStore } from './executions.ts'
import { Folder } from './fold.ts'
import { history } from './history.ts'
import type { StoreLog } from './index.ts'
import { Journal } from './journal.ts'
import { type LinkStore, linkStore } from './links.ts'
import { acquireLock, type Lock, type Processes, realProcesses } from './lock.ts'
import { auditPath, historyFolder, journalPath, lockPath } from './paths.ts'
import { recordStore, recordsPast } from './records.ts'
import { type Loaded, load } from './recovery.ts'
import { defaultRetention, type Retention } from './retention.ts'
import { type VersionStore, versionStore } from './versions.ts'

export interface StoreOptions {
  /** Path of db.json; everything else lies beside it under names that begin with its name. */
  path: string
  clock: { now(): number }
  log: StoreLog
  retention?: Partial<Retention>
  /**
   * What holds for one workflow instead; asked at each fold, also while the store is being opened. `stored` is there
   * for what is not in service now.
   */
  retentionOf?: (workflowId: string, stored: Stored) => Partial<Retention>
  caps?: Partial<HistoryCaps>
  /** A person accepts the last good copy in place of a damaged file. */
  recover?: boolean
  /** The journal is folded into db.json when it has this many bytes, or as many as db.json if that is more. */
  foldBytes?: number
  disk?: Disk
  processes?: Processes
}

/** What a store knows before it is open. Values are copies. */
export interface Stored {
  /** A registered definition of the workflow: of this hash, or the last one. */
  definition(workflowId: string, hash?: string): WorkflowDefinition | undefined
  record(collection: string, key: string): JsonObject | undefined
}

export interface Store {
  executions: ExecutionStore
  history: History
  records: RecordStore
  past: RecordsPast
  versions: VersionStore
  links: LinkStore
  audit: AuditLog
  /** Folds the journal into db.json and applies retention; both happen by themselves while the store is written to. */
  maintain(): Promise<void>
  /** Writes everything as it is now to a new folder. Rejects `store.backup_exists`, `store.disk_full`, `store.write_failed`. */
  backup(folder: string): Promise<{ files: number; bytes: number }>
  /** Settles what waits, folds, and gives the lock back. Never loses anything: what cannot be folded is in the journal. */
  close(): Promise<void>
}

const defaultFoldBytes = 512 * 1024

/**
 * Rejects `store.locked`, `store.corrupt` (the damaged file is set aside and named; `recover` goes on from the last
 * good copy), `store.newer_format`, `store.unreadable`, `store.disk_full`, `store.write_failed`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { path, clock, disk = realDisk, processes = realProcesses } = options
  try {
    await disk.makeFolder(dirname(path))
  } catch (error) {
    throw writeFailure(error, dirname(path))
  }
  const lock = await acquireLock(disk, lockPath(path), clock.now(), processes)
  try {
    return await build(options, disk, lock)
  } catch (error) {
    await lock.release().catch(() => undefined)
    throw diskCode(error) === undefined ? error : readFailure(error, path)
  }
}

async function build(options: StoreOptions, disk: Disk, lock: Lock): Promise<Store> {
  const { path, clock, log, recover = false, foldBytes = defaultFoldBytes } = options
  const retention = { ...defaultRetention, ...options.retention }
  const caps = { ...defaultCaps, ...options.caps }
  const at = new Date(clock.now()).toISOString()
  const loaded = await load({ disk, path, recover, at, log })
  const { state } = loaded
  const audit = await AuditFile.open(disk, auditPath(path), loaded.audit)
  const journal = await openJournal(disk, path, loaded)
  const archives = new Archives(disk, historyFolder(path))

  let folding = false
  // Folding rewrites db.json as a whole, so the journal may grow as big as that: each byte is then rewritten once.
  const step = async () => Math.max(foldBytes, (await disk.stat(path))?.bytes ?? 0)
  let foldAt = await step()
  function foldWhenDue(): void {
    if (folding || journal.bytes < foldAt) return
    folding = true
    folder
      .fold()
      .then(
        async () => {
          foldAt = await step()
        },
        (error: unknown) => {
          // Tried again when the journal has grown by as much.
          foldAt = journal.bytes + foldBytes
          log({ level: 'warn', event: 'store.fold_failed', message: errorText(error) })
        },
      )
      .catch(() => undefined)
      .finally(() => {
        folding = false
      })
  }
  const stored: Stored = {
    definition: (id, hash) =>
      state.versions
        .get(id)
        ?.findLast((row) => hash === undefined || row.hash === hash)
        ?.definition.copy(),
    record: (collection, key) => state.collections.get(collection)?.records.get(key)?.value.copy(),
  }
  const committer = new Committer(state, journal, foldWhenDue)
  const folder = new Folder({
    disk,
    path,
    state,
    journal,
    committer,
    archives,
    retentionOf: (id) => ({
      ...retention,
      ...options.retentionOf?.(id, stored),
    }),
    foldedSeq: loaded.foldedSeq,
    now: () => clock.now(),
    auditAnchor: () => audit.anchor,
  })
  if (loaded.rewrite) await folder.fold()
  foldWhenDue()

  const versions = versionStore(state, committer, () => clock.now())
  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await committer.close()
    await audit.close()
    try {
      if (folder.pending) await folder.fold()
      else await folder.alone(async () => undefined)
    } catch (error) {
      log({ level: 'warn', event: 'store.fold_failed', message: errorText(error) })
    }
    await journal.close()
    await lock.release().catch(() => undefined)
  }
  return {
    executions: executionStore(state, committer, versions, caps),
    history: history(state, archives, log),
    records: recordStore(state, committer, () => clock.now()),
    past: recordsPast(state),
    versions,
    links: linkStore(state, committer),
    audit,
    maintain: () => folder.fold(),
    backup: (target) =>
      folder.alone(async () => {
        await folder.foldNow()
        return copyStore(
          disk,
          path,
          target,
          state.archives.map(({ number }) => archives.path(number)),
        )
      }),
    close() {
      closing ??= close()
      return closing
    },
  }
}

async function openJournal(disk: Disk, path: string, { state, files }: Loaded): Promise<Journal> {
  const last = files.at(-1)
  try {
    if (last) {
      const bytes = (await disk.stat(last.path))?.bytes ?? 0
      return new Journal(disk, path, files, { firstSeq: last.firstSeq, bytes })
    }
    const firstSeq = state.seq + 1
    const file = await disk.open(journalPath(path, firstSeq), 'create')
    await file.close()
    await disk.syncFolder(dirname(path))
    return new Journal(disk, path, [], { firstSeq, bytes: 0 })
  } catch (error) {
    throw last ? readFailure(error, last.path) : writeFailure(error, path)
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
