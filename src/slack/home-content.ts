// What the home tab of one person holds: what they may run, what waits for them, and how things stand, as far as they
// may see it.
import { rightsOf } from '../commands/access.ts'
import { deactivationOf } from '../commands/deactivation.ts'
import { findQuestion } from '../commands/decide.ts'
import { executeCommand, visibleTo } from '../commands/execute.ts'
import { locks } from '../commands/locks.ts'
import type { PendingQuestion, Services, WorkflowSummary } from '../commands/types.ts'
import type { Actor } from '../engine/report.ts'
import { favouritesOf } from './favourites.ts'
import type { HomeContent, HomeState } from './render/home.ts'
import type { WaitingVersion } from './render/home-versions.ts'

/** The next starts by the clock, the soonest first. */
export type Upcoming = () => { workflowId: string; next: Date }[]

/** Throws `access.refused` for people who get nothing here. */
export async function homeContent(
  actor: Actor,
  state: HomeState,
  { services, upcoming }: { services: Services; upcoming: Upcoming },
): Promise<HomeContent> {
  const visible = await visibleTo(actor, services)
  const { shown } = state
  const [all, found, recent, pending, drafts] = await Promise.all([
    runnable(actor, services, undefined),
    state.search === '' ? undefined : runnable(actor, services, state.search),
    visible.history.recent({ limit: shown.recent + 1 }),
    mine(actor, services, visible),
    standing(actor, services, visible, shown.versions + 1),
  ])
  const names = new Map(
    visible.catalog
      .list()
      .map(({ id, version, draft }) => [id, (version ?? draft)?.definition.metadata.name ?? id]),
  )
  const favourites = favouritesOf(services.records, actor.id).filter((id) => names.has(id))
  const starred = new Set(favourites)
  const workflows = (found ?? all).map((workflow) => ({ ...workflow, favourite: starred.has(workflow.id) }))
  return {
    workflows: [
      ...workflows.filter(({ favourite }) => favourite),
      ...workflows.filter(({ favourite }) => !favourite),
    ],
    total: all.length,
    pending,
    versions: drafts,
    running: visible.engine.running().reverse(),
    recent,
    failing: visible.catalog.list().flatMap(({ id }) => {
      const last = visible.history.last(id)
      return last && (last.status === 'failed' || last.status === 'timed_out') ? [last] : []
    }),
    locks: locks(services).filter(({ workflowId }) => names.has(workflowId)),
    upcoming: upcoming().flatMap(({ workflowId, next }) => {
      const name = names.get(workflowId)
      return name === undefined ? [] : [{ name, at: next.toISOString() }]
    }),
  }
}

async function runnable(
  actor: Actor,
  services: Services,
  search: string | undefined,
): Promise<WorkflowSummary[]> {
  const list = await executeCommand('list', search ? { search } : {}, { actor, services })
  if (list.kind !== 'workflows') return []
  const rights = rightsOf(actor, services)
  const may = await Promise.all(list.workflows.map(({ id }) => rights.may('run', id)))
  return list.workflows.filter((_workflow, index) => may[index])
}

/** Versions that wait for this person, and workflows that stopped themselves, as far as they may do something about it. */
async function standing(
  actor: Actor,
  services: Services,
  visible: Services,
  most: number,
): Promise<WaitingVersion[]> {
  const rights = rightsOf(actor, services)
  const found: WaitingVersion[] = []
  for (const { id, draft: waits } of visible.catalog.list()) {
    const deactivated = deactivationOf(services.records, id) !== undefined
    if (found.length === most) break
    // A first version that is being tested needs nobody.
    if ((!waits || services.activation.isExpected(id)) && !deactivated) continue
    const [mayTest, mayActivate] = await Promise.all([rights.may('test', id), rights.may('activate', id)])
    if (!mayActivate && !(mayTest && waits)) continue
    const result = await executeCommand('versions', { workflowId: id }, { actor, services })
    if (result.kind !== 'versions') continue
    const { workflow, versions, deactivation } = result
    const draft = versions.find(({ state }) => state === 'draft' || state === 'tested') ?? null
    const by = draft?.proposed?.by
    found.push({
      workflow,
      draft,
      isOwn: by?.kind === actor.kind && by.id === actor.id,
      active: versions.find(({ state }) => state === 'active')?.number ?? null,
      deactivation,
      mayTest,
      mayActivate,
    })
  }
  return found
}

/** Open questions that this person may answer. */
async function mine(actor: Actor, services: Services, visible: Services): Promise<PendingQuestion[]> {
  const result = await executeCommand('pending', {}, { actor, services })
  if (result.kind !== 'pending') return []
  const may = await Promise.all(
    result.questions.map(({ executionId, node }) =>
      findQuestion(visible, { executionId, node, actor }).then(
        () => true,
        () => false,
      ),
    ),
  )
  return result.questions.filter((_question, index) => may[index])
}
