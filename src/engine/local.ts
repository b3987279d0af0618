// The in-process engine: starts, advances, resumes and cancels executions on an ExecutionStore. What it keeps in
// memory are executions in flight and those that wait their turn; all of that can be rebuilt from the store.
import { topologicalOrder } from '../definition/graph.ts'
import { WorkflowError } from '../errors.ts'
import type { Action } from './action.ts'
import { Admission, type Applicant } from './admission.ts'
import type { InterpreterPorts } from './attempt.ts'
import { applicantOf, refused } from './concurrency.ts'
import { deferred } from './deferred.ts'
import { JournalDurable } from './durable.ts'
import { drive, type Flight } from './flight.ts'
import { Interruption, type Stop } from './interruption.ts'
import type {
  Clock,
  Engine,
  ExecutionStart,
  ExecutionStore,
  Ids,
  JournalEntry,
  StartRequest,
} from './ports.ts'
import type { Actor, FinishedReport, Report } from './report.ts'
import { ExecutionState } from './state.ts'

/** Remembers under which key an execution was started; durable. */
export interface OnceStore {
  get(key: string): { executionId: string; at: number } | undefined
  set(key: string, value: { executionId: string; at: number }): Promise<void>
}

export interface LocalEngineOptions {
  store: ExecutionStore
  /** The report of an execution that ended, for `result` of one that an earlier process finished. */
  findReport(executionId: string): Promise<FinishedReport | undefined>
  once: OnceStore
  clock: Clock
  ids: Ids
  action(type: string): Action | undefined
  /** How many executions may be busy at the same time; those that wait for time or people do not count. */
  maxBusy: number
  /** Called when an execution has ended and its report is durable: whatever was held for it can go. */
  ended?(executionId: string): void
  unexpected(thrown: unknown): void
}

