// `replay`: runs the latest real executions once more on another version, the draft first of all, and answers where that
// version goes another way. Nothing of it leaves the bot.
import { z } from 'zod'
import { findNewest, findNumbered, findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  last: z.coerce.number().int().min(1).max(100).default(25).describe('how many executions'),
  version: z.coerce.number().int().min(1).optional().describe('its number; the newest, when left out'),
})

export const replay: Command<z.infer<typeof input>> = {
  name: 'replay',
  summary: 'Run past executions once more on a new version, and show what would be different',
  usage: 'replay <workflow> [last=25] [version=<number>]',
  examples: ['replay reorder-check', 'replay reorder-check last=50'],
  input,
  needs: 'test',
  audit: ({ workflowId }, result) =>
    result.kind === 'replayed'
      ? {
          action: 'workflow.replayed',
          subject: workflowId,
          details: {
            version: result.report.version.number,
            ...result.report.totals,
            replay: result.report.id,
          },
        }
      : undefined,
  /** Throws `workflow.unknown`, `workflow.broken`, `replay.unknown_version`, `replay.nothing`. */
  async run({ workflowId, last, version }, { services, actor, progress }) {
    const target =
      version === undefined
        ? findNewest(services, workflowId)
        : await findNumbered(
            services,
            findWorkflow(services, workflowId).id,
            version,
            'replay.unknown_version',
          )
    return {
      kind: 'replayed',
      report: await services.replays.run(target, { last, startedBy: actor, progress }),
    }
  },
}
