// Shares a few interpreters among executions: an execution keeps its interpreter from its first code node until it is
// released, nobody else ever meets it before it is pristine again, and workflows take turns when all are busy.
import { WorkflowError } from '../errors.ts'
import type { Interpreter } from './interpreter.ts'

/** An idle interpreter is taken back from its execution after this long, if others wait. Long enough for a chain. */
const IDLE_MS = 50
const RETRY_MS = [0, 1000, 5000, 15_000]
const FAILURES_UNTIL_REFUSED = 3

interface Lease {
  interpreter: Interpreter
  executionId: string
  busy: boolean
  idleSince: number
  releaseWhenDone: boolean
  /** No code ran in it yet for this execution. */
  fresh: boolean
}

interface Waiter {
  resolve(interpreter: Interpreter): void
  reject(error: unknown): void
}

export interface PoolOptions {
  size: number
  make(): Promise<Interpreter>
  log(level: 'debug' | 'info' | 'warn' | 'error', event: string, detail: object): void
}

export class Pool {
  readonly #options: PoolOptions
  readonly #clean: Interpreter[] = []
  readonly #leases = new Map<string, Lease>()
  /** Waiters by workflow; the map's order is whose turn it is. */
  readonly #queues = new Map<string, Waiter[]>()
  readonly #turns = new Map<string, Promise<unknown>>()
  #alive = 0
  #failures = 0
  #refused: WorkflowError | null = null
  #closed = false
  #reclaimTimer: NodeJS.Timeout | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Brings the pool to its size, in the background. */
  fill(): void {
    while (!this.#closed && !this.#refused && this.#alive < this.#options.size) {
      this.#alive++
      void this.#start()
    }
  }

  get waiting(): number {
    let count = 0
    for (const queue of this.#queues.values()) count += queue.length
    return count
  }

  /** From now on every request is refused with this. */
  refuse(error: WorkflowError): void {
    this.#refused = error
    for (const queue of this.#queues.values()) for (const waiter of queue) waiter.reject(error)
    this.#queues.clear()
  }

  /**
   * Calls `use` with the execution's interpreter, one call at a time per execution. `fresh` is true when no code of
   * this execution ran in it. Rejects `python.unavailable`, or the signal's reason when it is aborted while waiting.
   */
  async withInterpreter<T>(
    who: { executionId: string; workflowId: string },
    signal: AbortSignal | undefined,
    use: (interpreter: Interpreter, fresh: boolean) => Promise<T>,
  ): Promise<T> {
    const before = this.#turns.get(who.executionId) ?? Promise.resolve()
    const mine = before.then(() => this.#use(who, signal, use))
    const settled = mine.then(
      () => {},
      () => {},
    )
    this.#turns.set(who.executionId, settled)
    try {
      return await mine
    } finally {
      if (this.#turns.get(who.executionId) === settled) this.#turns.delete(who.executionId)
    }
  }

  async #use<T>(
    who: { executionId: string; workflowId: string },
    signal: AbortSignal | undefined,
    use: (interpreter: Interpreter, fresh: boolean) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    let lease = this.#leases.get(who.executionId)
    if (lease?.interpreter.state !== 'used') {
      if (lease) this.#leases.delete(who.executionId)
      const interpreter = await this.#acquire(who.workflowId, signal)
      lease = {
        interpreter,
        executionId: who.executionId,
        busy: false,
        idleSince: 0,
        releaseWhenDone: false,
        fresh: true,
      }
      this.#leases.set(who.executionId, lease)
    }
    lease.busy = true
    try {
      return await use(lease.interpreter, lease.fresh)
    } finally {
      lease.busy = false
      lease.fresh = false
      lease.idleSince = performance.now()
      if (lease.interpreter.state === 'dead') this.#leases.delete(who.executionId)
      else if (lease.releaseWhenDone || lease.interpreter.interrupted) this.#giveBack(lease)
      else if (this.#queues.size > 0) this.#reclaim()
    }
  }

  release(executionId: string): void {
    const lease = this.#leases.get(executionId)
    if (!lease) return
    if (lease.busy) lease.releaseWhenDone = true
    else this.#giveBack(lease)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#reclaimTimer)
    this.refuse(new WorkflowError('python.unavailable', 'The bot is stopping.'))
    const all = [...this.#clean, ...[...this.#leases.values()].map((lease) => lease.interpreter)]
    this.#clean.length = 0
    this.#leases.clear()
    for (const interpreter of all) interpreter.kill('closed')
    await Promise.all(all.map((interpreter) => interpreter.gone))
  }

  #acquire(workflowId: string, signal: AbortSignal | undefined): Promise<Interpreter> {
    if (this.#refused) return Promise.reject(this.#refused)
    const interpreter = this.#queues.size === 0 ? this.#takeClean() : undefined
    if (interpreter) return Promise.resolve(interpreter)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve(given) {
          signal?.removeEventListener('abort', aborted)
          resolve(given)
        },
        reject(error) {
          signal?.removeEventListener('abort', aborted)
          reject(error)
        },
      }
      const aborted = () => {
        const queue = this.#queues.get(workflowId)
        const at = queue?.indexOf(waiter) ?? -1
        if (queue && at >= 0) queue.splice(at, 1)
        if (queue?.length === 0) this.#queues.delete(workflowId)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', aborted, { once: true })
      const queue = this.#queues.get(workflowId)
      if (queue) queue.push(waiter)
      else this.#queues.set(workflowId, [waiter])
      this.fill()
      this.#reclaim()
    })
  }

  #takeClean(): Interpreter | undefined {
    for (let one = this.#clean.pop(); one; one = this.#clean.pop()) if (one.state === 'clean') return one
    return undefined
  }

  /** A clean interpreter goes to the workflow whose turn it is, or to the shelf. */
  #offer(interpreter: Interpreter): void {
    if (this.#closed) {
      interpreter.kill('closed')
      return
    }
    const next = this.#queues.entries().next()
    if (next.done) {
      this.#clean.push(interpreter)
      return
    }
    const [workflowId, queue] = next.value
    const waiter = queue.shift() as Waiter
    this.#queues.delete(workflowId)
    if (queue.length > 0) this.#queues.set(workflowId, queue)
    waiter.resolve(interpreter)
  }

  #giveBack(lease: Lease): void {
    this.#leases.delete(lease.executionId)
    void this.#recycle(lease.interpreter)
  }

  async #recycle(interpreter: Interpreter): Promise<void> {
    if (interpreter.state === 'dead') return
    if (await interpreter.reset()) this.#offer(interpreter)
    else interpreter.kill('closed')
  }

