// GET /api/workflows/{workflowId}: one workflow with its configuration, how it stands, and the faults of its file.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { deactivationSchema, workflowSchema } from '../schemas.ts'

export const showWorkflow = endpoint({
  method: 'get',
  path: '/api/workflows/{workflowId}',
  name: 'showWorkflow',
  summary: 'One workflow with its configuration and version, and what is wrong with its file',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  answers: { 200: { description: 'The workflow', schema: workflowSchema } },
  refusals: [404],
  async handle({ params }, context) {
    const { entry, last, deactivation, testing, standing } = await ask('show', params, 'workflow', context)
    const { id, file, version, draft, faults } = entry
    const state = standing.draft?.state === 'tested' ? 'tested' : 'draft'
    return {
      status: 200,
      body: {
        id,
        file,
        version: version ? { number: version.number, hash: version.hash } : null,
        draft: draft ? { number: draft.number, hash: draft.hash, state } : null,
        deactivation: deactivationSchema.nullable().parse(deactivation),
        testing,
        definition: (version ?? draft)?.definition ?? null,
        faults,
        last: last ?? null,
      },
    }
  },
})
