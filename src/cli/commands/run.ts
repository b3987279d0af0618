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
const usage = `${commands.run.usage} [--inputs <json>] [--no-wait] [--dry-run [--version <number>]]`

export const run: CliCommand = {
  name,
  summary: `${summary} and show its report`,
  usage,
  examples: [
    'run reorder-check',
    'run reorder-check --no-wait',
    'run reorder-check --dry-run',
    'run reorder-check --dry-run --version 2',
    'run greet name=Ana',
  ],
  options: {
    inputs: { type: 'string' },
    'no-wait': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    version: { type: 'string' },
  },
  async run(words, values, { client, tell }) {
    expectWords(words, 1, Number.POSITIVE_INFINITY, usage)
    const [id = '', ...pairs] = words
    const inputs = { ...readJson('inputs', values.inputs), ...readPairs(pairs) }
    const api = client()
    if (values['dry-run']) {
      const tried = { inputs, ...versionOf(values.version) }
      const dry = await api.post<DryRun>(`/api/workflows/${encodeURIComponent(id)}/dry-runs`, tried)
      return { json: dry, text: dryRunText(dry), ok: dry.report.success === true }
    }
    if (values.version !== undefined)
      throw new WorkflowError(
        'cli.usage',
        'Only a dry run takes another version than the one that answers.',
        {
          hint: `Usage: ${usage}`,
        },
      )
    const started = await api.post<Started>(`/api/workflows/${encodeURIComponent(id)}/executions`, { inputs })
    return follow(started, 'has been started', { client: api, tell, wait: !values['no-wait'] })
  },
}

function versionOf(text: unknown): { version?: number } {
  if (text === undefined) return {}
  if (/^[1-9]\d{0,8}$/.test(String(text))) return { version: Number(text) }
  throw new WorkflowError('cli.usage', 'What follows --version is not the number of a version.', {
    hint: `Usage: ${usage}`,
  })
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
