// Keeps the workflows in service in step with their files while the bot runs. A broken edit leaves the last good version
// in service and says so.
import { watch as watchFiles } from 'chokidar'
import { errorInfo } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Catalog, CatalogEntry } from './catalog.ts'
import { describeFault, type Fault } from './fault.ts'
import { type LoadedWorkflow, type LoadOptions, loadWorkflows } from './load.ts'
import type { NodeKind, SourceLocation, Version, WorkflowDefinition } from './schema.ts'

/** What became of one workflow, in words for the log and for people. */
export type CatalogChange = { id: string; file: string; message: string } & (
  | { kind: 'loaded' | 'updated' | 'repaired'; version: Version }
  /** `version` is the last good one, which stays in service; undefined when there never was one. */
  | { kind: 'broken'; version: Version | undefined; faults: Fault[] }
  | { kind: 'removed' }
)

export interface CatalogOptions extends LoadOptions {
  /** The folder of workflows: one folder in it for each. */
  dir: string
  kinds: NodeKind[]
  /** Gives a definition its number; the same hash gets the same version again. */
  register: (id: string, hash: string, definition: WorkflowDefinition) => Promise<Version>
  /** Fills a collection unless it was ever created before; called before the workflow comes into service. */
  seed?: (collection: string, key: string, records: JsonObject[]) => Promise<unknown>
  onChange?: (change: CatalogChange) => void
  /** Called after each reading, whatever was in the files: scenarios may have changed, of which nothing is known here. */
  onRead?: () => void
  /**
   * Whether `checkCode` can check now. What is loaded before comes into service on trust, so that nothing waits for
   * Python to start; a later reading takes it out again when its code turns out to be wrong.
   */
  canCheckCode?: () => boolean
}

export interface WatchedCatalog extends Catalog {
  /** Loads everything, then watches. Broken files are no reason to reject. */
  start(): Promise<void>
  /** Reads all files now; resolves when what they say is in service. */
  reload(): Promise<void>
  close(): Promise<void>
}

/**
 * How long files must be quiet before they are read. Editors save in several steps, and chokidar drops a second event
 * of a file within 50 ms and holds back a deletion for 100 ms: a shorter wait would miss the end of a save.
 */
const quietMs = 150

/** Entries are replaced as a whole, so what was read from the catalog never changes under its reader. */
export function createCatalog(options: CatalogOptions): WatchedCatalog {
  const { dir, kinds, register, seed, onChange } = options
  const entries = new Map<string, CatalogEntry>()
  const checkCode = options.checkCode && remembering(options.checkCode)
  /** Workflows in service whose code nobody has checked yet. */
  const trusted = new Set<string>()
  let folderFaults: Fault[] = []
  let watchFaults: Fault[] = []
  let watcher: ReturnType<typeof watchFiles> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    if (closed) return
    const { workflows, faults } = await loadWorkflows(dir, kinds, {
      ...options,
      checkCode,
      inService: (id) => entries.get(id)?.version?.definition,
    })
    folderFaults = faults
    // The folder as a whole cannot be read: that says nothing about the workflows that were in it.
    if (faults.length > 0) return
    for (const workflow of workflows) await take(workflow)
    const present = new Set(workflows.map((workflow) => workflow.id))
    for (const { id, file } of [...entries.values()]) {
      if (present.has(id)) continue
      entries.delete(id)
      onChange?.({ kind: 'removed', id, file, message: `"${id}" is gone: there is no ${file} any more` })
    }
    options.onRead?.()
  }

  async function take({ id, file, good, faults }: LoadedWorkflow): Promise<void> {
    const before = entries.get(id)
    if (!good) return fail(id, file, faults)
    let version = before?.version
    if (version?.hash !== good.hash) {
      try {
        for (const { collection, key, records } of good.seeds) await seed?.(collection, key, records)
        version = await register(id, good.hash, good.definition)
      } catch (thrown) {
        return fail(id, file, [{ ...errorInfo(thrown), file, line: 1 }])
      }
    }
    entries.set(id, { id, version, faults: [], file })
    if (options.canCheckCode?.() === false) trusted.add(id)
    else trusted.delete(id)
    const words = `version ${version.number} of "${id}"`
    if (!before) {
      onChange?.({ kind: 'loaded', id, file, version, message: `${words} is in service` })
    } else if (version !== before.version) {
      onChange?.({ kind: 'updated', id, file, version, message: `${words} is in service now` })
    } else if (before.faults.length > 0) {
      onChange?.({
        kind: 'repaired',
        id,
        file,
        version,
        message: `${file} is in order again; ${words} stays in service`,
      })
    }
  }

  function fail(id: string, file: string, faults: Fault[]): void {
    const before = entries.get(id)
    const betrayed = trusted.delete(id) && faults.every((fault) => fault.code.startsWith('python.'))
    const version = betrayed ? undefined : before?.version
    entries.set(id, { id, version, faults, file })
    if (before && JSON.stringify(before.faults) === JSON.stringify(faults)) return
    const first = faults[0] ? describeFault(faults[0]) : file
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
    const state = version ? `version ${version.number} stays in service` : 'it cannot be run'
    onChange?.({
      kind: 'broken',
      id,
      file,
      version,
      faults,
      message: `"${id}" has faults, ${state}: ${first}${more}`,
    })
  }

  /** One reading at a time, in the order in which they were asked for. */
  function reload(): Promise<void> {
    reading = reading.then(read, read)
    return reading
  }

  function soon(): void {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => {
      reload().catch((thrown: unknown) => {
        watchFaults = [{ ...errorInfo(thrown), file: dir, line: 1 }]
      })
    }, quietMs)
  }

  return {
    list: () => [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    get: (id) => entries.get(id),
    faults: () => [
      ...watchFaults,
      ...folderFaults,
      ...[...entries.values()].flatMap((entry) => entry.faults),
    ],
    reload,
    async start() {
      // Watch first: what changes while the files are read is read again.
      const started = watchFiles(dir, {
        ignoreInitial: true,
        depth: 4,
        ignored: (path) => /(^|[/\\])(\.[^/\\.][^/\\]*|__pycache__|node_modules)$/.test(path),
      })
      watcher = started
      await new Promise<void>((resolve) => {
        started.once('ready', resolve)
        // Without a watcher the bot works all the same; it only does not see edits.
        started.on('error', (thrown) => {
          watchFaults = [watchFault(dir, thrown)]
          resolve()
        })
      })
      started.on('all', soon)
      await reload()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await watcher?.close()
      await reading.catch(() => {})
    },
  }
}

function watchFault(dir: string, thrown: unknown): Fault {
  return {
    code: 'workflow.not_watched',
    message: `Changes of files are not seen: ${thrown instanceof Error ? thrown.message : thrown}.`,
    hint: 'restart the bot after an edit',
    file: dir,
    line: 1,
  }
}

/** Code is checked again only when it, or its place, has changed. */
function remembering(check: NonNullable<LoadOptions['checkCode']>): NonNullable<LoadOptions['checkCode']> {
  const known = new Map<string, ReturnType<typeof check>>()
  return (code: string, source: SourceLocation) => {
    const key = JSON.stringify([code, source.file, source.line])
    const found = known.get(key)
    if (found) return found
    if (known.size >= 1000) known.clear()
    const fresh = check(code, source)
    known.set(key, fresh)
    fresh.catch(() => known.delete(key))
    return fresh
  }
}
