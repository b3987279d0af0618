// Which version of a workflow answers: the newest one at once, or, for a workflow with criteria, the one that people
// have activated. What was decided is kept among the records, where Python cannot name it, and nowhere else.
import type { RecordStore } from '../actions/ports.ts'
import type { Catalog, CatalogEntry } from '../definition/catalog.ts'
import type { Version, WorkflowDefinition } from '../definition/schema.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { bringBackWrite } from './deactivation.ts'
import type { Versions } from './types.ts'

const collection = '_activations'
/** How many decisions are kept of a workflow. */
const kept = 50
/** How many definitions of a workflow are held ready: the one that answers, and those about to. */
const ready = 5

export interface ActiveVersion {
  number: number
  hash: string
  /** ISO 8601. */
  at: string
  /** Left out where nobody decided: the first version, and those of workflows without criteria. */
  by?: Actor
  how: 'first' | 'edited' | 'activated' | 'overridden' | 'rolled_back'
  reason?: string
}

/** Somebody wants a version to be activated, and a second person is needed. */
export interface ProposedVersion {
  number: number
  hash: string
  at: string
  by: Actor
}

export interface Activations {
  workflowId: string
  /** The last one answers now; none does while there are none. */
  versions: ActiveVersion[]
  proposed: ProposedVersion | null
}

/** What was decided up to now; whoever decides on it names its `rev`, so that of two at once only one gets through. */
export type Decided = Activations & { rev: number }

export interface Activation {
  /** Loads what answers, whatever becomes of the files; before they are read. */
  start(): Promise<void>
  /** Called with each version that was read from files, before it comes into service. Rejects like `RecordStore.apply`. */
  consider(newest: Version): Promise<void>
  /** The same workflows, each with the version that answers; see `CatalogEntry.draft`. */
  over(catalog: Catalog): Catalog
  of(workflowId: string): Decided | undefined
  /**
   * Whose words hold for the next version: of the one that answers and, where people only went back to it, of the one
   * that they had let answer last. Otherwise going back to a time without rules would do away with them.
   */
  binding(workflowId: string): Promise<WorkflowDefinition[]>
  /**
   * From now on this version answers, and the workflow does if it had stopped itself; executions under way end on
   * theirs. `rev`: of what it was decided on, 0 for nothing. Durable when resolved. Throws `activation.changed`.
   */
  activate(
    version: Version,
    decided: Pick<ActiveVersion, 'by' | 'how' | 'reason'>,
    rev: number,
  ): Promise<void>
  /** Throws `activation.changed`. */
  propose(version: Version, by: Actor, rev: number): Promise<void>
  /** Called with the id of a workflow whenever another version of it answers. */
  observe(observer: (workflowId: string) => void): void
  /** It is about to be found out whether a first version may answer: starts wait for it. `wanted`: somebody waits now. */
  expect(workflowId: string, outcome: Promise<unknown>, wanted: () => void): void
  /** Whether that is under way. */
  isExpected(workflowId: string): boolean
  /** Resolves when nothing of the kind is under way; never rejects. */
  settled(workflowId: string): Promise<void>
}

/** Whether a version waits for people before it answers: it, or one whose words hold for it, says what it takes. */
export function isGated(...definitions: WorkflowDefinition[]): boolean {
  return definitions.some(
    ({ criteria = [], settings }) => criteria.length > 0 || settings.activation !== undefined,
  )
}

/** The hash of the version that answered last, from what a store knows before it is open. */
export function answeredLast(
  { record }: { record(collection: string, key: string): JsonObject | undefined },
  workflowId: string,
): string | undefined {
  const decided = record(collection, workflowId) as unknown as Activations | undefined
  return decided?.versions.at(-1)?.hash
}

/** Of several who decide at once each sees what the one before has decided. Throws what `decide` throws. */
export async function decidingAnew<T>(decide: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await decide()
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError) || thrown.code !== 'activation.changed' || tries === 5)
        throw thrown
    }
  }
}

