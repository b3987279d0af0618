// What the outside observer has seen, and whether it fits what was promised:
// - a start that was acknowledged has exactly one report in the end, and one key of a start one execution, however
//   often it was asked for again;
// - nothing begins before the step before it is durable;
// - a step that is recorded never runs again; a step that a crash caught before its record was durable runs once more
//   in the next process, with the same key (so a step may run 1 + n times over n crashes, each in another process);
// - a decision that was acknowledged is in the report, once; an acknowledged cancel ends the execution as cancelled;
// - an end that was told stays as it was told;
// - records are changed exactly once for each key, however often the step ran.
import type { FinishedReport } from '../../src/engine/report.ts'
import type { Store } from '../../src/store/index.ts'
import type { Fact } from './facts.ts'
import { expectedEffects } from './workflows.ts'

export class Ledger {
  readonly broken: string[] = []
  readonly started = new Map<string, string>()
  readonly decided = new Map<string, string[]>()
  readonly cancelled = new Set<string>()
  readonly ended = new Map<string, string>()
  readonly #effects = new Map<string, { lives: Set<number>; recorded: boolean }>()
  /** Steps of each execution that have begun in this life and are not recorded. */
  readonly #inFlight = new Map<string, Set<string>>()
  #life = 0
  facts = 0
  /** Steps that ran once more after a crash. */
  repeated = 0

  /** `life` counts processes. */
  note(fact: Fact, life: number): void {
    this.facts++
    switch (fact.fact) {
      case 'effect': {
        const step = this.#step(fact.key)
        if (step.recorded) this.broken.push(`${fact.key} ran again after it was recorded`)
        if (step.lives.has(life)) this.broken.push(`${fact.key} ran twice in one process`)
        if (step.lives.size > 0) this.repeated++
        step.lives.add(life)
        this.#begin(fact.key, life)
        return
      }
      case 'recorded':
        this.#step(fact.key).recorded = true
        this.#inFlight.get(executionOf(fact.key))?.delete(fact.key)
        return
      case 'started': {
        const earlier = this.started.get(fact.token)
        if (earlier !== undefined && earlier !== fact.id)
          this.broken.push(`${fact.token} was started twice: ${earlier}, ${fact.id}`)
        this.started.set(fact.token, fact.id)
        return
      }
      case 'decided':
        this.decided.set(fact.id, [...(this.decided.get(fact.id) ?? []), fact.token])
        return
      case 'cancelled':
        this.cancelled.add(fact.id)
        return
      case 'ended':
        if ((this.ended.get(fact.id) ?? fact.status) !== fact.status)
          this.broken.push(`${fact.id} ended as ${this.ended.get(fact.id)}, and then as ${fact.status}`)
        this.ended.set(fact.id, fact.status)
        return
      case 'unexpected':
        this.broken.push(`unexpected: ${fact.what}`)
        return
      case 'ready':
      case 'asks':
        return
    }
  }

  /** Holds what was seen against what the store holds in the end, when everything has ended. */
  async audit(store: Store): Promise<void> {
    const unfinished = await store.executions.unfinished()
    for (const { start } of unfinished) this.broken.push(`${start.id} has not ended`)
    const rows = await store.history.recent({ limit: 1e9 })
    const reports = new Map<string, FinishedReport>()
    const tokens = new Map<string, string>()
    for (const { id } of rows) {
      if (reports.has(id)) this.broken.push(`${id} has two reports`)
      const report = await store.history.report(id)
      if (!report) {
        this.broken.push(`the report of ${id} cannot be read`)
        continue
      }
      reports.set(id, report)
      this.#auditReport(report)
      const token = report.inputs.token
      if (typeof token !== 'string') continue
      if (tokens.has(token)) this.broken.push(`${token} became two executions: ${tokens.get(token)}, ${id}`)
      tokens.set(token, id)
    }
    for (const [token, id] of this.started)
      if (!reports.has(id)) this.broken.push(`${id}, acknowledged for ${token}, is gone`)
    this.#auditRecords(store, [...reports.values()])
  }

  #auditReport(report: FinishedReport): void {
    const { id, status } = report
    const told = this.ended.get(id)
    if (told !== undefined && told !== status) this.broken.push(`${id} was told as ${told} and is ${status}`)
    if (this.cancelled.has(id)) {
      if (status !== 'cancelled') this.broken.push(`${id} was cancelled, and its report says ${status}`)
    } else if (status !== 'succeeded' && status !== 'cancelled') {
      this.broken.push(`${id} ended as ${status}: ${report.errors[0]?.message}`)
    }
    const ran = (name: string) =>
      report.nodes.some((node) => node.name === name && node.status === 'succeeded')
    for (const key of expectedEffects(report.workflow.id, id, ran))
      if (!this.#effects.has(key)) this.broken.push(`${key} is said to have run and did not`)
    const ask = report.nodes.find((node) => node.name === 'ask')
    if (ask?.status !== 'succeeded') return
    const { decisions } = ask.output as { decisions: { reason: string }[] }
    const reasons = decisions.map((decision) => decision.reason)
    for (const token of this.decided.get(id) ?? [])
      if (!reasons.includes(token)) this.broken.push(`the decision ${token} on ${id} was lost`)
    if (new Set(reasons).size < reasons.length) this.broken.push(`a decision on ${id} counts twice`)
  }

  #auditRecords(store: Store, reports: FinishedReport[]): void {
    const counted = new Set([...store.records.all('counted')].map((record) => record.key))
    const total = store.records.get('counters', 'all')?.value.total
    if (total !== counted.size) this.broken.push(`the counter is ${total} after ${counted.size} counts`)
    for (const { id, nodes } of reports) {
      const succeeded = nodes.some((node) => node.name === 'count' && node.status === 'succeeded')
      if (succeeded && !counted.has(id)) this.broken.push(`${id} counted, and its record is gone`)
    }
  }

  /** Nothing begins before what came before it is durable, but for branches side by side and items of one list. */
  #begin(key: string, life: number): void {
    // What was recorded without being told any more is not known: a new process is given the benefit of the doubt.
    if (life !== this.#life) this.#inFlight.clear()
    this.#life = life
    const execution = executionOf(key)
    const others = this.#inFlight.get(execution) ?? new Set()
    const node = nodeOf(key)
    const early = [...others].find((other) => nodeOf(other) !== node)
    if (early && node !== 'left' && node !== 'right')
      this.broken.push(`${key} began before ${early} was durable`)
    this.#inFlight.set(execution, others.add(key))
  }

  #step(key: string) {
    const step = this.#effects.get(key) ?? { lives: new Set<number>(), recorded: false }
    this.#effects.set(key, step)
    return step
  }

  /** How many different steps acted outside. */
  get steps(): number {
    return this.#effects.size
  }
}

const executionOf = (key: string) => key.slice(0, key.indexOf('/'))
/** Without the number of the attempt or the item. */
const nodeOf = (key: string) => /^[^/]*\/([^/[#]*)/.exec(key)?.[1] ?? ''
