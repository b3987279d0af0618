// POST /api/workflows/{workflowId}/tests: tries a workflow on its scenarios, and answers the report.
import { z } from 'zod'
import { testReportSchema } from '../../scenarios/index.ts'
import { ask, endpoint } from '../endpoint.ts'

export const testWorkflow = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/tests',
  name: 'testWorkflow',
  summary: 'Try a workflow on its scenarios, and measure its criteria',
  description:
    'Runs the scenarios beside the workflow, with everything outside captured, and answers when all are through. ' +
    'A test that does not pass is an answer like any other: see `passed`.',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  answers: { 200: { description: 'The report of the test', schema: testReportSchema } },
  refusals: [404, 409],
  async handle({ params }, context) {
    const { report } = await ask('test', params, 'tested', context)
    return { status: 200, body: report }
  },
})
