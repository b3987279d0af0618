// What a surface has to know before it shows somebody a form: what a workflow asks for, and whether this person may run
// it at all, so that nobody fills in a form for nothing. The command checks everything again.
import type { Inputs } from '../definition/inputs.ts'
import type { Version } from '../definition/schema.ts'
import type { Actor } from '../engine/report.ts'
import { rightsOf } from './access.ts'
import { findVersionToShow } from './find.ts'
import { lockedError, lockOn } from './locks.ts'
import { refusedOn } from './refusal.ts'
import { inputsOf } from './start.ts'
import type { Services } from './types.ts'
import { visibleServices } from './view.ts'

interface Asking {
  actor: Actor
  services: Services
}

export interface RunnableWorkflow {
  id: string
  name: string
  description: string
}

/**
 * The version in service and its inputs. Throws `workflow.unknown`, `workflow.not_active`, `workflow.broken`, `workflow.not_manual`,
 * `workflow.locked`, `access.refused`, `access.cannot_check`.
 */
export async function formToRun(
  workflowId: string,
  { actor, services }: Asking,
): Promise<{ version: Version; inputs: Inputs }> {
  const rights = rightsOf(actor, services)
  const version = findVersionToShow(await visibleServices(services, rights), workflowId)
  if (!(await rights.may('run', workflowId)))
    throw refusedOn('run', workflowId, version.definition, services.access)
  const lock = lockOn(services, workflowId)
  if (lock) throw lockedError(lock)
  return { version, inputs: inputsOf(version) }
}

/** Every workflow that this person may start by hand, by name. */
export async function runnableWorkflows({ actor, services }: Asking): Promise<RunnableWorkflow[]> {
  const rights = rightsOf(actor, services)
  const found: RunnableWorkflow[] = []
  for (const { id, version: active, draft } of services.catalog.list()) {
    const version = active ?? (services.activation.isExpected(id) ? draft : undefined)
    if (!version?.definition.nodes.some((node) => node.type === 'manual')) continue
    if (!(await rights.may('run', id)) || !(await rights.may('see', id))) continue
    const { name, description } = version.definition.metadata
    found.push({ id, name, description })
  }
  return found.sort((a, b) => a.name.localeCompare(b.name))
}