export function createActivation(ports: {
  records: RecordStore
  versions: Versions
  clock: Clock
  /** Whether the first version of a workflow with criteria has to pass its tests, or is trusted to. */
  firstVersions: 'tested' | 'trusted'
}): Activation {
  const { records, versions, clock, firstVersions } = ports
  /** Definitions by workflow, the latest last: the one that the records name is among them. */
  const definitions = new Map<string, Version[]>()
  const observers: ((workflowId: string) => void)[] = []
  const expected = new Map<string, { outcome: Promise<void>; wanted: () => void }>()
  let writes = 0

  function of(workflowId: string): Decided | undefined {
    const row = records.get(collection, workflowId)
    return row && { ...(row.value as unknown as Activations), rev: row.rev }
  }

  function hold(version: Version): void {
    const { id } = version.definition.metadata
    const others = (definitions.get(id) ?? []).filter(({ hash }) => hash !== version.hash)
    definitions.set(id, [...others, version].slice(-ready))
  }

  const held = (workflowId: string, hash: string | undefined): Version | undefined =>
    definitions.get(workflowId)?.find((version) => version.hash === hash)

  const answering = (workflowId: string) => held(workflowId, of(workflowId)?.versions.at(-1)?.hash)

  /** What answered last without going back, and all that people have gone back to since; oldest first. */
  function sinceForward(workflowId: string): ActiveVersion[] {
    const { versions: decisions = [] } = of(workflowId) ?? {}
    return decisions.slice(
      Math.max(
        0,
        decisions.findLastIndex(({ how }) => how !== 'rolled_back'),
      ),
    )
  }

  const binding: Activation['binding'] = async (workflowId) => {
    const recent = sinceForward(workflowId)
    const hashes = new Set([recent.at(-1), recent[0]].flatMap((one) => one?.hash ?? []))
    const found: WorkflowDefinition[] = []
    for (const hash of hashes) {
      const version = held(workflowId, hash) ?? (await versions.get(workflowId, hash))
      if (version) found.push(version.definition)
    }
    return found
  }

  async function write(next: Activations, rev: number, over?: { by: Actor; at: string }): Promise<void> {
    const key = next.workflowId
    const place = { collection, key, value: next as unknown as JsonObject }
    const back = over && bringBackWrite(records, key, over)
    try {
      await records.apply(`activation:${key}:${rev}:${clock.now()}:${++writes}`, [
        rev > 0 ? { kind: 'update', ...place, rev } : { kind: 'insert', ...place },
        ...(back ? [back] : []),
      ])
    } catch (thrown) {
      const raced =
        thrown instanceof WorkflowError && ['records.exists', 'records.conflict'].includes(thrown.code)
      if (!raced) throw thrown
      throw new WorkflowError('activation.changed', `Somebody else has just decided on "${key}".`, {
        hint: `See what answers now: versions ${key}`,
        cause: thrown,
      })
    }
  }

  const activate: Activation['activate'] = async (version, decided, rev) => {
    const { number, hash, definition } = version
    const { id } = definition.metadata
    const at = new Date(clock.now()).toISOString()
    const earlier = of(id)?.versions ?? []
    const active: ActiveVersion = { number, hash, at, ...decided }
    // Before the records name it, so that whoever reads them finds it.
    hold(version)
    const next = { workflowId: id, versions: [...earlier, active].slice(-kept), proposed: null }
    await write(next, rev, decided.by && { by: decided.by, at })
    hold(version)
    if (earlier.at(-1)?.hash !== hash) for (const observer of observers) observer(id)
  }

  async function considerNow(newest: Version): Promise<void> {
    const { id } = newest.definition.metadata
    const known = of(id)
    const last = known?.versions.at(-1)
    const rev = known?.rev ?? 0
    if (last?.hash === newest.hash) return hold(newest)
    const active = last && (answering(id) ?? (await versions.get(id, last.hash)))
    if (active) {
      hold(active)
      // Files that still say what people went back from are no edit: a restart reads them, too.
      if (sinceForward(id).some(({ hash }) => hash === newest.hash)) return
      if (isGated(newest.definition, ...(await binding(id)))) return
      return activate(newest, { how: 'edited' }, rev)
    }
    // Nothing answers yet, or nothing is left of what did: only the newest can.
    if (firstVersions === 'tested' && isGated(newest.definition)) return
    return activate(newest, { how: 'first' }, rev)
  }

  return {
    async start() {
      for (const { key } of [...records.all(collection)]) {
        const hash = of(key)?.versions.at(-1)?.hash
        const version = hash === undefined ? undefined : await versions.get(key, hash)
        if (version) hold(version)
      }
    },

    consider: (newest) => decidingAnew(() => considerNow(newest)),

    over(catalog) {
      const seen = (entry: CatalogEntry): CatalogEntry => {
        const { version: newest, ...rest } = entry
        const active = answering(entry.id)
        if (active && newest?.hash === active.hash) return entry
        // What people have activated keeps answering while its files are in disorder.
        if (!newest) return active && isGated(active.definition) ? { ...rest, version: active } : entry
        return { ...rest, version: active, draft: newest }
      }
      return {
        list: () => catalog.list().map(seen),
        get(id) {
          const entry = catalog.get(id)
          return entry && seen(entry)
        },
        faults: () => catalog.faults(),
      }
    },

    of,
    binding,
    activate,

    async propose({ number, hash, definition }, by, rev) {
      const { id } = definition.metadata
      const at = new Date(clock.now()).toISOString()
      const { versions: earlier = [] } = of(id) ?? {}
      await write({ workflowId: id, versions: earlier, proposed: { number, hash, at, by } }, rev)
    },

    observe(observer) {
      observers.push(observer)
    },

    expect(workflowId, outcome, wanted) {
      const mine = {
        wanted,
        outcome: outcome.then(
          () => undefined,
          () => undefined,
        ),
      }
      expected.set(workflowId, mine)
      mine.outcome.then(() => expected.get(workflowId) === mine && expected.delete(workflowId))
    },

    isExpected: (workflowId) => expected.has(workflowId),

    async settled(workflowId) {
      for (let one = expected.get(workflowId); one; one = expected.get(workflowId)) {
        one.wanted()
        await one.outcome
      }
    },
  }
}
