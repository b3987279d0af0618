// Posts what workflows have to say. Once per key, also over a crash: the key is noted before and after, and the message
// carries it, so that a repetition finds what is there.
import type { Messenger, OutgoingMessage } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Json } from '../json.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import { createDirectory } from './directory.ts'
import { postingError } from './failures.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import { inputsTooLong, renderNotification } from './render/notification.ts'
import { findTrace } from './traces.ts'

const eventType = 'workflow_message'

type Sent = { channel: string; messageId: string }

function isSent(value: Json | undefined): value is Sent {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.messageId === 'string'
  )
}

/** What identifies a message over channels. The button "acknowledge" claims by it, too. */
export function messageIdOf(channel: string, ts: string): string {
  return `${channel}:${ts}`
}

/** Needs the clients and the links alone, so that actions can be built before the app is. */
export function createMessenger(
  clients: SlackClients,
  { links, clock, log }: { links: SurfaceLinks; clock: Clock; log: Log },
): Messenger {
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

  async function send(channel: string, message: OutgoingMessage, key: string): Promise<Sent> {
    await keepInputs(message, key)
    const { text, blocks } = renderNotification(message, (index) => inputsKey(key, index))
    const call = () =>
      answers.chat.postMessage({
        channel,
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

  async function keepInputs(message: OutgoingMessage, key: string): Promise<void> {
    for (const [index, button] of (message.buttons ?? []).entries()) {
      if (button.does === 'run_workflow' && inputsTooLong(button)) {
        await links.set(inputsKey(key, index), button.inputs ?? {})
      }
    }
  }

  return {
    async post(message, key) {
      const noted = `slack:message:${key}`
      try {
        const { claimed, value } = await links.claim(noted, { since: clock.now() })
        if (isSent(value)) return { channel: value.channel, messageId: value.messageId }
        const { id, kind } = await directory.resolve(message.to)
        if (!claimed) {
          // Somebody began to post under this key and did not come to note it down.
          const ts = kind === 'channel' ? await findTrace(clients, traceOf(id, key, value)) : undefined
          if (ts !== undefined) {
            const sent = { channel: id, messageId: messageIdOf(id, ts) }
            await links.set(noted, sent)
            return sent
          }
        }
        const sent = await send(id, message, key)
        await links.set(noted, sent)
        return sent
      } catch (thrown) {
        throw postingError(message.to, thrown)
      }
    },
  }
}

export function inputsKey(key: string, index: number): string {
  return `slack:inputs:${key}:${index}`
}

function traceOf(channel: string, key: string, claim: Json) {
  const since = typeof claim === 'object' && claim !== null && !Array.isArray(claim) ? Number(claim.since) : 0
  return { channel, type: eventType, field: 'key', value: key, since: Number.isFinite(since) ? since : 0 }
}
