// POST /api/workflows/{workflowId}/executions: starts one, and with `Prefer: wait=…` waits for its report.
import { z } from 'zod'
import { isFinished, reportSchema } from '../../engine/report.ts'
import { jsonObjectSchema } from '../../json.ts'
import { ask, endpoint } from '../endpoint.ts'
import { startedSchema } from '../schemas.ts'
import { preferenceApplied, preferSchema, reportAfter, wantedWait } from '../wait.ts'

/** How long an Idempotency-Key is remembered. */
const ONCE_WINDOW_MS = 24 * 60 * 60 * 1000

export const startExecution = endpoint({
  method: 'post',
  path: '/api/workflows/{workflowId}/executions',
  name: 'startExecution',
  summary: 'Start an execution, and wait for its report if wanted',
  description:
    'Answers 202 as soon as the start is durable. With `Prefer: wait=30` it answers 200 with the report of an ' +
    'execution that ends within 30 seconds, whether it succeeded or failed: see `success` and `status` there.',
  params: z.strictObject({ workflowId: z.string().max(100) }),
  headers: z.object({
    prefer: preferSchema,
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
      .optional()
      .describe('Requests for this workflow with the same key start one execution in all, for 24 hours'),
  }),
  body: z.strictObject({
    inputs: jsonObjectSchema.default({}).describe('what the trigger of the workflow asks for'),
  }),
  answers: {
    200: {
      description: 'The execution has ended: its report',
      schema: reportSchema,
      headers: { 'Preference-Applied': 'the wait that was granted', Location: 'where the report is' },
    },
    202: {
      description: 'The execution has been started',
      schema: startedSchema,
      headers: { Location: 'where the report will be' },
    },
  },
  refusals: [404, 409, 413, 415],
  async handle({ params, headers, body }, context) {
    const { workflowId } = params
    const key = headers['idempotency-key']
    const once = key === undefined ? undefined : { key: `api/${workflowId}/${key}`, windowMs: ONCE_WINDOW_MS }
    const input = { workflowId, inputs: body.inputs }
    const { executionId, workflow, started } = await ask('run', input, 'started', context, once)
    const location = `/api/executions/${encodeURIComponent(executionId)}`
    const seconds = wantedWait(headers.prefer)
    const report = seconds === undefined ? undefined : await reportAfter(executionId, seconds, context)
    const headersOut = { Location: location, ...preferenceApplied(seconds) }
    if (report && isFinished(report)) return { status: 200, body: report, headers: headersOut }
    return {
      status: 202,
      body: { executionId, workflow, started, report: location },
      headers: headersOut,
    }
  },
})
