// The bot's handle on one interpreter process: its state, the frames that are acceptable in that state, and its death.
// Everything that arrives is distrusted: one frame that does not belong, and the process is killed.
import type { PythonLimits } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { RunDone, Start } from './child/start.ts'
import { encodeFrame, FROM_CHILD, FrameReader, MAX_FRAME_BYTES, parseJson, TO_CHILD } from './frames.ts'
import type { Launched } from './launch.ts'

export type Death =
  | { by: 'signal' | 'exit'; signal: NodeJS.Signals | null; code: number | null; stderr: string }
  | { by: 'us'; why: 'cancelled' | 'timed_out' | 'closed' | 'protocol'; detail?: string }

export type RunEnd =
  | { result: Buffer | null; done: RunDone; lastLine: number | null }
  | { death: Death; lastLine: number | null }

export interface RunHandlers {
  /** Answers a host call; never rejects. */
  call(name: string, args: { [name: string]: unknown }): Promise<string>
  print(stream: number, text: Buffer): void
}

const SNAPSHOT_LIMIT = 512 * 1024 * 1024
const MAX_REQUEST_BYTES = 32 * 1024 * 1024
/** On top of the child's own deadlines, for a child that no longer keeps them. */
const PARENT_GRACE_MS = 1500
const START_MS = 120_000
const RESET_MS = 10_000

type State =
  | { is: 'starting' }
  | { is: 'clean' }
  | {
      is: 'running'
      limits: PythonLimits
      handlers: RunHandlers
      end(end: RunEnd): void
      result: Buffer | null
      calling: boolean
      lastLine: number | null
    }
  | { is: 'used' }
  | { is: 'resetting'; end(clean: boolean): void }
  | { is: 'dead'; death: Death }

export class Interpreter {
  readonly pid: number | undefined
  /** A run was interrupted in it; what was on its way then may strike later, so it is reset before the next one. */
  interrupted = false
  /** Resolves when it is ready the first time; rejects with the reason when it never was. */
  readonly started: Promise<{ startMs: number; heapBytes: number; permission: boolean }>
  /** Resolves when the process is gone, after everything else was told. */
  readonly gone: Promise<Death>
  #state: State = { is: 'starting' }
  #launched: Launched
  #reader = new FrameReader((kind) => this.#limitOf(kind))
  #snapshot: ((piece: Buffer) => void) | null
  #snapshotBytes = 0
  #killed: Death | null = null
  #timer: NodeJS.Timeout | undefined
  #resolveStarted!: (facts: { startMs: number; heapBytes: number; permission: boolean }) => void
  #rejectStarted!: (reason: Error) => void
  #resolveGone!: (death: Death) => void

