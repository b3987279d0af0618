// `activate`: says that a version of a workflow answers from now on. A version that does not reach its criteria cannot,
// unless an admin takes it upon themselves with a reason; one that answered before can at once.
import { z } from 'zod'
import type { Version } from '../definition/schema.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { personOf } from './access.ts'
import { type ActiveVersion, decidingAnew, isGated } from './activation.ts'
import { deactivationOf } from './deactivation.ts'
import { findNewest, findWorkflow } from './find.ts'
import { checkOverride, lackOf, needsTwo } from './gate.ts'
import type { CatalogEntry, Command, CommandResult, Services } from './types.ts'

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
    .describe('for admins: activate it although it does not reach its criteria, or without a second person'),
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
      Object.assign(details, { insteadOf: result.from, how: result.how, reason: result.reason ?? null })
    const action = result.kind === 'activated' ? 'workflow.activated' : 'workflow.activation_proposed'
    return { action, subject: workflow.id, details }
  },
  /**
   * Throws `workflow.unknown`, `workflow.broken`, `activation.unknown_version`, `activation.already`,
   * `activation.not_tested`, `activation.outdated`, `activation.not_met`, `activation.second_person`,
   * `activation.reason_needed`, `activation.changed`, `access.refused`.
   */
  async run(wanted, { services, actor }) {
    // The bot may be about to decide on the first version itself.
    await services.activation.settled(findWorkflow(services, wanted.workflowId).id)
    return decidingAnew(() => decide(wanted, services, actor))
  },
}

async function decide(wanted: Input, services: Services, actor: Actor): Promise<CommandResult> {
  const entry = findWorkflow(services, wanted.workflowId)
  const current = entry.version
  const decided = services.activation.of(entry.id)
  const target = await targetOf(services, entry, wanted)
  const { metadata } = target.definition
  const workflow = { id: metadata.id, name: metadata.name }
  const reason = wanted.reason?.trim() || undefined
  const stopped = deactivationOf(services.records, entry.id) !== undefined
  const same = target.hash === current?.hash
  if (same && !stopped) {
    throw new WorkflowError(
      'activation.already',
      `Version ${target.number} of "${entry.id}" answers already.`,
      {
        hint: entry.draft ? undefined : 'There is no newer version; edit its files first.',
      },
    )
  }
  const before = same || decided?.versions.some(({ hash }) => hash === target.hash) === true
  let how: ActiveVersion['how'] = before && !same ? 'rolled_back' : 'activated'
  // What answered before may answer again at once; where the workflow stopped itself, that takes two people all the same.
  const binding = await services.activation.binding(entry.id)
  const definitions = [target.definition, ...binding]
  const lack = before || !isGated(...definitions) ? undefined : await lackOf(services, target, binding)
  const two = (!before || stopped) && needsTwo(...definitions)
  const second = two && decided?.proposed?.hash === target.hash && !isSame(decided.proposed.by, actor)
  if (wanted.override && (lack || (two && !second))) {
    await checkOverride(actor, services, reason)
    how = 'overridden'
  } else if (lack) {
    throw lack
  } else if (two && !second) {
    if (decided?.proposed?.hash === target.hash)
      throw new WorkflowError(
        'activation.second_person',
        'You proposed this version, so somebody else has to activate it.',
        { hint: `Ask a colleague to say: activate ${entry.id} version=${target.number}` },
      )
    await services.activation.propose(target, actor, decided?.rev ?? 0)
    return { kind: 'activation_proposed', workflow, version: target.number, by: actor }
  }
  const said = reason === undefined ? {} : { reason }
  await services.activation.activate(target, { by: actor, how, ...said }, decided?.rev ?? 0)
  return {
    kind: 'activated',
    workflow,
    version: target.number,
    from: current?.number ?? null,
    previous: previousOf(services, entry.id, target)?.number ?? null,
    by: actor,
    how,
    ...said,
  }
}

/** One person, in Slack or through a program that asks in their name. */
const isSame = (...actors: [Actor, Actor]) => {
  const [one, other] = actors.map((actor) => personOf(actor) ?? `${actor.kind} ${actor.id}`)
  return one === other
}

/** The version that answered last before this one, if another one ever did. */
const previousOf = ({ activation }: Services, workflowId: string, current: Version | undefined) =>
  activation.of(workflowId)?.versions.findLast(({ hash }) => hash !== current?.hash)

/** Throws `workflow.broken`, `activation.unknown_version`. */
async function targetOf(services: Services, entry: CatalogEntry, { version }: Input): Promise<Version> {
  const { version: current, draft } = entry
  if (version === undefined) return findNewest(services, entry.id)
  const named = version === 'previous' ? previousOf(services, entry.id, current)?.hash : version
  const found = named === undefined ? undefined : await services.versions.get(entry.id, named)
  if (found) return found
  const message =
    version === 'previous'
      ? `No version of "${entry.id}" answered before this one.`
      : `There is no version ${version} of "${entry.id}".`
  const states = [
    current ? `version ${current.number} answers now` : 'none answers yet',
    ...(draft ? [`version ${draft.number} is a draft`] : []),
  ].join(', ')
  const hint = `${states[0]?.toUpperCase()}${states.slice(1)}.`
  throw new WorkflowError('activation.unknown_version', message, { hint })
}
