// Turns what came back from an interpreter, or its death, into the one result that the engine understands. What Python
// says about itself is checked like anything else that arrives from outside.
import type { PythonFailure, PythonLimits, PythonRequest, PythonResult } from '../actions/ports.ts'
import type { Frame, Printed } from '../engine/report.ts'
import type { ErrorInfo } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { EXIT } from './child/pipe-codes.ts'
import type { RunDone } from './child/start.ts'
import { FrameError, jsonDepth, parseJson } from './frames.ts'
import type { Death, RunEnd } from './interpreter.ts'

const MAX_MESSAGE = 10_000

export interface Ran {
  request: Pick<PythonRequest, 'code' | 'source' | 'node'>
  limits: PythonLimits
  printed: Printed[]
  durationMs: number
  /** A built-in failed in a way that is our mistake: the node ends with it, whatever Python made of it. */
  hostFault: ErrorInfo | null
}

export function outcome(end: RunEnd, ran: Ran): PythonResult {
  const { printed, durationMs, request, limits } = ran
  const failed = (error: PythonFailure, node: JsonObject = request.node): PythonResult => ({
    status: 'failed',
    error,
    node,
    printed,
    durationMs,
  })
  if ('death' in end) return failed({ ...deathFailure(end.death, limits), ...where(request, end.lastLine) })
  const { done, result } = end
  if (ran.hostFault) return failed({ ...ran.hostFault, ...where(request, end.lastLine) })
  if (done.resultRefused) return failed(tooLarge(limits))
  if (!result) return failed({ ...noResult(done, limits), ...where(request, end.lastLine) })

  let answer: unknown
  try {
    if (jsonDepth(result, limits.resultDepth + 2) > limits.resultDepth + 2) throw new FrameError('too deep')
    answer = parseJson(result)
  } catch {
    return failed({ code: 'python.not_json', message: 'The code handed back something that is not JSON.' })
  }
  if (!isObject(answer))
    return failed({ code: 'python.not_json', message: 'The code handed back something that is not JSON.' })
  if (answer.ok === true && isObject(answer.context) && isObject(answer.node)) {
    // A deadline that strikes while the code is catching everything counts all the same.
    if (done.interrupted) return failed({ ...timedOut(limits.wallMs), ...where(request, end.lastLine) })
    if (result.length > limits.resultBytes + 1024) return failed(tooLarge(limits))
    return {
      status: 'succeeded',
      output: (answer.output ?? null) as Json,
      context: answer.context as JsonObject,
      node: answer.node as JsonObject,
      printed,
      durationMs,
    }
  }
  const node = isObject(answer.node) ? (answer.node as JsonObject) : request.node
  return failed({ ...where(request, end.lastLine), ...refine(pythonFailure(answer.error), done, ran) }, node)
}

/** What the child counted says more than the exception that Python made of it. */
function refine(error: PythonFailure, done: RunDone, { limits }: Ran): PythonFailure {
  if (done.interrupted) {
    return { ...pick(error, 'file', 'line', 'source', 'frames'), ...timedOut(limits.wallMs) }
  }
  if (error.exception === 'MemoryError') {
    // The parser says MemoryError too, for code that is nested too deeply.
    return done.memoryRefused > 0
      ? { ...error, ...outOfMemory(limits) }
      : { ...error, code: 'python.exception' }
  }
  if (done.filesRefused && error.exception === 'OSError') {
    const message = `The code wrote more than ${size(limits.fileBytes)} of temporary files.`
    return { ...error, code: 'python.file_limit', message, hint: 'Write less, or raise limits.files_mb.' }
  }
  if (error.code === 'python.call_limit')
    return { ...error, hint: 'Call fewer built-ins, or raise limits.calls.' }
  return error
}

