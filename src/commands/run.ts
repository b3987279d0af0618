// `run`: starts a workflow.
import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { startByHand } from './start.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200), inputs: jsonObjectSchema.default({}) })

export const run: Command<z.infer<typeof input>> = {
  name: 'run',
  summary: 'Start a workflow',
  usage: 'run <workflow> [input=value …]',
  examples: ['run reorder-check'],
  input,
  needs: 'run',
  async run({ workflowId, inputs }, { services, actor, once, place, waiting }) {
    const { executionId, started, version } = await startByHand(services, workflowId, inputs, {
      startedBy: actor,
      ...(once ? { once } : {}),
      ...(place === undefined ? {} : { place }),
      ...(waiting ? { waiting } : {}),
    })
    const { id, name } = version.definition.metadata
    return { kind: 'started', executionId, started, workflow: { id, name } }
  },
}
