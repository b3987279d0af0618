// `dry-run`: says what a workflow would do now, its draft first of all, without doing it.
import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { findVersion, findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200), inputs: jsonObjectSchema.default({}) })

export const dryRun: Command<z.infer<typeof input>> = {
  name: 'dry-run',
  summary: 'Show what a workflow would do, without doing it',
  usage: 'dry-run <workflow> [input=value …]',
  examples: ['dry-run reorder-check'],
  input,
  needs: 'run',
  /** Throws `workflow.unknown`, `workflow.broken`, `inputs.invalid`. */
  async run({ workflowId, inputs }, { services, actor }) {
    const version = findWorkflow(services, workflowId).draft ?? findVersion(services, workflowId)
    return { kind: 'dry_run', run: await services.tests.dryRun(version, { startedBy: actor, inputs }) }
  },
}
