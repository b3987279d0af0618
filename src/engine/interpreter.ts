// Walks a workflow: each node after what it depends on, over the Durable seam, so that it neither knows nor cares
// which engine is underneath. Deterministic: the order of durable operations depends on the definition alone.
import type { WorkflowNode } from '../definition/schema.ts'
import type { Action } from './action.ts'
import type { InterpreterPorts } from './attempt.ts'
import { Plan } from './plan.ts'
import type { Durable } from './ports.ts'
import type { ReportError } from './report.ts'
import { createRouter } from './route.ts'
import { type NodeOutcome, runNode } from './run-node.ts'
import type { ExecutionState } from './state.ts'

type Ran = Pick<NodeOutcome, 'startedAt' | 'endedAt' | 'attempts' | 'printed' | 'items'>

/** Runs the execution to its end. Rejects only with the Interruption that stopped it. */
export async function interpret(
  durable: Durable,
  state: ExecutionState,
  ports: InterpreterPorts,
): Promise<{ endedAt: number }> {
  const { definition } = state.version
  const plan = Plan.of(definition)
  const fired = state.start.trigger.node
  const parallel = definition.settings.mode === 'parallel'
  const scope = (names?: ReadonlySet<string>) => ({
    inputs: state.start.inputs,
    context: state.contextAfter(names),
    outputs: state.outputs(names),
  })
  // Side by side, only what comes before on a path is sure to have ended; one after the other, all that ran so far.
  const before = (name: string) => scope(parallel ? plan.before(name) : undefined)
  const after = (name: string) => scope(parallel ? new Set([...plan.before(name), name]) : undefined)
  const router = createRouter({ plan, fired, state, before, after })

  const { at: startedAt } = await durable.step('begin', async () => ({ at: ports.clock.now() }))
  let lastMoment = startedAt
  state.begin(startedAt)

  const visit = async (node: WorkflowNode) => {
    const known = state.node(node.name)
    if (known.status === 'succeeded' && known.kept) return
    const action = ports.action(node.type)
    if (!action) {
      visitTrigger(node)
      return
    }
    const decision = router.decide(node.name)
    if (decision.go === 'skip') {
      state.set(node.name, { status: 'skipped', reason: decision.reason })
    } else if (decision.go === 'fail') {
      fail(node, { startedAt: lastMoment, endedAt: lastMoment, attempts: 1, printed: [] }, decision.error)
    } else {
      for (const name of decision.handles) state.handle(name)
      await run(node, action)
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

  async function run(node: WorkflowNode, action: Action) {
    const outcome = await runNode({ durable, state, ports, node, action, scope: before(node.name) })
    lastMoment = Math.max(lastMoment, outcome.endedAt)
    if ('failure' in outcome) {
      const { failure, ...ran } = outcome
      fail(node, ran, failure.error)
    } else {
      state.set(node.name, { status: 'succeeded', ...outcome })
    }
  }

  function fail(node: WorkflowNode, ran: Ran, error: ReportError) {
    state.set(node.name, { status: 'failed', ...ran, error, handled: node.continue_on_error === true })
  }

  if (parallel) {
    const visits = new Map<string, Promise<void>>()
    for (const name of plan.order) {
      const waits = plan.edgesInto(name).map((edge) => visits.get(edge.from))
      visits.set(
        name,
        Promise.all(waits).then(() => visit(plan.nodes.get(name) as WorkflowNode)),
      )
    }
    // Every branch comes to its stop before the execution does: what one has done must not be missing in the report.
    await Promise.allSettled(visits.values())
    await durable.all([...visits.values()])
  } else {
    for (const name of plan.order) await visit(plan.nodes.get(name) as WorkflowNode)
  }
  return { endedAt: lastMoment }
}
