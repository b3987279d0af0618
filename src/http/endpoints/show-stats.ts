// GET /api/stats: how well workflows do.
import { z } from 'zod'
import { statsSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const showStats = endpoint({
  method: 'get',
  path: '/api/stats',
  name: 'showStats',
  summary: 'Success rates, times and failures of workflows, day by day',
  query: z.strictObject({
    workflow: z.string().max(100).optional().describe('only this workflow'),
    days: z.coerce.number().int().min(1).max(90).default(30).describe('how many days back, today included'),
  }),
  answers: { 200: { description: 'The figures', schema: statsSchema } },
  refusals: [404],
  async handle({ query: { workflow, days } }, context) {
    const input = { days, ...(workflow === undefined ? {} : { workflowId: workflow }) }
    return answerOf(await ask('stats', input, 'stats', context))
  },
})
