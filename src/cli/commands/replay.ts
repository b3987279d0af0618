// `replay`: runs the latest real executions once more on a version, and says where it goes another way.
import { commands } from '../../commands/index.ts'
import { WorkflowError } from '../../errors.ts'
import type { ReplayReport } from '../answers.ts'
import { type CliCommand, expectWords, takePairs } from '../command.ts'
import { replayText } from '../text/replay.ts'

const { name, summary } = commands.replay
const usage = 'replay <workflow> [--last <number>] [--version <number>]'

export const replay: CliCommand = {
  name,
  summary: `${summary} (then exit status 1: nothing failed, but look)`,
  usage,
  examples: ['replay reorder-check', 'replay reorder-check --last 50 --version 3'],
  options: { last: { type: 'string' }, version: { type: 'string' } },
  async run(words, values, { client }) {
    const { pairs, plain } = takePairs(words, ['last', 'version'], usage)
    expectWords(plain, 1, 1, usage)
    const { last, version } = { ...values, ...pairs }
    const path = `/api/workflows/${encodeURIComponent(plain[0] ?? '')}/replays`
    const report = await client().post<ReplayReport>(path, {
      ...whole('last', last),
      ...whole('version', version),
    })
    const { executions, same } = report.totals
    return { json: report, text: replayText(report), ok: same === executions }
  },
}

function whole(option: string, text: unknown): { [option: string]: number } {
  if (typeof text !== 'string') return {}
  if (/^\d{1,9}$/.test(text)) return { [option]: Number(text) }
  throw new WorkflowError('cli.usage', `What follows --${option} is not a whole number.`, {
    hint: `Usage: ${usage}`,
  })
}
