// When a failed node is tried again, and after how long. Pure: jitter comes from the operation's key, so that a replay
// waits as long as the first run did.
import { createHash } from 'node:crypto'
import { durationMs } from '../definition/duration.ts'
import type { Retry } from '../definition/schema.ts'

/** `codes` may be prefixes ending in a dot, such as `python.`. */
export function isRetryable(retry: Retry, code: string): boolean {
  return (
    retry.on === undefined ||
    retry.on.some((wanted) => code === wanted || (wanted.endsWith('.') && code.startsWith(wanted)))
  )
}

/** Milliseconds before the attempt after `failedAttempt` (1 for the first). Jitter spreads over 50–100 %. */
export function retryDelayMs(retry: Retry, failedAttempt: number, key: string): number {
  const base = durationMs(retry.delay)
  if (retry.backoff === 'constant') return base
  const grown = Math.min(base * 2 ** (failedAttempt - 1), durationMs(retry.max_delay))
  if (!retry.jitter) return grown
  const share = createHash('sha256').update(`${key}/${failedAttempt}`).digest().readUInt32BE(0) / 2 ** 32
  return Math.round(grown * (0.5 + share / 2))
}
