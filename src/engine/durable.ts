// The Durable seam on a journal: each operation is recorded under its name, and answered from the record on replay.
// One instance drives one execution in this process.
import { errorInfo, WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Clock, Durable, ExecutionStore, JournalEntry } from './ports.ts'

export class JournalDurable implements Durable {
  readonly executionId: string
  readonly signal: AbortSignal
  readonly #store: ExecutionStore
  readonly #clock: Clock
  readonly #journal = new Map<string, JournalEntry>()
  readonly #waiters = new Map<string, (value: Json) => void>()

  constructor(options: {
    executionId: string
    store: ExecutionStore
    clock: Clock
    signal: AbortSignal
    entries: JournalEntry[]
  }) {
    this.executionId = options.executionId
    this.#store = options.store
    this.#clock = options.clock
    this.signal = options.signal
    for (const entry of options.entries) this.#journal.set(entry.name, entry)
  }

  async step<T extends Json>(
    name: string,
    fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const recorded = this.#journal.get(name)
    if (recorded?.kind === 'step') return recorded.value as T
    if (recorded?.kind === 'failure')
      throw new WorkflowError(recorded.error.code, recorded.error.message, recorded.error)
    this.signal.throwIfAborted()
    let value: T
    try {
      value = await fn({ key: `${this.executionId}/${name}`, signal: this.signal })
    } catch (thrown) {
      // What failed because the execution was stopped says nothing about the step: it may run again.
      this.signal.throwIfAborted()
      const error = errorInfo(thrown)
      await this.#record({ name, kind: 'failure', error })
      throw thrown
    }
    // A step that finished is recorded even when the execution was stopped meanwhile: its effects are real.
    await this.#record({ name, kind: 'step', value })
    return value
  }

  async sleep(name: string, ms: number): Promise<void> {
    const recorded = this.#journal.get(name)
    const until = recorded?.kind === 'sleep' ? recorded.until : this.#clock.now() + ms
    if (!recorded) {
      this.signal.throwIfAborted()
      await this.#record({ name, kind: 'sleep', until })
    }
    const rest = until - this.#clock.now()
    if (rest > 0) await this.#clock.sleep(rest, this.signal)
  }

  async promise<T extends Json>(name: string, timeoutMs?: number): Promise<T | null> {
    const settled = this.#journal.get(name)
    if (settled?.kind === 'signal') return settled.value as T | null
    this.signal.throwIfAborted()
    const deadline = `${name}/deadline`
    if (timeoutMs !== undefined && !this.#journal.has(deadline)) {
      await this.#record({ name: deadline, kind: 'sleep', until: this.#clock.now() + timeoutMs })
    }
    const over = this.#journal.get(deadline)
    const answered = new AbortController()
    const answer = new Promise<Json>((resolve) => this.#waiters.set(name, resolve))
    const late = (this.#journal.get(name) as { value: Json } | undefined)?.value
    try {
      if (late !== undefined) return late as T
      const contenders: Promise<Json>[] = [answer, rejectWhenAborted(this.signal, answered.signal)]
      if (over?.kind === 'sleep') {
        const rest = Math.max(0, over.until - this.#clock.now())
        contenders.push(
          this.#clock.sleep(rest, AbortSignal.any([this.signal, answered.signal])).then(async () => {
            // The signal and the deadline may meet: whichever was recorded first stands.
            await this.settle(name, null)
            return (this.#journal.get(name) as { value: Json }).value
          }),
        )
      }
      return (await Promise.race(contenders)) as T | null
    } finally {
      this.#waiters.delete(name)
      answered.abort()
    }
  }

  all<T>(promises: Promise<T>[]): Promise<T[]> {
    return Promise.all(promises)
  }

  /** Settles a promise, whether or not anybody waits for it yet. False when it was settled before. */
  async settle(name: string, value: Json): Promise<boolean> {
    if (this.#journal.has(name)) return false
    const first = await this.#record({ name, kind: 'signal', value })
    if (first) this.#waiters.get(name)?.(value)
    return first
  }

  async #record(entry: JournalEntry): Promise<boolean> {
    const first = await persist(this.#clock, () => this.#store.append(this.executionId, entry), this.signal)
    if (first) this.#journal.set(entry.name, entry)
    return first
  }
}

/**
 * Writes until it is written: a full disk delays an execution, it does not lose it. Waits 1 s at first and 30 s at the
 * most between attempts; gives up only when `signal` says that the execution is stopped.
 */
export async function persist<T>(clock: Clock, write: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let waitMs = 1000; ; waitMs = Math.min(waitMs * 2, 30_000)) {
    try {
      return await write()
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError) || !temporary.has(thrown.code)) throw thrown
      await clock.sleep(waitMs, signal)
    }
  }
}

const temporary = new Set(['store.disk_full', 'store.write_failed'])

function rejectWhenAborted(signal: AbortSignal, until: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: until })
  })
}
