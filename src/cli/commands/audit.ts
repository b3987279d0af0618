// `audit`: who did what, and whether the log is as it was written.
import { commands } from '../../commands/index.ts'
import type { AuditAnswer, AuditVerdictAnswer } from '../answers.ts'
import type { CliCommand } from '../command.ts'
import { auditText, verdictText } from '../text/audit.ts'

const { name, summary } = commands.audit
const usage = `${commands.audit.usage} [--limit <number>]`

export const audit: CliCommand = {
  name,
  summary,
  usage,
  examples: ['audit', 'audit ana cancelled', 'audit verify'],
  options: { limit: { type: 'string' } },
  async run(words, values, { client }) {
    if (words.length === 1 && words[0] === 'verify') {
      const verdict = await client().get<AuditVerdictAnswer>('/api/audit/verify')
      return { json: verdict, text: verdictText(verdict), ok: verdict.ok }
    }
    const query = new URLSearchParams()
    if (words.length > 0) query.set('search', words.join(' '))
    if (typeof values.limit === 'string') query.set('limit', values.limit)
    const answer = await client().get<AuditAnswer>(`/api/audit?${query}`)
    return { json: answer, text: auditText(answer), ok: true }
  },
}
