// `show`: what a workflow consists of.
import { z } from 'zod'
import { findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200) })

export const show: Command<z.infer<typeof input>> = {
  name: 'show',
  summary: 'Show what a workflow does, step by step',
  usage: 'show <workflow>',
  examples: ['show reorder-check'],
  input,
  needs: 'see',
  async run({ workflowId }, { services }) {
    const entry = findWorkflow(services, workflowId)
    return { kind: 'workflow', entry, last: services.history.last(entry.id) }
  },
}
