// `show`: what a workflow consists of.
import { z } from 'zod'
import { deactivationOf } from './deactivation.ts'
import { findWorkflow } from './find.ts'
import { statesOf } from './standing.ts'
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
    const states = await statesOf(services, entry, { newest: 2 })
    return {
      kind: 'workflow',
      entry,
      last: services.history.last(entry.id),
      deactivation: deactivationOf(services.records, entry.id) ?? null,
      testing: !entry.version && services.activation.isExpected(entry.id),
      standing: {
        active: states.find(({ state }) => state === 'active') ?? null,
        draft: states.find(({ state }) => state === 'draft' || state === 'tested') ?? null,
      },
    }
  },
}
