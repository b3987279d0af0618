// GET /api/executions: what ran, newest first.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { executionListSchema } from '../schemas.ts'

export const listExecutions = endpoint({
  method: 'get',
  path: '/api/executions',
  name: 'listExecutions',
  summary: 'Recent executions, newest first',
  query: z.strictObject({
    workflow: z.string().max(100).optional().describe('only those of this workflow'),
    limit: z.coerce.number().int().min(1).max(100).default(20).describe('how many at most'),
  }),
  answers: { 200: { description: 'The executions', schema: executionListSchema } },
  refusals: [404],
  async handle({ query: { workflow, limit } }, context) {
    const input = { limit, ...(workflow === undefined ? {} : { workflowId: workflow }) }
    const { items } = await ask('history', input, 'history', context)
    return { status: 200, body: { executions: items } }
  },
})
