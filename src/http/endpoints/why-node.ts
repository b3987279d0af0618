// GET /api/executions/{executionId}/nodes/{node}/why: why a node ran, was skipped or failed.
import { z } from 'zod'
import { whySchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const whyNode = endpoint({
  method: 'get',
  path: '/api/executions/{executionId}/nodes/{node}/why',
  name: 'whyNode',
  summary: 'Why a node ran, was skipped or failed, back to the root cause',
  params: z.strictObject({ executionId: z.string().max(100), node: z.string().max(100) }),
  answers: { 200: { description: 'The explanation', schema: whySchema } },
  refusals: [404, 409],
  handle: async ({ params }, context) => answerOf(await ask('why', params, 'why', context)),
})
