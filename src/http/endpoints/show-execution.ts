// GET /api/executions/{executionId}: the report of an execution, or how far it has come.
import { z } from 'zod'
import { reportSchema } from '../../engine/report.ts'
import { endpoint } from '../endpoint.ts'
import { preferenceApplied, preferSchema, reportAfter, wantedWait } from '../wait.ts'

export const showExecution = endpoint({
  method: 'get',
  path: '/api/executions/{executionId}',
  name: 'showExecution',
  summary: 'The report of an execution; while it runs, the report so far',
  params: z.strictObject({ executionId: z.string().max(100) }),
  headers: z.object({ prefer: preferSchema }),
  answers: {
    200: {
      description: 'The report, finished or so far',
      schema: reportSchema,
      headers: { 'Preference-Applied': 'the wait that was granted' },
    },
  },
  refusals: [404],
  async handle({ params, headers }, context) {
    const seconds = wantedWait(headers.prefer)
    const report = await reportAfter(params.executionId, seconds, context)
    return { status: 200, body: report, headers: preferenceApplied(seconds) }
  },
})
