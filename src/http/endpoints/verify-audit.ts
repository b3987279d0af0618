// GET /api/audit/verify: whether the audit log is as it was written.
import { auditVerdictSchema } from '../../commands/answers.ts'
import { ask, endpoint } from '../endpoint.ts'

export const verifyAudit = endpoint({
  method: 'get',
  path: '/api/audit/verify',
  name: 'verifyAudit',
  summary: 'Whether the audit log is whole and unchanged; for admins',
  answers: {
    200: { description: 'The verdict: `ok` is false when something was changed', schema: auditVerdictSchema },
  },
  async handle(_request, context) {
    const { verdict } = await ask('audit', { verify: true }, 'audit_verified', context)
    return { status: 200, body: verdict }
  },
})
