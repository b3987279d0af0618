// `versions`: every version of a workflow, newest first: which one answers, which waits, how each was tested and replayed.
import { z } from 'zod'
import { deactivationOf } from './deactivation.ts'
import { findWorkflow } from './find.ts'
import { statesOf } from './standing.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200) })

export const versions: Command<z.infer<typeof input>> = {
  name: 'versions',
  summary: 'Show the versions of a workflow, and which one answers',
  usage: 'versions <workflow>',
  examples: ['versions reorder-check'],
  input,
  needs: 'see',
  /** The newest 30. Throws `workflow.unknown`. */
  async run({ workflowId }, { services }) {
    const entry = findWorkflow(services, workflowId)
    const { id } = entry
    return {
      kind: 'versions',
      workflow: { id, name: (entry.version ?? entry.draft)?.definition.metadata.name ?? id },
      versions: await statesOf(services, entry, { newest: 30 }),
      deactivation: deactivationOf(services.records, id) ?? null,
    }
  },
}
