// GET /api/handover: what the next shift has to know.
import { z } from 'zod'
import { handoverSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const showHandover = endpoint({
  method: 'get',
  path: '/api/handover',
  name: 'showHandover',
  summary: 'What waits, fails, is locked or has changed in the last hours',
  query: z.strictObject({
    duration: z.string().max(20).default('12h').describe('how long the shift was: "8h"'),
  }),
  answers: { 200: { description: 'The handover', schema: handoverSchema } },
  handle: async ({ query }, context) => answerOf(await ask('handover', query, 'handover', context)),
})
