// `post`: a message in Slack with a button that runs a workflow.
import { commands } from '../../commands/index.ts'
import type { Posted } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { line } from '../text/table.ts'

const { name, summary } = commands.post
const usage = 'post <workflow> <#channel>'

export const post: CliCommand = {
  name,
  summary,
  usage,
  examples: ["post reorder-check '#purchasing'"],
  async run(words, _values, { client }) {
    expectWords(words, 2, 2, usage)
    const [id = '', to = ''] = words
    const answer = await client().post<Posted>(`/api/workflows/${encodeURIComponent(id)}/messages`, { to })
    const text = `A message that runs ${line(answer.workflow.name)} stands in ${line(answer.to)}.`
    return { json: answer, text, ok: true }
  },
}
