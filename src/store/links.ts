// A small durable mapping for surfaces: which Slack message shows which execution, which envelope was seen before.
import type { Json } from '../json.ts'
import type { Committer } from './committer.ts'
import { Fragment } from './fragment.ts'
import type { State } from './state.ts'

/** Holds the 5,000 keys that were set last; older ones are forgotten. */
export interface LinkStore {
  get<T extends Json>(key: string): T | undefined
  /** Durable when resolved. Rejects `store.disk_full`, `store.write_failed`. */
  set(key: string, value: Json): Promise<void>
  delete(key: string): Promise<void>
  /** Sets only what is not set. Of simultaneous claimants the first wins, and all learn the value that stands. */
  claim<T extends Json>(key: string, value: T): Promise<{ claimed: boolean; value: T }>
}

export function linkStore(state: State, committer: Committer): LinkStore {
  return {
    get: <T extends Json>(key: string) => state.links.get(key)?.copy() as T | undefined,

    async set(key, value) {
      const copy = Fragment.of(value)
      return committer.commit({
        exclusive: [`link ${key}`],
        plan: () => ({ operations: [{ op: 'link', key, value: copy }], result: undefined }),
      })
    },

    delete: (key) =>
      committer.commit({
        exclusive: [`link ${key}`],
        plan: () => ({
          operations: state.links.has(key) ? [{ op: 'link', key, value: null }] : [],
          result: undefined,
        }),
      }),

    async claim<T extends Json>(key: string, value: T) {
      const copy = Fragment.of<Json>(value)
      return committer.commit<{ claimed: boolean; value: T }>({
        exclusive: [`link ${key}`],
        plan() {
          const standing = state.links.get(key)
          if (standing) return { operations: [], result: { claimed: false, value: standing.copy() as T } }
          return {
            operations: [{ op: 'link', key, value: copy }],
            result: { claimed: true, value: copy.copy() as T },
          }
        },
      })
    },
  }
}
