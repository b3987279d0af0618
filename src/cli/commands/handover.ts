// `handover`: what the next shift has to know.
import { commands } from '../../commands/index.ts'
import type { HandoverAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { handoverText } from '../text/handover.ts'

const { name, summary, usage } = commands.handover

export const handover: CliCommand = {
  name,
  summary,
  usage,
  examples: ['handover', 'handover 8h'],
  async run(words, _values, { client }) {
    expectWords(words, 0, 1, usage)
    const query = words[0] === undefined ? '' : `?${new URLSearchParams({ duration: words[0] })}`
    const answer = await client().get<HandoverAnswer>(`/api/handover${query}`)
    return { json: answer, text: handoverText(answer), ok: true }
  },
}
