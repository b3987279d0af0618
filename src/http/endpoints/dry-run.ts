// POST /api/workflows/{workflowId}/dry-runs: says what a workflow would do now, without doing it.
import { z } from 'zod'
import { jsonObjectSchema } from '../../json.ts'
import { dryRunSchema } from '../../scenarios/index.ts'
import { ask, endpoint } from '../endpoint.ts'

export const dryRun = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/dry-runs',
  name: 'dryRun',
  summary: 'What a workflow would do now, without doing it',
  description:
    'Runs over a copy of the records. Nothing is sent: questions count as approved, waits take no time, requests get the ' +
    'answers of the latest real executions, sub-workflows run dry as well, and nothing of it is in the history. A step ' +
    'for which no answer is on record fails with `dry_run.not_asked`.',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  body: z.strictObject({
    inputs: jsonObjectSchema.default({}).describe('what the trigger of the workflow asks for'),
    version: z.number().int().min(1).optional().describe('its number; the newest, when left out'),
  }),
  answers: { 200: { description: 'What it would have done', schema: dryRunSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body }, context) {
    const { run } = await ask('dry-run', { ...params, ...body }, 'dry_run', context)
    return { status: 200, body: run }
  },
})
