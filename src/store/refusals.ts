// Tells the log when executions have to wait because nothing can be written, and when writing works again. Once for
// each time, however many executions wait and however often they try.
import type { ExecutionStore } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { StoreLog } from './index.ts'

export function tellingOfRefusals(store: ExecutionStore, log: StoreLog): ExecutionStore {
  let refused = false
  async function watched<T>(write: Promise<T>): Promise<T> {
    try {
      const result = await write
      if (refused)
        log({ level: 'info', event: 'store.writable', message: 'Writing works again; executions go on.' })
      refused = false
      return result
    } catch (thrown) {
      if (thrown instanceof WorkflowError && thrown.code.startsWith('store.') && !refused) {
        refused = true
        const message = `${thrown.message} Executions under way wait until it works.`
        log({ level: 'error', event: thrown.code, message })
      }
      throw thrown
    }
  }
  return {
    create: (start) => watched(store.create(start)),
    append: (executionId, entry) => watched(store.append(executionId, entry)),
    finish: (executionId, report) => watched(store.finish(executionId, report)),
    unfinished: () => store.unfinished(),
  }
}
