// The real clock and the real ids; tests pass their own.
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Ids } from './engine/ports.ts'

/** A timer of Node's holds at most 2^31 - 1 ms (24.8 days); longer sleeps are taken in pieces. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    const until = Date.now() + ms
    for (let rest = ms; rest > 0; rest = until - Date.now()) {
      signal?.throwIfAborted()
      try {
        await delay(Math.min(rest, longestTimerMs), undefined, { signal })
      } catch (thrown) {
        signal?.throwIfAborted()
        throw thrown
      }
    }
  },
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * Ids that people can read out and type: seven letters that sort by the second, five at random, without i, l, o, u.
 * `1f3k9ab-x7q2m`
 */
export function createIds(clock: Clock): Ids {
  return {
    execution() {
      let seconds = Math.floor(clock.now() / 1000)
      let time = ''
      for (let place = 0; place < 7; place++) {
        time = alphabet[seconds % 32] + time
        seconds = Math.floor(seconds / 32)
      }
      const random = Array.from({ length: 5 }, () => alphabet[randomInt(32)]).join('')
      return `${time}-${random}`
    },
  }
}
