// Reads what is on disk into a state: db.json, then the journal on top of it. What is damaged is set aside under a name
// of its own, never overwritten, and taken over from the last good copy only when a person has said so.
import { basename, dirname } from 'node:path'
import { Low } from 'lowdb'
import { WorkflowError } from '../errors.ts'
import { Damaged, DocumentFile } from './adapter.ts'
import { type Disk, readFailure, writeFailure } from './disk.ts'
import { type AuditAnchor, documentFormat, type Snapshot } from './document.ts'
import { writeBase } from './fold.ts'
import type { StoreLog } from './index.ts'
import { decodeLines } from './journal.ts'
import { decodeOperation, type WireOperation } from './operations.ts'
import { forgetPast, never } from './past.ts'
import { journalPath, journalSeq, previousPath } from './paths.ts'
import { applyOperation, emptyState, type State } from './state.ts'

export interface Loaded {
  state: State
  audit: AuditAnchor
  /** `seq` of db.json as it is on disk. */
  foldedSeq: number
  /** Journal files that are left, oldest first. */
  files: { firstSeq: number; path: string }[]
  /** Whether db.json should be written at once. */
  rewrite: boolean
}

interface Situation {
  disk: Disk
  path: string
  /** A person accepts the last good copy in place of a damaged file. */
  recover: boolean
  /** For the names of what is set aside; ISO 8601. */
  at: string
  log: StoreLog
}

const nothing: Snapshot = { state: emptyState(), audit: { count: 0, hash: '0'.repeat(64) } }

/** Rejects `store.corrupt`, `store.newer_format`, `store.unreadable`, `store.disk_full`, `store.write_failed`. */
export async function load(situation: Situation): Promise<Loaded> {
  const { disk, path } = situation
  const names = await disk.list(dirname(path))
  const found = await readBase(disk, path)
  if (found instanceof Damaged) return recoverOrRefuse(situation, names, found.message)
  if (found) return replay(situation, names, found)
  if (hasTraces(names, path)) return recoverOrRefuse(situation, names, 'it is missing')
  const fresh: Snapshot = { state: emptyState(), audit: nothing.audit }
  await writeBase(disk, path, fresh)
  return { state: fresh.state, audit: fresh.audit, foldedSeq: 0, files: [], rewrite: false }
}

async function readBase(disk: Disk, path: string): Promise<Snapshot | Damaged | undefined> {
  const low = new Low<Snapshot>(new DocumentFile(disk, path, documentFormat(path)), nothing)
  try {
    await low.read()
  } catch (error) {
    if (error instanceof Damaged) return error
    throw error
  }
  return low.data === nothing ? undefined : low.data
}

/** Whether there was a db.json once: then its absence is no fresh start. */
function hasTraces(names: string[], path: string): boolean {
  return names.some(
    (name) =>
      name === basename(previousPath(path)) ||
      name.startsWith(`${basename(path)}.corrupt-`) ||
      journalSeq(name, path) !== undefined,
  )
}

async function recoverOrRefuse(situation: Situation, names: string[], why: string): Promise<Loaded> {
  const { disk, path, recover, log, at } = situation
  const aside = names.includes(basename(path)) ? await setAside(situation, path) : undefined
  const copyPath = previousPath(path)
  const copy = await readBase(disk, copyPath)
  const good = copy instanceof Damaged ? undefined : copy
  if (!recover) {
    const kept = aside ? ` It was set aside as ${aside}.` : ''
    const offer = good
      ? `The last good copy (${copyPath}) and the journal hold everything up to the damage. Start with "npm start -- --recover" to go on from them.`
      : 'There is no good copy beside it. Restore a backup, or start with "npm start -- --recover" to go on from the journal alone.'
    throw new WorkflowError('store.corrupt', `${path} cannot be used: ${why}.${kept}`, { hint: offer })
  }
  if (copy instanceof Damaged) await setAside(situation, copyPath)
  const base = good ?? { state: emptyState(), audit: nothing.audit }
  const loaded = await replay(situation, names, base)
  log({
    level: 'warn',
    event: 'store.recovered',
    message: good
      ? `Went on from the last good copy of ${path} and its journal.`
      : `There was no good copy of ${path}; went on from what the journal holds.`,
    at,
  })
  return { ...loaded, rewrite: true }
}