export function createLocalEngine(options: LocalEngineOptions): Engine {
  const { store, clock, ids, once } = options
  const flights = new Map<string, Flight>()
  const observers = new Set<(report: Report) => void>()
  const starting = new Map<string, Promise<unknown>>()
  const admission = new Admission(options.maxBusy)
  const closed = new AbortController()

  const roleOf = (type: string) => (options.action(type) ? 'action' : 'trigger')
  const ports: InterpreterPorts = { clock, action: options.action, unexpected: options.unexpected }

  function tell(report: Report) {
    if (report.status === 'waiting' || report.status === 'running') {
      launchAll(admission.setIdle(report.id, report.status === 'waiting'))
    }
    for (const observer of observers) {
      try {
        observer(report)
      } catch (thrown) {
        options.unexpected(thrown)
      }
    }
  }

  /** Holds an execution ready; it is driven once it was admitted. */
  function prepare(start: ExecutionStart, entries: JournalEntry[]): Flight {
    const controller = new AbortController()
    const durable = new JournalDurable({
      executionId: start.id,
      store,
      clock,
      signal: controller.signal,
      entries,
    })
    const order = topologicalOrder(start.version.definition)
    const state: ExecutionState = new ExecutionState(start, order, roleOf, () => tell(state.report()))
    const done = deferred<FinishedReport>()
    // Nobody may be waiting for the result; a failure to record it is told where it happens.
    done.promise.catch(() => undefined)
    const flight: Flight = { state, durable, controller, done, driven: false }
    flights.set(start.id, flight)
    const cancelled = entries.find((entry) => entry.kind === 'cancel')
    if (cancelled)
      controller.abort(new Interruption({ why: 'cancelled', by: cancelled.by, reason: cancelled.reason }))
    return flight
  }

  function launch(flight: Flight) {
    if (flight.driven) return
    flight.driven = true
    const { id } = flight.state.start
    drive(flight, { store, ports, clock, closing: closed.signal })
      .finally(() => {
        flights.delete(id)
        options.ended?.(id)
        if (!closed.signal.aborted) launchAll(admission.release(id))
      })
      .then(
        (report) => {
          tell(report)
          flight.done.resolve(report)
        },
        (thrown: unknown) => {
          if (!(thrown instanceof Interruption)) options.unexpected(thrown)
          flight.done.reject(thrown)
        },
      )
  }

  function launchAll(applicants: Applicant[]) {
    for (const { id } of applicants) {
      const flight = flights.get(id)
      if (flight) launch(flight)
    }
  }

  async function startNow(request: StartRequest): Promise<{ executionId: string; started: boolean }> {
    const now = clock.now()
    if (request.once) {
      const earlier = once.get(request.once.key)
      const running = earlier && flights.has(earlier.executionId)
      const recent = earlier && now - earlier.at < request.once.windowMs
      // A key without its execution is left by a crash between the two writes: that start was never promised.
      if (earlier && (running || (recent && (await options.findReport(earlier.executionId))))) {
        return { executionId: earlier.executionId, started: false }
      }
    }
    const { once: onceRequest, ...rest } = request
    const id = ids.execution()
    const start: ExecutionStart = { id, ...rest, createdAt: new Date(now).toISOString() }
    const applicant = applicantOf(start)
    const verdict = admission.judge(applicant)
    if (verdict.go === 'reject') throw refused(start, verdict.running)
    // The place is taken before anything is awaited, so that two starts at once cannot both have it.
    if (verdict.go === 'run' || verdict.go === 'replace') admission.admit(applicant)
    else admission.enqueue(applicant)
    try {
      if (onceRequest) await once.set(onceRequest.key, { executionId: id, at: now })
      await store.create(start)
    } catch (thrown) {
      launchAll(admission.release(id))
      throw thrown
    }
    const flight = prepare(start, [])
    if (verdict.go === 'replace') {
      for (const previous of verdict.running) await cancel(previous, start.startedBy, `replaced by ${id}`)
    }
    if (verdict.go === 'queue' && !admission.isAdmitted(id)) tell(flight.state.report())
    else launch(flight)
    return { executionId: id, started: true }
  }

  async function cancel(executionId: string, by: Actor, reason?: string): Promise<boolean> {
    const flight = flights.get(executionId)
    if (!flight || flight.controller.signal.aborted) return false
    const why = reason === undefined ? {} : { reason }
    if (!(await store.append(executionId, { name: 'cancel', kind: 'cancel', by, ...why }))) return false
    const stop: Stop = { why: 'cancelled', by, ...why }
    flight.controller.abort(new Interruption(stop))
    // One that still waits its turn ends without having begun.
    launch(flight)
    return true
  }

  return {
    async start(request) {
      if (closed.signal.aborted) throw closingError()
      const key = request.once?.key
      if (key === undefined) return startNow(request)
      // Starts of one key go one after the other: of two clicks at once, the second finds the first.
      const turn = (starting.get(key) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => startNow(request))
      starting.set(key, turn)
      try {
        return await turn
      } finally {
        if (starting.get(key) === turn) starting.delete(key)
      }
    },

    async signal(executionId, name, value) {
      return (await flights.get(executionId)?.durable.settle(name, value)) ?? false
    },

    cancel,

    info: (executionId) => flights.get(executionId)?.state.report(),

    async result(executionId) {
      const flight = flights.get(executionId)
      if (flight) return flight.done.promise
      const report = await options.findReport(executionId)
      if (report) return report
      throw new WorkflowError('execution.unknown', `There is no execution "${executionId}".`, {
        hint: 'Look it up in the history.',
      })
    },

    observe(observer) {
      observers.add(observer)
      return () => observers.delete(observer)
    },

    running: () => [...flights.values()].map((flight) => flight.state.report()),

    async resume() {
      const unfinished = (await store.unfinished()).filter(({ start }) => !flights.has(start.id))
      // All are there before any goes on, so that those that wait for one another find each other.
      const prepared = unfinished.map(({ start, entries }) => ({
        flight: prepare(start, entries),
        begun: entries.length > 0,
      }))
      for (const { flight, begun } of prepared) {
        const applicant = applicantOf(flight.state.start)
        if (begun || admission.judge(applicant).go === 'run') {
          admission.admit(applicant)
          launch(flight)
        } else {
          admission.enqueue(applicant)
        }
      }
      return unfinished.length
    },

    async close() {
      const why = new Interruption({ why: 'closing' })
      closed.abort(why)
      const flying = [...flights.values()]
      for (const { controller } of flying) controller.abort(why)
      await Promise.allSettled(flying.filter((flight) => flight.driven).map((flight) => flight.done.promise))
    },
  }
}

function closingError(): WorkflowError {
  return new WorkflowError('engine.closing', 'The bot is being stopped and starts nothing new.', {
    hint: 'Try again in a minute.',
  })
}
