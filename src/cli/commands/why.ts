// `why`: why a step ran, was skipped or failed.
import { commands } from '../../commands/index.ts'
import type { WhyAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { whyText } from '../text/why.ts'

const { name, summary, usage } = commands.why

export const why: CliCommand = {
  name,
  summary,
  usage,
  examples: ['why 1f3k9ab-x7q2m notify buyers'],
  async run(words, _values, { client }) {
    expectWords(words, 2, Number.POSITIVE_INFINITY, usage)
    const [execution = '', ...rest] = words.map(encodeURIComponent)
    const path = `/api/executions/${execution}/nodes/${rest.join('%20')}/why`
    const answer = await client().get<WhyAnswer>(path)
    return { json: answer, text: whyText(answer), ok: true }
  },
}
