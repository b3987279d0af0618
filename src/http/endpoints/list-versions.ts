// GET /api/workflows/{workflowId}/versions: every version of a workflow, and how it stands.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { deactivationSchema, versionListSchema } from '../schemas.ts'

export const listVersions = endpoint({
  method: 'get',
  path: '/api/workflows/{workflowId}/versions',
  name: 'listVersions',
  summary:
    'The versions of a workflow, newest first: which one answers, and how each was tested and replayed',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  answers: { 200: { description: 'The versions', schema: versionListSchema } },
  refusals: [404],
  async handle({ params }, context) {
    const { workflow, versions, deactivation } = await ask('versions', params, 'versions', context)
    return {
      status: 200,
      body: { workflow, versions, deactivation: deactivationSchema.nullable().parse(deactivation) },
    }
  },
})
