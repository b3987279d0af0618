// What an action is to the engine: something that runs on a node, durably, and gives an output or says what went wrong.
import type { Scope } from '../definition/expression.ts'
import type { NodeKind, Settings, WorkflowNode } from '../definition/schema.ts'
import { errorInfo } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Actor, Printed, ReportError, WaitingFor } from './report.ts'

export interface ActionContext {
  execution: {
    id: string
    workflow: { id: string; name: string }
    version: { number: number; hash: string }
    settings: Settings
    startedBy: Actor
    /** 0 for an execution that people or programs started, 1 for a sub-workflow of it, and so on. */
    depth: number
  }
  /** 1 for the first attempt of this node. */
  attempt: number
  /** State of this node alone, kept over its attempts. */
  nodeContext: JsonObject
  inputs: JsonObject
  /** A copy of the workflow's context as this node may see it. */
  context: JsonObject
  /** Outputs of the nodes that ran before, by name. */
  outputs: { [node: string]: Json }
  /** The entry of the list that this run is for, when the node has `for_each`. */
  each?: { item: Json; index: number }
  /**
   * A durable operation of this node: runs once, is answered from the record on replay. Names are unique within the
   * node. `key` identifies the operation for ever: pass it on to whatever has effects outside.
   */
  step<T extends Json>(
    name: string,
    fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
  ): Promise<T>
  sleep(name: string, ms: number): Promise<void>
  /** Waits for a signal of this name; null when `timeoutMs` is over. */
  promise<T extends Json>(name: string, timeoutMs?: number): Promise<T | null>
  /** The name by which `Engine.signal` settles that promise. */
  signalName(name: string): string
  /** Live output, for the report while the node runs. */
  print(printed: Printed): void
  /** Says on the report what the node waits for; null when it goes on. */
  waiting(waitingFor: WaitingFor | null): void
}

export interface ActionResult {
  output: Json
  /** The workflow's context after the node; left out when the action does not touch it. */
  context?: JsonObject
  nodeContext?: JsonObject
  printed?: Printed[]
}

export interface Action extends NodeKind {
  role: 'action'
  /** Throws NodeFailure or WorkflowError when the node failed; anything else is a mistake of ours. */
  run(node: WorkflowNode, context: ActionContext): Promise<ActionResult>
}

/** A node failed in a way that its author can understand: what happened, what it printed, what its context is now. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure'
  readonly error: ReportError
  readonly printed: Printed[]
  readonly nodeContext: JsonObject | undefined

  constructor(error: ReportError, details: { printed?: Printed[]; nodeContext?: JsonObject } = {}) {
    super(error.message)
    this.error = error
    this.printed = details.printed ?? []
    this.nodeContext = details.nodeContext
  }
}

export function reportError(thrown: unknown): ReportError {
  return thrown instanceof NodeFailure ? thrown.error : errorInfo(thrown)
}

/** What expressions and templates of a node may read. */
export function scopeOf({ inputs, context, outputs, each }: ActionContext): Scope {
  return { inputs, context, outputs, ...(each ?? {}) }
}
