// Which version of a workflow answers: the newest one at once, or, for a workflow with criteria, the one that people
// have activated. What was decided is kept among the records, where Python cannot name it.
import type { RecordStore } from '../actions/ports.ts'
import type { Catalog, CatalogEntry } from '../definition/catalog.ts'
import type { Version, WorkflowDefinition } from '../definition/schema.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import type { JsonObject } from '../json.ts'
import type { Versions } from './types.ts'

const collection = '_activations'
/** How many decisions are kept of a workflow. */
const kept = 50

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
  /** The last one answers now. */
  versions: ActiveVersion[]
  proposed: ProposedVersion | null
}

export interface Activation {
  /** Called with each version that was read from files, before it comes into service. Rejects like `RecordStore.apply`. */
  consider(newest: Version): Promise<void>
  /** The same workflows, each with the version that answers; see `CatalogEntry.draft`. */
  over(catalog: Catalog): Catalog
  of(workflowId: string): Activations | undefined
  /** From now on this version answers; executions under way end on theirs. Durable when resolved. */
  activate(version: Version, decided: Pick<ActiveVersion, 'by' | 'how' | 'reason'>): Promise<void>
  propose(version: Version, by: Actor): Promise<void>
}

/** Whether a version waits for people before it answers: it, or the one that answers now, says what it takes. */
export function isGated(...definitions: WorkflowDefinition[]): boolean {
  return definitions.some(
    ({ criteria = [], settings }) => criteria.length > 0 || settings.activation !== undefined,
  )
}

export function createActivation(ports: {
  records: RecordStore
  versions: Versions
  clock: Clock
}): Activation {
  const { records, versions, clock } = ports
  /** The definitions that answer, by workflow; made anew from the records at each start. */
  const answering = new Map<string, Version>()
  let writes = 0

  const rowOf = (workflowId: string) => records.get(collection, workflowId)
  const of = (workflowId: string) => rowOf(workflowId)?.value as unknown as Activations | undefined

  async function write(next: Activations): Promise<void> {
    const key = next.workflowId
    const value = next as unknown as JsonObject
    const before = rowOf(key)
    const place = { collection, key, value }
    const now = clock.now()
    await records.apply(`activation:${key}:${now}:${++writes}`, [
      before ? { kind: 'update', ...place, rev: before.rev } : { kind: 'insert', ...place },
    ])
  }

  async function activate(
    version: Version,
    decided: Pick<ActiveVersion, 'by' | 'how' | 'reason'>,
  ): Promise<void> {
    const { number, hash, definition } = version
    const { id } = definition.metadata
    const at = new Date(clock.now()).toISOString()
    const earlier = of(id)?.versions ?? []
    const active: ActiveVersion = { number, hash, at, ...decided }
    await write({ workflowId: id, versions: [...earlier, active].slice(-kept), proposed: null })
    answering.set(id, version)
  }

  return {
    async consider(newest) {
      const { id } = newest.definition.metadata
      const known = of(id)?.versions.at(-1)
      if (!known) return activate(newest, { how: 'first' })
      if (known.hash === newest.hash) {
        answering.set(id, newest)
        return
      }
      const active = answering.get(id) ?? (await versions.get(id, known.hash))
      // Nothing is left of the version that answered: only the newest can.
      if (!active || !isGated(newest.definition, active.definition))
        return activate(newest, { how: active ? 'edited' : 'first' })
      answering.set(id, active)
    },

    over(catalog) {
      const seen = (entry: CatalogEntry): CatalogEntry => {
        const active = answering.get(entry.id)
        if (!entry.version || !active || active.hash === entry.version.hash) return entry
        return { ...entry, version: active, draft: entry.version }
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
    activate,

    async propose({ number, hash, definition }, by) {
      const { id } = definition.metadata
      const at = new Date(clock.now()).toISOString()
      await write({
        workflowId: id,
        versions: of(id)?.versions ?? [],
        proposed: { number, hash, at, by },
      })
    },
  }
}
