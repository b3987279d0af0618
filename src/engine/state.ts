// The state of one execution while it is interpreted, and the report that it amounts to. Knows what may follow what;
// knows nothing of how nodes run.
import { evaluateExpression } from '../definition/expression.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Stop } from './interruption.ts'
import type { ExecutionStart } from './ports.ts'
import type {
  FinishedReport,
  ItemsResult,
  NodeResult,
  Printed,
  Report,
  ReportError,
  WaitingFor,
} from './report.ts'

/** What a node did to the workflow's context, by top-level key. */
export interface ContextPatch {
  set: JsonObject
  remove: string[]
}

interface Attempting {
  startedAt: number
  attempts: number
  printed: Printed[]
  /** Of a node with `for_each`. */
  items?: ItemsResult
}

export type NodeState =
  | { status: 'pending' }
  | ({ status: 'running' } & Attempting)
  | ({ status: 'waiting'; waitingFor: WaitingFor } & Attempting)
  | ({
      status: 'succeeded'
      endedAt: number
      output: Json
      patch: ContextPatch | null
      kept?: boolean
    } & Attempting)
  | ({ status: 'failed'; endedAt: number; error: ReportError; handled: boolean } & Attempting)
  | ({ status: 'cancelled'; endedAt: number } & Attempting)
  | { status: 'skipped'; reason: string }

const iso = (ms: number) => new Date(ms).toISOString()

export class ExecutionState {
  readonly start: ExecutionStart
  readonly #order: WorkflowNode[]
  readonly #roles: Map<string, 'trigger' | 'action'>
  readonly #nodes = new Map<string, NodeState>()
  readonly #results = new WeakMap<NodeState, NodeResult>()
  /** How many nodes run, and how many wait: asked for at each change, so it is kept rather than counted. */
  readonly #active = { running: 0, waiting: 0 }
  #startedAt: number | undefined
  #changed: () => void

