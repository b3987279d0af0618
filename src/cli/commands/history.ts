// `history`: the latest executions, of all workflows or of one.
import { commands } from '../../commands/index.ts'
import type { ExecutionList } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { historyText } from '../text/history.ts'

const { name, summary } = commands.history
const usage = `${commands.history.usage} [--limit <number>]`

export const history: CliCommand = {
  name,
  summary,
  usage,
  examples: ['history', 'history reorder-check --limit 50'],
  options: { limit: { type: 'string' } },
  async run(words, values, { client }) {
    expectWords(words, 0, 1, usage)
    const query = new URLSearchParams()
    if (words[0] !== undefined) query.set('workflow', words[0])
    if (typeof values.limit === 'string') query.set('limit', values.limit)
    const answer = await client().get<ExecutionList>(`/api/executions?${query}`)
    return { json: answer, text: historyText(answer), ok: true }
  },
}
