// Links to the messages that show executions, so that an answer can point at one instead of repeating it.
import type { Clock } from '../engine/ports.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Log, SurfaceLinks } from './ports.ts'

/** Under which key of the links the message of an execution is noted: `{channel, ts?, …}`. */
export function executionKey(executionId: string): string {
  return `slack:execution:${executionId}`
}

export interface Permalinks {
  /** The address of a message. Undefined when it is gone, or Slack does not say. Never rejects. */
  ofMessage(channel: string, ts: string): Promise<string | undefined>
  /** The address of the message that shows an execution. Undefined when there is none. Never rejects. */
  ofExecution(executionId: string): Promise<string | undefined>
  /** Those of several executions, as far as there are any. Never rejects. */
  ofExecutions(executionIds: string[]): Promise<Map<string, string>>
}

/** An address does not change, so it is asked for once. */
const remembered = 2000

export function createPermalinks(
  { answers }: SlackClients,
  { links, clock, log }: { links: SurfaceLinks; clock: Clock; log: Log },
): Permalinks {
  const known = new Map<string, string>()

  async function ofMessage(channel: string, ts: string): Promise<string | undefined> {
    const key = `${channel}:${ts}`
    const found = known.get(key)
    if (found) return found
    try {
      const call = () => answers.chat.getPermalink({ channel, message_ts: ts })
      const { permalink } = await persist(call, { clock, attempts: 2, idempotent: true })
      if (!permalink) return undefined
      known.set(key, permalink)
      if (known.size > remembered) known.delete(known.keys().next().value ?? '')
      return permalink
    } catch (thrown) {
      log.debug({ channel, error: slackError(thrown) ?? String(thrown) }, 'a message has no address')
      return undefined
    }
  }

  async function ofExecution(executionId: string): Promise<string | undefined> {
    const link = links.get(executionKey(executionId))
    if (typeof link !== 'object' || link === null || Array.isArray(link)) return undefined
    const { channel, ts } = link
    return typeof channel === 'string' && typeof ts === 'string' ? ofMessage(channel, ts) : undefined
  }

  return {
    ofMessage,
    ofExecution,
    async ofExecutions(executionIds) {
      const found = new Map<string, string>()
      const ask = async (id: string) => {
        const link = await ofExecution(id)
        if (link) found.set(id, link)
      }
      await Promise.all(executionIds.map(ask))
      return found
    },
  }
}
