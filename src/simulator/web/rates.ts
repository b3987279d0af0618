// Slack's rate limits: a minute's calls per method, and one message a second per channel with room for a short burst.
import { SlackRefusal } from '../refusal.ts'

interface Bucket {
  tokens: number
  at: number
}

/** Slack names one a second and tolerates "short bursts" without a figure. */
const MESSAGE_BURST = 10

export class Rates {
  private readonly buckets = new Map<string, Bucket>()
  private readonly enabled: boolean

  constructor(enabled: boolean) {
    this.enabled = enabled
  }

  /** Counts one call. @throws SlackRefusal `ratelimited` with status 429 and `Retry-After` in seconds. */
  take(method: string, rate: number | 'message', channel: string): void {
    if (!this.enabled) return
    if (rate === 'message') this.spend(`${method} ${channel}`, MESSAGE_BURST, 1)
    else this.spend(method, rate, rate / 60)
  }

  private spend(key: string, capacity: number, perSecond: number): void {
    const now = performance.now()
    const bucket = this.buckets.get(key) ?? { tokens: capacity, at: now }
    const tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    if (tokens < 1) {
      this.buckets.set(key, { tokens, at: now })
      throw rateLimited(Math.max(1, Math.ceil((1 - tokens) / perSecond)))
    }
    this.buckets.set(key, { tokens: tokens - 1, at: now })
  }
}

export function rateLimited(retryAfter: number): SlackRefusal {
  return new SlackRefusal('ratelimited', {}, { status: 429, headers: { 'retry-after': String(retryAfter) } })
}
