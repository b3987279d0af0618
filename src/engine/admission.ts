// Decides which executions may run now and which wait their turn: limits per workflow and per key, a limit for all,
// and fairness between workflows. Pure bookkeeping; starting and cancelling are the engine's.
import type { Concurrency } from '../definition/schema.ts'

export interface Applicant {
  id: string
  workflowId: string
  /** The value of the concurrency key, as text; empty without one. */
  key: string
  concurrency: Concurrency | undefined
}

export type Verdict =
  | { go: 'run' }
  | { go: 'queue' }
  | { go: 'reject'; running: string[] }
  | { go: 'replace'; running: string[] }

export class Admission {
  readonly #limit: number
  /** Running or waiting for something, in the order in which they began. */
  readonly #admitted = new Map<string, Applicant>()
  /** Those of them that wait for time or people: they hold their workflow's place, not one of the common ones. */
  readonly #idle = new Set<string>()
  readonly #queue: Applicant[] = []

  /** `limit` is how many executions may be busy at the same time, of all workflows together. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is to become of a start. Changes nothing: `admit` or `enqueue` follows. */
  judge(applicant: Applicant): Verdict {
    const { concurrency } = applicant
    if (concurrency) {
      const rivals = this.#rivals(applicant)
      const ahead = rivals.length + this.#queue.filter((one) => sameGroup(one, applicant)).length
      if (ahead >= concurrency.limit) {
        if (concurrency.policy === 'reject') return { go: 'reject', running: rivals }
        if (concurrency.policy === 'cancel_previous')
          return { go: 'replace', running: rivals.slice(0, rivals.length - concurrency.limit + 1) }
        return { go: 'queue' }
      }
    }
    return this.#busy() < this.#limit ? { go: 'run' } : { go: 'queue' }
  }

  admit(applicant: Applicant): void {
    this.#admitted.set(applicant.id, applicant)
  }

  isAdmitted(id: string): boolean {
    return this.#admitted.has(id)
  }

  enqueue(applicant: Applicant): void {
    this.#queue.push(applicant)
  }

  /** The execution waits for time or people, or goes on. Answers who may run now. */
  setIdle(id: string, idle: boolean): Applicant[] {
    if (!idle) {
      this.#idle.delete(id)
      return []
    }
    if (this.#admitted.has(id)) this.#idle.add(id)
    return this.#next()
  }

  /** The execution has ended, or left the queue. Answers who may run now. */
  release(id: string): Applicant[] {
    this.#admitted.delete(id)
    this.#idle.delete(id)
    const place = this.#queue.findIndex((one) => one.id === id)
    if (place >= 0) this.#queue.splice(place, 1)
    return this.#next()
  }

  /** Admits from the queue while there is room: first whose workflow has the least running, then the oldest. */
  #next(): Applicant[] {
    const admitted: Applicant[] = []
    while (this.#busy() < this.#limit) {
      const possible = this.#queue.filter(
        (one) => !one.concurrency || this.#rivals(one).length < one.concurrency.limit,
      )
      const busyOf = (one: Applicant) =>
        [...this.#admitted.values()].filter(
          (other) => other.workflowId === one.workflowId && !this.#idle.has(other.id),
        ).length
      const [chosen] = possible.map((one) => ({ one, busy: busyOf(one) })).sort((a, b) => a.busy - b.busy)
      if (!chosen) break
      this.#queue.splice(this.#queue.indexOf(chosen.one), 1)
      this.admit(chosen.one)
      admitted.push(chosen.one)
    }
    return admitted
  }

  #busy(): number {
    return this.#admitted.size - this.#idle.size
  }

  #rivals(applicant: Applicant): string[] {
    return [...this.#admitted.values()].filter((one) => sameGroup(one, applicant)).map((one) => one.id)
  }
}

const sameGroup = (a: Applicant, b: Applicant) => a.workflowId === b.workflowId && a.key === b.key
