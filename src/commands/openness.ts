// Whether an answer is for everybody in a channel, or for the one who asked: it may tell of workflows that others there
// may not see, or of what is for admins.
import type { Actor } from '../engine/report.ts'
import { rightsOf } from './access.ts'
import type { CommandResult, Services } from './types.ts'

/** A full member whom no list names. */
const anybody: Actor = { kind: 'slack', id: 'U0ANYBODY', name: 'anybody' }

/** True when every full member may know what the answer tells. */
export async function isOpen(result: CommandResult, services: Services): Promise<boolean> {
  if (result.kind === 'audit' || result.kind === 'audit_verified') return false
  const rights = rightsOf(anybody, {
    ...services,
    access: { ...services.access, admins: ['U0ADMIN'] },
    people: {
      person: async () => ({ standing: 'member', isAdmin: false }),
      isMember: async () => false,
      inChannel: async () => false,
    },
  })
  for (const id of workflowsIn(result)) if (!(await rights.may('see', id))) return false
  return true
}

/** Ids of the workflows that an answer tells of. */
function workflowsIn(result: CommandResult): Set<string> {
  const ids = new Set<string>()
  const add = (...all: { workflow: { id: string } }[]) => {
    for (const { workflow } of all) ids.add(workflow.id)
  }
  switch (result.kind) {
    case 'workflows':
      for (const { id } of result.workflows) ids.add(id)
      break
    case 'workflow':
      ids.add(result.entry.id)
      break
    case 'history':
      add(...result.items)
      break
    case 'report':
      add(result.report)
      break
    case 'why':
    case 'diff':
      add(result.execution)
      break
    case 'scenario':
    case 'versions':
    case 'activated':
    case 'activation_proposed':
      add(result)
      break
    case 'tested':
    case 'replayed':
      add(result.report)
      break
    case 'tests':
    case 'replays':
      ids.add(result.workflowId)
      break
    case 'dry_run':
      add(result.run.report, ...result.run.workflows)
      break
    case 'stats':
      add(...result.workflows)
      break
    case 'handover':
      add(...result.pending, ...result.failing, ...result.changes)
      for (const { workflowId } of result.locks) ids.add(workflowId)
      break
    case 'pending':
      add(...result.questions)
      break
    case 'locked':
    case 'unlocked':
      ids.add(result.lock.workflowId)
      break
  }
  return ids
}
