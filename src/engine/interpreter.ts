// Walks a workflow: each node after what it depends on, over the Durable seam, so that it neither knows nor cares
// which engine is underneath. Deterministic: the order of durable operations depends on the definition alone.
import { durationMs } from '../definition/duration.ts'
import { ancestors, topologicalOrder, unreachableFrom } from '../definition/graph.ts'
import type { WorkflowNode } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Action, type ActionContext, type ActionResult, NodeFailure, reportError } from './action.ts'
import { Interruption } from './interruption.ts'
import type { Clock, Durable } from './ports.ts'
import type { Printed, ReportError } from './report.ts'
import { isRetryable, retryDelayMs } from './retry.ts'
import { createRouter } from './route.ts'
import { contextPatch, type ExecutionState } from './state.ts'

export interface InterpreterPorts {
  clock: Clock
  action(type: string): Action | undefined
  /** Our own mistakes, with their stack: for the log of the bot, not for the report. */
  unexpected(thrown: unknown): void
}

/** What a step leaves in the record: its value or failure, and when it ran, so that a replay tells the same times. */
type StepRecord = { from: number; to: number } & ({ value: Json } | { failure: JsonObject })

/** Runs the execution to its end. Rejects only with the Interruption that stopped it. */
export async function interpret(
  durable: Durable,
  state: ExecutionState,
  ports: InterpreterPorts,
): Promise<{ endedAt: number }> {
  const { definition } = state.version
  const fired = state.start.trigger.node
  const order = topologicalOrder(definition)
  const parallel = definition.settings.mode === 'parallel'
  const before = new Map(order.map((name) => [name, parallel ? ancestors(definition, name) : undefined]))
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]))
  const scopeOf = (name: string) => ({
    inputs: state.start.inputs,
    context: state.contextAfter(before.get(name)),
    outputs: state.outputs(before.get(name)),
  })
  const unreachable = new Set(unreachableFrom(definition, [fired]))
  const reachable = new Set(order.filter((name) => !unreachable.has(name)))
  const router = createRouter({ definition, fired, state, reachable, scopeOf })

  const { at: startedAt } = await durable.step('begin', async () => ({ at: ports.clock.now() }))
  let lastMoment = startedAt
  state.begin(startedAt)

  const visit = async (node: WorkflowNode) => {
    const action = ports.action(node.type)
    if (!action) {
      visitTrigger(node)
      return
    }
    const decision = router.decide(node.name)
    if (decision.go === 'skip') {
      state.set(node.name, { status: 'skipped', reason: decision.reason })
    } else if (decision.go === 'fail') {
      fail(node, { startedAt: lastMoment, attempts: 1, printed: [] }, lastMoment, decision.error)
    } else {
      await runNode(node, action)
    }
  }

  function visitTrigger(node: WorkflowNode) {
    if (node.name === fired) {
      const at = { startedAt, endedAt: startedAt, attempts: 1, printed: [] }
      state.set(node.name, { status: 'succeeded', ...at, output: state.start.inputs, patch: null })
    } else {
      state.set(node.name, { status: 'skipped', reason: `this execution was started by "${fired}"` })
    }
  }

  async function runNode(node: WorkflowNode, action: Action) {
    const { context, outputs } = scopeOf(node.name)
    let nodeContext: JsonObject = {}
    const attempts = node.retry?.attempts ?? 1
    for (let attempt = 1; ; attempt++) {
      const result = await runAttempt(node, action, { attempt, nodeContext, context, outputs })
      lastMoment = Math.max(lastMoment, result.endedAt)
      if ('done' in result) {
        const { done, startedAt: from, endedAt } = result
        const patch = done.context ? contextPatch(context, done.context) : null
        const ended = { startedAt: from, endedAt, attempts: attempt, printed: done.printed ?? [] }
        state.set(node.name, { status: 'succeeded', ...ended, output: done.output, patch })
        return
      }
      const { failure, startedAt: from, endedAt } = result
      nodeContext = failure.nodeContext ?? nodeContext
      if (node.retry && attempt < attempts && isRetryable(node.retry, failure.error.code)) {
        const delay = retryDelayMs(node.retry, attempt, `${durable.executionId}/${node.name}`)
        const until = new Date(endedAt + delay).toISOString()
        const waitingFor = { kind: 'retry' as const, attempt: attempt + 1, until }
        state.set(node.name, {
          status: 'waiting',
          waitingFor,
          startedAt: from,
          attempts: attempt,
          printed: failure.printed,
        })
        await durable.sleep(`${node.name}/retry ${attempt}`, delay)
        continue
      }
      fail(node, { startedAt: from, attempts: attempt, printed: failure.printed }, endedAt, failure.error)
      return
    }
  }

  function fail(
    node: WorkflowNode,
    ran: { startedAt: number; attempts: number; printed: Printed[] },
    endedAt: number,
    error: ReportError,
  ) {
    state.set(node.name, { status: 'failed', ...ran, endedAt, error, handled: false })
    const handled = router.handlesFailure(node.name)
    if (handled) state.set(node.name, { status: 'failed', ...ran, endedAt, error, handled })
  }

  async function runAttempt(
    node: WorkflowNode,
    action: Action,
    scope: { attempt: number; nodeContext: JsonObject; context: JsonObject; outputs: JsonObject },
  ): Promise<{ startedAt: number; endedAt: number } & ({ done: ActionResult } | { failure: NodeFailure })> {
    const prefix = scope.attempt === 1 ? node.name : `${node.name}#${scope.attempt}`
    const moments: number[] = []
    const running = { startedAt: ports.clock.now(), attempts: scope.attempt, printed: [] as Printed[] }
    state.set(node.name, { status: 'running', ...running })

    const context: ActionContext = {
      execution: {
        id: durable.executionId,
        workflow: { id: definition.metadata.id, name: definition.metadata.name },
        version: { number: state.version.number, hash: state.version.hash },
        startedBy: state.start.startedBy,
      },
      attempt: scope.attempt,
      nodeContext: structuredClone(scope.nodeContext),
      inputs: state.start.inputs,
      context: structuredClone(scope.context),
      outputs: scope.outputs,
      step: async <T extends Json>(
        name: string,
        fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
      ) => {
        const record = (await durable.step(`${prefix}/${name}`, (call) =>
          recordStep(ports, call, node.timeout === undefined ? undefined : durationMs(node.timeout), fn),
        )) as StepRecord
        moments.push(record.from, record.to)
        if ('failure' in record) throw revive(record.failure)
        return record.value as T
      },
      sleep: (name, ms) => durable.sleep(`${prefix}/${name}`, ms),
      promise: (name, timeoutMs) => durable.promise(`${prefix}/${name}`, timeoutMs),
      print: (printed) => state.print(node.name, printed),
      waiting: (waitingFor) =>
        state.set(
          node.name,
          waitingFor ? { status: 'waiting', waitingFor, ...running } : { status: 'running', ...running },
        ),
    }
    const times = () => ({
      startedAt: Math.min(...(moments.length > 0 ? moments : [running.startedAt])),
      endedAt: Math.max(...(moments.length > 0 ? moments : [ports.clock.now()])),
    })
    try {
      const done = await action.run(node, context)
      return { ...times(), done }
    } catch (thrown) {
      if (thrown instanceof Interruption) throw thrown
      if (!(thrown instanceof NodeFailure) && !(thrown instanceof WorkflowError)) ports.unexpected(thrown)
      const failure =
        thrown instanceof NodeFailure
          ? thrown
          : new NodeFailure(reportError(thrown), { printed: running.printed })
      return { ...times(), failure }
    }
  }

  if (parallel) {
    const visits = new Map<string, Promise<void>>()
    for (const name of order) {
      const waits = definition.edges.filter((edge) => edge.to === name).map((edge) => visits.get(edge.from))
      visits.set(
        name,
        Promise.all(waits).then(() => visit(nodes.get(name) as WorkflowNode)),
      )
    }
    await durable.all([...visits.values()])
  } else {
    for (const name of order) await visit(nodes.get(name) as WorkflowNode)
  }
  return { endedAt: lastMoment }
}

