// `approve` and `reject`: decides what an execution waits for.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import type { Decided } from '../answers.ts'
import { type CliCommand, expectWords, splitPairs } from '../command.ts'
import { readJson } from '../json-option.ts'
import { line } from '../text/table.ts'

function decide(decision: 'approve' | 'reject', examples: string[]): CliCommand {
  const { name, summary } = commands[decision]
  const usage =
    decision === 'approve'
      ? 'approve <execution> [field=value …] [reason=…] [node=…] [--form <json>]'
      : 'reject <execution> [reason] [node=…]'
  return {
    name,
    summary,
    usage,
    examples,
    options: decision === 'approve' ? { form: { type: 'string' } } : {},
    async run(words, values, { client }) {
      const { pairs, plain } = splitPairs(words)
      const { reason, node, ...fields } = pairs
      expectWords(plain, 1, Number.POSITIVE_INFINITY, usage)
      const [id = '', ...rest] = plain
      const [strange] = decision === 'reject' ? Object.keys(fields) : []
      if (strange !== undefined)
        throw new WorkflowError('cli.usage', `A rejection fills in nothing, not "${strange}" either.`, {
          hint: `Usage: ${usage}`,
        })
      const said = reason ?? rest.join(' ')
      const form: JsonObject = { ...readJson('form', values.form), ...fields }
      const answer = await client().post<Decided>(`/api/executions/${encodeURIComponent(id)}/decisions`, {
        decision,
        form,
        ...(said === '' ? {} : { reason: said }),
        ...(node === undefined ? {} : { node }),
      })
      const done = decision === 'approve' ? 'approved' : 'rejected'
      return { json: answer, text: `You ${done}: ${line(answer.what, 200)}`, ok: true }
    },
  }
}

export const approve = decide('approve', ['approve 1f3k9ab-x7q2m', 'approve 1f3k9ab-x7q2m budget=Projects'])
export const reject = decide('reject', ['reject 1f3k9ab-x7q2m too expensive'])
