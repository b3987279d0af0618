// Which workflows a person wants to see first: a record of their own, under a name that Python cannot use.
import type { RecordStore } from '../actions/ports.ts'
import { WorkflowError } from '../errors.ts'

const collection = '_favourites'

export function favouritesOf(records: RecordStore, userId: string): string[] {
  const ids = records.get(collection, userId)?.value.workflows
  return Array.isArray(ids) ? ids.map(String) : []
}

/** `change` gets what stands now; of simultaneous changes each sees the one before. Rejects `store.…`. */
export async function changeFavourites(
  records: RecordStore,
  userId: string,
  change: (before: string[]) => string[],
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const before = records.get(collection, userId)
    const workflows = change(favouritesOf(records, userId))
    const place = { collection, key: userId, value: { id: userId, workflows } }
    const rev = before?.rev ?? 0
    try {
      await records.apply(`favourites:${userId}:${rev}:${workflows.join(',')}`, [
        before ? { kind: 'update', ...place, rev } : { kind: 'insert', ...place },
      ])
      return
    } catch (thrown) {
      const raced =
        thrown instanceof WorkflowError && ['records.conflict', 'records.exists'].includes(thrown.code)
      if (!raced || attempt >= 3) throw thrown
    }
  }
}
