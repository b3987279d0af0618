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
  /** `running` are those that have the places. */
  | { go: 'reject'; running: string[] }
  /** It waits its turn like others, after these (the oldest first) were cancelled. */
  | { go: 'replace'; previous: string[] }

/** Executions of one workflow and one key; they come in the order in which they applied. */
interface Group {
  admitted: Set<string>
  queue: Map<string, Applicant & { place: number }>
}

export class Admission {
  readonly #limit: number
  /** Running or waiting for something. */
  readonly #admitted = new Map<string, Applicant>()
  /** Those of them that wait for time or people: they hold their workflow's place, not one of the common ones. */
  readonly #idle = new Set<string>()
  readonly #busyOf = new Map<string, number>()
  readonly #groups = new Map<string, Group>()
  /** Groups in which somebody waits. */
  readonly #waiting = new Set<Group>()
  #places = 0

  /** `limit` is how many executions may be busy at the same time, of all workflows together. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is to become of a start. Changes nothing: `admit` or `enqueue` follows. */
  judge(applicant: Applicant): Verdict {
    const { concurrency } = applicant
    const group = this.#groups.get(groupKey(applicant))
    const ahead = group ? group.admitted.size + group.queue.size : 0
    if (group && concurrency && ahead >= concurrency.limit) {
      if (concurrency.policy === 'reject') return { go: 'reject', running: [...group.admitted] }
      if (concurrency.policy === 'cancel_previous') {
        const oldestFirst = [...group.admitted, ...group.queue.keys()]
        return { go: 'replace', previous: oldestFirst.slice(0, ahead - concurrency.limit + 1) }
      }
      return { go: 'queue' }
    }
    return this.#busy() < this.#limit ? { go: 'run' } : { go: 'queue' }
  }

  admit(applicant: Applicant): void {
    this.#admitted.set(applicant.id, applicant)
    this.#groupOf(applicant).admitted.add(applicant.id)
    this.#count(applicant, 1)
  }

  isAdmitted(id: string): boolean {
    return this.#admitted.has(id)
  }

  enqueue(applicant: Applicant): void {
    const group = this.#groupOf(applicant)
    group.queue.set(applicant.id, { ...applicant, place: this.#places++ })
    this.#waiting.add(group)
  }

  /** The execution waits for time or people, or goes on. Answers who may run now. */
  setIdle(id: string, idle: boolean): Applicant[] {
    const applicant = this.#admitted.get(id)
    if (!applicant || this.#idle.has(id) === idle) return []
    if (idle) this.#idle.add(id)
    else this.#idle.delete(id)
    this.#count(applicant, idle ? -1 : 1)
    return this.#next()
  }

  /** The execution has ended, or left the queue. Answers who may run now. */
  release(applicant: Applicant): Applicant[] {
    const { id } = applicant
    const group = this.#groupOf(applicant)
    if (this.#admitted.delete(id) && !this.#idle.delete(id)) this.#count(applicant, -1)
    group.admitted.delete(id)
    group.queue.delete(id)
    if (group.queue.size === 0) this.#waiting.delete(group)
    if (group.queue.size + group.admitted.size === 0) this.#groups.delete(groupKey(applicant))
    return this.#next()
  }

  /** Admits from the queue while there is room: first whose workflow has the least running, then the oldest. */
  #next(): Applicant[] {
    const admitted: Applicant[] = []
    while (this.#busy() < this.#limit) {
      let chosen: { group: Group; one: Applicant & { place: number }; busy: number } | undefined
      for (const group of this.#waiting) {
        const [one] = group.queue.values()
        if (!one || (one.concurrency && group.admitted.size >= one.concurrency.limit)) continue
        const busy = this.#busyOf.get(one.workflowId) ?? 0
        const sooner = !chosen || busy < chosen.busy || (busy === chosen.busy && one.place < chosen.one.place)
        if (sooner) chosen = { group, one, busy }
      }
      if (!chosen) break
      const { group, one } = chosen
      group.queue.delete(one.id)
      if (group.queue.size === 0) this.#waiting.delete(group)
      this.admit(one)
      admitted.push(one)
    }
    return admitted
  }

  #busy(): number {
    return this.#admitted.size - this.#idle.size
  }

  #count({ workflowId }: Applicant, change: number): void {
    const busy = (this.#busyOf.get(workflowId) ?? 0) + change
    if (busy > 0) this.#busyOf.set(workflowId, busy)
    else this.#busyOf.delete(workflowId)
  }

  #groupOf(applicant: Applicant): Group {
    const key = groupKey(applicant)
    const group = this.#groups.get(key) ?? { admitted: new Set(), queue: new Map() }
    this.#groups.set(key, group)
    return group
  }
}

const groupKey = ({ workflowId, key }: Applicant) => JSON.stringify([workflowId, key])
