// POST /api/executions/{executionId}/rollback: takes back what an execution did.
import { z } from 'zod'
import { ask, endpoint } from '../endpoint.ts'
import { startAnswers, startedAnswer, waitHeaders } from '../started.ts'

export const rollbackExecution = endpoint({
  method: 'post',
  path: '/api/executions/{executionId}/rollback',
  name: 'rollbackExecution',
  summary: 'Take back what an execution did, as far as its steps say how',
  description:
    'Starts an execution of the steps that the others name under `undo`, and answers like a start: 202, or 200 with ' +
    'the report. An execution is taken back once: whoever asks again is answered the first rollback, with ' +
    '`started: false`.',
  params: z.strictObject({ executionId: z.string().max(100) }),
  headers: waitHeaders,
  answers: startAnswers,
  refusals: [404, 409],
  handle: async ({ params, headers }, context) =>
    startedAnswer(await ask('rollback', params, 'started', context), headers.prefer, context),
})
