// GET /api/executions/{executionId}: the report of an execution, or how far it has come.
import { z } from 'zod'
import { reportSchema } from '../../engine/report.ts'
import { ask, endpoint } from '../endpoint.ts'

export const showExecution = endpoint({
  method: 'get',
  path: '/api/executions/{executionId}',
  name: 'showExecution',
  summary: 'The report of an execution; while it runs, the report so far',
  params: z.strictObject({ executionId: z.string().max(100) }),
  answers: { 200: { description: 'The report', schema: reportSchema } },
  refusals: [404],
  async handle({ params }, context) {
    const { report } = await ask(context.commands.report, params, 'report', context)
    return { status: 200, body: report }
  },
})
