// POST /api/executions/{executionId}/cancel: stops an execution.
import { z } from 'zod'
import { reportSchema } from '../../engine/report.ts'
import { ask, endpoint } from '../endpoint.ts'

export const cancelExecution = endpoint({
  method: 'post',
  path: '/api/executions/{executionId}/cancel',
  name: 'cancelExecution',
  summary: 'Stop an execution, in the middle of Python too',
  params: z.strictObject({ executionId: z.string().max(100) }),
  body: z.strictObject({ reason: z.string().max(300).optional().describe('stands in the report') }),
  answers: { 200: { description: 'It has stopped: its report', schema: reportSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body: { reason } }, context) {
    const input = { ...params, ...(reason === undefined ? {} : { reason }) }
    const { report } = await ask('cancel', input, 'report', context)
    return { status: 200, body: report }
  },
})
