// Finds what people name, and says what they may have meant when it does not exist.
import { suggestion } from '../definition/nearest.ts'
import type { Version } from '../definition/schema.ts'
import { type FinishedReport, isFinished, type Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { CatalogEntry, Services } from './types.ts'

/** Throws `workflow.unknown`. */
export function findWorkflow({ catalog }: Services, id: string): CatalogEntry {
  const entry = catalog.get(id)
  if (entry) return entry
  throw unknownWorkflow({ catalog }, id)
}

/** `workflow.unknown`: a mistake of the one who asks, or something that they may not see; the words are the same. */
export function unknownWorkflow({ catalog }: Pick<Services, 'catalog'>, id: string): WorkflowError {
  const near = suggestion(
    id.slice(0, 200),
    catalog.list().map((one) => one.id),
  )
  return new WorkflowError('workflow.unknown', `There is no workflow "${id}".`, {
    hint: near ?? 'The command list shows the workflows that there are.',
  })
}

/**
 * The version that answers. Throws `workflow.unknown`, `workflow.not_active` while a first version waits to be activated,
 * or `workflow.broken` when no good version of it was ever loaded.
 */
export function findVersion(services: Services, id: string): Version {
  const { version, draft, faults, file } = findWorkflow(services, id)
  if (version) return version
  if (draft) throw notActiveError(services, id, draft)
  const [first] = faults
  throw new WorkflowError(
    'workflow.broken',
    `The workflow "${id}" cannot run: ${first?.message ?? 'its file has a fault'}`,
    {
      hint: `Look at ${file}${first ? `:${first.line}` : ''}.`,
    },
  )
}

/** A shorter wait needs no words. */
const noticeableMs = 800

/**
 * Like `findVersion`; where it is just being found out whether a first version may answer, it waits for that. `waiting`:
 * told when that takes longer than people expect.
 */
export async function findVersionSoon(
  services: Services,
  id: string,
  waiting?: (workflow: { id: string; name: string }) => void,
): Promise<Version> {
  const { version, draft } = findWorkflow(services, id)
  if (!version && draft && services.activation.isExpected(id)) {
    const over = new AbortController()
    const { name } = draft.definition.metadata
    services.clock.sleep(noticeableMs, over.signal).then(
      () => waiting?.({ id, name }),
      () => undefined,
    )
    await services.activation.settled(id)
    over.abort()
  }
  return findVersion(services, id)
}

/** The version that answers, or the one that is about to, for what has to be shown before that is known. */
export function findVersionToShow(services: Services, id: string): Version {
  const { version, draft } = findWorkflow(services, id)
  if (!version && draft && services.activation.isExpected(id)) return draft
  return findVersion(services, id)
}

/** What is tried before it answers: the draft, or else the version that answers. Throws like `findVersion`. */
export function findNewest(services: Services, id: string): Version {
  return findWorkflow(services, id).draft ?? findVersion(services, id)
}

type UnknownVersion = 'dry_run.unknown_version' | 'replay.unknown_version'

/** The version of this number. Throws `code`. */
export async function findNumbered(
  { versions }: Services,
  id: string,
  number: number,
  code: UnknownVersion,
): Promise<Version> {
  const found = await versions.get(id, number)
  if (found) return found
  throw unknownVersion(id, String(number), code)
}

export function unknownVersion(id: string, given: string, code: UnknownVersion): WorkflowError {
  return new WorkflowError(code, `There is no version ${given} of "${id}".`, {
    hint: `versions ${id} shows those that there are.`,
  })
}

/** `workflow.not_active`: no version answers yet; why not, and what to do about it. */
function notActiveError({ tests }: Services, workflowId: string, draft: Version): WorkflowError {
  const [report] = tests.list(workflowId, draft.hash)
  const [why, hint] = !report
    ? ['has not been tested', `Test it, and activate it when it passes: test ${workflowId}`]
    : report.passed
      ? ['waits for people to activate it', `Whoever may activate it says: activate ${workflowId}`]
      : ['does not pass its tests', `See what is wrong, and mend it: test ${workflowId}`]
  const message = `No version of "${workflowId}" answers yet: version ${draft.number} ${why}.`
  return new WorkflowError('workflow.not_active', message, { hint })
}

/** The owner of a workflow as somebody who can be told things; undefined when `owner` is a mere name. */
export function reachableOwner({ definition }: Version): string | undefined {
  const { owner } = definition.metadata
  return owner !== undefined && /^[UW][A-Z0-9]{2,}$/.test(owner) ? owner : undefined
}

/** The version that an execution ran on. Throws `workflow.version_gone`. */
export async function findVersionOf({ versions }: Services, report: Report): Promise<Version> {
  const version = await versions.get(report.workflow.id, report.version.hash)
  if (version) return version
  throw new WorkflowError(
    'workflow.version_gone',
    `Version ${report.version.number} of "${report.workflow.id}" is not kept any more.`,
    {
      hint: 'Use the latest version instead.',
    },
  )
}

/** The report of an execution that has ended. Throws `execution.unknown`, `execution.not_ended`. */
export async function findFinished(services: Services, executionId: string): Promise<FinishedReport> {
  const report = await findReport(services, executionId)
  if (isFinished(report)) return report
  throw new WorkflowError('execution.not_ended', `Execution ${executionId} has not ended yet.`, {
    hint: 'Wait for its end, or cancel it first.',
  })
}

/** The report of an execution, finished or not. Throws `execution.unknown`. */
export async function findReport({ engine, history }: Services, executionId: string): Promise<Report> {
  const report = engine.info(executionId) ?? (await history.report(executionId))
  if (report) return report
  throw unknownExecution(executionId)
}

/** `execution.unknown`, also for what the one who asks may not see. */
export function unknownExecution(executionId: string): WorkflowError {
  return new WorkflowError('execution.unknown', `There is no execution "${executionId}".`, {
    hint: 'The command history shows the latest executions.',
  })
}
