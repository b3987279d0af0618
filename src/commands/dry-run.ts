// `dry-run`: says what a workflow would do now, its draft first of all, without doing it.
import { z } from 'zod'
import type { Inputs } from '../definition/inputs.ts'
import type { Version } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import { findVersion, findWorkflow } from './find.ts'
import type { Command, Services } from './types.ts'

const numberSchema = z.coerce.number().int().min(1)

const input = z.object({
  workflowId: z.string().max(200),
  inputs: jsonObjectSchema.default({}),
  version: numberSchema.optional().describe('its number; the newest, when left out'),
})

type Given = z.infer<typeof input>

export const dryRun: Command<Given> = {
  name: 'dry-run',
  summary: 'Show what a workflow would do, without doing it',
  usage: 'dry-run <workflow> [version=<number>] [input=value …]',
  examples: ['dry-run reorder-check', 'dry-run reorder-check version=2'],
  input,
  needs: 'run',
  /** Throws `workflow.unknown`, `workflow.broken`, `dry_run.unknown_version`, `inputs.invalid`. */
  async run(given, { services, actor }) {
    const { version, inputs } = await chosen(services, given)
    const answering = findWorkflow(services, given.workflowId).version?.number ?? null
    const shows = (id: string) => services.catalog.get(id) !== undefined
    return {
      kind: 'dry_run',
      run: await services.tests.dryRun(version, { startedBy: actor, inputs, answering, shows }),
    }
  },
}

/** `version=2` stands among the inputs where people type; it means an input where the workflow has one of that name. */
async function chosen(
  services: Services,
  { workflowId, inputs, version: number }: Given,
): Promise<{ version: Version; inputs: JsonObject }> {
  const newest = findWorkflow(services, workflowId).draft ?? findVersion(services, workflowId)
  if (number !== undefined) return { version: await versionOf(services, workflowId, number), inputs }
  const { version: typed, ...others } = inputs
  if (typed === undefined || asksForVersion(newest)) return { version: newest, inputs }
  const read = numberSchema.safeParse(typed)
  if (!read.success) throw unknownVersion(workflowId, String(typed))
  return { version: await versionOf(services, workflowId, read.data), inputs: others }
}

function asksForVersion({ definition }: Version): boolean {
  const trigger = definition.nodes.find((node) => node.type === 'manual')
  return Object.hasOwn((trigger?.inputs ?? {}) as Inputs, 'version')
}

async function versionOf({ versions }: Services, workflowId: string, number: number): Promise<Version> {
  const found = await versions.get(workflowId, number)
  if (found) return found
  throw unknownVersion(workflowId, String(number))
}

function unknownVersion(workflowId: string, given: string): WorkflowError {
  return new WorkflowError('dry_run.unknown_version', `There is no version ${given} of "${workflowId}".`, {
    hint: `versions ${workflowId} shows those that there are.`,
  })
}
