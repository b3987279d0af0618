// `run`: starts a workflow, and follows it to its report.
import { commands } from '../../commands/index.ts'
import { isFinished, type Report } from '../../engine/report.ts'
import { WorkflowError } from '../../errors.ts'
import { type JsonObject, jsonObjectSchema } from '../../json.ts'
import type { DryRun, Started } from '../answers.ts'
import { type CliCommand, expectWords } from '../command.ts'
import { dryRunText } from '../text/dry-run.ts'
import { reportText } from '../text/report.ts'

const { name, summary } = commands.run
const usage = `${commands.run.usage} [--inputs <json>] [--no-wait] [--dry-run]`
/** One request waits this long before the next one takes over. */
const WAIT_SECONDS = 30

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
    const inputs = { ...readJson(values.inputs), ...readPairs(pairs) }
    const api = client()
    if (values['dry-run']) {
      const dry = await api.post<DryRun>(`/api/workflows/${encodeURIComponent(id)}/dry-runs`, { inputs })
      return { json: dry, text: dryRunText(dry), ok: dry.report.success === true }
    }
    const started = await api.post<Started>(`/api/workflows/${encodeURIComponent(id)}/executions`, { inputs })
    if (values['no-wait']) {
      const text = `${started.workflow.name} has been started: ${started.executionId}`
      return { json: started, text, ok: true }
    }
    tell(`${started.workflow.name} has been started: ${started.executionId} (Ctrl+C leaves it running)`)
    let report: Report
    do report = await api.get<Report>(started.report, { waitSeconds: WAIT_SECONDS })
    while (!isFinished(report))
    return { json: report, text: reportText(report), ok: report.success === true }
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

function readJson(text: unknown): JsonObject {
  if (typeof text !== 'string') return {}
  try {
    return jsonObjectSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new WorkflowError('cli.usage', 'What follows --inputs is not a JSON object.', {
      hint: `For example --inputs '{"name": "Ana"}'.`,
      cause,
    })
  }
}
