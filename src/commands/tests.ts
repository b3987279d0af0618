// `tests`: how the tests of a workflow went, newest first.
import { z } from 'zod'
import { findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  limit: z.number().int().min(1).max(30).default(10),
})

export const tests: Command<z.infer<typeof input>> = {
  name: 'tests',
  summary: 'Show how the tests of a workflow went',
  usage: 'tests <workflow>',
  examples: ['tests reorder-check'],
  input,
  needs: 'see',
  async run({ workflowId, limit }, { services }) {
    const { id } = findWorkflow(services, workflowId)
    return { kind: 'tests', workflowId: id, reports: services.tests.list(id).slice(0, limit) }
  },
}
