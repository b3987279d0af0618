// Where executions of scenarios are kept: in memory, apart from the history of real ones.
import type { ExecutionStart, ExecutionStore, JournalEntry } from '../engine/ports.ts'

export class MemoryExecutions implements ExecutionStore {
  readonly #journals = new Map<string, Set<string>>()

  async create(start: ExecutionStart): Promise<void> {
    this.#journals.set(start.id, new Set())
  }

  /** Nothing is ever replayed from here, so the name of an entry is all that has to be remembered. */
  async append(executionId: string, { name }: JournalEntry): Promise<boolean> {
    const names = this.#journals.get(executionId)
    if (!names || names.has(name)) return false
    names.add(name)
    return true
  }

  async finish(executionId: string): Promise<void> {
    this.#journals.delete(executionId)
  }

  async unfinished() {
    return []
  }
}
