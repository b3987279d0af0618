// `list`: which workflows there are.
import { commands } from '../../commands/index.ts'
import type { WorkflowList } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { workflowsText } from '../text/workflows.ts'

const { name, summary, usage } = commands.list

export const list: CliCommand = {
  name,
  summary,
  usage,
  examples: ['list', 'list reorder'],
  async run(words, _values, { client }) {
    expectWords(words, 0, 1, usage)
    const query = words[0] === undefined ? '' : `?${new URLSearchParams({ search: words[0] })}`
    const answer = await client().get<WorkflowList>(`/api/workflows${query}`)
    return { json: answer, text: workflowsText(answer), ok: true }
  },
}
