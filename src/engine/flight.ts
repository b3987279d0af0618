// One execution in flight: drives it to its end, within the time that its workflow allows, and records the report.
import { durationMs } from '../definition/duration.ts'
import type { InterpreterPorts } from './attempt.ts'
import type { Deferred } from './deferred.ts'
import { type JournalDurable, persist } from './durable.ts'
import { interpret } from './interpreter.ts'
import { Interruption } from './interruption.ts'
import type { Clock, ExecutionStore } from './ports.ts'
import type { FinishedReport } from './report.ts'
import type { ExecutionState } from './state.ts'

export interface Flight {
  state: ExecutionState
  durable: JournalDurable
  controller: AbortController
  /** Settled when the execution has ended and its report is durable. */
  done: Deferred<FinishedReport>
  /** Whether it was admitted and goes; before that it waits its turn. */
  driven: boolean
}

export interface FlightPorts {
  store: ExecutionStore
  ports: InterpreterPorts
  clock: Clock
  /** Aborted when the bot stops: nothing is written any more. */
  closing: AbortSignal
}

/** Resolves when the report is durable. Rejects with the Interruption `closing`, or with a mistake of ours. */
export async function drive(
  flight: Flight,
  { store, ports, clock, closing }: FlightPorts,
): Promise<FinishedReport> {
  const report = await fly(flight, ports, clock)
  await persist(clock, () => store.finish(flight.state.start.id, report), closing)
  return report
}

async function fly(
  { state, durable, controller }: Flight,
  ports: InterpreterPorts,
  clock: Clock,
): Promise<FinishedReport> {
  const limit = new AbortController()
  const timeoutMs = durationMs(state.version.definition.settings.timeout)
  const rest = Date.parse(state.start.createdAt) + timeoutMs - clock.now()
  clock.sleep(Math.max(0, rest), limit.signal).then(
    () => controller.abort(new Interruption({ why: 'timed_out', timeoutMs })),
    () => undefined,
  )
  try {
    controller.signal.throwIfAborted()
    const { endedAt } = await interpret(durable, state, ports)
    return state.finished(endedAt)
  } catch (thrown) {
    if (!(thrown instanceof Interruption) || thrown.stop.why === 'closing') throw thrown
    const now = clock.now()
    state.stopAt(now)
    return state.finished(now, thrown.stop)
  } finally {
    limit.abort()
  }
}
