// Where a request came from, and how to answer there: for all to see, or to one person alone.
import type { RespondArguments } from '@slack/bolt'
import type { Clock } from '../engine/ports.ts'
import { persist } from './call.ts'
import type { SlackClients } from './clients.ts'
import { isNotThere } from './failures.ts'
import type { Log } from './ports.ts'
import { actions, button, context, section } from './render/blocks.ts'
import { actionIds } from './render/buttons.ts'
import { code } from './render/escape.ts'
import { fitMessage, type Message } from './render/limits.ts'

/** `channel` is a channel id, or a user id for a direct message. */
export interface Place {
  channel: string
  thread?: string
  user: string
  /** The response_url of a command or a click: five uses within half an hour, works where the bot is not a member. */
  respond?: (message: RespondArguments) => Promise<unknown>
}

export interface Posted {
  channel: string
  ts: string
  /** False when the bot could not write where it was asked, and wrote to the person directly. */
  asAsked: boolean
}

export interface Metadata {
  event_type: string
  event_payload: Record<string, string>
}

export interface Answers {
  /**
   * Posts for all to see. Where the bot is not a member, the person gets it as a direct message and is told privately
   * how to change that. Rejects with Slack's refusal when neither works.
   */
  post(place: Place, message: Message, metadata?: Metadata): Promise<Posted>
  /** Shown to one person alone, by whichever way is open. Never rejects. */
  whisper(place: Place, message: Message): Promise<void>
}

export function isDirect(channel: string): boolean {
  return /^[DUW]/.test(channel)
}

export function createAnswers(
  { answers }: SlackClients,
  { clock, log }: { clock: Clock; log: Log },
): Answers {
  function send(channel: string, thread: string | undefined, message: Message, metadata?: Metadata) {
    const call = () =>
      answers.chat.postMessage({
        channel,
        ...(thread ? { thread_ts: thread } : {}),
        ...message,
        unfurl_links: false,
        unfurl_media: false,
        ...(metadata ? { metadata } : {}),
      })
    return persist(call, { clock, attempts: 5, idempotent: false })
  }

  async function post(place: Place, message: Message, metadata?: Metadata): Promise<Posted> {
    try {
      const answer = await send(place.channel, place.thread, message, metadata)
      return { channel: answer.channel ?? place.channel, ts: answer.ts ?? '', asAsked: true }
    } catch (thrown) {
      if (!isNotThere(thrown) || isDirect(place.channel)) throw thrown
      const answer = await send(place.user, undefined, message, metadata)
      await whisper(place, notThere(place.channel))
      return { channel: answer.channel ?? place.user, ts: answer.ts ?? '', asAsked: false }
    }
  }

  async function whisper(place: Place, message: Message): Promise<void> {
    const ways = [
      () =>
        place.respond?.({
          ...message,
          response_type: 'ephemeral',
          replace_original: false,
          ...inThread(place),
        }),
      () =>
        isDirect(place.channel)
          ? undefined
          : answers.chat.postEphemeral({
              channel: place.channel,
              user: place.user,
              ...message,
              ...inThread(place),
            }),
      () => send(isDirect(place.channel) ? place.channel : place.user, place.thread, message),
    ]
    for (const way of ways) {
      try {
        const tried = way()
        if (!tried) continue
        await tried
        return
      } catch (thrown) {
        log.debug({ error: String(thrown) }, 'a private answer did not get through this way')
      }
    }
    log.warn({ user: place.user, channel: place.channel }, 'a private answer could not be delivered')
  }

  return { post, whisper }
}

function inThread({ thread }: Place): { thread_ts?: string } {
  return thread ? { thread_ts: thread } : {}
}

function notThere(channel: string): Message {
  return fitMessage({
    text: 'I am not in this channel, so I sent you the result directly.',
    blocks: [
      section('I am not in this channel, so I sent you the result *directly*.'),
      actions('join_actions', [
        button('Let me join', { action: actionIds.join, value: channel, label: 'Let me join this channel' }),
      ]),
      context(`To have results here, let me join, or invite me: ${code('/invite @workflow')}`),
    ],
  })
}
