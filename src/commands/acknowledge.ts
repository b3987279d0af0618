// `acknowledge`: somebody has seen a message and takes care of it. The first person stands.
import { z } from 'zod'
import type { Actor } from '../engine/report.ts'
import type { Command } from './types.ts'

const input = z.object({ messageId: z.string().min(1).max(300) })

export const acknowledge: Command<z.infer<typeof input>> = {
  name: 'acknowledge',
  summary: 'Take care of what a message tells',
  usage: 'acknowledge <message>',
  examples: [],
  input,
  needs: 'see',
  audit: ({ messageId }, result) =>
    result.kind === 'acknowledged' && !result.already
      ? { action: 'message.acknowledged', subject: messageId, details: {} }
      : undefined,
  async run({ messageId }, { actor, services }) {
    const mine = { by: actor, at: new Date(services.clock.now()).toISOString() }
    const { claimed, value } = await services.claims.claim<{ by: Actor; at: string }>(
      `acknowledged:${messageId}`,
      mine,
    )
    return { kind: 'acknowledged', ...value, already: !claimed }
  },
}
