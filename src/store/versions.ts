// Definitions with their numbers: each content of a workflow gets the next one when it is first seen, for ever.
import type { Version, WorkflowDefinition } from '../definition/schema.ts'
import type { Committer } from './committer.ts'
import { Fragment } from './fragment.ts'
import type { State, VersionRow } from './state.ts'

export interface VersionSummary {
  number: number
  hash: string
  /** When the content was first seen, ISO 8601. */
  at: string
}

export interface VersionStore {
  /** Durable when resolved; the same hash gets the same number again. Rejects `store.disk_full`, `store.write_failed`. */
  register(workflowId: string, hash: string, definition: WorkflowDefinition): Promise<Version>
  get(workflowId: string, numberOrHash: number | string): Promise<Version | undefined>
  /** Oldest first. */
  list(workflowId: string): Promise<VersionSummary[]>
  /** Whether exactly this definition is stored under this hash. */
  isRegistered(workflowId: string, version: Version): boolean
}

export function versionStore(state: State, committer: Committer, now: () => number): VersionStore {
  /** Definitions known to be what is stored, so that each start need not be compared. */
  const compared = new WeakMap<WorkflowDefinition, string>()

  function find(workflowId: string, numberOrHash: number | string): VersionRow | undefined {
    return state.versions
      .get(workflowId)
      ?.find((row) => row.number === numberOrHash || row.hash === numberOrHash)
  }

  return {
    async register(workflowId, hash, definition) {
      const copy = Fragment.of(definition)
      const number = await committer.commit<number>({
        exclusive: [`versions ${workflowId}`],
        plan() {
          const known = find(workflowId, hash)
          if (known) return { operations: [], result: known.number }
          const next = (state.versions.get(workflowId)?.at(-1)?.number ?? 0) + 1
          const at = new Date(now()).toISOString()
          return {
            operations: [{ op: 'version', workflow: workflowId, number: next, hash, at, definition: copy }],
            result: next,
          }
        },
      })
      return { number, hash, definition }
    },

    async get(workflowId, numberOrHash) {
      const row = find(workflowId, numberOrHash)
      return row && { number: row.number, hash: row.hash, definition: row.definition.copy() }
    },

    async list(workflowId) {
      return (state.versions.get(workflowId) ?? []).map(({ number, hash, at }) => ({ number, hash, at }))
    },

    isRegistered(workflowId, { hash, definition }) {
      if (compared.get(definition) === hash) return true
      const row = find(workflowId, hash)
      if (row?.definition.json !== JSON.stringify(definition)) return false
      compared.set(definition, hash)
      return true
    },
  }
}
