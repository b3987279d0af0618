// `replays`: how replays of a workflow went, newest first.
import { z } from 'zod'
import { findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  limit: z.number().int().min(1).max(10).default(10),
})

export const replays: Command<z.infer<typeof input>> = {
  name: 'replays',
  summary: 'Show how replays of a workflow went',
  usage: 'replays <workflow>',
  examples: ['replays reorder-check'],
  input,
  needs: 'see',
  async run({ workflowId, limit }, { services }) {
    const { id } = findWorkflow(services, workflowId)
    return { kind: 'replays', workflowId: id, reports: services.replays.list(id).slice(0, limit) }
  },
}
