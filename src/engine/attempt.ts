// One attempt of one action: gives it its durable operations, keeps its time limit, and turns whatever comes of it
// into a result or a failure. Times come from the records, so that a replay tells the same ones.
import { durationMs } from '../definition/duration.ts'
import type { WorkflowNode } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Action, type ActionContext, type ActionResult, NodeFailure, reportError } from './action.ts'
import { Interruption } from './interruption.ts'
import type { Clock, Durable } from './ports.ts'
import type { Printed, ReportError, WaitingFor } from './report.ts'
import type { ExecutionState } from './state.ts'

export interface InterpreterPorts {
  clock: Clock
  action(type: string): Action | undefined
  /** Our own mistakes, with their stack: for the log of the bot, not for the report. */
  unexpected(thrown: unknown): void
}

/** What one node is run with; an item of a `for_each` has its own. */
export interface AttemptScope {
  /** Begins the names of the durable operations: the node's name, or the node's name and the number of the item. */
  unit: string
  attempt: number
  nodeContext: JsonObject
  inputs: JsonObject
  context: JsonObject
  outputs: { [node: string]: Json }
  each: { item: Json; index: number } | undefined
  /** Where live output and waits are shown. */
  show: {
    running(startedAt: number, attempts: number): void
    print(printed: Printed): void
    waiting(waitingFor: WaitingFor | null): void
  }
}

export type AttemptResult = { startedAt: number; endedAt: number } & (
  | { done: ActionResult }
  | { failure: NodeFailure }
)

/** What a step leaves in the record: its value or failure, and when it ran (milliseconds since 1970). */
type StepRecord = { from: number; to: number } & ({ value: Json } | { failure: JsonObject })

/** Rejects only with the Interruption that stopped the execution. */
export async function runAttempt(
  durable: Durable,
  state: ExecutionState,
  ports: InterpreterPorts,
  node: WorkflowNode,
  action: Action,
  scope: AttemptScope,
): Promise<AttemptResult> {
  const { version, start } = state
  const { metadata } = version.definition
  const prefix = scope.attempt === 1 ? scope.unit : `${scope.unit}#${scope.attempt}`
  const timeoutMs = node.timeout === undefined ? undefined : durationMs(node.timeout)
  const moments: number[] = []
  const printedSoFar: Printed[] = []
  const began = ports.clock.now()
  scope.show.running(began, scope.attempt)

  const context: ActionContext = {
    execution: {
      id: durable.executionId,
      workflow: { id: metadata.id, name: metadata.name },
      version: { number: version.number, hash: version.hash },
      settings: version.definition.settings,
      startedBy: start.startedBy,
      depth: start.parent?.depth ?? 0,
    },
    attempt: scope.attempt,
    nodeContext: structuredClone(scope.nodeContext),
    inputs: scope.inputs,
    context: structuredClone(scope.context),
    outputs: scope.outputs,
    ...(scope.each ? { each: scope.each } : {}),
    step: async <T extends Json>(
      name: string,
      fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
    ) => {
      const record = (await durable.step(`${prefix}/${name}`, (call) =>
        recordStep(ports, call, timeoutMs, fn),
      )) as StepRecord
      moments.push(record.from, record.to)
      if ('failure' in record) throw revive(record.failure)
      return record.value as T
    },
    sleep: (name, ms) => durable.sleep(`${prefix}/${name}`, ms),
    promise: (name, timeout) => durable.promise(`${prefix}/${name}`, timeout),
    signalName: (name) => `${prefix}/${name}`,
    print: (printed) => {
      printedSoFar.push(printed)
      scope.show.print(printed)
    },
    waiting: (waitingFor) => scope.show.waiting(waitingFor),
  }
  const times = () =>
    moments.length > 0
      ? { startedAt: Math.min(...moments), endedAt: Math.max(...moments) }
      : { startedAt: began, endedAt: ports.clock.now() }
  try {
    const done = await unlessStopped(durable.signal, () => action.run(node, context))
    return { done, ...times() }
  } catch (thrown) {
    if (thrown instanceof Interruption) throw thrown
    if (isOurMistake(thrown)) ports.unexpected(thrown)
    const failure =
      thrown instanceof NodeFailure ? thrown : new NodeFailure(reportError(thrown), { printed: printedSoFar })
    return { failure, ...times() }
  }
}

/** Runs a step's function within the node's time limit, and turns what it throws into a record. */
async function recordStep<T extends Json>(
  ports: InterpreterPorts,
  call: { key: string; signal: AbortSignal },
  timeoutMs: number | undefined,
  fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
): Promise<StepRecord> {
  const from = ports.clock.now()
  const limit = timeoutMs === undefined ? undefined : timeLimit(ports.clock, timeoutMs)
  const signal = limit ? AbortSignal.any([call.signal, limit.signal]) : call.signal
  try {
    const value = await unlessStopped(signal, () => fn({ key: call.key, signal }))
    return { from, to: ports.clock.now(), value }
  } catch (thrown) {
    if (thrown instanceof Interruption) throw thrown
    if (isOurMistake(thrown)) ports.unexpected(thrown)
    const { nodeContext, printed } =
      thrown instanceof NodeFailure ? thrown : { nodeContext: undefined, printed: [] }
    const failure = { error: reportError(thrown), printed, ...(nodeContext ? { nodeContext } : {}) }
    return { from, to: ports.clock.now(), failure: failure as unknown as JsonObject }
  } finally {
    limit?.abort()
  }
}

/** Aborts itself with `node.timed_out` when the time is over; abort it to stop the timer. */
function timeLimit(clock: Clock, timeoutMs: number): AbortController {
  const limit = new AbortController()
  const error = new WorkflowError(
    'node.timed_out',
    `The node took longer than the ${timeoutMs / 1000} s that it may take.`,
    { hint: 'Raise `timeout` of the node, or give it less to do.' },
  )
  clock.sleep(timeoutMs, limit.signal).then(
    () => limit.abort(error),
    () => undefined,
  )
  return limit
}

/**
 * Rejects with the signal's reason as soon as it is aborted, so that nothing that ignores its signal holds an execution
 * up. Where it was aborted before, what can be answered from the record still is: it takes no time, so one turn of the
 * event loop is enough for it.
 */
async function unlessStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) setImmediate(stop)
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work(), stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function revive(failure: JsonObject): NodeFailure {
  const { error, ...details } = failure as unknown as {
    error: ReportError
    printed: Printed[]
    nodeContext?: JsonObject
  }
  return new NodeFailure(error, details)
}

const isOurMistake = (thrown: unknown) =>
  !(thrown instanceof NodeFailure) && !(thrown instanceof WorkflowError)
