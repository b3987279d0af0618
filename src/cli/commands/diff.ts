// `diff`: what changed since the last good execution.
import { commands } from '../../commands/index.ts'
import type { DiffAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { diffText } from '../text/diff.ts'

const { name, summary, usage } = commands.diff

export const diff: CliCommand = {
  name,
  summary,
  usage,
  examples: ['diff 1f3k9ab-x7q2m'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, usage)
    const path = `/api/executions/${encodeURIComponent(words[0] ?? '')}/diff`
    const answer = await client().get<DiffAnswer>(path)
    return { json: answer, text: diffText(answer), ok: true }
  },
}
