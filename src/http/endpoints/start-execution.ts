// POST /api/workflows/{workflowId}/executions: starts one, and with `Prefer: wait=…` waits for its report.
import { z } from 'zod'
import { jsonObjectSchema } from '../../json.ts'
import { ask, endpoint } from '../endpoint.ts'
import { idempotencyKeySchema, onceFor, startAnswers, startedAnswer, waitHeaders } from '../started.ts'

export const startExecution = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/executions',
  name: 'startExecution',
  summary: 'Start an execution, and wait for its report if wanted',
  description:
    'Answers 202 as soon as the start is durable. With `Prefer: wait=30` it answers 200 with the report of an ' +
    'execution that ends within 30 seconds, whether it succeeded or failed: see `success` and `status` there. While the ' +
    'first version of a workflow is being tested, a start waits for the end of the test.',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  headers: waitHeaders.extend({ 'idempotency-key': idempotencyKeySchema('for this workflow') }),
  body: z.strictObject({
    inputs: jsonObjectSchema.default({}).describe('what the trigger of the workflow asks for'),
  }),
  answers: startAnswers,
  refusals: [404, 409, 413, 415],
  async handle({ params: { workflowId }, headers, body }, context) {
    const once = onceFor('api', workflowId, headers['idempotency-key'])
    const started = await ask('run', { workflowId, inputs: body.inputs }, 'started', context, once)
    return startedAnswer(started, headers.prefer, context)
  },
})
