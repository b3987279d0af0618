// `save`: an execution as a scenario, printed to take along or written beside its workflow.
import { commands } from '../../commands/index.ts'
import type { SavedScenarioAnswer } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { scenarioNotes } from '../text/scenario.ts'
import { line } from '../text/table.ts'

const { name, summary } = commands.save
const usage = `${commands.save.usage} [--write]`

export const save: CliCommand = {
  name,
  summary,
  usage,
  examples: ['save 1f3k9ab-x7q2m > scenarios.yaml', 'save 1f3k9ab-x7q2m --write'],
  options: { write: { type: 'boolean' } },
  async run(words, values, { client, tell }) {
    expectWords(words, 1, 1, usage)
    const path = `/api/executions/${encodeURIComponent(words[0] ?? '')}/scenario`
    const saved = values.write
      ? await client().post<SavedScenarioAnswer>(path, {})
      : await client().get<SavedScenarioAnswer>(path)
    // Beside the answer, which goes into a file as it is.
    tell(scenarioNotes(saved))
    const text = saved.written ? `It stands in ${line(saved.written, 300)} now.` : saved.text.trimEnd()
    return { json: saved, text, ok: true }
  },
}
