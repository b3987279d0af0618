// How a refusal reads: what was refused, what it takes, and whom to ask.
import type { AccessRight, WorkflowDefinition } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import { type AccessPolicy, ownList } from './access.ts'

const words: { [right in AccessRight]: string } = {
  see: 'see',
  run: 'run',
  approve: 'decide for',
  cancel: 'stop or lock',
  test: 'test',
  activate: 'choose the version of',
}

/** `access.refused` for a right on a workflow that the person may see. */
export function refusedOn(
  right: AccessRight,
  workflowId: string,
  definition: Pick<WorkflowDefinition, 'access'> & { metadata?: WorkflowDefinition['metadata'] },
  policy: AccessPolicy,
): WorkflowError {
  const { access, metadata } = definition
  const holders = ownList(access, right) ?? policy.defaults[right]
  const takes = holders.length === 0 ? 'That is for admins.' : `That is for ${audience(holders)}.`
  return new WorkflowError(
    'access.refused',
    `You may not ${words[right]} "${metadata?.name ?? workflowId}".`,
    { hint: `${takes} Ask ${whom(metadata?.owner, policy)} for the right "${right}".` },
  )
}

/** `access.refused` for what only admins may. */
export function refusedToAllButAdmins(command: string, policy: AccessPolicy): WorkflowError {
  return new WorkflowError('access.refused', `The command ${command} is for admins.`, {
    hint: `Ask ${whom(undefined, policy)}.`,
  })
}

/** `access.refused` for a right that the person has nowhere. */
export function refusedEverywhere(right: AccessRight, policy: AccessPolicy): WorkflowError {
  const message =
    right === 'see'
      ? 'This bot answers the full members of this workspace.'
      : `There is no workflow that you may ${words[right]}.`
  return new WorkflowError('access.refused', message, {
    hint: `Ask ${whom(undefined, policy)} to name you, or a user group of yours, in a workflow.`,
  })
}

/** Ids as Slack mentions them; surfaces that have no mentions show the ids. */
function mention(entry: string): string {
  if (entry === 'everyone') return 'full members of the workspace'
  if (/^[UW][A-Z0-9]+$/.test(entry)) return `<@${entry}>`
  if (/^S[A-Z0-9]+$/.test(entry)) return `<!subteam^${entry}>`
  if (/^[CG][A-Z0-9]+$/.test(entry)) return `members of <#${entry}>`
  return entry
}

function audience(list: string[]): string {
  const shown = list.slice(0, 10).map(mention)
  const more = list.length > shown.length ? [`${list.length - shown.length} more`] : []
  return [...shown, ...more].join(', ')
}

function whom(owner: string | undefined, { admins }: AccessPolicy): string {
  const admin = admins.length > 0 ? audience(admins) : 'an admin of the workspace'
  if (owner === undefined) return admin
  return /^([UWS])[A-Z0-9]{2,}$/.test(owner)
    ? `${mention(owner)} or ${admin}`
    : `its owner, ${owner}, or ${admin}`
}
