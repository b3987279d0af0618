// POST /api/executions/{executionId}/decisions: approves or rejects what an execution waits for.
import { z } from 'zod'
import { jsonObjectSchema } from '../../json.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'
import { decidedSchema } from '../schemas.ts'

export const decide = endpoint({
  method: 'post',
  path: '/api/executions/{executionId}/decisions',
  name: 'decide',
  summary: 'Approve or reject what an execution waits for',
  description:
    'A question that names people or user groups is decided by them in Slack: a program cannot (403), in whosever ' +
    'name it asks. A question that was decided already, or has expired, is refused with 409.',
  params: z.strictObject({ executionId: z.string().max(100) }),
  body: z.strictObject({
    decision: z.enum(['approve', 'reject']),
    node: z.string().max(100).optional().describe('which question, when the execution asks several'),
    reason: z.string().max(1000).optional().describe('some questions need one for a rejection'),
    form: jsonObjectSchema
      .default({})
      .describe('what the question asks for together with an approval: its `rules.form`'),
  }),
  answers: { 200: { description: 'It counts', schema: decidedSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body: { decision, node, reason, form } }, context) {
    const input = {
      ...params,
      form,
      ...(node === undefined ? {} : { node }),
      ...(reason === undefined ? {} : { reason }),
    }
    return answerOf(await ask(decision, input, 'decided', context))
  },
})
