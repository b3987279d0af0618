// `run`: starts a workflow.
import { z } from 'zod'
import { type Inputs, requireInputs } from '../definition/inputs.ts'
import { WorkflowError } from '../errors.ts'
import { jsonObjectSchema } from '../json.ts'
import { findVersion } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200), inputs: jsonObjectSchema.default({}) })

export const run: Command<z.infer<typeof input>> = {
  name: 'run',
  summary: 'Start a workflow',
  usage: 'run <workflow> [input=value …]',
  examples: ['run reorder-check'],
  input,
  async run({ workflowId, inputs }, { services, actor, once }) {
    const version = findVersion(services, workflowId)
    const { metadata, nodes } = version.definition
    const trigger = nodes.find((node) => node.type === 'manual')
    if (!trigger) {
      throw new WorkflowError('workflow.not_manual', `"${metadata.name}" is not started by hand.`, {
        hint: 'It has no trigger of type manual.',
      })
    }
    const { executionId, started } = await services.engine.start({
      version,
      trigger: { node: trigger.name, type: trigger.type },
      inputs: requireInputs((trigger.inputs ?? {}) as Inputs, inputs),
      startedBy: actor,
      ...(once ? { once } : {}),
    })
    return { kind: 'started', executionId, started, workflow: { id: metadata.id, name: metadata.name } }
  },
}
