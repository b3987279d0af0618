// Finds a message that an earlier process posted but could not note down, by the metadata that it carries. Where the
// bot may not read the history, nothing is found.
import type { SlackClients } from './clients.ts'

export interface Trace {
  channel: string
  thread?: string
  /** `event_type` of the metadata. */
  type: string
  /** A field of `event_payload` and its value. */
  field: string
  value: string
  /** Milliseconds since 1970: not posted before. */
  since: number
}

/** Clocks differ: ours and Slack's. */
const skewMs = 5 * 60_000

/** The `ts` of the message, or undefined. Never throws. */
export async function findTrace({ answers }: SlackClients, trace: Trace): Promise<string | undefined> {
  const range = {
    channel: trace.channel,
    oldest: String(Math.floor((trace.since - skewMs) / 1000)),
    include_all_metadata: true,
    limit: 200,
  }
  try {
    const { messages } = trace.thread
      ? await answers.conversations.replies({ ...range, ts: trace.thread })
      : await answers.conversations.history(range)
    const found = messages?.find((message) => {
      const { metadata } = message as {
        metadata?: { event_type?: string; event_payload?: Record<string, unknown> }
      }
      return metadata?.event_type === trace.type && metadata.event_payload?.[trace.field] === trace.value
    })
    return found?.ts
  } catch {
    return undefined
  }
}
