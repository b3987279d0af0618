// `dry-run`: says what a workflow would do now, its draft first of all, without doing it.
import { z } from 'zod'
import type { Inputs } from '../definition/inputs.ts'
import type { Version } from '../definition/schema.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import { findNewest, findNumbered, findWorkflow, unknownVersion } from './find.ts'
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
  const newest = findNewest(services, workflowId)
  const numbered = (wanted: number) => findNumbered(services, workflowId, wanted, 'dry_run.unknown_version')
  if (number !== undefined) return { version: await numbered(number), inputs }
  const { version: typed, ...others } = inputs
  if (typed === undefined || asksForVersion(newest)) return { version: newest, inputs }
  const read = numberSchema.safeParse(typed)
  if (!read.success) throw unknownVersion(workflowId, String(typed), 'dry_run.unknown_version')
  return { version: await numbered(read.data), inputs: others }
}

function asksForVersion({ definition }: Version): boolean {
  const trigger = definition.nodes.find((node) => node.type === 'manual')
  return Object.hasOwn((trigger?.inputs ?? {}) as Inputs, 'version')
}
