// The journal of executions as the engine asks for it. Each fact is durable before its promise resolves.
import type { ExecutionStart, ExecutionStore, JournalEntry } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import { capReport, type HistoryCaps } from './caps.ts'
import type { Committer } from './committer.ts'
import { Fragment } from './fragment.ts'
import { finishOperation, type StoredStart } from './operations.ts'
import type { LiveExecution, State } from './state.ts'
import type { VersionStore } from './versions.ts'

export function executionStore(
  state: State,
  committer: Committer,
  versions: Pick<VersionStore, 'isRegistered'>,
  caps: HistoryCaps,
): ExecutionStore {
  return {
    /** Rejects `store.execution_exists` for an id that was used before, as far back as db.json remembers. */
    async create(start) {
      const stored = Fragment.of(withoutDefinition(start, versions))
      return committer.commit({
        exclusive: [`execution ${start.id}`],
        plan() {
          if (state.live.has(start.id) || state.ended.has(start.id)) {
            throw new WorkflowError('store.execution_exists', `There is an execution ${start.id} already.`)
          }
          return { operations: [{ op: 'create', id: start.id, start: stored }], result: undefined }
        },
      })
    },

    /** Resolves false, too, for an execution that has ended. */
    async append(executionId, entry) {
      const stored = Fragment.of(entry)
      const { name } = entry
      return committer.commit({
        shared: [`execution ${executionId}`],
        exclusive: [`entry ${executionId}/${name}`],
        plan() {
          const live = state.live.get(executionId)
          if (!live || live.entries.has(name)) return { operations: [], result: false }
          return { operations: [{ op: 'append', id: executionId, name, entry: stored }], result: true }
        },
      })
    },

    /** A second report changes nothing. Rejects `store.unknown_execution`. */
    async finish(executionId, report) {
      const capped = capReport(report, caps)
      const operation = finishOperation(executionId, capped, Fragment.of(capped))
      return committer.commit({
        exclusive: [`execution ${executionId}`],
        plan() {
          if (state.live.has(executionId)) return { operations: [operation], result: undefined }
          if (state.ended.has(executionId)) return { operations: [], result: undefined }
          throw unknown(executionId)
        },
      })
    },

    async unfinished() {
      return [...state.live.values()].map((live) => ({
        start: withDefinition(live, state),
        entries: [...live.entries.values()].map((entry: Fragment<JournalEntry>) => entry.copy()),
      }))
    },
  }
}

function withoutDefinition(start: ExecutionStart, versions: Pick<VersionStore, 'isRegistered'>): StoredStart {
  const { number, hash, definition } = start.version
  const known = versions.isRegistered(definition.metadata.id, start.version)
  return {
    ...start,
    version: known ? { number, hash, workflow: definition.metadata.id } : { number, hash, definition },
  }
}

function withDefinition(live: LiveExecution, state: State): ExecutionStart {
  const { version, ...start } = live.start.copy()
  const { number, hash } = version
  if ('definition' in version) return { ...start, version: { number, hash, definition: version.definition } }
  const row = state.versions.get(version.workflow)?.find((candidate) => candidate.hash === hash)
  if (row) return { ...start, version: { number, hash, definition: row.definition.copy() } }
  const message = `The definition of execution ${live.id} is missing (version ${hash} of ${version.workflow}).`
  throw new WorkflowError('store.corrupt', message, { hint: 'Restore a backup.' })
}

function unknown(executionId: string): WorkflowError {
  return new WorkflowError('store.unknown_execution', `There is no unfinished execution ${executionId}.`)
}
