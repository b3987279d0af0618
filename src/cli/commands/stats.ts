// `stats`: how well workflows do.
import { commands } from '../../commands/index.ts'
import type { StatsAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { statsText } from '../text/stats.ts'

const { name, summary } = commands.stats
const usage = `${commands.stats.usage} [--days <number>]`

export const stats: CliCommand = {
  name,
  summary,
  usage,
  examples: ['stats', 'stats reorder-check --days 7'],
  options: { days: { type: 'string' } },
  async run(words, values, { client }) {
    expectWords(words, 0, 1, usage)
    const query = new URLSearchParams()
    if (words[0] !== undefined) query.set('workflow', words[0])
    if (typeof values.days === 'string') query.set('days', values.days)
    const answer = await client().get<StatsAnswer>(`/api/stats?${query}`)
    return { json: answer, text: statsText(answer), ok: true }
  },
}
