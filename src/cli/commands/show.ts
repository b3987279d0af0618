// `show`: what a workflow consists of.
import { commands } from '../../commands/index.ts'
import type { Workflow } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { workflowText } from '../text/workflows.ts'

const { name, summary, usage } = commands.show

export const show: CliCommand = {
  name,
  summary,
  usage,
  examples: ['show reorder-check'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, usage)
    const answer = await client().get<Workflow>(`/api/workflows/${encodeURIComponent(words[0] ?? '')}`)
    return { json: answer, text: workflowText(answer), ok: true }
  },
}
