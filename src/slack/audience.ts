// How many eyes a place has: whether what is shown there can be read by everybody. Asked at most every ten minutes.
import type { Clock } from '../engine/ports.ts'
import type { SlackClients } from './clients.ts'
import { isDirect } from './place.ts'
import type { Log } from './ports.ts'

const freshMs = 10 * 60_000

export interface Audience {
  /** Whether anybody in the workspace may read there. True when Slack does not tell: values stay hidden then. */
  isPublic(channel: string): Promise<boolean>
  /** Whether a report that wants it keeps its values back here. */
  hides(report: { redact?: boolean }, channel: string | undefined): Promise<boolean>
}

export function createAudience(
  { answers }: SlackClients,
  { clock, log }: { clock: Clock; log: Log },
): Audience {
  const known = new Map<string, { at: number; open: boolean }>()

  async function isPublic(channel: string): Promise<boolean> {
    if (isDirect(channel)) return false
    const cached = known.get(channel)
    if (cached && clock.now() - cached.at < freshMs) return cached.open
    try {
      const { channel: found } = await answers.conversations.info({ channel })
      const open = !(found?.is_private || found?.is_im || found?.is_mpim)
      known.set(channel, { at: clock.now(), open })
      return open
    } catch (thrown) {
      log.debug({ channel, error: String(thrown) }, 'the kind of a channel could not be found out')
      return cached?.open ?? true
    }
  }

  return {
    isPublic,
    hides: async (report, channel) =>
      report.redact === true && channel !== undefined && (await isPublic(channel)),
  }
}
