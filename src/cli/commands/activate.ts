// `activate`: lets a version of a workflow answer from now on.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { Activated } from '../answers.ts'
import { type CliCommand, expectWords, takePairs } from '../command.ts'
import { line } from '../text/table.ts'

const { name, summary } = commands.activate
const usage = 'activate <workflow> [--version <number>|previous] [--reason <text>] [--override]'

export const activate: CliCommand = {
  name,
  summary,
  usage,
  examples: ['activate reorder-check', 'activate reorder-check --version previous'],
  options: { version: { type: 'string' }, reason: { type: 'string' }, override: { type: 'boolean' } },
  async run(words, values, { client }) {
    const { pairs, plain } = takePairs(words, ['version', 'reason', 'override'], usage)
    expectWords(plain, 1, 1, usage)
    const { version, reason, override } = { ...values, ...pairs }
    const wanted = version === undefined || version === 'previous' ? version : Number(version)
    if (typeof wanted === 'number' && !Number.isSafeInteger(wanted))
      throw new WorkflowError('cli.usage', `"${version}" is not the number of a version.`, {
        hint: `Usage: ${usage}`,
      })
    const answer = await client().post<Activated>(
      `/api/workflows/${encodeURIComponent(plain[0] ?? '')}/activations`,
      {
        ...(wanted === undefined ? {} : { version: wanted }),
        ...(typeof reason === 'string' ? { reason } : {}),
        ...(override === true || override === 'true' || override === 'yes' ? { override: true } : {}),
      },
    )
    return { json: answer, text: activatedText(answer), ok: true }
  },
}

function activatedText(answer: Activated): string {
  const { workflow, version } = answer
  const what = `version ${version} of ${line(workflow.name)}`
  if (answer.status === 'proposed') return `You proposed ${what}; somebody else has to activate it.`
  const { from, previous } = answer
  if (from === version) return `From now on ${what} answers again.`
  const instead = from === null ? '' : `, instead of version ${from}`
  const back =
    previous === null ? '' : `\nBack to version ${previous}: activate ${workflow.id} --version previous`
  return `From now on ${what} answers${instead}.${back}`
}
