// `history`: the latest executions, of all workflows or of one.
import { z } from 'zod'
import { findWorkflow } from './find.ts'
import { headOf } from './heads.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(100).default(10),
})

export const history: Command<z.infer<typeof input>> = {
  name: 'history',
  summary: 'Show the latest executions',
  usage: 'history [workflow]',
  examples: ['history', 'history reorder-check'],
  input,
  needs: 'see',
  async run({ workflowId, limit }, { services }) {
    if (workflowId !== undefined) findWorkflow(services, workflowId)
    const running = services.engine
      .running()
      .filter((report) => workflowId === undefined || report.workflow.id === workflowId)
      .map(headOf)
      .reverse()
    const ended = await services.history.recent({
      ...(workflowId === undefined ? {} : { workflowId }),
      limit,
    })
    return {
      kind: 'history',
      ...(workflowId === undefined ? {} : { workflowId }),
      items: [...running, ...ended]
        .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
        .slice(0, limit),
    }
  },
}
