// `versions`: the versions of a workflow, and how each stands.
import { commands } from '../../commands/index.ts'
import type { VersionList } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { versionsText } from '../text/versions.ts'

const { name, summary, usage } = commands.versions

export const versions: CliCommand = {
  name,
  summary,
  usage,
  examples: ['versions reorder-check'],
  async run(words, _values, { client }) {
    expectWords(words, 1, 1, usage)
    const path = `/api/workflows/${encodeURIComponent(words[0] ?? '')}/versions`
    const answer = await client().get<VersionList>(path)
    return { json: answer, text: versionsText(answer), ok: true }
  },
}
