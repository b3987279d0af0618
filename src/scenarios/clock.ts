// The clock of a scenario: it stands still while anything works, and jumps when everything waits, so that a wait of a
// week takes no time and always the same.
import type { Clock } from '../engine/ports.ts'

interface Sleeper {
  until: number
  wake: () => void
}

export class StoryClock implements Clock {
  #now: number
  protected readonly sleepers = new Set<Sleeper>()

  /** `start` in milliseconds since 1970. */
  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (ms <= 0) return resolve()
      const stop = () => {
        this.sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper: Sleeper = { until: this.#now + ms, wake }
      this.sleepers.add(sleeper)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Moves to the moment at which the next sleeper wakes, and wakes it. False when nobody's sleep ends by `latest`. */
  skip(latest = Number.POSITIVE_INFINITY): boolean {
    let next: Sleeper | undefined
    for (const sleeper of this.sleepers) if (!next || sleeper.until < next.until) next = sleeper
    if (!next || next.until > latest) return false
    this.sleepers.delete(next)
    this.#now = Math.max(this.#now, next.until)
    next.wake()
    return true
  }
}
