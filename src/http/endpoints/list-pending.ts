// GET /api/pending: what waits for a decision.
import { answerOf, ask, endpoint } from '../endpoint.ts'
import { pendingSchema } from '../schemas.ts'

export const listPending = endpoint({
  method: 'get',
  path: '/api/pending',
  name: 'listPending',
  summary: 'What waits for a decision, in the order in which the executions were started',
  answers: { 200: { description: 'The questions', schema: pendingSchema } },
  handle: async (_request, context) => answerOf(await ask('pending', {}, 'pending', context)),
})
