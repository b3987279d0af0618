// Writes into the audit log: what a request did, and what became of workflow files.
import type { CatalogChange } from '../definition/watch.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { CommandContext, Services } from './types.ts'

export interface AuditFact {
  /** Dotted: `execution.started`, `approval.decided`. */
  action: string
  subject: string
  details: JsonObject
}

/** Longer words of people are cut: the log is for what was done, not a place to keep things. */
const longestText = 500

/** Rejects `audit.not_written`: what was to be written down has happened all the same. */
export async function writeAudit(
  {
    actor,
    services,
    place,
  }: Pick<CommandContext, 'actor' | 'place'> & {
    services: Pick<Services, 'audit' | 'clock'>
  },
  { action, subject, details }: AuditFact,
): Promise<void> {
  const from = { surface: actor.kind, ...(place === undefined ? {} : { place: clipText(place, 100) }) }
  const at = new Date(services.clock.now()).toISOString()
  const short = Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      typeof value === 'string' ? clipText(value, longestText) : value,
    ]),
  )
  try {
    const fact = { at, actor, action, subject: clipText(subject, 200), details: { ...short, from } }
    await services.audit.append(fact)
  } catch (cause) {
    throw new WorkflowError('audit.not_written', 'It is done, but could not be written into the audit log.', {
      hint: 'Tell whoever runs the bot: its disk may be full.',
      cause,
    })
  }
}

const actions: { [kind in CatalogChange['kind']]: string } = {
  loaded: 'workflow.changed',
  updated: 'workflow.changed',
  repaired: 'workflow.repaired',
  broken: 'workflow.broken',
  removed: 'workflow.removed',
}

/**
 * An edit of a workflow's files. Nobody can tell who made it, so the file itself stands for them. A workflow that is
 * loaded as it was known before `startedAt` (milliseconds) was not edited. Rejects `audit.not_written`.
 */
export async function auditCatalogChange(
  change: CatalogChange,
  services: Pick<Services, 'audit' | 'clock' | 'versions'>,
  startedAt: number,
): Promise<void> {
  const { kind, id, file, message } = change
  if (kind === 'loaded') {
    const summary = (await services.versions.list(id)).find((one) => one.hash === change.version.hash)
    if (summary && Date.parse(summary.at) < startedAt) return
  }
  const version = 'version' in change ? (change.version?.number ?? null) : null
  const actor = { kind: 'workflow' as const, id: file, name: file }
  const details: JsonObject = { version, ...(kind === 'broken' ? { message } : {}) }
  await writeAudit({ actor, services }, { action: actions[kind], subject: id, details })
}

export function clipText(text: string, length: number): string {
  const characters = [...text.slice(0, length * 2)]
  return characters.length <= length && text.length <= length * 2
    ? text
    : `${characters.slice(0, length - 1).join('')}…`
}
