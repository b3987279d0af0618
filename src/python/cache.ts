// The cache folder: the child's program and memory snapshots, private to the user who runs the bot. A snapshot is code
// in all but name, so whoever can write here could run theirs: links, foreign owners and open modes are refused.
import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  rename,
  unlink,
  utimes,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WorkflowError } from '../errors.ts'

const KEEP_SNAPSHOTS = 4
const SNAPSHOT = /^snapshot-([0-9a-f]{32})-[0-9a-f]{16}\.bin$/

export interface SnapshotWriter {
  write(piece: Buffer): void
  /** Resolves with the finished snapshot, or null when it could not be kept. */
  finish(): Promise<StoredSnapshot | null>
  abandon(): Promise<void>
}

export interface StoredSnapshot {
  path: string
  sha256: string
}

export interface PythonCache {
  folder: string
  /** Writes the text once under its digest and answers where it is. */
  program(text: string): Promise<string>
  find(key: string): Promise<StoredSnapshot | null>
  writer(key: string): Promise<SnapshotWriter>
  forget(key: string): Promise<void>
}

/**
 * Opens (creates) the folder with mode 0700. Falls back to a fresh private folder for this process alone when the given
 * one cannot be written; throws `python.cache_unsafe` when somebody else may write in it.
 */
export async function openCache(
  wanted: string,
  log: (event: string, detail: object) => void,
): Promise<PythonCache> {
  let folder = wanted
  try {
    await mkdir(wanted, { recursive: true, mode: 0o700 })
  } catch (error) {
    folder = await mkdtemp(join(tmpdir(), 'workflow-bot-python-'))
    log('python.cache_unwritable', { wanted, folder, reason: (error as Error).message })
  }
  await checkFolder(folder)
  return cacheIn(await realpath(folder))
}

async function checkFolder(folder: string): Promise<void> {
  const unsafe = (why: string) =>
    new WorkflowError('python.cache_unsafe', `The folder ${folder} ${why}.`, {
      hint: 'Name a folder of your own for the cache, or delete this one; it is built again.',
    })
  const stat = await lstat(folder)
  if (stat.isSymbolicLink()) throw unsafe('is a symbolic link')
  if (!stat.isDirectory()) throw unsafe('is not a folder')
  if (process.getuid && stat.uid !== process.getuid()) throw unsafe('belongs to another user')
  if ((stat.mode & 0o077) !== 0) await chmod(folder, 0o700)
}

/** Opens a file of ours for reading; null when it is missing, or is anything but a plain private file. */
async function openOwn(path: string): Promise<FileHandle | null> {
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch {
    return null
  }
  const stat = await file.stat()
  const own =
    stat.isFile() &&
    stat.nlink === 1 &&
    (stat.mode & 0o022) === 0 &&
    (!process.getuid || stat.uid === process.getuid())
  if (own) return file
  await file.close()
  return null
}

function cacheIn(folder: string): PythonCache {
  const at = (name: string) => join(folder, name)
  const remove = (name: string) => unlink(at(name)).catch(() => {})
  /** Named after its content too, so that two bots that build at once never mix theirs. */
  const snapshotPath = (key: string, digest: string) => at(`snapshot-${key}-${digest.slice(0, 16)}.bin`)
  const temporary = () => at(`.new-${randomBytes(12).toString('hex')}`)

  async function put(path: string, text: string): Promise<void> {
    const fresh = temporary()
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
  }

  return {
    folder,
    async program(text) {
      const digest = sha256(text)
      const path = at(`program-${digest.slice(0, 32)}.mjs`)
      const file = await openOwn(path)
      const same = file !== null && sha256(await file.readFile()) === digest
      await file?.close()
      if (!same) await put(path, text)
      return path
    },
    async find(key) {
      const file = await openOwn(at(`snapshot-${key}.json`))
      if (!file) return null
      try {
        const { sha256, size } = JSON.parse(await file.readFile('utf8')) as { sha256: unknown; size: unknown }
        if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null
        const path = snapshotPath(key, sha256)
        const snapshot = await openOwn(path)
        const whole = snapshot !== null && (await snapshot.stat()).size === size
        await snapshot?.close()
        if (!whole) return null
        // The least recently used is the one that goes when room is needed.
        await utimes(path, new Date(), new Date())
        return { path, sha256 }
      } catch {
        return null
      } finally {
        await file.close()
      }
    },
    async forget(key) {
      const known = await this.find(key)
      await remove(`snapshot-${key}.json`)
      if (known) await unlink(known.path).catch(() => {})
    },
    async writer(key) {
      const fresh = temporary()
      const file = await open(fresh, 'wx', 0o600)
      const hash = createHash('sha256')
      let size = 0
      let failed = false
      let tail: Promise<unknown> = Promise.resolve()
      return {
        write(piece) {
          size += piece.length
          hash.update(piece)
          tail = tail
            .then(() => file.write(piece))
            .catch(() => {
              failed = true
            })
        },
        async finish() {
          await tail
          try {
            await file.sync()
          } catch {
            failed = true
          }
          await file.close()
          if (failed || size === 0) {
            await unlink(fresh).catch(() => {})
            return null
          }
          const digest = hash.digest('hex')
          await makeRoom()
          await rename(fresh, snapshotPath(key, digest))
          await put(at(`snapshot-${key}.json`), JSON.stringify({ sha256: digest, size }))
          return { path: snapshotPath(key, digest), sha256: digest }
        },
        async abandon() {
          await tail
          await file.close()
          await unlink(fresh).catch(() => {})
        },
      }
    },
  }

  /** Snapshots of earlier Nodes or versions are 30 MB each; the most recently used few stay. */
  async function makeRoom(): Promise<void> {
    const names = (await readdir(folder)).filter((name) => SNAPSHOT.test(name))
    const aged = await Promise.all(names.map(async (name) => ({ name, at: (await lstat(at(name))).mtimeMs })))
    aged.sort((a, b) => b.at - a.at)
    for (const { name } of aged.slice(KEEP_SNAPSHOTS - 1)) {
      await remove(name)
      await remove(name.replace(SNAPSHOT, 'snapshot-$1.json'))
    }
  }
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}
