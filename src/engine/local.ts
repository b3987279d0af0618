// The in-process engine: starts, advances, resumes and cancels executions on an ExecutionStore. What it keeps in
// memory are executions in flight; all of that can be rebuilt from the store.
import { durationMs } from '../definition/duration.ts'
import { topologicalOrder } from '../definition/graph.ts'
import { WorkflowError } from '../errors.ts'
import type { Action } from './action.ts'
import { JournalDurable, persist } from './durable.ts'
import type { InterpreterPorts } from './attempt.ts'
import { interpret } from './interpreter.ts'
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
import type { FinishedReport, Report } from './report.ts'
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
  /** Called when an execution has ended and its report is durable: whatever was held for it can go. */
  ended?(executionId: string): void
  unexpected(thrown: unknown): void
}

interface Flight {
  state: ExecutionState
  durable: JournalDurable
  controller: AbortController
  done: Promise<FinishedReport>
}

export function createLocalEngine(options: LocalEngineOptions): Engine {
  const { store, clock, ids, once } = options
  const flights = new Map<string, Flight>()
  const observers = new Set<(report: Report) => void>()
  const starting = new Map<string, Promise<unknown>>()
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

  function launch(start: ExecutionStart, entries: JournalEntry[]): Flight {
    const controller = new AbortController()
    const durable = new JournalDurable({
      executionId: start.id,
      store,
      clock,
      signal: controller.signal,
      entries,
    })
    const state = new ExecutionState(start, topologicalOrder(start.version.definition), roleOf, () =>
      tell(state.report()),
    )
    const flight: Flight = { state, durable, controller, done: Promise.resolve() as never }
    flights.set(start.id, flight)
    const cancelled = entries.find((entry) => entry.kind === 'cancel')
    if (cancelled)
      controller.abort(new Interruption({ why: 'cancelled', by: cancelled.by, reason: cancelled.reason }))
    flight.done = drive(flight)
    // Nobody may be waiting for the result; a failure to record it is told by drive itself.
    flight.done.catch(() => undefined)
    return flight
  }

  async function drive(flight: Flight): Promise<FinishedReport> {
    const { state, durable, controller } = flight
    const limit = new AbortController()
    const timeoutMs = durationMs(state.version.definition.settings.timeout)
    const rest = Date.parse(state.start.createdAt) + timeoutMs - clock.now()
    clock.sleep(Math.max(0, rest), limit.signal).then(
      () => controller.abort(new Interruption({ why: 'timed_out', timeoutMs })),
      () => undefined,
    )
    let report: FinishedReport
    try {
      const { endedAt } = await interpret(durable, state, ports)
      report = state.finished(endedAt)
    } catch (thrown) {
      if (thrown instanceof Interruption && thrown.stop.why !== 'closing') {
        const now = clock.now()
        state.stopAt(now)
        report = state.finished(now, thrown.stop)
      } else {
        flights.delete(state.start.id)
        if (!(thrown instanceof Interruption)) options.unexpected(thrown)
        throw thrown
      }
    } finally {
      limit.abort()
    }
    try {
      await persist(clock, () => store.finish(state.start.id, report), closed.signal)
    } finally {
      flights.delete(state.start.id)
      options.ended?.(state.start.id)
    }
    tell(report)
    return report
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
    const id = ids.execution()
    if (request.once) await once.set(request.once.key, { executionId: id, at: now })
    const start: ExecutionStart = {
      id,
      version: request.version,
      trigger: request.trigger,
      inputs: request.inputs,
      startedBy: request.startedBy,
      createdAt: new Date(now).toISOString(),
      ...(request.rerunOf ? { rerunOf: request.rerunOf } : {}),
    }
    await store.create(start)
    launch(start, [])
    return { executionId: id, started: true }
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

    async cancel(executionId, by, reason) {
      const flight = flights.get(executionId)
      if (!flight || flight.controller.signal.aborted) return false
      const entry: JournalEntry = {
        name: 'cancel',
        kind: 'cancel',
        by,
        ...(reason === undefined ? {} : { reason }),
      }
      if (!(await store.append(executionId, entry))) return false
      const stop: Stop = { why: 'cancelled', by, ...(reason === undefined ? {} : { reason }) }
      flight.controller.abort(new Interruption(stop))
      return true
    },

    info: (executionId) => flights.get(executionId)?.state.report(),

    async result(executionId) {
      const flight = flights.get(executionId)
      if (flight) return flight.done
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
      const unfinished = await store.unfinished()
      for (const { start, entries } of unfinished) if (!flights.has(start.id)) launch(start, entries)
      return unfinished.length
    },

    async close() {
      closed.abort(new Interruption({ why: 'closing' }))
      const flying = [...flights.values()]
      for (const { controller } of flying) controller.abort(new Interruption({ why: 'closing' }))
      await Promise.allSettled(flying.map((flight) => flight.done))
    },
  }
}

function closingError(): WorkflowError {
  return new WorkflowError('engine.closing', 'The bot is being stopped and starts nothing new.', {
    hint: 'Try again in a minute.',
  })
}