  constructor(
    start: ExecutionStart,
    order: string[],
    roleOf: (type: string) => 'trigger' | 'action',
    changed: () => void,
  ) {
    this.start = start
    const byName = new Map(start.version.definition.nodes.map((node) => [node.name, node]))
    this.#order = order.flatMap((name) => byName.get(name) ?? [])
    this.#roles = new Map(this.#order.map((node) => [node.name, roleOf(node.type)]))
    const keptAt = Date.parse(start.createdAt)
    for (const name of order) {
      const kept = start.kept && Object.hasOwn(start.kept.outputs, name)
      const output = kept ? (start.kept?.outputs[name] ?? null) : null
      const at = { startedAt: keptAt, endedAt: keptAt, attempts: 1, printed: [] }
      this.#nodes.set(
        name,
        kept ? { status: 'succeeded', ...at, output, patch: null, kept } : { status: 'pending' },
      )
    }
    this.#changed = changed
  }

  get version(): Version {
    return this.start.version
  }

  begin(startedAt: number): void {
    this.#startedAt = startedAt
    this.#changed()
  }

  node(name: string): NodeState {
    const state = this.#nodes.get(name)
    if (!state) throw new Error(`no node ${name} in ${this.start.version.definition.metadata.id}`)
    return state
  }

  set(name: string, state: NodeState): void {
    this.#replace(name, state)
    this.#changed()
  }

  /** The failure of this node was dealt with. */
  handle(name: string): void {
    const state = this.node(name)
    if (state.status === 'failed') this.set(name, { ...state, handled: true })
  }

  /** Whether nothing runs and something waits, for time, people or another execution. */
  get isWaiting(): boolean {
    return this.#active.waiting > 0 && this.#active.running === 0
  }

  #replace(name: string, state: NodeState): void {
    const { status } = this.node(name)
    if (status === 'running' || status === 'waiting') this.#active[status]--
    if (state.status === 'running' || state.status === 'waiting') this.#active[state.status]++
    this.#nodes.set(name, state)
  }

  /** Something inside a node's state has changed. */
  touch(): void {
    this.#changed()
  }

  print(name: string, printed: Printed): void {
    const state = this.node(name)
    if (state.status !== 'running' && state.status !== 'waiting') return
    state.printed.push(printed)
    this.#changed()
  }

  /** The workflow's context after the given nodes, in the order of the workflow. All nodes, when left out. */
  contextAfter(names?: ReadonlySet<string>): JsonObject {
    const initial = this.start.kept?.context ?? this.version.definition.context
    let context = structuredClone(initial) as JsonObject
    for (const { name } of this.#order) {
      const state = this.node(name)
      if (state.status !== 'succeeded' || !state.patch || (names && !names.has(name))) continue
      for (const key of state.patch.remove) delete context[key]
      // Spread, since assigning would take a key such as "__proto__" for more than a key.
      context = { ...context, ...structuredClone(state.patch.set) }
    }
    return context
  }

  /** Outputs of the nodes that succeeded, by name. */
  outputs(names?: ReadonlySet<string>): { [node: string]: Json } {
    const outputs: { [node: string]: Json } = { ...this.start.kept?.outputs }
    for (const { name } of this.#order) {
      const state = this.node(name)
      if (state.status === 'succeeded' && (!names || names.has(name))) outputs[name] = state.output
    }
    return outputs
  }

  /** Marks whatever still runs as cancelled, and what never ran as skipped, when the execution is made to stop. */
  stopAt(now: number): void {
    for (const [name, state] of this.#nodes) {
      if (state.status === 'pending') {
        const reason = 'the execution was stopped before it came to this node'
        this.#replace(name, { status: 'skipped', reason })
      }
      if (state.status === 'running' || state.status === 'waiting') {
        const { startedAt, attempts, printed, items } = state
        this.#replace(name, { status: 'cancelled', startedAt, attempts, printed, items, endedAt: now })
      }
    }
  }

  report(): Report {
    const common = this.#common()
    if (this.#startedAt === undefined) return { ...common, status: 'queued', success: null }
    const startedAt = iso(this.#startedAt)
    const waiting = this.isWaiting && [...this.#nodes.values()].find((state) => state.status === 'waiting')
    if (waiting)
      return { ...common, startedAt, status: 'waiting', success: null, waitingFor: waiting.waitingFor }
    return { ...common, startedAt, status: 'running', success: null }
  }

  finished(endedAt: number, stop?: Exclude<Stop, { why: 'closing' }>): FinishedReport {
    const startedAt = this.#startedAt ?? Date.parse(this.start.createdAt)
    const common = {
      ...this.#common(),
      startedAt: iso(startedAt),
      endedAt: iso(endedAt),
      durationMs: Math.max(0, endedAt - startedAt),
      ...this.#undoable(),
    }
    if (stop?.why === 'cancelled') {
      const reason = stop.reason === undefined ? {} : { reason: stop.reason }
      return { ...common, status: 'cancelled', success: false, cancelledBy: stop.by, ...reason }
    }
    if (stop?.why === 'timed_out') {
      const error: ReportError = {
        code: 'workflow.timed_out',
        message: `The execution took longer than the ${Math.round(stop.timeoutMs / 1000)} s that the workflow allows.`,
        hint: 'Raise `settings.timeout` in the workflow, or look at the node that took the time.',
      }
      return { ...common, errors: [...common.errors, error], status: 'timed_out', success: false }
    }
    if (stop?.why === 'broken') {
      return { ...common, errors: [...common.errors, stop.error], status: 'failed', success: false }
    }
    const states = [...this.#nodes.values()]
    if (states.some((state) => state.status === 'failed' && !state.handled)) {
      return { ...common, status: 'failed', success: false }
    }
    const flawed = states.some(
      (state) => state.status === 'failed' || (state.status === 'succeeded' && state.items?.failed),
    )
    return { ...common, output: this.#output(), status: flawed ? 'warning' : 'succeeded', success: true }
  }

  /** Null when the output expression cannot be evaluated: a branch that it reads did not run. */
  #output(): Json {
    const { output } = this.version.definition
    const context = this.contextAfter()
    if (output === undefined) return context
    try {
      return evaluateExpression(output, { inputs: this.start.inputs, context, outputs: this.outputs() })
    } catch {
      return null
    }
  }

  #common() {
    const { start } = this
    const { metadata, settings } = start.version.definition
    const nodes = this.#order.map((node) => this.#nodeResult(node))
    return {
      id: start.id,
      workflow: { id: metadata.id, name: metadata.name },
      version: { number: start.version.number, hash: start.version.hash },
      trigger: start.trigger,
      startedBy: start.startedBy,
      inputs: start.inputs,
      context: this.contextAfter(),
      nodes,
      errors: nodes.flatMap(errorsOf),
      createdAt: start.createdAt,
      ...(start.rerunOf ? { rerunOf: start.rerunOf } : {}),
      ...(start.rollbackOf ? { rollbackOf: start.rollbackOf } : {}),
      ...(start.parent ? { parent: start.parent } : {}),
      ...(settings.redact ? { redact: true } : {}),
    }
  }

  /** Nodes whose effects stand and can be taken back, the last one first. */
  #undoable(): { undoable?: string[] } {
    const undoable = this.#order.filter((node) => {
      const state = this.node(node.name)
      return node.undo && state.status === 'succeeded' && !state.kept
    })
    return undoable.length > 0 ? { undoable: undoable.map((node) => node.name).reverse() } : {}
  }

  /** The states of nodes that have ended do not change any more: their part of the report is made once. */
  #nodeResult(node: WorkflowNode): NodeResult {
    const state = this.node(node.name)
    const known = this.#results.get(state)
    if (known) return known
    const result = this.#freshResult(node, state)
    if (state.status !== 'running' && state.status !== 'waiting') this.#results.set(state, result)
    return result
  }

  #freshResult(node: WorkflowNode, state: NodeState): NodeResult {
    const head = { name: node.name, type: node.type, role: this.#roles.get(node.name) ?? 'action' }
    if (state.status === 'pending') return { ...head, status: 'pending' }
    if (state.status === 'skipped') return { ...head, status: 'skipped', reason: state.reason }
    const ran = {
      attempts: state.attempts,
      startedAt: iso(state.startedAt),
      printed: [...state.printed],
      ...(state.items ? { items: state.items } : {}),
    }
    if (state.status === 'running') return { ...head, ...ran, status: 'running' }
    if (state.status === 'waiting')
      return { ...head, ...ran, status: 'waiting', waitingFor: state.waitingFor }
    const ended = {
      ...ran,
      endedAt: iso(state.endedAt),
      durationMs: Math.max(0, state.endedAt - state.startedAt),
    }
    switch (state.status) {
      case 'succeeded':
        return {
          ...head,
          ...ended,
          status: 'succeeded',
          output: state.output,
          ...(state.kept ? { kept: true } : {}),
        }
      case 'failed':
        return { ...head, ...ended, status: 'failed', error: state.error, handled: state.handled }
      case 'cancelled':
        return { ...head, ...ended, status: 'cancelled' }
    }
  }
}

/** A failed node's own error, or those of the items that a node went on without. */
function errorsOf(node: NodeResult): ReportError[] {
  if (node.status === 'failed') return [{ ...node.error, node: node.name }]
  if (node.status !== 'succeeded') return []
  return (node.items?.shown ?? []).flatMap((item) =>
    item.status === 'failed'
      ? [{ ...item.error, message: `Item ${item.index + 1}: ${item.error.message}`, node: node.name }]
      : [],
  )
}

/** What changed between two contexts, by top-level key; null when nothing did. */
export function contextPatch(before: JsonObject, after: JsonObject): ContextPatch | null {
  const changed = Object.entries(after).filter(
    ([key, value]) => !Object.hasOwn(before, key) || JSON.stringify(before[key]) !== JSON.stringify(value),
  )
  const set: JsonObject = Object.fromEntries(changed)
  const remove = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  return Object.keys(set).length + remove.length === 0 ? null : { set, remove }
}
