// An execution store that answers in its own time and dies after a number of writes, as if the process had been killed.
import { deferred } from '../../src/engine/deferred.ts'
import type { ExecutionStart, JournalEntry } from '../../src/engine/ports.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { MemoryExecutionStore } from './memory-store.ts'

export class MortalStore extends MemoryExecutionStore {
  /** How many more writes there will be an answer to. */
  left: number
  writes = 0
  /** Whether the write in which it dies still reaches the disk. */
  readonly #lastWords: boolean
  readonly #latency: () => number

  /** `latency` says how many turns of the microtask queue the next write takes. */
  constructor(options: { left?: number; lastWords?: boolean; latency?: () => number } = {}) {
    super()
    this.left = options.left ?? Number.POSITIVE_INFINITY
    this.#lastWords = options.lastWords ?? false
    this.#latency = options.latency ?? (() => 0)
  }

  readonly #death = deferred<void>()

  get dead(): boolean {
    return this.left < 0
  }

  /** Resolves when it has died. */
  get death(): Promise<void> {
    return this.#death.promise
  }

  override create(start: ExecutionStart): Promise<void> {
    return this.#write(() => super.create(start))
  }

  override append(executionId: string, entry: JournalEntry): Promise<boolean> {
    return this.#write(() => super.append(executionId, entry))
  }

  override finish(executionId: string, report: FinishedReport): Promise<void> {
    return this.#write(() => super.finish(executionId, report))
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    for (let turn = this.#latency(); turn > 0; turn--) await undefined
    if (this.left <= 0) {
      const dies = this.left === 0
      this.left = -1
      if (dies && this.#lastWords) await write()
      this.#death.resolve()
      return new Promise<never>(() => undefined)
    }
    this.left--
    this.writes++
    return write()
  }
}
