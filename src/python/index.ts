// The sandbox as the rest of the bot sees it: run, check, release, ready, close. Pyodide in separate processes behind a
// gate; see child/gate.ts for what holds, pool.ts for who gets an interpreter, outcome.ts for what comes back.
import { availableParallelism } from 'node:os'
import type {
  BuiltinErrorSpec,
  BuiltinSpec,
  PythonFailure,
  PythonHost,
  PythonLimits,
  PythonRequest,
  PythonResult,
  PythonSandbox,
} from '../actions/ports.ts'
import type { SourceLocation } from '../definition/schema.ts'
import type { Printed } from '../engine/report.ts'
import { type ErrorInfo, errorInfo, WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { createFactory, type SnapshotState } from './factory.ts'
import { FrameError, parseJson } from './frames.ts'
import type { Interpreter, RunEnd, RunHandlers } from './interpreter.ts'
import { type Layer, layers } from './launch.ts'
import { effectiveLimits } from './limits.ts'
import { outcome, pythonFailure } from './outcome.ts'
import { Pool } from './pool.ts'
import { PrintedLines } from './printed.ts'
import { SELF_TEST, selfTest } from './self-test.ts'

export { guardAgainstInspector } from './inspector-guard.ts'
export { DEFAULT_LIMITS } from './limits.ts'
export { pythonStub } from './stub.ts'

export interface PythonSandboxOptions {
  builtins: BuiltinSpec[]
  errors: BuiltinErrorSpec[]
  /** A folder of the bot's own; created with mode 0700. Holds the child's program and memory snapshots. */
  cacheDir: string
  /** How many interpreters at most; by default one per core, at least 1 and at most 4. */
  poolSize?: number
  /** Defaults for every run; a request's own limits go first. */
  limits?: Partial<PythonLimits>
  log(line: { level: 'debug' | 'info' | 'warn' | 'error'; event: string; [detail: string]: unknown }): void
  /** Told once, when the first start takes long. */
  progress?(text: string): void
}

/** What a start-up or doctor output can say. */
export interface SandboxDescription {
  node: string
  poolSize: number
  layers: Layer[]
  snapshot: SnapshotState
  state: 'starting' | 'ready' | 'refused'
}

export type DescribedSandbox = PythonSandbox & { describe(): SandboxDescription }

/** What one call of a built-in may answer, as characters of JSON. */
const MAX_ANSWER = 16 * 1024 * 1024
/** Checked code is remembered, with what it compiled to. */
const MAX_CHECKED = 500
const MAX_COMPILED = 512 * 1024
const CHECK_LIMITS = effectiveLimits({
  wallMs: 10_000,
  cpuMs: 10_000,
  outputBytes: 0,
  hostCalls: 0,
  fileBytes: 0,
})

/** Starts nothing heavy itself: interpreters come up in the background, one after another. */
export function createPythonSandbox(options: PythonSandboxOptions): DescribedSandbox {
  const poolSize = options.poolSize ?? Math.min(4, Math.max(1, availableParallelism()))
  const log = (level: 'debug' | 'info' | 'warn' | 'error', event: string, detail: object) =>
    options.log({ level, event, ...detail })
  const factory = createFactory({ ...options, log: (event, detail) => log('info', event, detail) })
  const pool = new Pool({ size: poolSize, log, make: factory.make })
  let state: SandboxDescription['state'] = 'starting'
  const checked = new Map<string, { fault: PythonFailure | null; compiled: string | null }>()
  const checkKey = (code: string, { file, line }: SourceLocation) => JSON.stringify([file, line, code])

  const tested = selfTest(runUntested, (executionId) => pool.release(executionId)).then(
    () => {
      state = 'ready'
      log('info', 'python.ready', { snapshot: factory.snapshot(), poolSize })
    },
    (error: unknown) => {
      state = 'refused'
      const refusal =
        error instanceof WorkflowError
          ? error
          : new WorkflowError('python.unavailable', 'Python could not be tested, and is refused.', {
              cause: error,
            })
      log('error', 'python.refused', { code: refusal.code, message: refusal.message })
      pool.refuse(refusal)
      throw refusal
    },
  )
  tested.catch(() => {})
  pool.fill()

  async function runUntested(
    request: PythonRequest,
    host: PythonHost,
    signal?: AbortSignal,
  ): Promise<PythonResult> {
    const limits = effectiveLimits(options.limits, request.limits)
    const lines = new PrintedLines((printed) => {
      try {
        host.print?.(printed)
      } catch (error) {
        log('error', 'python.print_failed', { cause: String(error) })
      }
    })
    const startedAt = performance.now()
    let hostFault: ErrorInfo | null = null
    const handlers: RunHandlers = {
      print: (stream, text) => lines.push(stream, text),
      call: (name, args) =>
        answer(host, name, args as JsonObject, (fault, cause) => {
          hostFault = fault
          log('error', 'python.builtin_failed', {
            builtin: name,
            node: request.nodeName,
            cause: String(cause),
          })
        }),
    }
    try {
      return await pool.withInterpreter(request, signal, async (interpreter, fresh) => {
        const runStart = performance.now()
        const compiled = checked.get(checkKey(request.code, request.source))?.compiled ?? null
        const end = await cancellable(interpreter, signal, () =>
          interpreter.run('run', limits, pythonRequest(request, fresh, compiled), handlers),
        )
        if ('done' in end && end.done.droppedBytes > 0) lines.dropped(end.done.droppedBytes)
        if ('death' in end) {
          const level = request.workflowId === SELF_TEST ? 'debug' : 'info'
          log(level, 'python.interpreter_lost', { node: request.nodeName, death: end.death })
        }
        lines.end()
        const durationMs = performance.now() - runStart
        return outcome(end, { request, limits, printed: lines.all, durationMs, hostFault })
      })
    } catch (error) {
      const durationMs = performance.now() - startedAt
      const failure: PythonFailure = signal?.aborted
        ? { code: 'python.cancelled', message: 'The execution was cancelled.' }
        : errorInfo(error)
      if (failure.code === 'internal.unexpected') log('error', 'python.run_failed', { cause: String(error) })
      return { status: 'failed', error: failure, node: request.node, printed: lines.all, durationMs }
    }
  }

  return {
    async run(request, host, signal) {
      try {
        await (signal ? Promise.race([tested, abortion(signal)]) : tested)
      } catch (error) {
        if (signal?.aborted) return runUntested(request, host, signal)
        return { status: 'failed', error: errorInfo(error), node: request.node, printed: [], durationMs: 0 }
      }
      return runUntested(request, host, signal)
    },
    release: (executionId) => pool.release(executionId),
    async check(code, source) {
      await tested
      const key = checkKey(code, source)
      const known = checked.get(key)
      if (known) return known.fault
      const executionId = `check ${key}`
      const end = await pool.withInterpreter({ executionId, workflowId: 'check' }, undefined, (interpreter) =>
        interpreter.run(
          'check',
          CHECK_LIMITS,
          { code, file: source.file, line: source.line },
          {
            call: async () => '{}',
            print: () => {},
          },
        ),
      )
      pool.release(executionId)
      const verdict = checkVerdict(end)
      if (checked.size >= MAX_CHECKED) checked.clear()
      checked.set(key, verdict)
      return verdict.fault
    },
    async ready() {
      await tested
    },
    async close() {
      await Promise.all([pool.close(), factory.close()])
    },
    describe: () => ({
      node: process.version,
      poolSize,
      layers: layers(),
      snapshot: factory.snapshot(),
      state,
    }),
  }
}

/** Rejects when the signal is aborted. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function pythonRequest(request: PythonRequest, fresh: boolean, compiled: string | null): object {
  const { code, source, context, node, inputs, outputs, each = {} } = request
  const { file, line } = source
  return { code, file, line, context, node, inputs, outputs, each, fresh, compiled }
}

function cancellable<T>(
  interpreter: Interpreter,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
): Promise<T> {
  const cancel = () => interpreter.kill('cancelled')
  signal?.addEventListener('abort', cancel, { once: true })
  return run().finally(() => signal?.removeEventListener('abort', cancel))
}

/** The answer to a host call as JSON text. Never rejects. */
async function answer(
  host: PythonHost,
  name: string,
  args: JsonObject,
  ourFault: (fault: ErrorInfo, cause: unknown) => void,
): Promise<string> {
  try {
    const text = JSON.stringify({ ok: (await host.call(name, args)) ?? null })
    if (text.length <= MAX_ANSWER) return text
    throw new WorkflowError('builtin.answer_too_large', `${name} has ${text.length} characters to answer.`, {
      hint: 'Ask for less at a time.',
    })
  } catch (error) {
    const info = errorInfo(error)
    if (!(error instanceof WorkflowError)) ourFault(info, error)
    return JSON.stringify({ error: info })
  }
}

/** The compiled code comes from an interpreter in which no author's code ran, so it is as good as the source. */
function checkVerdict(end: RunEnd): { fault: PythonFailure | null; compiled: string | null } {
  const unchecked = {
    fault: { code: 'python.syntax_error', message: 'The code could not be compiled.' },
    compiled: null,
  }
  if ('death' in end || !end.result) return unchecked
  try {
    const told = parseJson(end.result) as {
      ok?: boolean
      fault?: unknown
      compiled?: unknown
      error?: unknown
    }
    if (told.ok !== true) return { fault: pythonFailure(told.error), compiled: null }
    if (told.fault !== null) return { fault: pythonFailure(told.fault), compiled: null }
    const small = typeof told.compiled === 'string' && told.compiled.length <= MAX_COMPILED
    return { fault: null, compiled: small ? (told.compiled as string) : null }
  } catch (error) {
    if (error instanceof FrameError) return unchecked
    throw error
  }
}

export type { Printed }
