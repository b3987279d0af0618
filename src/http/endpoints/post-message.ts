// POST /api/workflows/{workflowId}/messages: a message in Slack with a button that runs the workflow.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { postedSchema } from '../schemas.ts'

export const postMessage = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/messages',
  name: 'postMessage',
  summary: 'Post a message with a Run button that stays',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  body: z.strictObject({ to: z.string().min(1).max(100).describe('#channel, a channel id or @person') }),
  answers: { 200: { description: 'It stands there', schema: postedSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body }, context) {
    const { workflow, to } = await ask('post', { ...params, ...body }, 'posted', context)
    return { status: 200, body: { workflow, to } }
  },
})
