// `retry`: runs an execution once more, and follows it to its report.
import { commands } from '../../commands/index.ts'
import type { Started } from '../answers.ts'
import { type CliCommand, expectWords, takePairs } from '../command.ts'
import { follow } from '../follow.ts'

const { name, summary } = commands.retry
const usage = `${commands.retry.usage} [--no-wait]`

export const retry: CliCommand = {
  name,
  summary,
  usage,
  examples: ['retry 1f3k9ab-x7q2m', 'retry 1f3k9ab-x7q2m from=start version=same'],
  options: { 'no-wait': { type: 'boolean' } },
  async run(words, values, { client, tell }) {
    const { pairs, plain } = takePairs(words, ['from', 'version'], usage)
    expectWords(plain, 1, 1, usage)
    const api = client()
    const started = await api.post<Started>(
      `/api/executions/${encodeURIComponent(plain[0] ?? '')}/retry`,
      pairs,
    )
    return follow(started, 'has been started again', { client: api, tell, wait: !values['no-wait'] })
  },
}
