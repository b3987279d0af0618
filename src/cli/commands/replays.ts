// `replays`: how the replays of a workflow went, newest first.
import { commands } from '../../commands/index.ts'
import type { ReplayList } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { replayListText } from '../text/replay.ts'

const { name, summary, usage } = commands.replays

export const replays: CliCommand = {
  name,
  summary,
  usage,
  examples: ['replays reorder-check'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, usage)
    const path = `/api/workflows/${encodeURIComponent(words[0] ?? '')}/replays`
    const answer = await client().get<ReplayList>(path)
    return { json: answer, text: replayListText(answer), ok: true }
  },
}
