// GET /api/executions/{executionId}/diff: what changed since the last good execution.
import { z } from 'zod'
import { diffSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const diffExecution = endpoint({
  method: 'get',
  path: '/api/executions/{executionId}/diff',
  name: 'diffExecution',
  summary: 'What changed since the last good execution of the workflow',
  params: z.strictObject({ executionId: z.string().max(100) }),
  answers: { 200: { description: 'The differences', schema: diffSchema } },
  refusals: [404],
  handle: async ({ params }, context) => answerOf(await ask('diff', params, 'diff', context)),
})