/** Runs a step's function within the node's time limit, and turns what it throws into a record. */
async function recordStep<T extends Json>(
  ports: InterpreterPorts,
  call: { key: string; signal: AbortSignal },
  timeoutMs: number | undefined,
  fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
): Promise<StepRecord> {
  const from = ports.clock.now()
  const limit = new AbortController()
  const signal = AbortSignal.any([call.signal, limit.signal])
  if (timeoutMs !== undefined) {
    const error = new WorkflowError(
      'node.timed_out',
      `The node took longer than the ${timeoutMs / 1000} s that it may take.`,
      {
        hint: 'Raise `timeout` of the node, or give it less to do.',
      },
    )
    ports.clock.sleep(timeoutMs, limit.signal).then(
      () => limit.abort(error),
      () => undefined,
    )
  }
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  stopped.catch(() => undefined)
  try {
    const value = await Promise.race([fn({ key: call.key, signal }), stopped])
    return { from, to: ports.clock.now(), value }
  } catch (thrown) {
    if (thrown instanceof Interruption) throw thrown
    if (!(thrown instanceof NodeFailure) && !(thrown instanceof WorkflowError)) ports.unexpected(thrown)
    const { nodeContext, printed } =
      thrown instanceof NodeFailure ? thrown : { nodeContext: undefined, printed: [] }
    const failure = {
      error: reportError(thrown),
      printed,
      ...(nodeContext ? { nodeContext } : {}),
    } as unknown as JsonObject
    return { from, to: ports.clock.now(), failure }
  } finally {
    limit.abort()
  }
}

function revive(failure: JsonObject): NodeFailure {
  const { error, printed, nodeContext } = failure as unknown as {
    error: ReportError
    printed: Printed[]
    nodeContext?: JsonObject
  }
  return new NodeFailure(error, { printed, nodeContext })
}
