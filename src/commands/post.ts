// `post`: a message with a Run button that stays, for people who would rather press than type.
import { z } from 'zod'
import { escapeMrkdwn } from '../actions/mrkdwn.ts'
import { WorkflowError } from '../errors.ts'
import { findVersion } from './find.ts'
import { inputsOf } from './start.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  to: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('#channel, a channel id or @person; here, when left out'),
})

export const post: Command<z.infer<typeof input>> = {
  name: 'post',
  summary: 'Post a message with a button that runs a workflow',
  usage: 'post <workflow> [#channel]',
  examples: ['post reorder-check', 'post reorder-check #purchasing'],
  input,
  needs: 'run',
  audit: ({ workflowId }, result) =>
    result.kind === 'posted'
      ? { action: 'message.posted', subject: workflowId, details: { to: result.to } }
      : undefined,
  async run({ workflowId, to }, { actor, services, place, once }) {
    const version = findVersion(services, workflowId)
    // Refuses at once what the button could not start.
    inputsOf(version)
    const target = to ?? place
    if (target === undefined) {
      throw new WorkflowError('post.nowhere', 'Where should the message stand?', {
        hint: `Name a channel: post ${workflowId} #channel`,
      })
    }
    const { id, name, description } = version.definition.metadata
    const ref = await services.messenger.post(
      {
        to: target,
        title: name,
        text: escapeMrkdwn(description),
        buttons: [{ label: 'Run', style: 'primary', does: 'run_workflow', workflowId: id }],
        origin: { executionId: '', workflowId: id, workflowName: name, node: '' },
        footer: `Posted by ${actor.name}`,
      },
      `post:${id}:${once?.key ?? services.clock.now()}`,
    )
    return { kind: 'posted', workflow: { id, name }, to: target, ref }
  },
}
