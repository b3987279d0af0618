// Calling the Web API: what may be tried again, and when. A call whose outcome is unknown is only repeated when
// repeating it does no harm.
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import type { Clock } from '../engine/ports.ts'

export interface Persistence {
  clock: Clock
  /** How often in all. */
  attempts: number
  /** Whether a second call after an unknown outcome does no harm (`chat.update`, not `chat.postMessage`). */
  idempotent: boolean
  signal?: AbortSignal
}

/** Slack's own short code of a refusal (`not_in_channel`), or undefined for anything else. */
export function slackError(thrown: unknown): string | undefined {
  return thrown instanceof WebAPIPlatformError ? String(thrown.data.error) : undefined
}

/** How long Slack wants us to wait, in milliseconds; undefined when it was no rate limit. */
export function rateLimitMs(thrown: unknown): number | undefined {
  if (thrown instanceof WebAPIRateLimitedError) return thrown.retryAfter * 1000
  return slackError(thrown) === 'ratelimited' ? 1000 : undefined
}

/** Refusals that pass by themselves: Slack's own trouble. */
const passing = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** The request never reached Slack, so nothing can have happened there. */
function neverArrived(thrown: unknown): boolean {
  if (!(thrown instanceof WebAPIRequestError)) return false
  const codes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']
  for (let error: unknown = thrown.original; error instanceof Error; error = error.cause) {
    if ('code' in error && codes.includes(String(error.code))) return true
  }
  return false
}

function isTrouble(thrown: unknown): boolean {
  return (
    thrown instanceof WebAPIRequestError ||
    (thrown instanceof WebAPIHTTPError && thrown.statusCode >= 500) ||
    passing.has(slackError(thrown) ?? '')
  )
}

/** Calls until it works, waiting as long as Slack asks, or 0.5 s, 1 s, 2 s … 30 s. Rejects with the last failure. */
export async function persist<T>(call: () => Promise<T>, how: Persistence): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (thrown) {
      const limitMs = rateLimitMs(thrown)
      const worthwhile = limitMs !== undefined || (how.idempotent ? isTrouble(thrown) : neverArrived(thrown))
      if (!worthwhile || attempt >= how.attempts || how.signal?.aborted) throw thrown
      await how.clock.sleep(limitMs ?? Math.min(500 * 2 ** (attempt - 1), 30_000), how.signal)
    }
  }
}
