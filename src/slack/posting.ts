// Posts a message once per key, also over a crash: the key is noted before and after, and the message carries it, so
// that a repetition finds what is there.
import type { MessageRef } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Json } from '../json.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import { createDirectory } from './directory.ts'
import { postingError } from './failures.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import type { Message } from './render/limits.ts'
import { findTrace } from './traces.ts'

const eventType = 'workflow_message'

export interface OncePost {
  /** `#purchasing`, `@ana`, or the id of a channel or a person. */
  to: string
  /** The `ts` of the message in whose thread it stands. */
  thread?: string
  /** Shows an answer in a thread in the channel, too. */
  broadcast?: boolean
  /** Asked for only when something is really posted. */
  message(): Promise<Message>
}

/** Rejects with the `notify.…` codes of the port `Messenger`. */
export type PostOnce = (post: OncePost, key: string) => Promise<MessageRef>

/** What identifies a message over channels. The button "acknowledge" claims by it, too. */
export function messageIdOf(channel: string, ts: string): string {
  return `${channel}:${ts}`
}

/** The `ts` of a message id. */
export function tsOf({ messageId }: MessageRef): string {
  return messageId.slice(messageId.indexOf(':') + 1)
}

export function createPostOnce(
  clients: SlackClients,
  { links, clock, log }: { links: SurfaceLinks; clock: Clock; log: Log },
): PostOnce {
  const directory = createDirectory(clients, clock)
  const { answers } = clients

  /** Joins a public channel where the app may; whether it is worth another attempt. */
  async function join(channel: string): Promise<boolean> {
    try {
      await answers.conversations.join({ channel })
      return true
    } catch (thrown) {
      log.debug({ channel, error: slackError(thrown) }, 'could not join the channel')
      return false
    }
  }

  async function send(
    channel: string,
    { message, thread, broadcast }: OncePost,
    key: string,
  ): Promise<MessageRef> {
    const { text, blocks } = await message()
    const inThread = broadcast ? { reply_broadcast: true as const } : {}
    const where = thread ? { thread_ts: thread, ...inThread } : {}
    const call = () =>
      answers.chat.postMessage({
        channel,
        ...where,
        text,
        blocks,
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: eventType, event_payload: { key } },
      })
    const attempt = () => persist(call, { clock, attempts: 5, idempotent: false })
    let answer: Awaited<ReturnType<typeof attempt>>
    try {
      answer = await attempt()
    } catch (thrown) {
      if (slackError(thrown) !== 'not_in_channel' || !(await join(channel))) throw thrown
      answer = await attempt()
    }
    const posted = answer.channel ?? channel
    return { channel: posted, messageId: messageIdOf(posted, answer.ts ?? '') }
  }

  return async (post, key) => {
    const noted = `slack:message:${key}`
    try {
      const { claimed, value } = await links.claim(noted, { since: clock.now() })
      if (isSent(value)) return { channel: value.channel, messageId: value.messageId }
      const { id, kind } = await directory.resolve(post.to)
      if (!claimed) {
        // Somebody began to post under this key and did not come to note it down.
        const ts =
          kind === 'channel' ? await findTrace(clients, traceOf(id, post.thread, key, value)) : undefined
        if (ts !== undefined) {
          const sent = { channel: id, messageId: messageIdOf(id, ts) }
          await links.set(noted, sent)
          return sent
        }
      }
      const sent = await send(id, post, key)
      await links.set(noted, { ...sent })
      return sent
    } catch (thrown) {
      throw postingError(post.to, thrown)
    }
  }
}

function isSent(value: Json | undefined): value is { channel: string; messageId: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.messageId === 'string'
  )
}

function traceOf(channel: string, thread: string | undefined, key: string, claim: Json) {
  const since = typeof claim === 'object' && claim !== null && !Array.isArray(claim) ? Number(claim.since) : 0
  return {
    channel,
    ...(thread ? { thread } : {}),
    type: eventType,
    field: 'key',
    value: key,
    since: Number.isFinite(since) ? since : 0,
  }
}
