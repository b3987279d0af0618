// `run`: starts a workflow, and follows it to its report.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import type { DryRun, Started } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { follow } from '../follow.ts'
import { readJson } from '../json-option.ts'
import { dryRunText } from '../text/dry-run.ts'

const { name, summary } = commands.run
const usage = `${commands.run.usage} [--inputs <json>] [--no-wait] [--dry-run]`

export const run: CliCommand = {
  name,
  summary: `${summary} and show its report`,
  usage,
  examples: [
    'run reorder-check',
    'run reorder-check --no-wait',
    'run reorder-check --dry-run',
    'run greet name=Ana',
  ],
  options: { inputs: { type: 'string' }, 'no-wait': { type: 'boolean' }, 'dry-run': { type: 'boolean' } },
  async run(words, values, { client, tell }) {
    expectWords(words, 1, Number.POSITIVE_INFINITY, usage)
    const [id = '', ...pairs] = words
    const inputs = { ...readJson('inputs', values.inputs), ...readPairs(pairs) }
    const api = client()
    if (values['dry-run']) {
      const dry = await api.post<DryRun>(`/api/workflows/${encodeURIComponent(id)}/dry-runs`, { inputs })
      return { json: dry, text: dryRunText(dry), ok: dry.report.success === true }
    }
    const started = await api.post<Started>(`/api/workflows/${encodeURIComponent(id)}/executions`, { inputs })
    return follow(started, 'has been started', { client: api, tell, wait: !values['no-wait'] })
  },
}

/** `key=value`; values stay texts, the workflow's own declaration of its inputs says what they mean. */
function readPairs(pairs: string[]): JsonObject {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
      throw new WorkflowError('cli.usage', `"${pair}" is not of the form input=value.`, {
        hint: `Usage: ${usage}`,
      })
    }),
  )
}
