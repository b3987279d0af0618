// `pending`: what waits for a decision.
import { commands } from '../../commands/index.ts'
import type { Pending } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { pendingText } from '../text/pending.ts'

const { name, summary, usage } = commands.pending

export const pending: CliCommand = {
  name,
  summary,
  usage,
  examples: ['pending'],
  async run(words, _values, { client }) {
    expectWords(words, 0, 0, usage)
    const answer = await client().get<Pending>('/api/pending')
    return { json: answer, text: pendingText(answer), ok: true }
  },
}
