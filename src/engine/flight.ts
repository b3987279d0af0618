// One execution in flight: drives it to its end, within the time that its workflow allows, and records the report.
import { durationMs } from '../definition/duration.ts'
import { errorInfo, WorkflowError } from '../errors.ts'
import type { Applicant } from './admission.ts'
import type { InterpreterPorts } from './attempt.ts'
import type { Deferred } from './deferred.ts'
import { type JournalDurable, persist } from './durable.ts'
import { interpret } from './interpreter.ts'
import { Interruption, type Stop } from './interruption.ts'
import type { Clock, ExecutionStore } from './ports.ts'
import type { FinishedReport } from './report.ts'
import type { ExecutionState } from './state.ts'

export interface Flight {
  state: ExecutionState
  durable: JournalDurable
  controller: AbortController
  applicant: Applicant
  /** Settled when the execution has ended and its report is durable. */
  done: Deferred<FinishedReport>
  /** Whether it was admitted and goes; before that it waits its turn. */
  driven: boolean
  /** Its end is certain, and only its report is still to be written: a cancel comes too late. */
  landing: boolean
  /** Observers are about to be told of a change. */
  telling: boolean
}

export interface FlightPorts {
  store: ExecutionStore
  ports: InterpreterPorts
  clock: Clock
  /** Aborted when the bot stops: nothing is written any more. */
  closing: AbortSignal
  /** Called before the report is written. */
  landing(report: FinishedReport): Promise<void>
}

/** Resolves when the report is durable. Rejects with the Interruption `closing`, or with what the store threw. */
export async function drive(
  flight: Flight,
  { store, ports, clock, closing, landing }: FlightPorts,
): Promise<FinishedReport> {
  const report = await fly(flight, ports, clock)
  await landing(report)
  await persist(clock, () => store.finish(flight.state.start.id, report), closing)
  return report
}

async function fly(flight: Flight, ports: InterpreterPorts, clock: Clock): Promise<FinishedReport> {
  const { state, durable, controller } = flight
  const limit = new AbortController()
  try {
    // The first durable operation of every execution: its time runs from here, not from when it joined the queue.
    const { at } = await durable.step('begin', async () => ({ at: clock.now() }))
    stopAfter(controller, clock, at, durationMs(state.version.definition.settings.timeout), limit.signal)
    // One that was stopped before is gone through as well, as far as it is recorded: its report tells what was done.
    const { endedAt } = await interpret(durable, state, ports)
    controller.signal.throwIfAborted()
    flight.landing = true
    return state.finished(endedAt)
  } catch (thrown) {
    const stop: Stop =
      thrown instanceof Interruption ? thrown.stop : { why: 'broken', error: errorInfo(thrown) }
    // What the store refuses is left to the next process, as everything is when this one closes.
    if (stop.why === 'closing' || thrown instanceof WorkflowError) throw thrown
    if (stop.why === 'broken') ports.unexpected(thrown)
    flight.landing = true
    const now = clock.now()
    state.stopAt(now)
    return state.finished(now, stop)
  } finally {
    limit.abort()
  }
}

/** Stops the execution when its time is over: at once, if that was before the bot came back. */
function stopAfter(
  controller: AbortController,
  clock: Clock,
  begunAt: number,
  timeoutMs: number,
  ended: AbortSignal,
): void {
  const stop = () => controller.abort(new Interruption({ why: 'timed_out', timeoutMs }))
  const rest = begunAt + timeoutMs - clock.now()
  if (rest <= 0) stop()
  else clock.sleep(rest, ended).then(stop, () => undefined)
}
