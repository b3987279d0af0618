// Backups: a folder with copies of all files and a list of their digests. Restoring checks every one of them first, and
// keeps what was there before.
import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import { Damaged, DocumentFile } from './adapter.ts'
import { AuditFile, type AuditVerdict } from './audit.ts'
import { type Disk, diskCode, readFailure, realDisk, writeFailure } from './disk.ts'
import { documentFormat } from './document.ts'
import { acquireLock, type Processes, realProcesses } from './lock.ts'
import { auditPath, historyFolder, lockPath } from './paths.ts'

/** The list of what belongs to a backup; a folder without it is none, or was never finished. */
const listName = 'backup.json'

const listSchema = z.object({
  format: z.literal(1),
  files: z.array(
    z.object({
      /** Where it belongs: db.json, the audit log, or a file of the history by its number. */
      role: z.enum(['db', 'audit', 'history']),
      name: z.string().regex(/^[\w-]+(\.[\w-]+)*$/),
      bytes: z.number().int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
type BackupList = z.infer<typeof listSchema>

/** For the store, while nothing but journal and audit log grow. */
export async function copyStore(
  disk: Disk,
  path: string,
  target: string,
  archives: string[],
): Promise<{ files: number; bytes: number }> {
  if (await exists(disk, target)) {
    throw new WorkflowError('store.backup_exists', `There is something at ${target} already.`, {
      hint: 'Name a folder that does not exist yet; a backup never replaces another.',
    })
  }
  const partial = `${target}.partial`
  const wanted: { role: BackupList['files'][number]['role']; from: string; name: string }[] = [
    { role: 'db', from: path, name: 'db.json' },
    ...archives.map((from) => ({ role: 'history' as const, from, name: `history-${basename(from)}` })),
  ]
  if (await disk.stat(auditPath(path)))
    wanted.push({ role: 'audit', from: auditPath(path), name: 'audit.jsonl' })
  try {
    await disk.makeFolder(partial)
    for (const name of await disk.list(partial)) await disk.remove(join(partial, name))
    const files: BackupList['files'] = []
    for (const { role, from, name } of wanted) {
      let content = await disk.read(from)
      // An entry that is just being written is not part of the backup.
      if (role === 'audit') content = content.subarray(0, content.lastIndexOf(10) + 1)
      await writeWhole(disk, join(partial, name), content)
      files.push({ role, name, bytes: content.length, sha256: digest(content) })
    }
    const list: BackupList = { format: 1, files }
    await writeWhole(disk, join(partial, listName), Buffer.from(`${JSON.stringify(list, null, 2)}\n`))
    await disk.syncFolder(partial)
    await disk.rename(partial, target)
    await disk.syncFolder(dirname(target))
    return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  } catch (error) {
    throw writeFailure(error, target)
  }
}

/**
 * Puts a backup in the place of the data at `path`, with the bot stopped. Everything is checked before anything is
 * touched; the data that was there is kept in a folder beside it, whose path is answered (null when there was none).
 * Rejects `store.bad_backup`, `store.locked`, `store.unreadable`, `store.disk_full`, `store.write_failed`.
 */
export async function restoreStore(
  options: { path: string; clock: { now(): number }; disk?: Disk; processes?: Processes },
  from: string,
): Promise<{ keptAs: string | null; files: number }> {
  const { path, clock, disk = realDisk, processes = realProcesses } = options
  const list = await checkedList(disk, from)
  const folder = dirname(path)
  try {
    await disk.makeFolder(folder)
  } catch (error) {
    throw writeFailure(error, folder)
  }
  const lock = await acquireLock(disk, lockPath(path), clock.now(), processes)
  try {
    const keptAs = await keepPresent(disk, path, new Date(clock.now()).toISOString())
    if (list.files.some(({ role }) => role === 'history')) await disk.makeFolder(historyFolder(path))
    // db.json last: until it is there, a start refuses to go on rather than begin empty.
    const order = [...list.files].sort((a, b) => Number(a.role === 'db') - Number(b.role === 'db'))
    for (const file of order) {
      const target = targetOf(path, file)
      await writeWhole(disk, `${target}.tmp`, await disk.read(join(from, file.name)))
      await disk.rename(`${target}.tmp`, target)
      await disk.syncFolder(dirname(target))
    }
    return { keptAs, files: list.files.length }
  } catch (error) {
    throw writeFailure(error, path)
  } finally {
    await lock.release().catch(() => undefined)
  }
}

/** What a backup holds, and whether the audit log in it is whole. */
export interface BackupVerdict {
  files: number
  bytes: number
  audit: AuditVerdict
}

/**
 * Checks a backup without touching it or the data: the digests of all files, the shape of db.json, and the chain of the
 * audit log up to what db.json remembers of it. Rejects `store.bad_backup`, `store.newer_format`, `store.unreadable`.
 */
export async function verifyBackup(from: string, disk: Disk = realDisk): Promise<BackupVerdict> {
  const { files } = await checkedList(disk, from)
  const nameOf = (role: BackupList['files'][number]['role']) => files.find((file) => file.role === role)?.name
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const base = join(from, nameOf('db') ?? 'db.json')
  try {
    const snapshot = await new DocumentFile(disk, base, documentFormat(base)).read()
    if (!snapshot) throw badBackup(from, 'db.json is missing')
    const log = join(from, nameOf('audit') ?? 'audit.jsonl')
    const audit = await AuditFile.open(disk, log, snapshot.audit, { readOnly: true })
    return { files: files.length, bytes, audit: await audit.verify() }
  } catch (error) {
    if (error instanceof Damaged) throw badBackup(from, `db.json is damaged: ${error.message}`)
    throw error
  }
}

function badBackup(from: string, why: string): WorkflowError {
  return new WorkflowError('store.bad_backup', `${from} is no backup that can be restored: ${why}.`, {
    hint: 'Nothing was touched. Take another backup.',
  })
}

/** Rejects `store.bad_backup` unless every file is there as it was written, and `store.unreadable`. */
async function checkedList(disk: Disk, from: string): Promise<BackupList> {
  const bad = (why: string) => badBackup(from, why)
  const read = async (name: string): Promise<Buffer> => {
    try {
      return await disk.read(join(from, name))
    } catch (error) {
      if (diskCode(error) === 'ENOENT' || diskCode(error) === 'ENOTDIR') throw bad(`${name} is missing`)
      throw readFailure(error, join(from, name))
    }
  }
  let raw: unknown
  try {
    raw = JSON.parse((await read(listName)).toString('utf8'))
  } catch (error) {
    if (error instanceof WorkflowError) throw error
    throw bad(`${listName} is damaged`)
  }
  const list = listSchema.safeParse(raw)
  if (!list.success || list.data.files.filter(({ role }) => role === 'db').length !== 1)
    throw bad(`${listName} is damaged`)
  for (const { name, bytes, sha256 } of list.data.files) {
    const content = await read(name)
    if (content.length !== bytes || digest(content) !== sha256) throw bad(`${name} is not as it was written`)
  }
  return list.data
}

function targetOf(path: string, { role, name }: BackupList['files'][number]): string {
  if (role === 'db') return path
  if (role === 'audit') return auditPath(path)
  return join(historyFolder(path), name.replace(/^history-/, ''))
}

/** Moves all files of the store, but the lock, into a folder beside it. */
async function keepPresent(disk: Disk, path: string, at: string): Promise<string | null> {
  const folder = dirname(path)
  const own = [basename(auditPath(path)), basename(historyFolder(path))]
  const names = (await disk.list(folder)).filter(
    (name) =>
      (name.startsWith(basename(path)) && !name.startsWith(basename(lockPath(path)))) || own.includes(name),
  )
  if (names.length === 0) return null
  const kept = join(folder, `before-restore-${at.replaceAll(':', '-')}`)
  await disk.makeFolder(kept)
  // The journal and the good copy go first: without db.json they would look like damage, without them it is whole.
  for (const name of names.sort((a, b) => Number(a === basename(path)) - Number(b === basename(path)))) {
    await disk.rename(join(folder, name), join(kept, name))
  }
  await disk.syncFolder(kept)
  await disk.syncFolder(folder)
  return kept
}

async function exists(disk: Disk, path: string): Promise<boolean> {
  try {
    return (await disk.stat(path)) !== undefined
  } catch (error) {
    throw readFailure(error, path)
  }
}

async function writeWhole(disk: Disk, path: string, content: Buffer): Promise<void> {
  const file = await disk.open(path, 'create')
  try {
    await file.write(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
