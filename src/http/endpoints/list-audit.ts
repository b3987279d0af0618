// GET /api/audit: who did what, newest first.
import { z } from 'zod'
import { auditSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

export const listAudit = endpoint({
  method: 'get',
  path: '/api/audit',
  name: 'listAudit',
  summary: 'The audit log, newest first; for admins',
  query: z.strictObject({
    search: z.string().max(200).optional().describe('only entries with all these words'),
    limit: z.coerce.number().int().min(1).max(500).default(50).describe('how many at most'),
  }),
  answers: { 200: { description: 'The entries', schema: auditSchema } },
  handle: async ({ query }, context) => answerOf(await ask('audit', query, 'audit', context)),
})
