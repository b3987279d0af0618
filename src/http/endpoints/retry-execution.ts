// POST /api/executions/{executionId}/retry: runs an execution once more, from where it failed or from the start.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { idempotencyKeySchema, onceFor, startAnswers, startedAnswer, waitHeaders } from '../started.ts'

export const retryExecution = endpoint({
  method: 'post',
  path: '/api/executions/{executionId}/retry',
  name: 'retryExecution',
  summary: 'Run an execution once more, and wait for its report if wanted',
  description:
    'Starts another execution with the same inputs. Steps that succeeded keep their results, unless `from` is `start` ' +
    'or what they did was taken back. Answers like a start: 202, or 200 with the report.',
  params: z.strictObject({ executionId: z.string().max(100) }),
  headers: waitHeaders.extend({ 'idempotency-key': idempotencyKeySchema('to retry this execution') }),
  body: z.strictObject({
    from: z.enum(['failed', 'start']).optional().describe('where it failed, when left out and it did fail'),
    version: z
      .enum(['same', 'latest'])
      .default('latest')
      .describe('the version that it ran on, or the one that answers now'),
  }),
  answers: startAnswers,
  refusals: [404, 409, 413, 415],
  async handle({ params: { executionId }, headers, body: { from, version } }, context) {
    const once = onceFor('api-retry', executionId, headers['idempotency-key'])
    const input = { executionId, version, ...(from === undefined ? {} : { from }) }
    return startedAnswer(await ask('retry', input, 'started', context, once), headers.prefer, context)
  },
})
