// POST /api/workflows/{workflowId}/activations: lets a version of a workflow answer from now on.
import { z } from 'zod'
import { executeCommand } from '../../commands/execute.ts'
import { endpoint } from '../endpoint.ts'
import { activatedSchema } from '../schemas.ts'

export const activate = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/activations',
  name: 'activate',
  summary: 'Let a version of a workflow answer from now on',
  description:
    'A version that does not reach its criteria is refused with 409, as is one that has not been tested since it or ' +
    'its scenarios were changed. Where two people are needed, the first request answers `proposed`.',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  body: z.strictObject({
    version: z
      .union([z.number().int().min(1), z.literal('previous')])
      .optional()
      .describe('its number, or the one before; the newest, when left out'),
    override: z
      .boolean()
      .optional()
      .describe(
        'activate it although it does not reach its criteria, or without a second person; for admins, with a reason',
      ),
    reason: z.string().max(500).optional(),
  }),
  answers: { 200: { description: 'What answers now, or what is proposed', schema: activatedSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body }, { services, actor }) {
    const result = await executeCommand('activate', { ...params, ...body }, { services, actor })
    if (result.kind === 'activated') {
      const { workflow, version, from, previous, how } = result
      return { status: 200, body: { status: 'activated', workflow, version, from, previous, how } }
    }
    if (result.kind !== 'activation_proposed') throw new Error(`activate answered ${result.kind}`)
    const { workflow, version } = result
    return { status: 200, body: { status: 'proposed', workflow, version } }
  },
})
