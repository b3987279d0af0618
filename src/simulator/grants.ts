// What an interaction lends to the app for a short while: a trigger id (3 s, once) and a response_url (5 uses, 30 min).
import { randomBytes } from 'node:crypto'
import { SlackRefusal } from './refusal.ts'

interface Trigger {
  user: string
  /** The view from which it came, so that `views.push` knows the stack. */
  view?: string | undefined
  /** The conversation in which it happened, for selects that start from it. */
  channel?: string | undefined
  issuedAt: number
  used: boolean
}

export interface ResponseGrant {
  user: string
  channel: string
  /** The message whose buttons were pressed; `replace_original` changes it. */
  original?: string
  thread_ts?: string
  issuedAt: number
  uses: number
}

const RESPONSE_USES = 5
const RESPONSE_MS = 30 * 60_000
const KEPT = 2000

export class Grants {
  private readonly triggers = new Map<string, Trigger>()
  private readonly responses = new Map<string, ResponseGrant>()
  private readonly now: () => number
  private readonly triggerMs: number

  /** `now` rules response urls, so that a test can let them expire; triggers live by real time. */
  constructor(options: { now: () => number; triggerMs: number }) {
    this.now = options.now
    this.triggerMs = options.triggerMs
  }

  trigger(user: string, from: { view?: string | undefined; channel?: string | undefined } = {}): string {
    const digits = () => String(randomBytes(6).readUIntBE(0, 6)).padStart(12, '0').slice(0, 12)
    const id = `${digits()}.${digits()}.${randomBytes(16).toString('hex')}`
    this.triggers.set(id, { user, ...from, issuedAt: performance.now(), used: false })
    trim(this.triggers)
    return id
  }

  /** @throws SlackRefusal `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`. */
  exchange(id: unknown): Trigger {
    const trigger = typeof id === 'string' ? this.triggers.get(id) : undefined
    if (!trigger) throw new SlackRefusal('invalid_trigger_id')
    if (trigger.used) throw new SlackRefusal('exchanged_trigger_id')
    if (performance.now() - trigger.issuedAt > this.triggerMs) throw new SlackRefusal('expired_trigger_id')
    trigger.used = true
    return trigger
  }

  /** Answers the secret part of a response_url. */
  response(grant: Omit<ResponseGrant, 'issuedAt' | 'uses'>): string {
    const id = randomBytes(18).toString('base64url')
    this.responses.set(id, { ...grant, issuedAt: this.now(), uses: 0 })
    trim(this.responses)
    return id
  }

  /** Counts one use. @throws SlackRefusal `expired_url`, `used_url` with status 404, as Slack answers them. */
  useResponse(id: string): ResponseGrant {
    const grant = this.responses.get(id)
    if (!grant || this.now() - grant.issuedAt > RESPONSE_MS)
      throw new SlackRefusal('expired_url', {}, { status: 404 })
    if (grant.uses >= RESPONSE_USES) throw new SlackRefusal('used_url', {}, { status: 404 })
    grant.uses += 1
    return grant
  }
}

function trim(map: Map<string, unknown>): void {
  const oldest = map.keys().next()
  if (map.size > KEPT && !oldest.done) map.delete(oldest.value)
}