/** Renames a damaged file to `<name>.corrupt-<time>`; when even that fails, it stays where it is. */
async function setAside({ disk, at, log }: Situation, path: string): Promise<string> {
  const aside = `${path}.corrupt-${at.replaceAll(':', '-')}`
  try {
    await disk.rename(path, aside)
    await disk.syncFolder(dirname(path))
  } catch (error) {
    throw writeFailure(error, path)
  }
  log({
    level: 'error',
    event: 'store.set_aside',
    message: `${path} is damaged and was set aside as ${aside}.`,
  })
  return aside
}

/** Applies the journal on top of what db.json held. */
async function replay(situation: Situation, names: string[], { state, audit }: Snapshot): Promise<Loaded> {
  const { path } = situation
  const foldedSeq = state.seq
  const all = names
    .flatMap((name) => {
      const firstSeq = journalSeq(name, path)
      return firstSeq === undefined ? [] : [{ firstSeq, path: journalPath(path, firstSeq) }]
    })
    .sort((a, b) => a.firstSeq - b.firstSeq)
  const files: Loaded['files'] = []
  let stopped = false
  for (const [index, file] of all.entries()) {
    const next = all[index + 1]
    if (stopped) {
      await setAside(situation, file.path)
    } else if (next && next.firstSeq - 1 <= foldedSeq) {
      // Kept for the last good copy; db.json holds all of it.
      files.push(file)
    } else {
      // An empty file may follow: its making was the last that succeeded.
      const isLast = await allEmpty(situation.disk, all.slice(index + 1))
      const outcome = await replayFile(situation, file, isLast, state)
      stopped = outcome !== 'whole'
      if (outcome !== 'set_aside') files.push(file)
    }
  }
  // What it lacks is written at once, so that a crash does not move the beginning of what is known.
  const firstPast = state.past.since === never
  if (firstPast) forgetPast(state.past, situation.at)
  return { state, audit, foldedSeq, files, rewrite: stopped || firstPast }
}

async function allEmpty(disk: Disk, files: { path: string }[]): Promise<boolean> {
  for (const { path } of files) if ((await disk.stat(path))?.bytes !== 0) return false
  return true
}

/** Anything but `whole` gives the rest of the journal up, which needs a person's word. */
async function replayFile(
  situation: Situation,
  file: { firstSeq: number; path: string },
  isLast: boolean,
  state: State,
): Promise<'whole' | 'cut' | 'set_aside'> {
  const { disk, recover, log, at } = situation
  let content: Buffer
  try {
    content = await disk.read(file.path)
  } catch (error) {
    throw readFailure(error, file.path)
  }
  const { lines, goodBytes, end } = decodeLines(content)
  let damage =
    end === 'damaged' || (end === 'torn' && !isLast) ? 'a part of it is not as it was written' : undefined
  let keep = goodBytes
  for (const line of lines) {
    if (line.seq <= state.seq) continue
    if (line.seq !== state.seq + 1) {
      damage = `batch ${state.seq + 1} is missing`
      keep = 0
      break
    }
    for (const operation of line.ops) applyOperation(state, decodeOperation(operation as WireOperation))
    state.seq = line.seq
  }
  if (damage !== undefined && !recover) {
    throw new WorkflowError(
      'store.corrupt',
      `The journal ${file.path} cannot be used as a whole: ${damage}.`,
      {
        hint: `Restore a backup, or start with "npm start -- --recover" to go on from what comes before the damage; the file is kept then.`,
      },
    )
  }
  if (damage !== undefined && keep === 0) {
    // Its name would promise a batch that the journal no longer holds.
    await setAside(situation, file.path)
    return 'set_aside'
  }
  if (keep < content.length) {
    const copy = `${file.path}.${damage === undefined ? 'torn' : 'corrupt'}-${at.replaceAll(':', '-')}`
    const message =
      damage === undefined
        ? `The last write to ${file.path} was cut off, as by a crash, and nobody was told that it had succeeded.`
        : `${file.path} is damaged: ${damage}. Everything before that was taken over.`
    await cut(disk, file.path, keep, copy)
    log({ level: 'warn', event: 'store.journal_cut', message: `${message} What was cut off is in ${copy}.` })
  }
  return damage === undefined ? 'whole' : 'cut'
}

async function cut(disk: Disk, path: string, keep: number, copy: string): Promise<void> {
  try {
    await disk.copy(path, copy)
    await disk.syncFolder(dirname(path))
    const file = await disk.open(path, 'append')
    try {
      await file.truncate(keep)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw writeFailure(error, path)
  }
}
