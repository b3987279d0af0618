// `report`: how one execution went, or goes.
import { commands } from '../../commands/index.ts'
import type { Report } from '../../engine/report.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { reportText } from '../text/report.ts'

const { name, summary, usage } = commands.report

export const report: CliCommand = {
  name,
  summary,
  usage,
  examples: ['report 1f3k9ab-x7q2m'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, usage)
    const answer = await client().get<Report>(`/api/executions/${encodeURIComponent(words[0] ?? '')}`)
    return { json: answer, text: reportText(answer), ok: answer.success !== false }
  },
}
