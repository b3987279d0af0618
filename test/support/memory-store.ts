// An execution store in memory, for tests of the engine. It passes the same contract suite as the real one.
import type { ExecutionStart, ExecutionStore, JournalEntry } from '../../src/engine/ports.ts'
import type { FinishedReport } from '../../src/engine/report.ts'

export class MemoryExecutionStore implements ExecutionStore {
  readonly #open = new Map<string, { start: ExecutionStart; entries: JournalEntry[] }>()
  readonly reports = new Map<string, FinishedReport>()

  async create(start: ExecutionStart): Promise<void> {
    this.#open.set(start.id, { start: structuredClone(start), entries: [] })
  }

  async append(executionId: string, entry: JournalEntry): Promise<boolean> {
    const execution = this.#open.get(executionId)
    if (!execution || execution.entries.some((known) => known.name === entry.name)) return false
    execution.entries.push(structuredClone(entry))
    return true
  }

  async finish(executionId: string, report: FinishedReport): Promise<void> {
    this.#open.delete(executionId)
    this.reports.set(executionId, structuredClone(report))
  }

  async unfinished() {
    return structuredClone([...this.#open.values()])
  }

  /** Takes over what another store holds, as the next process does. */
  inherit(other: MemoryExecutionStore): void {
    for (const [id, execution] of other.#open) this.#open.set(id, structuredClone(execution))
    for (const [id, report] of other.reports) this.reports.set(id, structuredClone(report))
  }

  /** The record of an execution that has not ended, for looking at what was written when. */
  entries(executionId: string): JournalEntry[] {
    return this.#open.get(executionId)?.entries ?? []
  }
}
