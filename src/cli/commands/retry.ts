// `retry`: runs an execution once more, and follows it to its report.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { Started } from '../answers.ts'
import { type CliCommand, expectWords, splitPairs } from '../command.ts'
import { follow } from '../follow.ts'

const { name, summary } = commands.retry
const usage = `${commands.retry.usage} [--no-wait]`
const options = ['from', 'version']

export const retry: CliCommand = {
  name,
  summary,
  usage,
  examples: ['retry 1f3k9ab-x7q2m', 'retry 1f3k9ab-x7q2m from=start version=same'],
  options: { 'no-wait': { type: 'boolean' } },
  async run(words, values, { client, tell }) {
    const { pairs, plain } = splitPairs(words)
    expectWords(plain, 1, 1, usage)
    const strange = Object.keys(pairs).find((option) => !options.includes(option))
    if (strange !== undefined)
      throw new WorkflowError('cli.usage', `There is nothing to say about "${strange}".`, {
        hint: `Usage: ${usage}`,
      })
    const api = client()
    const started = await api.post<Started>(
      `/api/executions/${encodeURIComponent(plain[0] ?? '')}/retry`,
      pairs,
    )
    return follow(started, 'has been started again', { client: api, tell, wait: !values['no-wait'] })
  },
}
