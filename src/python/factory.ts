// Makes interpreter processes: prepares the program, starts from a memory snapshot where there is a good one, builds
// one where there is none, and falls back to a cold start when a snapshot turns out to be bad.
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import pyodidePackage from 'pyodide/package.json' with { type: 'json' }
import type { BuiltinErrorSpec, BuiltinSpec } from '../actions/ports.ts'
import { bundleChild, pyodideDir } from './bundle.ts'
import { openCache, type PythonCache, type StoredSnapshot, sha256 } from './cache.ts'
import type { Start } from './child/start.ts'
import { Interpreter } from './interpreter.ts'
import { launch, nodeFlags } from './launch.ts'
import { MAX_LIMITS } from './limits.ts'

const MAX_RSS_BYTES = MAX_LIMITS.memoryBytes + 768 * 1024 * 1024

export type SnapshotState = 'unknown' | 'building' | 'used' | 'none'

export interface FactoryOptions {
  builtins: BuiltinSpec[]
  errors: BuiltinErrorSpec[]
  cacheDir: string
  log(event: string, detail: object): void
  progress?(text: string): void
}

export interface InterpreterFactory {
  /** A process that is being started; its `started` tells how that went. */
  make(): Promise<Interpreter>
  snapshot(): SnapshotState
  /** Ends what is being started, and starts nothing more. */
  close(): Promise<void>
}

export function createFactory(options: FactoryOptions): InterpreterFactory {
  let prepared: Promise<Prepared> | null = null
  let state: SnapshotState = 'unknown'
  let starting: Interpreter | null = null
  let closed = false

  async function prepare(): Promise<Prepared> {
    const cache = await openCache(options.cacheDir, options.log)
    const text = await bundleChild()
    const program = await cache.program(text)
    const readable = ['pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'].map(
      (name) => `${pyodideDir}${name}`,
    )
    const flags = nodeFlags([program, ...readable, `${cache.folder}/snapshot-*`], MAX_LIMITS.memoryBytes)
    const files = await Promise.all(
      readable.map(async (path) => ((file) => [path, file.size, file.mtimeMs])(await stat(path))),
    )
    const facts = [
      pyodidePackage.version,
      process.version,
      process.arch,
      process.platform,
      process.versions.v8,
      flags,
      files,
      sha256(text),
      options.builtins,
      options.errors,
    ]
    const key = sha256(JSON.stringify(facts)).slice(0, 32)
    return { cache, program, flags, key, snapshot: await cache.find(key) }
  }

  function begin(
    { flags, program }: Prepared,
    snapshot: StoredSnapshot | null,
    onSnapshot: ((piece: Buffer) => void) | null,
  ) {
    const start: Start = {
      pyodideDir,
      snapshot,
      makeSnapshot: onSnapshot !== null,
      builtins: options.builtins,
      errors: options.errors,
      maxHeapBytes: MAX_LIMITS.memoryBytes,
      maxRssBytes: MAX_RSS_BYTES,
    }
    if (closed) throw new Error('closed')
    starting = new Interpreter(launch(flags, program), start, onSnapshot)
    return starting
  }

  async function fromNothing(world: Prepared): Promise<Interpreter> {
    state = 'building'
    options.progress?.(
      'Preparing Python for the first time; this takes some seconds, and is kept for later starts.',
    )
    const writer = await world.cache.writer(world.key).catch(() => null)
    const interpreter = begin(world, null, writer ? (piece) => writer.write(piece) : null)
    try {
      await interpreter.started
    } catch (error) {
      await writer?.abandon()
      throw error
    }
    world.snapshot = (await writer?.finish()) ?? null
    state = world.snapshot ? 'used' : 'none'
    options.log('python.snapshot_built', { kept: world.snapshot !== null, folder: dirname(world.program) })
    return interpreter
  }

  async function makeOne(): Promise<Interpreter> {
    prepared ??= prepare()
    let world: Prepared
    try {
      world = await prepared
    } catch (error) {
      prepared = null
      throw error
    }
    if (!world.snapshot) return fromNothing(world)
    const interpreter = begin(world, world.snapshot, null)
    try {
      await interpreter.started
      state = 'used'
      return interpreter
    } catch (error) {
      if (closed) throw error
      options.log('python.snapshot_refused', { reason: (error as Error).message })
      interpreter.kill('closed')
      await world.cache.forget(world.key)
      world.snapshot = null
      return fromNothing(world)
    }
  }

  // One start at a time: two cold starts would build the same snapshot, and starts are heavy.
  let tail: Promise<unknown> = Promise.resolve()
  return {
    make() {
      const next = tail.then(makeOne)
      tail = next.catch(() => {})
      return next
    },
    snapshot: () => state,
    async close() {
      closed = true
      starting?.kill('closed')
      await tail
      await starting?.gone
    },
  }
}

interface Prepared {
  cache: PythonCache
  program: string
  flags: string[]
  key: string
  snapshot: StoredSnapshot | null
}
