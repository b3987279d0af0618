// Marks a message as dealt with: the button that was pressed goes, and who pressed it and when stands in its place.
import type { KnownBlock } from '@slack/types'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { persist } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Click } from './interactions.ts'
import type { Log } from './ports.ts'
import { previewOf, settle } from './render/notification.ts'

/** `verb`: what was done, as a note begins: `Acknowledged`. Never rejects; messages that one person sees stay. */
export type Settle = (click: Click, settled: { verb: string; by: Actor; at: string }) => Promise<void>

export function createSettle(clients: SlackClients, { clock, log }: { clock: Clock; log: Log }): Settle {
  return async ({ body, action }, settled) => {
    const channel = body.channel?.id
    const ts = body.message?.ts
    if (!channel || !ts || ('is_ephemeral' in body.container && body.container.is_ephemeral)) return
    const blocks = (body.message?.blocks ?? []) as KnownBlock[]
    const next = settle(blocks, action.action_id, settled)
    if (next === blocks) return
    const text = body.message?.text || previewOf(blocks)
    const update = () => clients.answers.chat.update({ channel, ts, text, blocks: next })
    await persist(update, { clock, attempts: 5, idempotent: true }).catch((thrown) =>
      log.warn({ error: String(thrown) }, 'a message could not be marked as dealt with'),
    )
  }
}
