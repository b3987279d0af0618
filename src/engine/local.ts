// The in-process engine: starts, advances, resumes and cancels executions on an ExecutionStore. What it keeps in
// memory are executions in flight and those that wait their turn; all of that can be rebuilt from the store.
import { setMaxListeners } from 'node:events'
import { WorkflowError } from '../errors.ts'
import type { Action } from './action.ts'
import { Admission, type Applicant, type Verdict } from './admission.ts'
import type { InterpreterPorts } from './attempt.ts'
import { applicantOf, refused } from './concurrency.ts'
import { deferred } from './deferred.ts'
import { JournalDurable, persist } from './durable.ts'
import { drive, type Flight } from './flight.ts'
import { Interruption } from './interruption.ts'
import { Plan } from './plan.ts'
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
  /** Starts that are being written: their place is taken, and they are in flight once these resolve. */
  const arriving = new Map<string, Promise<unknown>>()
  const admission = new Admission(options.maxBusy)
  const closed = new AbortController()

  const roleOf = (type: string) => (options.action(type) ? 'action' : 'trigger')
  const ports: InterpreterPorts = { clock, action: options.action, unexpected: options.unexpected }

  function tell(report: Report) {
    for (const observer of observers) {
      try {
        observer(report)
      } catch (thrown) {
        options.unexpected(thrown)
      }
    }
  }

  /** Observers learn of changes once a turn of the event loop: a report costs more than the change that it tells. */
  function changed(flight: Flight) {
    const { id } = flight.state.start
    launchAll(admission.setIdle(id, flight.state.isWaiting))
    if (flight.telling || observers.size === 0) return
    flight.telling = true
    setImmediate(() => {
      flight.telling = false
      if (!flight.landing && !closed.signal.aborted) tell(flight.state.report())
    })
  }

  /** Holds an execution ready; it is driven once it was admitted. */
  function prepare(start: ExecutionStart, entries: JournalEntry[]): Flight {
    const controller = new AbortController()
    // Each wait under way listens to it, and items of a list may wait side by side.
    setMaxListeners(0, controller.signal)
    const durable = new JournalDurable({
      executionId: start.id,
      store,
      clock,
      signal: controller.signal,
      entries,
    })
    const { order } = Plan.of(start.version.definition)
    const state = new ExecutionState(start, order, roleOf, () => changed(flight))
    const done = deferred<FinishedReport>()
    // Nobody may be waiting for the result; a failure to record it is told where it happens.
    done.promise.catch(() => undefined)
    const applicant = applicantOf(start)
    const flight: Flight = {
      ...{ state, durable, controller, applicant, done },
      ...{ driven: false, landing: false, telling: false },
    }
    flights.set(start.id, flight)
    const cancelled = entries.find((entry) => entry.kind === 'cancel')
    if (cancelled)
      controller.abort(new Interruption({ why: 'cancelled', by: cancelled.by, reason: cancelled.reason }))
    return flight
  }

  function launch(flight: Flight) {
    if (flight.driven) return
    // It was written while the bot was closing: the next process takes it up.
    if (closed.signal.aborted) return flight.done.reject(closed.signal.reason)
    flight.driven = true
    const { id } = flight.state.start
    const landing = (report: FinishedReport) => stopChildren(report)
    drive(flight, { store, ports, clock, closing: closed.signal, landing })
      .finally(() => {
        flights.delete(id)
        options.ended?.(id)
        if (!closed.signal.aborted) launchAll(admission.release(flight.applicant))
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
    if (verdict.go === 'run') admission.admit(applicant)
    else admission.enqueue(applicant)
    const arrival = (async () => {
      if (onceRequest) await once.set(onceRequest.key, { executionId: id, at: now })
      await store.create(start)
      return prepare(start, [])
    })()
    arriving.set(id, arrival)
    let flight: Flight
    try {
      flight = await arrival
    } catch (thrown) {
      launchAll(admission.release(applicant))
      throw thrown
    } finally {
      arriving.delete(id)
    }
    await makeRoom(verdict, start)
    if (isOrphan(start)) await cancel(id, ...aboveWasStopped(start))
    else if (admission.isAdmitted(id)) launch(flight)
    else changed(flight)
    return { executionId: id, started: true }
  }

  /** Cancels what a start replaces. The start is durable by then, so a failure here must not be taken for its own. */
  async function makeRoom(verdict: Verdict, { id, startedBy }: ExecutionStart) {
    if (verdict.go !== 'replace') return
    for (const previous of verdict.previous)
      await cancel(previous, startedBy, `replaced by ${id}`).catch(options.unexpected)
  }

  /** Whether the execution above ended, or was stopped, while this one was on its way. */
  function isOrphan({ parent }: ExecutionStart): boolean {
    if (!parent) return false
    const above = flights.get(parent.executionId)
    const reason = above?.controller.signal.reason
    const closing = reason instanceof Interruption && reason.stop.why === 'closing'
    return !above || above.landing || (above.controller.signal.aborted && !closing)
  }

  /** What an execution asked for is not wanted any more when it has ended. It is done again when a crash came between. */
  async function stopChildren(report: FinishedReport) {
    for (const { state } of [...flights.values()]) {
      if (state.start.parent?.executionId !== report.id) continue
      await persist(clock, () => cancel(state.start.id, ...aboveWasStopped(state.start)), closed.signal)
    }
  }

  async function cancel(executionId: string, by: Actor, reason?: string): Promise<boolean> {
    await arriving.get(executionId)?.catch(() => undefined)
    const flight = flights.get(executionId)
    if (!flight || flight.controller.signal.aborted) return false
    const why = reason === undefined ? {} : { reason }
    const recorded =
      !flight.landing && (await store.append(executionId, { name: 'cancel', kind: 'cancel', by, ...why }))
    if (recorded && closed.signal.aborted) return true
    if (!recorded || flight.landing || flight.controller.signal.aborted) {
      // It ends in another way; that is true only once its end is durable.
      await flight.done.promise.catch(() => undefined)
      return false
    }
    flight.controller.abort(new Interruption({ why: 'cancelled', by, ...why }))
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
      // All are there before any goes on, so that those that wait for one another find each other; and those that had
      // begun have their places before any other gets one.
      const begun: Flight[] = []
      const waiting: Flight[] = []
      for (const { start, entries } of unfinished)
        (entries.length > 0 ? begun : waiting).push(prepare(start, entries))
      for (const { applicant } of begun) admission.admit(applicant)
      const judged = waiting.map((flight) => {
        const verdict = admission.judge(flight.applicant)
        if (verdict.go === 'run') admission.admit(flight.applicant)
        else admission.enqueue(flight.applicant)
        return { flight, verdict }
      })
      for (const flight of [...begun, ...waiting])
        if (admission.isAdmitted(flight.applicant.id)) launch(flight)
      for (const { flight, verdict } of judged) await makeRoom(verdict, flight.state.start)
      for (const { start } of unfinished)
        if (isOrphan(start)) await cancel(start.id, ...aboveWasStopped(start)).catch(options.unexpected)
      return unfinished.length
    },

    async close() {
      const why = new Interruption({ why: 'closing' })
      closed.abort(why)
      const flying = [...flights.values()]
      for (const { controller, driven, done } of flying) {
        controller.abort(why)
        if (!driven) done.reject(why)
      }
      await Promise.allSettled(flying.map((flight) => flight.done.promise))
    },
  }
}

/** Who stops a sub-workflow, and why it says so. */
function aboveWasStopped({ parent, startedBy }: ExecutionStart): [by: Actor, reason: string] {
  const by: Actor = { kind: 'workflow', id: parent?.executionId ?? startedBy.id, name: 'the workflow above' }
  return [by, 'the workflow above was stopped']
}

function closingError(): WorkflowError {
  return new WorkflowError('engine.closing', 'The bot is being stopped and starts nothing new.', {
    hint: 'Try again in a minute.',
  })
}
