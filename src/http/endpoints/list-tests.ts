// GET /api/workflows/{workflowId}/tests: how the tests of a workflow went, newest first.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { testListSchema } from '../schemas.ts'

export const listTests = endpoint({
  method: 'get',
  path: '/api/workflows/{workflowId}/tests',
  name: 'listTests',
  summary: 'The tests of a workflow, newest first',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(30).optional() }),
  answers: { 200: { description: 'The reports', schema: testListSchema } },
  refusals: [404],
  async handle({ params, query }, context) {
    const { reports } = await ask('tests', { ...params, limit: query.limit ?? 10 }, 'tests', context)
    return { status: 200, body: { tests: reports } }
  },
})
