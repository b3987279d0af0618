// A clock that stands still until a test moves it.
import type { Clock } from '../../src/engine/ports.ts'

interface Sleeper {
  until: number
  wake: () => void
}

export class ManualClock implements Clock {
  #now: number
  #sleepers = new Set<Sleeper>()

  constructor(start = Date.parse('2026-03-02T08:00:00Z')) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (ms <= 0) return resolve()
      const stop = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper: Sleeper = { until: this.#now + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Moves the time and wakes whoever has slept long enough, in the order of their times. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    for (;;) {
      await settled()
      const due = [...this.#sleepers]
        .filter((sleeper) => sleeper.until <= target)
        .sort((a, b) => a.until - b.until)[0]
      if (!due) break
      this.#sleepers.delete(due)
      this.#now = Math.max(this.#now, due.until)
      due.wake()
    }
    this.#now = target
    await settled()
  }
}

/** Lets everything run that can run without time passing. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