  constructor(launched: Launched, start: Start, onSnapshot: ((piece: Buffer) => void) | null) {
    this.#launched = launched
    this.#snapshot = onSnapshot
    this.pid = launched.process.pid
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve
      this.#rejectStarted = reject
    })
    this.started.catch(() => {})
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve
    })
    launched.pipe.on('data', (chunk: Buffer) => this.#arrived(chunk))
    // A write to a process that just died; its exit tells the story.
    launched.pipe.on('error', () => {})
    launched.process.on('error', (error) => this.#ended(null, null, error.message))
    launched.process.on('exit', (code, signal) => {
      // What it wrote last may still be in the pipe.
      if (launched.pipe.readableEnded || launched.pipe.destroyed) this.#ended(code, signal)
      else {
        launched.pipe.once('close', () => this.#ended(code, signal))
        launched.pipe.once('end', () => this.#ended(code, signal))
        setTimeout(() => this.#ended(code, signal), 1000).unref()
      }
    })
    this.#deadline(START_MS)
    this.#send(TO_CHILD.start, JSON.stringify(start))
  }

  get state(): State['is'] {
    return this.#state.is
  }

  /**
   * Runs or checks one request; the interpreter must be clean or used. Never rejects; throws `python.input_limit` for a
   * request that is too large, and then nothing has happened.
   */
  run(kind: 'run' | 'check', limits: PythonLimits, request: object, handlers: RunHandlers): Promise<RunEnd> {
    if (this.#state.is === 'dead') return Promise.resolve({ death: this.#state.death, lastLine: null })
    if (this.#state.is !== 'clean' && this.#state.is !== 'used')
      throw new Error(`interpreter is ${this.#state.is}`)
    const limitsText = Buffer.from(JSON.stringify(limits))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(limitsText.length)
    const text = Buffer.from(JSON.stringify({ kind, limits, ...request }))
    if (text.length > MAX_REQUEST_BYTES) {
      throw new WorkflowError(
        'python.input_limit',
        `What the code would see is ${text.length} bytes as JSON.`,
        {
          hint: `At most ${MAX_REQUEST_BYTES} bytes can be handed to a node; keep what is large in records.`,
        },
      )
    }
    return new Promise((resolve) => {
      const end = (ended: RunEnd) => {
        clearTimeout(this.#timer)
        resolve(ended)
      }
      this.#state = { is: 'running', limits, handlers, end, result: null, calling: false, lastLine: null }
      this.#deadline(limits.wallMs + PARENT_GRACE_MS)
      this.#send(TO_CHILD[kind], Buffer.concat([length, limitsText, text]))
    })
  }

  /** Writes the pristine memory back. False when the process has to be replaced. */
  reset(): Promise<boolean> {
    if (this.#state.is !== 'used' && this.#state.is !== 'clean') return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#state = { is: 'resetting', end: resolve }
      this.#deadline(RESET_MS)
      this.#send(TO_CHILD.reset, '')
    })
  }

  kill(why: 'cancelled' | 'timed_out' | 'closed' | 'protocol', detail?: string): void {
    if (this.#state.is === 'dead' || this.#killed) return
    this.#killed = { by: 'us', why, ...(detail ? { detail } : {}) }
    this.#launched.process.kill('SIGKILL')
    // Whoever waits hears now, not when the operating system has cleaned up.
    this.#settle(this.#killed)
  }

  #deadline(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.kill('timed_out'), ms)
    this.#timer.unref()
  }

  #send(kind: string, body: Buffer | string): void {
    if (!this.#launched.pipe.destroyed) this.#launched.pipe.write(encodeFrame(kind, body))
  }

  #limitOf(kind: string): number | undefined {
    const state = this.#state
    switch (state.is) {
      case 'starting':
        if (kind === FROM_CHILD.ready || kind === FROM_CHILD.refused) return 4096
        if (kind === FROM_CHILD.snapshot && this.#snapshot) return SNAPSHOT_LIMIT - this.#snapshotBytes
        return undefined
      case 'resetting':
        return kind === FROM_CHILD.ready ? 4096 : undefined
      case 'running':
        if (state.calling) return undefined
        if (kind === FROM_CHILD.done) return 4096
        if (state.result) return undefined
        if (kind === FROM_CHILD.print) return Math.min(state.limits.outputBytes + 1, MAX_FRAME_BYTES)
        if (kind === FROM_CHILD.line) return 4
        if (kind === FROM_CHILD.call) return state.limits.resultBytes
        if (kind === FROM_CHILD.result) return state.limits.resultBytes + 65536
        return undefined
      default:
        return undefined
    }
  }

  #arrived(chunk: Buffer): void {
    if (this.#state.is === 'dead' || this.#killed) return
    try {
      this.#reader.push(chunk)
      for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) {
        this.#handle(frame.kind, frame.body)
        if (this.#killed) return
      }
      if (this.#reader.pendingBytes > 0 && (this.#state.is === 'clean' || this.#state.is === 'used')) {
        throw new Error('bytes at rest')
      }
    } catch (error) {
      this.kill('protocol', error instanceof Error ? error.message : 'unknown')
    }
  }

  #handle(kind: string, body: Buffer): void {
    const state = this.#state
    if (state.is === 'starting') {
      if (kind === FROM_CHILD.snapshot) {
        this.#snapshotBytes += body.length
        this.#snapshot?.(body)
        return
      }
      const facts = parseJson(body) as {
        startMs: number
        heapBytes: number
        permission: boolean
        message?: string
      }
      if (kind === FROM_CHILD.refused) {
        this.#rejectStarted(new Error(String(facts.message)))
        return
      }
      clearTimeout(this.#timer)
      this.#state = { is: 'clean' }
      this.#resolveStarted(facts)
    } else if (state.is === 'resetting') {
      clearTimeout(this.#timer)
      this.#state = { is: 'clean' }
      this.interrupted = false
      state.end(true)
    } else if (state.is === 'running') {
      if (kind === FROM_CHILD.print) state.handlers.print(body[0] ?? 1, body.subarray(1))
      else if (kind === FROM_CHILD.line) state.lastLine = body.length === 4 ? body.readUInt32LE(0) : null
      else if (kind === FROM_CHILD.result) state.result = body
      else if (kind === FROM_CHILD.call) this.#call(state, body)
      else {
        const done = parseJson(body) as RunDone
        this.#state = { is: 'used' }
        this.interrupted = done.interrupted === true
        state.end({ result: state.result, done, lastLine: state.lastLine })
        if (done.reusable !== true) this.kill('closed')
      }
    }
  }

  #call(state: State & { is: 'running' }, body: Buffer): void {
    const call = parseJson(body) as { name?: unknown; args?: unknown } | null
    if (
      typeof call !== 'object' ||
      call === null ||
      typeof call.name !== 'string' ||
      typeof call.args !== 'object' ||
      call.args === null ||
      Array.isArray(call.args)
    ) {
      throw new Error('a malformed call')
    }
    state.calling = true
    state.handlers.call(call.name, call.args as { [name: string]: unknown }).then((answer) => {
      // The run may have been cancelled or timed out meanwhile.
      if (this.#state !== state) return
      state.calling = false
      this.#send(TO_CHILD.answer, answer)
    })
  }

  #ended(code: number | null, signal: NodeJS.Signals | null, message?: string): void {
    if (this.#state.is === 'dead' && !this.#killed) return
    const stderr = message ?? this.#launched.stderr()
    const death = this.#killed ?? ({ by: signal ? 'signal' : 'exit', signal, code, stderr } satisfies Death)
    this.#settle(death)
    this.#launched.pipe.destroy()
    this.#resolveGone(death)
  }

  #settle(death: Death): void {
    const state = this.#state
    clearTimeout(this.#timer)
    this.#state = { is: 'dead', death }
    if (state.is === 'running') state.end({ death, lastLine: state.lastLine })
    else if (state.is === 'resetting') state.end(false)
    else if (state.is === 'starting') {
      const reason =
        death.by === 'us'
          ? death.why
          : death.stderr.trim().split('\n').slice(-3).join(' ') || `${death.signal ?? death.code}`
      this.#rejectStarted(new Error(`the interpreter did not start: ${reason}`))
    }
  }
}
