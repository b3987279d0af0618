// Holds real executions against the criteria that ask for it: when the latest ones no longer reach a threshold, somebody
// is told once, and the workflow stops answering if it says so. All is worked out from the history, so that nothing is
// forgotten over a restart.
import { escapeMrkdwn } from '../actions/mrkdwn.ts'
import { isWatched, type WatchedCriterion } from '../definition/criteria.ts'
import type { Version } from '../definition/schema.ts'
import { isFinished, type Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { writeAudit } from './audit-facts.ts'
import { deactivate, deactivationOf, lastDeactivation } from './deactivation.ts'
import { reachableOwner } from './find.ts'
import { needsTwo } from './gate.ts'
import { rollbackOf } from './rollback.ts'
import type { HistoryItem, Services } from './types.ts'

/** What a judgement looks at in an ended execution. */
export interface Ended {
  id: string
  status: HistoryItem['status']
  /** Left empty where the criterion does not ask for errors. */
  errors: readonly { code: string }[]
}

export interface Judgement {
  met: boolean
  /** The share that succeeded, or how many errors there were for each execution. */
  value: number
}

/** Holds the latest executions (newest first) against a criterion. Undefined while there are not enough. */
export function judge(criterion: WatchedCriterion, executions: readonly Ended[]): Judgement | undefined {
  const { last } = criterion.watch
  if (executions.length < last) return undefined
  const latest = executions.slice(0, last)
  if (criterion.kind === 'success_rate') {
    const good = latest.filter(({ status }) => status === 'succeeded' || status === 'warning')
    const value = good.length / last
    return { met: value >= criterion.at_least, value }
  }
  const { codes, at_most } = criterion
  const counts = (code: string) =>
    !codes || codes.some((one) => (one.endsWith('.') ? code.startsWith(one) : code === one))
  const errors = latest.flatMap((one) => one.errors.filter(({ code }) => counts(code)))
  const value = errors.length / last
  return { met: value <= at_most, value }
}

/** What is no longer met since the newest of these executions, and was before it. Undefined otherwise. */
export function crossing(criterion: WatchedCriterion, executions: readonly Ended[]): Judgement | undefined {
  const now = judge(criterion, executions)
  if (!now || now.met) return undefined
  return judge(criterion, executions.slice(1))?.met === false ? undefined : now
}

export interface ProductionWatch {
  /** Watches from now on, and looks once at what ended while nobody watched. */
  start(): void
  /** Resolves when all that ended so far has been looked at. */
  settled(): Promise<void>
  /** Stops watching; resolves when what is under way is done. */
  close(): Promise<void>
}

/** More executions than this are never recorded without having been told of to observers. */
const untoldAtMost = 50

/** `untold` hears of each threshold of which nobody could be told; the audit log has it in any case. */
export function createProductionWatch(
  services: Services,
  told: {
    untold(about: { workflow: string; criterion: string; error?: WorkflowError }): void
    unexpected(thrown: unknown): void
  },
): ProductionWatch {
  const { catalog, engine, history, records, activation, claims, messenger, clock } = services
  let work: Promise<void> = Promise.resolve()
  let queued = 0
  let stop: (() => void) | undefined

  function enqueue(version: Version, executionId?: string) {
    queued++
    work = work
      .then(() => look(version, executionId))
      .catch(told.unexpected)
      .finally(() => {
        queued--
      })
  }

  function observed(report: Report) {
    if (!isFinished(report) || report.status === 'cancelled') return
    const version = catalog.get(report.workflow.id)?.version
    if (version?.hash === report.version.hash && watchedOf(version).length > 0) enqueue(version, report.id)
  }

  /** What ran before this version came into service, or was brought back, is not held against it. */
  function since(workflowId: string): string {
    const active = activation.of(workflowId)?.versions.at(-1)?.at ?? ''
    const back = lastDeactivation(records, workflowId)?.over?.at ?? ''
    return [active, back].sort().at(-1) ?? ''
  }

  /** Without an id: at the latest execution. */
  async function look(version: Version, executionId?: string): Promise<void> {
    const { id } = version.definition.metadata
    const from = since(id)
    for (const criterion of watchedOf(version)) {
      const rollbacks = new Set<string>()
      const most = criterion.watch.last + 1 + queued + untoldAtMost
      const found = await history.recent({
        workflowId: id,
        // Each may have a rollback.
        limit: 2 * most,
        // Who cancels an execution says nothing about the workflow.
        where: ({ id: itemId, version: number, createdAt, status }) => {
          const rollback = rollbackOf(services, itemId)
          if (rollback !== undefined) rollbacks.add(rollback)
          return number === version.number && createdAt >= from && status !== 'cancelled'
        },
      })
      const items = found.filter((item) => !rollbacks.has(item.id))
      const at = executionId === undefined ? 0 : items.findIndex((item) => item.id === executionId)
      const newest = items[at]
      if (!newest) continue
      const ended: Ended[] = []
      for (const item of items.slice(at, at + criterion.watch.last + 1)) {
        const asks = criterion.kind === 'error_frequency'
        const errors = asks ? ((await history.report(item.id))?.errors ?? []) : []
        ended.push({ id: item.id, status: item.status, errors })
      }
      const judgement = crossing(criterion, ended)
      if (judgement) await crossed(version, criterion, judgement, newest.id)
    }
  }

  async function crossed(
    version: Version,
    criterion: WatchedCriterion,
    judgement: Judgement,
    executionId: string,
  ): Promise<void> {
    const { id: workflowId, name } = version.definition.metadata
    const { watch } = criterion
    // Another version may have come to answer while the history was read: it did nothing of this.
    if (catalog.get(workflowId)?.version?.hash !== version.hash) return
    const key = `watch:${workflowId}:${version.number}:${criterion.name}:${executionId}`
    if (claims.get(key) !== undefined) return
    const at = new Date(clock.now()).toISOString()
    const reason = reasonOf(criterion, judgement)
    if (watch.deactivate && !deactivationOf(records, workflowId)) {
      const { number } = version
      const { name: promised } = criterion
      await deactivate(records, { workflowId, version: number, criterion: promised, reason, executionId, at })
    }
    const to = watch.channel ?? reachableOwner(version)
    const before = activation.of(workflowId)?.versions.findLast(({ hash }) => hash !== version.hash)
    const words = [
      `${escapeMrkdwn(reason)} ${escapeMrkdwn(criterion.why)}`,
      ...(watch.deactivate
        ? [
            `It is deactivated: nothing starts it until ${needsTwo(version.definition) ? 'two people bring' : 'somebody brings'} it back with \`/workflow activate ${workflowId} version=${version.number}\`.`,
          ]
        : []),
      ...(before
        ? [
            `Version ${before.number} answered before this one: \`/workflow activate ${workflowId} version=${before.number}\` goes back to it.`,
          ]
        : []),
    ]
    let error: WorkflowError | undefined
    if (to !== undefined) {
      const message = {
        to,
        title: `${name}: “${criterion.name}” is no longer met`.slice(0, 150),
        text: words.join('\n'),
        origin: {
          executionId,
          workflowId,
          workflowName: name,
          node: version.definition.nodes[0]?.name ?? '',
        },
        footer: `Version ${version.number}, its last ${watch.last} executions`,
        buttons: [{ label: 'Latest report', does: 'open_execution' as const }],
      }
      error = await messenger.post(message, key).then(() => undefined, known)
    }
    if (to === undefined || error)
      told.untold({ workflow: workflowId, criterion: criterion.name, ...(error ? { error } : {}) })
    const details = {
      version: version.number,
      criterion: criterion.name,
      reason,
      execution: executionId,
      told: error ? null : (to ?? null),
      ...(error ? { code: error.code } : {}),
    }
    const action = watch.deactivate ? 'workflow.deactivated' : 'workflow.criterion_not_met'
    const actor = { kind: 'workflow' as const, id: workflowId, name }
    await writeAudit({ actor, services }, { action, subject: workflowId, details })
    await claims.claim(key, { at })
  }

  return {
    start() {
      stop ??= engine.observe(observed)
      for (const { version } of catalog.list()) if (version && watchedOf(version).length > 0) enqueue(version)
    },
    settled: () => work,
    async close() {
      stop?.()
      await work
    },
  }
}

const watchedOf = ({ definition }: Version) => (definition.criteria ?? []).filter(isWatched)

function known(thrown: unknown): WorkflowError {
  if (thrown instanceof WorkflowError) return thrown
  throw thrown
}

function reasonOf(criterion: WatchedCriterion, { value }: Judgement): string {
  const { last } = criterion.watch
  if (criterion.kind === 'success_rate')
    return last === 1
      ? 'Its last execution did not succeed.'
      : `${percent(value)} of its last ${last} executions succeeded, and it takes ${percent(criterion.at_least)}.`
  const most = `and at most ${figure(criterion.at_most)} ${criterion.at_most === 1 ? 'is' : 'are'} good enough`
  return last === 1
    ? `There ${value === 1 ? 'was one error' : `were ${figure(value)} errors`} in its last execution, ${most}.`
    : `There were ${figure(value)} errors for each of its last ${last} executions, ${most}.`
}

const figure = (value: number) => `${Math.round(value * 100) / 100}`
const percent = (share: number) => `${figure(share * 100)} %`
