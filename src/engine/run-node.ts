// Runs one node to its end: its attempts and the waits between them. Items of a `for_each` are in for-each.ts.
import type { WorkflowNode } from '../definition/schema.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Action, ActionResult, NodeFailure } from './action.ts'
import { type AttemptResult, type AttemptScope, type InterpreterPorts, runAttempt } from './attempt.ts'
import { runItems } from './for-each.ts'
import type { Durable } from './ports.ts'
import type { ItemsResult, Printed } from './report.ts'
import { isRetryable, retryDelayMs } from './retry.ts'
import { type ContextPatch, contextPatch, type ExecutionState } from './state.ts'

export interface NodeRun {
  durable: Durable
  state: ExecutionState
  ports: InterpreterPorts
  node: WorkflowNode
  action: Action
  scope: { inputs: JsonObject; context: JsonObject; outputs: { [node: string]: Json } }
}

export type NodeOutcome = {
  startedAt: number
  endedAt: number
  attempts: number
  printed: Printed[]
  items?: ItemsResult
} & ({ output: Json; patch: ContextPatch | null } | { failure: NodeFailure })

export function runNode(run: NodeRun): Promise<NodeOutcome> {
  return run.node.for_each
    ? runItems(run, run.node.for_each)
    : runUnit(run, run.node.name, undefined, shownOn(run))
}

/** All attempts of the node, or of one of its items. */
export async function runUnit(
  { durable, state, ports, node, action, scope }: NodeRun,
  unit: string,
  each: AttemptScope['each'],
  show: AttemptScope['show'],
): Promise<NodeOutcome> {
  let nodeContext: JsonObject = {}
  let first: number | undefined
  for (let attempt = 1; ; attempt++) {
    const result: AttemptResult = await runAttempt(durable, state, ports, node, action, {
      ...scope,
      unit,
      attempt,
      nodeContext,
      each,
      show,
    })
    first ??= result.startedAt
    const ended = { startedAt: first, endedAt: result.endedAt, attempts: attempt }
    if ('done' in result) {
      const { output, context, printed = [] }: ActionResult = result.done
      return { ...ended, printed, output, patch: context ? contextPatch(scope.context, context) : null }
    }
    const { failure } = result
    nodeContext = failure.nodeContext ?? nodeContext
    if (!node.retry || attempt >= node.retry.attempts || !isRetryable(node.retry, failure.error.code)) {
      return { ...ended, printed: failure.printed, failure }
    }
    const delay = retryDelayMs(node.retry, attempt, `${durable.executionId}/${unit}`)
    show.waiting({
      kind: 'retry',
      attempt: attempt + 1,
      until: new Date(result.endedAt + delay).toISOString(),
    })
    await durable.sleep(`${unit}/retry ${attempt}`, delay)
  }
}

/** A node without items shows itself. */
function shownOn({ state, node }: NodeRun): AttemptScope['show'] {
  let running = { startedAt: 0, attempts: 1, printed: [] as Printed[] }
  return {
    running(startedAt, attempts) {
      running = { startedAt: running.startedAt || startedAt, attempts, printed: [] }
      state.set(node.name, { status: 'running', ...running })
    },
    print: (printed) => state.print(node.name, printed),
    waiting: (waitingFor) =>
      state.set(
        node.name,
        waitingFor ? { status: 'waiting', waitingFor, ...running } : { status: 'running', ...running },
      ),
  }
}
