// `rollback`: takes back what an execution did, and follows that to its report.
import { commands } from '../../commands/index.ts'
import type { Started } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { follow } from '../follow.ts'

const { name, summary } = commands.rollback
const usage = `${commands.rollback.usage} [--no-wait]`

export const rollback: CliCommand = {
  name,
  summary,
  usage,
  examples: ['rollback 1f3k9ab-x7q2m'],
  options: { 'no-wait': { type: 'boolean' } },
  async run(words, values, { client, tell }) {
    expectWords(words, 1, 1, usage)
    const api = client()
    const path = `/api/executions/${encodeURIComponent(words[0] ?? '')}/rollback`
    const started = await api.post<Started>(path)
    const what = started.started ? 'is being rolled back' : 'was rolled back already'
    return follow(started, what, { client: api, tell, wait: !values['no-wait'] })
  },
}