function deathFailure(death: Death, limits: PythonLimits): PythonFailure {
  if (death.by === 'us') {
    if (death.why === 'cancelled')
      return { code: 'python.cancelled', message: 'The execution was cancelled.' }
    if (death.why === 'closed') return { code: 'python.cancelled', message: 'The bot stopped.' }
    if (death.why === 'timed_out') return timedOut(limits.wallMs)
    return {
      code: 'python.crashed',
      message: 'The interpreter said something that it must not say, and was ended.',
      hint: 'The code wrote to a descriptor that is not its own.',
    }
  }
  if (death.signal === 'SIGALRM' || death.code === EXIT.timedOut) return timedOut(limits.wallMs)
  if (death.signal === 'SIGVTALRM') {
    const message = `The code used more than ${seconds(limits.cpuMs)} of processor time.`
    return { code: 'python.timed_out', message, hint: 'Do less in one node, or raise limits.cpu.' }
  }
  if (death.signal === 'SIGUSR2' || death.code === EXIT.outOfMemory) return outOfMemory(limits)
  if (death.code === EXIT.outputLimit) {
    const message = `The code printed far more than ${size(limits.outputBytes)}.`
    return { code: 'python.output_limit', message, hint: 'Print less, or raise limits.output_mb.' }
  }
  if (death.code === EXIT.forbiddenImport) {
    const message = 'The code tried to leave the sandbox, and the interpreter was ended.'
    return {
      code: 'python.crashed',
      message,
      hint: 'What is not in the standard library or a built-in cannot be reached.',
    }
  }
  return {
    code: 'python.crashed',
    message: 'The code ended its interpreter.',
    hint: 'os._exit, a crash of native code or too little memory on the machine can be the cause.',
  }
}

function noResult(done: RunDone, limits: PythonLimits): PythonFailure {
  if (done.interrupted) return timedOut(limits.wallMs)
  if (done.overflowed) {
    const message = 'The code recursed deeper than the interpreter can.'
    return {
      code: 'python.recursion_limit',
      message,
      hint: 'Use a loop, or a structure that is less deeply nested.',
    }
  }
  if (done.memoryRefused > 0) return outOfMemory(limits)
  return { code: 'python.crashed', message: 'The code broke its interpreter: it ended without a result.' }
}

function timedOut(wallMs: number): PythonFailure {
  const message = `The code ran longer than ${seconds(wallMs)}.`
  return { code: 'python.timed_out', message, hint: 'Do less in one node, or raise limits.time.' }
}

function outOfMemory(limits: PythonLimits): PythonFailure {
  const message = `The code needed more than ${size(limits.memoryBytes)} of memory.`
  return { code: 'python.out_of_memory', message, hint: 'Work in smaller pieces, or raise limits.memory_mb.' }
}

function tooLarge(limits: PythonLimits): PythonFailure {
  const message = `The result is larger than ${size(limits.resultBytes)} as JSON.`
  return {
    code: 'python.result_limit',
    message,
    hint: 'Return less, keep what is large in records, or raise limits.result_mb.',
  }
}

const seconds = (ms: number) => `${Number((ms / 1000).toFixed(1))} s`
const size = (bytes: number) =>
  bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${Number((bytes / 1024 / 1024).toFixed(1))} MB`

/** The line that was last seen to begin, in the author's words. */
function where(request: Ran['request'], line: number | null): Partial<PythonFailure> {
  const { file, line: first } = request.source
  if (line === null || line < first) return { file }
  const source = request.code.split('\n')[line - first]?.trim().slice(0, 500)
  return { file, line, ...(source ? { source } : {}) }
}

/** The error as Python told it, field by field: the code of a node can write here whatever it likes. */
export function pythonFailure(told: unknown): PythonFailure {
  if (!isObject(told)) return { code: 'python.crashed', message: 'The code broke its interpreter.' }
  const text = (key: string, most = MAX_MESSAGE) => {
    const value = told[key]
    return typeof value === 'string' && value.length > 0 ? value.slice(0, most) : undefined
  }
  const code = text('code', 100)
  const failure: PythonFailure = {
    code: code && /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/.test(code) ? code : 'python.exception',
    message: text('message') ?? 'The code failed.',
  }
  for (const key of ['hint', 'exception', 'file', 'source'] as const) {
    const value = text(key, 1000)
    if (value) failure[key] = value
  }
  if (isLine(told.line)) failure.line = told.line
  if (Array.isArray(told.frames)) failure.frames = told.frames.slice(0, 50).flatMap((one) => frame(one) ?? [])
  return failure
}

function frame(told: unknown): Frame | undefined {
  if (!isObject(told) || !isLine(told.line)) return undefined
  if (typeof told.file !== 'string' || typeof told.function !== 'string') return undefined
  const source = typeof told.source === 'string' ? { source: told.source.slice(0, 1000) } : {}
  return { file: told.file.slice(0, 1000), line: told.line, function: told.function.slice(0, 200), ...source }
}

const isLine = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick<T, K extends keyof T>(from: T, ...keys: K[]): Partial<T> {
  const some: Partial<T> = {}
  for (const key of keys) if (from[key] !== undefined) some[key] = from[key]
  return some
}
