// response_url: what the app says through the address that came with an interaction.
import type { Core } from './core.ts'
import type { ResponseGrant } from './grants.ts'
import { asFlag, asText, type Payload } from './payload.ts'
import { SlackRefusal } from './refusal.ts'
import { contentOf } from './web/method.ts'

/**
 * Applies one answer. @throws SlackRefusal with Slack's status: 404 `expired_url` or `used_url`, 400 for what the
 * Web API would refuse too.
 */
export function respond(core: Core, id: string, answer: Payload): void {
  const grant = core.grants.useResponse(id)
  try {
    applyResponse(core, grant, answer)
  } catch (thrown) {
    if (!(thrown instanceof SlackRefusal) || thrown.status !== 200) throw thrown
    throw new SlackRefusal(thrown.error, thrown.details, { status: 400 })
  }
}

/** The payload of an ack to a slash command is an answer of the same shape. */
export function applyResponse(core: Core, grant: ResponseGrant, answer: Payload): void {
  const { workspace } = core
  const target = grant.original ? workspace.find(grant.channel, grant.original) : undefined
  const original = target?.user === workspace.bot.user_id ? target : undefined
  if (asFlag(answer.delete_original)) {
    if (!original) throw new SlackRefusal('message_not_found', {}, { status: 404 })
    workspace.remove(original)
    return
  }
  const content = contentOf(core, answer)
  if (asFlag(answer.replace_original)) {
    if (!original) throw new SlackRefusal('message_not_found', {}, { status: 404 })
    workspace.edit(original, {
      text: content.text,
      blocks: content.blocks,
      ...(content.metadata ? { metadata: content.metadata } : {}),
      ...(original.ephemeral_for ? {} : { edited: { user: workspace.bot.user_id, ts: workspace.nextTs() } }),
    })
    return
  }
  const everybody = answer.response_type === 'in_channel'
  const thread_ts = asText(answer.thread_ts) ?? grant.thread_ts
  workspace.post(grant.channel, {
    user: workspace.bot.user_id,
    ...content,
    ...(everybody ? {} : { ephemeral_for: grant.user }),
    ...(thread_ts ? { thread_ts } : {}),
  })
}
