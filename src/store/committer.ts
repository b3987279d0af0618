// Makes changes durable in groups: all that wait while one fsync runs share the next one. A change is planned on the
// adopted state, written, and only then adopted; two changes to the same thing never share a group.
import { closedError, encodeLine, type Journal } from './journal.ts'
import { encodeOperation, type Operation } from './operations.ts'
import { applyOperation, type State } from './state.ts'

export interface Change<T> {
  /** What the change alone may touch in its group. */
  exclusive: string[]
  /** What the change needs to stay as it is, while others may need that too. */
  shared?: string[]
  /** Decides on the state as it is; throws to refuse. No operations: nothing is written. */
  plan(state: State): { operations: Operation[]; result: T }
}

interface Waiting {
  change: Change<unknown>
  resolve(result: unknown): void
  reject(error: unknown): void
}

interface Planned {
  waiting: Waiting
  operations: Operation[]
  result: unknown
}

/** A group stops growing here, so that one write stays of a bounded size. */
const groupBytes = 4_000_000

export class Committer {
  readonly #state: State
  readonly #journal: Journal
  readonly #afterGroup: () => void
  #queue: Waiting[] = []
  #barriers: (() => Promise<void>)[] = []
  #pumping: Promise<void> | undefined
  #closed = false

  /** `afterGroup` is called when a group was adopted. */
  constructor(state: State, journal: Journal, afterGroup: () => void) {
    this.#state = state
    this.#journal = journal
    this.#afterGroup = afterGroup
  }

  /** Resolves when the change is durable and adopted. Rejects what `plan` threw, `store.disk_full`, `store.write_failed`. */
  commit<T>(change: Change<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ change, resolve: resolve as (result: unknown) => void, reject })
      this.#pump()
    })
  }

  /** Runs `work` while no group is being written, before those that still wait. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#barriers.push(() => work().then(resolve, reject))
      this.#pump()
    })
  }

  /** Refuses what comes from now on, and resolves when all that came before is settled. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#pumping
  }

  #pump(): void {
    this.#pumping ??= this.#run()
  }

  async #run(): Promise<void> {
    // Lets callers of the same turn join the first group.
    await Promise.resolve()
    try {
      while (this.#queue.length > 0 || this.#barriers.length > 0) {
        const barrier = this.#barriers.shift()
        if (barrier) await barrier()
        else await this.#writeGroup()
      }
    } finally {
      this.#pumping = undefined
    }
  }

  async #writeGroup(): Promise<void> {
    const { group, texts } = this.#takeGroup()
    if (texts.length > 0) {
      try {
        await this.#journal.append(encodeLine(this.#state.seq + 1, texts))
      } catch (error) {
        for (const { waiting } of group) waiting.reject(error)
        return
      }
      for (const { operations } of group) {
        for (const operation of operations) applyOperation(this.#state, operation)
      }
      this.#state.seq += 1
    }
    for (const { waiting, result } of group) waiting.resolve(result)
    this.#afterGroup()
  }

  #takeGroup(): { group: Planned[]; texts: string[] } {
    const group: Planned[] = []
    const texts: string[] = []
    const later: Waiting[] = []
    const exclusive = new Set<string>()
    const shared = new Set<string>()
    let bytes = 0
    for (const waiting of this.#queue) {
      const { change } = waiting
      const clashes =
        change.exclusive.some((key) => exclusive.has(key) || shared.has(key)) ||
        change.shared?.some((key) => exclusive.has(key))
      // What has to wait keeps its turn: later changes to the same things wait behind it.
      for (const key of change.exclusive) exclusive.add(key)
      for (const key of change.shared ?? []) shared.add(key)
      if (clashes || bytes > groupBytes) {
        later.push(waiting)
        continue
      }
      try {
        const { operations, result } = change.plan(this.#state)
        const encoded = operations.map(encodeOperation)
        for (const text of encoded) bytes += text.length
        texts.push(...encoded)
        group.push({ waiting, operations, result })
      } catch (error) {
        waiting.reject(error)
      }
    }
    this.#queue = later
    return { group, texts }
  }
}
