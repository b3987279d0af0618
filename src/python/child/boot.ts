// Boots one interpreter: loads Pyodide (from nothing or from a memory snapshot), defines our Python, cleans up, locks
// the gate and keeps a copy of the memory at rest. After that Python is called by address, with no JavaScript object.
import { createHash } from 'node:crypto'
import { constants, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { loadPyodide } from 'pyodide'
import createPyodideModule from 'pyodide/pyodide.asm.mjs'
import { FROM_CHILD } from '../frames.ts'
import author from '../prelude/author.py'
import convert from '../prelude/convert.py'
import host from '../prelude/host.py'
import preload from '../prelude/preload.py'
import serve from '../prelude/serve.py'
import { createDevice, type DeviceRun } from './device.ts'
import { type FsModule, HOME, sealFiles } from './files.ts'
import { createGate } from './gate.ts'
import { EXIT, leave, send } from './pipe.ts'
import { impoverish } from './realm.ts'
import type { RunDone, RunLimits, Start } from './start.ts'
import { startWatchdog } from './watchdog.ts'

const SIGINT = 2
/** Between the soft deadline (an exception that the author sees) and the end of the process. */
export const GRACE_MS = 500
/** Ways of a program to end itself, as opposed to ways out of the sandbox. */
const ENDINGS = new Set(['proc_exit', 'exit', '_abort_js', '__assert_fail'])
const SNAPSHOT_PIECE = 1024 * 1024
/** A grown heap cannot shrink; beyond this the next execution gets a new process instead. */
const REUSABLE_GROWTH = 64 * 1024 * 1024
/** A runaway loop around MemoryError ends after this many refusals. */
const MAX_MEMORY_REFUSALS = 2000

interface PyodideModule {
  FS: FsModule
  HEAPU8: Uint8Array
  HEAP8: Int8Array
  _Py_EMSCRIPTEN_SIGNAL_HANDLING: number
  _PyObject_CallNoArgs(pointer: number): number
  _Py_DecRef(pointer: number): void
  _PyErr_Clear(): void
  stackSave(): number
  stackRestore(pointer: number): void
}

export interface Interpreter {
  facts: { loadMs: number; permission: boolean }
  kept: object
  heapBytes(): number
  run(frame: Buffer): { result: Buffer | null; done: RunDone }
  /** Back to the state right after start. False when that cannot be had and the process must be replaced. */
  reset(): boolean
}

export async function boot(start: Start): Promise<Interpreter> {
  const watchdog = await startWatchdog(start.maxRssBytes)
  // The permission model takes process.binding away, which Pyodide asks for these numbers.
  Object.assign(process, { binding: () => ({ fs: constants }) })

  let softAt = Number.POSITIVE_INFINITY
  let hardAt = Number.POSITIVE_INFINITY
  let interrupted = false
  // Code that ends right after a sleep was cut short is never polled, and has run out of its time all the same.
  let overslept = false
  let memoryRefused = 0
  let heapLimit = start.maxHeapBytes
  const gate = createGate({
    die: (name) => leave(ENDINGS.has(name) ? EXIT.exited : EXIT.forbiddenImport),
    poll() {
      const now = performance.now()
      if (now < softAt) return 0
      if (now >= hardAt) leave(EXIT.timedOut)
      if (interrupted) return 0
      interrupted = true
      return SIGINT
    },
    mayGrow(bytes) {
      if (bytes <= heapLimit) return true
      if (++memoryRefused > MAX_MEMORY_REFUSALS) leave(EXIT.outOfMemory)
      return false
    },
  })

  const wasm = await WebAssembly.compile(readFileSync(`${start.pyodideDir}pyodide.asm.wasm`))
  const lock = JSON.parse(readFileSync(`${start.pyodideDir}pyodide-lock.json`, 'utf8')) as { info: object }
  let snapshot: Buffer | undefined
  if (start.snapshot) {
    snapshot = readFileSync(start.snapshot.path)
    const digest = createHash('sha256').update(snapshot).digest('hex')
    if (digest !== start.snapshot.sha256)
      throw new Error('the memory snapshot is not the one that was written')
  }
  const loadStart = performance.now()
  const pyodide = await loadPyodide({
    indexURL: start.pyodideDir,
    // No packages: what is installed is the standard library, and nothing can be added.
    lockFileContents: { info: lock.info, packages: {} },
    packageBaseUrl: start.pyodideDir,
    jsglobals: Object.freeze(Object.create(null)),
    env: { HOME, PYTHONDONTWRITEBYTECODE: '1' },
    stdin: () => null,
    stdout: () => {},
    stderr: () => {},
    checkAPIVersion: true,
    _sysExecutable: 'python',
    _makeSnapshot: start.makeSnapshot,
    _loadSnapshot: snapshot,
    createPyodideModule: (settings: { instantiateWasm: unknown }) => {
      settings.instantiateWasm = (
        imports: { [module: string]: { [name: string]: unknown } },
        use: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) => {
        const marker = Symbol('error')
        Object.assign(imports.env as object, {
          Jsv_GetError_import: () => marker,
          JsvError_Check: (value: unknown) => value === marker,
        })
        gate.install(imports, wasm)
        WebAssembly.instantiate(wasm, imports as WebAssembly.Imports).then(
          (instance) => use(instance, wasm),
          () => leave(EXIT.unfit),
        )
        return {}
      }
      return createPyodideModule(settings)
    },
  } as never)
  snapshot = undefined
  // Pyodide would hold on to the snapshot for as long as it lives.
  Object.assign((pyodide as unknown as { _api: { config: object } })._api.config, {
    _loadSnapshot: undefined,
  })
  const module = (pyodide as unknown as { _module: PyodideModule })._module
  if (!start.snapshot) {
    pyodide.runPython(preload)
    const bot = pyodide.runPython('import types\n_bot = types.ModuleType("_bot")\n_bot.__dict__')
    for (const [name, source] of Object.entries({ convert, host, author, serve })) {
      pyodide.runPython(source, { globals: bot, filename: `<bot ${name}>` })
    }
    bot.set('_specs', JSON.stringify([start.builtins, start.errors]))
    pyodide.runPython('_names = make_builtins(*_loads(_specs))', { globals: bot, filename: '<bot>' })
    bot.destroy()
    if (start.makeSnapshot) {
      const make = (pyodide as unknown as { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot
      const bytes = make.call(pyodide)
      for (let at = 0; at < bytes.length; at += SNAPSHOT_PIECE) {
        send(FROM_CHILD.snapshot, bytes.subarray(at, at + SNAPSHOT_PIECE))
      }
    }
  }
  // The proxy keeps the function alive; it is never used, because Python is called by address from now on.
  const kept = pyodide.runPython('_bot.clean()\n_bot.serve') as object
  const entry = pyodide.runPython('(id(_bot.serve), globals().clear())[0]') as number
  const loadMs = Math.round(performance.now() - loadStart)

  module.HEAP8[module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1
  const device = createDevice(module.FS, {
    leftMs: () => Math.max(0, softAt - performance.now()),
    overslept: () => {
      overslept = true
    },
  })
  const files = sealFiles(module.FS)
  const permission = process.permission !== undefined
  impoverish()
  gate.lock()

  const stack = module.stackSave()
  const pristine = module.HEAPU8.slice()
  let reusable = true

  function run(frame: Buffer): { result: Buffer | null; done: RunDone } {
    const limitsLength = frame.readUInt32BE(0)
    const limits = JSON.parse(frame.toString('utf8', 4, 4 + limitsLength)) as RunLimits
    interrupted = false
    overslept = false
    memoryRefused = 0
    heapLimit = Math.min(start.maxHeapBytes, limits.memoryBytes)
    files.begin(limits.fileBytes)
    device.begin(limits, frame.subarray(4 + limitsLength))
    const startedAt = performance.now()
    softAt = startedAt + limits.wallMs
    hardAt = softAt + GRACE_MS
    watchdog.arm(limits.wallMs + GRACE_MS + 100, limits.cpuMs)
    let told: DeviceRun
    let overflowed = false
    try {
      const answer = module._PyObject_CallNoArgs(entry)
      if (answer === 0) module._PyErr_Clear()
      else module._Py_DecRef(answer)
    } catch (error) {
      // A trap or an overflow of the JavaScript stack went through the interpreter: its memory is not to be trusted.
      reusable = false
      overflowed = error instanceof RangeError
    } finally {
      softAt = hardAt = Number.POSITIVE_INFINITY
      watchdog.disarm()
      told = device.end()
    }
    // Whoever could not even say how it ended is replaced, whatever the reason was.
    if (!told.result || module.HEAPU8.length > pristine.length + REUSABLE_GROWTH) reusable = false
    return {
      result: told.result,
      done: {
        interrupted: interrupted || overslept,
        memoryRefused,
        filesRefused: files.quotaHit(),
        droppedBytes: told.droppedBytes,
        callsRefused: told.callsRefused,
        resultRefused: told.resultRefused,
        overflowed,
        reusable,
        durationMs: performance.now() - startedAt,
      },
    }
  }

  return {
    facts: { loadMs, permission },
    kept,
    heapBytes: () => module.HEAPU8.length,
    run,
    reset() {
      if (!reusable) return false
      try {
        files.reset()
      } catch {
        return false
      }
      module.HEAPU8.set(pristine)
      if (module.HEAPU8.length > pristine.length) module.HEAPU8.fill(0, pristine.length)
      module.stackRestore(stack)
      return true
    },
  }
}
