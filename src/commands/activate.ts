// `activate`: says that a version of a workflow answers from now on. A version that does not reach its criteria cannot,
// unless an admin takes it upon themselves with a reason; one that answered before can at once.
import { z } from 'zod'
import type { Version } from '../definition/schema.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { TestReport } from '../scenarios/index.ts'
import { rightsOf } from './access.ts'
import type { ActiveVersion } from './activation.ts'
import { isGated } from './activation.ts'
import { bringBack, deactivationOf } from './deactivation.ts'
import { findVersion, findWorkflow } from './find.ts'
import type { CatalogEntry, Command, Services } from './types.ts'

const input = z.object({
  workflowId: z.string().max(200),
  version: z
    .union([z.coerce.number().int().min(1), z.literal('previous')])
    .optional()
    .describe('its number, or the one before; the newest, when left out'),
  override: z
    .preprocess(
      (value) => (typeof value === 'string' ? value === 'true' || value === 'yes' : value),
      z.boolean(),
    )
    .default(false)
    .describe('for admins: activate it although it does not reach its criteria'),
  reason: z.string().max(500).optional(),
})

type Input = z.infer<typeof input>

export const activate: Command<Input> = {
  name: 'activate',
  summary: 'Let a version of a workflow answer from now on',
  usage: 'activate <workflow> [version=<number>|previous] [reason=…] [override=true]',
  examples: ['activate reorder-check', 'activate reorder-check version=previous'],
  input,
  needs: 'activate',
  audit: (_input, result) => {
    if (result.kind !== 'activated' && result.kind !== 'activation_proposed') return undefined
    const { workflow, version } = result
    const details: JsonObject = { version }
    if (result.kind === 'activated')
      Object.assign(details, { from: result.from, how: result.how, reason: result.reason ?? null })
    const action = result.kind === 'activated' ? 'workflow.activated' : 'workflow.activation_proposed'
    return { action, subject: workflow.id, details }
  },
  /**
   * Throws `workflow.unknown`, `workflow.broken`, `activation.unknown_version`, `activation.already`,
   * `activation.not_tested`, `activation.not_met`, `activation.second_person`, `activation.reason_needed`,
   * `access.refused`.
   */
  async run(wanted, { services, actor }) {
    const entry = findWorkflow(services, wanted.workflowId)
    const current = findVersion(services, entry.id)
    const target = await targetOf(services, entry, current, wanted)
    const { metadata } = target.definition
    const workflow = { id: metadata.id, name: metadata.name }
    const reason = wanted.reason?.trim()
    const now = new Date(services.clock.now()).toISOString()
    if (target.hash === current.hash) {
      // It answered before it stopped itself, so anybody who may activate brings it back.
      if (deactivationOf(services.records, entry.id)) {
        await bringBack(services.records, entry.id, { by: actor, at: now })
        const version = target.number
        const said = reason ? { reason } : {}
        return { kind: 'activated', workflow, version, from: version, by: actor, how: 'activated', ...said }
      }
      throw new WorkflowError(
        'activation.already',
        `Version ${current.number} of "${entry.id}" answers already.`,
        {
          hint: entry.draft ? undefined : 'There is no newer version; edit its files first.',
        },
      )
    }
    const activations = services.activation.of(entry.id)
    const answeredBefore = activations?.versions.some(({ hash }) => hash === target.hash) === true
    const how = answeredBefore ? 'rolled_back' : await judged(services, target, current, wanted, actor)
    const proposed = activations?.proposed
    if (how === 'activated' && needsTwo(target, current)) {
      if (proposed?.hash !== target.hash) {
        await services.activation.propose(target, actor)
        return { kind: 'activation_proposed', workflow, version: target.number, by: actor }
      }
      if (proposed.by.kind === actor.kind && proposed.by.id === actor.id) {
        throw new WorkflowError(
          'activation.second_person',
          'You proposed this version, so somebody else has to activate it.',
          {
            hint: `Ask a colleague to say: activate ${entry.id}`,
          },
        )
      }
    }
    await services.activation.activate(target, { by: actor, how, ...(reason ? { reason } : {}) })
    await bringBack(services.records, entry.id, { by: actor, at: now })
    return {
      kind: 'activated',
      workflow,
      version: target.number,
      from: current.number,
      by: actor,
      how,
      ...(reason ? { reason } : {}),
    }
  },
}

async function targetOf(
  { versions, activation }: Services,
  entry: CatalogEntry,
  current: Version,
  { version }: Input,
): Promise<Version> {
  if (version === undefined) return entry.draft ?? current
  const earlier = activation.of(entry.id)?.versions ?? []
  const previous = earlier.filter(({ hash }) => hash !== current.hash).at(-1)?.hash
  const named = version === 'previous' ? previous : version
  const found = named === undefined ? undefined : await versions.get(entry.id, named)
  if (found) return found
  const what = version === 'previous' ? 'No version' : `There is no version ${version}`
  throw new WorkflowError(
    'activation.unknown_version',
    version === 'previous'
      ? `${what} of "${entry.id}" answered before this one.`
      : `${what} of "${entry.id}".`,
    {
      hint: `Version ${current.number} answers now${entry.draft ? `, version ${entry.draft.number} is a draft` : ''}.`,
    },
  )
}

/** Throws unless the last test of this very version passed, or an admin overrides that. */
async function judged(
  services: Services,
  target: Version,
  current: Version,
  { override, reason }: Input,
  actor: Actor,
): Promise<ActiveVersion['how']> {
  const { id } = target.definition.metadata
  const [report] = services.tests.list(id, target.hash)
  if (report?.passed || !isGated(target.definition, current.definition)) return 'activated'
  if (override) {
    if (!(await rightsOf(actor, services).isAdmin()))
      throw new WorkflowError(
        'access.refused',
        'Only admins may activate a version that does not pass its tests.',
        {
          hint: 'Mend it, test it, and activate it then.',
        },
      )
    if (!reason?.trim())
      throw new WorkflowError('activation.reason_needed', 'An override needs a reason.', {
        hint: 'Say in a few words why: reason=…',
      })
    return 'overridden'
  }
  if (!report) {
    throw new WorkflowError(
      'activation.not_tested',
      `Version ${target.number} of "${id}" has not been tested.`,
      {
        hint: `Test it first: test ${id}`,
      },
    )
  }
  throw new WorkflowError(
    'activation.not_met',
    `Version ${target.number} of "${id}" cannot be activated: ${whyNot(report)}.`,
    {
      hint: `Mend it, and test it again: test ${id}`,
    },
  )
}

function whyNot({ scenarios, criteria }: TestReport): string {
  const failing = scenarios.filter((one) => !one.passed)
  const unmet = criteria.filter((one) => !one.met)
  const [first] = failing
  const parts = [
    ...(first
      ? [`${failing.length} of ${scenarios.length} scenarios do not pass (first: "${first.name}")`]
      : []),
    ...(unmet.length > 0 ? [`not met: ${unmet.map(({ name }) => `"${name}"`).join(', ')}`] : []),
  ]
  return parts.join('; ')
}

/** Either version may ask for it, so that an edit cannot do away with it. */
const needsTwo = (...versions: Version[]) =>
  versions.some(({ definition }) => definition.settings.activation === 'two_people')
