// `verify`: whether a backup is as it was written; without a folder, whether the audit log of the data is.
import { WorkflowError } from '../../errors.ts'
import type { AuditVerdictAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { verdictText } from '../text/audit.ts'
import { verifiedText } from '../text/backup.ts'

const usage = 'verify [folder]'

export const verify: CliCommand = {
  name: 'verify',
  summary: 'Check that a backup is whole; without a folder, that the audit log is',
  usage,
  examples: ['verify backups/monday', 'verify'],
  async run(words, _values, { client, data, absolute }) {
    expectWords(words, 0, 1, usage)
    if (words[0] !== undefined) {
      const folder = absolute(words[0])
      const verdict = await data().verify(folder)
      return { json: { folder, ...verdict }, text: verifiedText(folder, verdict), ok: verdict.audit.ok }
    }
    let verdict: AuditVerdictAnswer
    try {
      verdict = await client().get<AuditVerdictAnswer>('/api/audit/verify')
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError && thrown.code === 'cli.bot_unreachable')) throw thrown
      verdict = await data().verifyAudit()
    }
    return { json: verdict, text: verdictText(verdict), ok: verdict.ok }
  },
}