  /** Others wait: interpreters whose execution has been idle for a while come back. */
  #reclaim(): void {
    clearTimeout(this.#reclaimTimer)
    if (this.#queues.size === 0 || this.#closed) return
    const now = performance.now()
    let wanted = this.waiting
    let soonest = Number.POSITIVE_INFINITY
    const idle = [...this.#leases.values()]
      .filter((lease) => !lease.busy)
      .sort((a, b) => a.idleSince - b.idleSince)
    for (const lease of idle) {
      if (wanted === 0) break
      if (now - lease.idleSince >= IDLE_MS) {
        this.#giveBack(lease)
        wanted--
      } else soonest = Math.min(soonest, lease.idleSince + IDLE_MS - now)
    }
    if (soonest !== Number.POSITIVE_INFINITY) {
      this.#reclaimTimer = setTimeout(() => this.#reclaim(), soonest + 1)
      this.#reclaimTimer.unref()
    }
  }

  async #start(): Promise<void> {
    try {
      const delay = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] as number
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay).unref())
      const interpreter = await this.#options.make()
      this.#failures = 0
      void interpreter.gone.then((death) => {
        this.#alive--
        const at = this.#clean.indexOf(interpreter)
        if (at >= 0) this.#clean.splice(at, 1)
        if (!this.#closed)
          this.#options.log('debug', 'python.interpreter_gone', { pid: interpreter.pid, death })
        this.fill()
      })
      const { startMs, heapBytes } = await interpreter.started
      this.#options.log('debug', 'python.interpreter_ready', { pid: interpreter.pid, startMs, heapBytes })
      this.#offer(interpreter)
    } catch (error) {
      this.#alive--
      this.#failures++
      if (this.#closed) return
      this.#options.log('warn', 'python.start_failed', {
        reason: (error as Error).message,
        failures: this.#failures,
      })
      if (this.#failures >= FAILURES_UNTIL_REFUSED || error instanceof WorkflowError) {
        this.refuse(
          error instanceof WorkflowError
            ? error
            : new WorkflowError('python.unavailable', `Python does not start: ${(error as Error).message}`, {
                hint: 'The log of the bot has the details. Workflows without code still run.',
                cause: error,
              }),
        )
      } else this.fill()
    }
  }
}
