// `cancel`: stops an execution.
import { commands } from '../../commands/index.ts'
import type { Report } from '../../engine/report.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { reportText } from '../text/report.ts'

const { name, summary, usage } = commands.cancel

export const cancel: CliCommand = {
  name,
  summary,
  usage,
  examples: ['cancel 1f3k9ab-x7q2m', 'cancel 1f3k9ab-x7q2m wrong week'],
  async run(words, _values, { client }) {
    expectWords(words, 1, Number.POSITIVE_INFINITY, usage)
    const [id = '', ...reason] = words
    const path = `/api/executions/${encodeURIComponent(id)}/cancel`
    const answer = await client().post<Report>(path, reason.length > 0 ? { reason: reason.join(' ') } : {})
    return { json: answer, text: reportText(answer), ok: true }
  },
}
