// One message for a test or a replay that runs: says how far it is, at Slack's pace, and becomes its result. Where the
// result is for one person alone, only a word that it is under way comes before it.
import type { CommandContext } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import { persist } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Answers, Place, Posted } from './place.ts'
import type { Log } from './ports.ts'
import type { Message } from './render/limits.ts'

type Progress = Parameters<NonNullable<CommandContext['progress']>>[0]

export type { Progress }

export interface TestMessage {
  progress(progress: Progress): void
  /** Puts this in place of the progress; posts it where none was shown. */
  finish(message: Message): Promise<Posted>
  /** As `finish`, but posts nothing where no progress was shown. */
  giveUp(message: Message): Promise<void>
  /** Says no more about the progress; after `finish` and `giveUp` it does not have to be called. */
  end(): void
}

export interface ProgressWords {
  /** Before it is known how far it is. */
  begun: Message
  /** How far it is. */
  progress(progress: Progress): Message
  /** The result is for one person alone: only `begun` is told to them, as what they see cannot be kept up to date. */
  privately: boolean
}

/** A test that is over sooner shows its result alone. */
const quietMs = 700
/** One message's share of what `chat.update` allows. */
const paceMs = 1200

export function createTestMessage(
  place: Place,
  words: ProgressWords,
  { clients, answers, clock, log }: { clients: SlackClients; answers: Answers; clock: Clock; log: Log },
): TestMessage {
  const end = new AbortController()
  let latest: Progress | undefined
  let posted: Posted | undefined

  async function follow(): Promise<void> {
    await clock.sleep(quietMs, end.signal)
    if (words.privately) {
      if (!end.signal.aborted) await answers.whisper(place, words.begun)
      return
    }
    let shown: Progress | 'nothing' | undefined = 'nothing'
    for (; !end.signal.aborted; await clock.sleep(paceMs, end.signal)) {
      if (latest === shown) continue
      shown = latest
      const message = shown ? words.progress(shown) : words.begun
      if (posted) await clients.progress.chat.update({ channel: posted.channel, ts: posted.ts, ...message })
      else posted = await answers.post(place, message)
    }
  }

  /** Undefined when there is nothing to replace. */
  async function replace(message: Message): Promise<Posted | undefined> {
    end.abort()
    // The progress may be on its way to Slack just now.
    await working
    if (!posted) return undefined
    const { channel, ts } = posted
    await persist(() => clients.answers.chat.update({ channel, ts, ...message }), {
      clock,
      attempts: 8,
      idempotent: true,
    })
    return posted
  }

  const working = follow().catch((thrown) => {
    if (!end.signal.aborted) log.debug({ error: String(thrown) }, 'the progress of a test gives way')
  })

  return {
    progress(progress) {
      latest = progress
    },

    async finish(message) {
      return (await replace(message)) ?? answers.post(place, message)
    },

    async giveUp(message) {
      await replace(message)
    },

    end: () => end.abort(),
  }
}
