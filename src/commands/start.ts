// How an execution comes to be, whoever asks for it: the version in service, checked inputs, no lock in the way.
import { type Inputs, requireInputs } from '../definition/inputs.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import type { StartRequest } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { writeAudit } from './audit-facts.ts'
import { deactivatedError, deactivationOf } from './deactivation.ts'
import { findVersionSoon } from './find.ts'
import { lockedError, lockOn } from './locks.ts'
import type { CommandContext, Services } from './types.ts'

/**
 * Starts the version in service by hand, once it is known where it is just being found out. Throws `workflow.not_active`,
 * `workflow.not_manual`, `inputs.invalid` and what `startExecution` throws.
 */
export async function startByHand(
  services: Services,
  workflowId: string,
  inputs: JsonObject,
  {
    place,
    waiting,
    ...more
  }: Pick<StartRequest, 'startedBy' | 'once' | 'parent'> & Pick<CommandContext, 'place' | 'waiting'>,
): Promise<{ executionId: string; started: boolean; version: Version }> {
  const version = await findVersionSoon(services, workflowId, waiting)
  const trigger = manualTrigger(version)
  const started = await startExecution(
    services,
    {
      version,
      trigger: { node: trigger.name, type: trigger.type },
      inputs: requireInputs(inputsOf(version), inputs, services.records),
      ...more,
    },
    place,
  )
  return { ...started, version }
}

/**
 * Writes the start into the audit log, too; `place` is where it was asked for, if anywhere. Throws `workflow.locked`,
 * `workflow.deactivated` (but for a rollback, which mends), `workflow.busy`, `engine.closing`, `store.disk_full`, `audit.not_written`.
 */
export async function startExecution(
  services: Services,
  request: StartRequest,
  place?: string,
): Promise<{ executionId: string; started: boolean }> {
  requireOpen(services, request)
  const answer = await services.engine.start(request)
  if (answer.started) {
    const { version, trigger, startedBy: actor, rerunOf, rollbackOf, parent } = request
    const details = {
      workflow: version.definition.metadata.id,
      version: version.number,
      trigger: trigger.type,
      ...(rerunOf ? { rerunOf: rerunOf.executionId } : {}),
      ...(rollbackOf ? { rollbackOf: rollbackOf.executionId } : {}),
      ...(parent ? { parent: parent.executionId } : {}),
    }
    const fact = { action: 'execution.started', subject: answer.executionId, details }
    await writeAudit({ actor, services, ...(place === undefined ? {} : { place }) }, fact)
  }
  return answer
}

/** The version that would start by hand now. Throws as `startByHand` does before it looks at inputs. */
export async function findStartable(services: Services, workflowId: string): Promise<Version> {
  const version = await findVersionSoon(services, workflowId)
  manualTrigger(version)
  requireOpen(services, { version })
  return version
}

/** Throws `workflow.locked`, `workflow.deactivated` (but for a rollback, which mends). */
function requireOpen(
  services: Services,
  { version, rollbackOf }: Pick<StartRequest, 'version' | 'rollbackOf'>,
) {
  const { id } = version.definition.metadata
  const lock = lockOn(services, id)
  if (lock) throw lockedError(lock)
  const deactivation = deactivationOf(services.records, id)
  if (deactivation && !rollbackOf) throw deactivatedError(deactivation)
}

/** What a version asks for when it is started by hand. Throws `workflow.not_manual`. */
export function inputsOf(version: Version): Inputs {
  return (manualTrigger(version).inputs ?? {}) as Inputs
}

function manualTrigger({ definition }: Version): WorkflowNode {
  const trigger = definition.nodes.find((node) => node.type === 'manual')
  if (trigger) return trigger
  throw new WorkflowError('workflow.not_manual', `"${definition.metadata.name}" is not started by hand.`, {
    hint: 'It has no trigger of type manual.',
  })
}
