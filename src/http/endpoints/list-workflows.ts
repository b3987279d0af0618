// GET /api/workflows: which workflows there are, and how they fared last.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { workflowListSchema } from '../schemas.ts'

export const listWorkflows = endpoint({
  method: 'get',
  path: '/api/workflows',
  name: 'listWorkflows',
  summary: 'All workflows, with the last result of each, and files that could not be loaded',
  query: z.strictObject({
    search: z.string().max(100).optional().describe('only workflows that match these words'),
  }),
  answers: { 200: { description: 'The workflows, sorted by id', schema: workflowListSchema } },
  async handle({ query }, context) {
    const { workflows, broken } = await ask('list', query, 'workflows', context)
    return {
      status: 200,
      body: {
        workflows: workflows.map((workflow) => ({ ...workflow, last: workflow.last ?? null })),
        broken,
      },
    }
  },
})
