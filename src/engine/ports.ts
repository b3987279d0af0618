// All that the engine may ask of the outside, and what it offers. Nothing here knows Slack, files, lowdb or Pyodide.

import type { Version } from '../definition/schema.ts'
import type { ErrorInfo } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Actor, FinishedReport, Report } from './report.ts'

/** The time in milliseconds since 1970, and timers. Tests pass one that they move themselves. */
export interface Clock {
  now(): number
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Ids {
  execution(): string
}

/** What starts an execution; stored whole, so that it can be resumed on the very same definition. */
export interface ExecutionStart {
  id: string
  version: Version
  trigger: { node: string; type: string }
  inputs: JsonObject
  startedBy: Actor
  /** ISO 8601. */
  createdAt: string
  rerunOf?: { executionId: string; from: string | null }
  rollbackOf?: { executionId: string }
  /** Set for a sub-workflow: who started it, and how deep it stands (1 for a child of an execution that people started). */
  parent?: { executionId: string; depth: number }
  /** What an earlier execution left: its nodes of these names count as done, with these outputs. */
  kept?: Kept
}

export interface Kept {
  context: JsonObject
  outputs: { [node: string]: Json }
}

/** One durable fact of an execution. Names are unique in it; the first entry of a name stands for ever. */
export type JournalEntry =
  | { name: string; kind: 'step'; value: Json }
  | { name: string; kind: 'failure'; error: ErrorInfo }
  | { name: string; kind: 'sleep'; until: number }
  | { name: string; kind: 'signal'; value: Json }
  | { name: 'cancel'; kind: 'cancel'; by: Actor; reason?: string }

/** Where executions are kept. Each promise resolves only when the fact is durable (survives kill -9 and power loss). */
export interface ExecutionStore {
  create(start: ExecutionStart): Promise<void>
  /** A second entry of the same name changes nothing and resolves `false`. */
  append(executionId: string, entry: JournalEntry): Promise<boolean>
  finish(executionId: string, report: FinishedReport): Promise<void>
  /** Every execution without a report, oldest first. */
  unfinished(): Promise<{ start: ExecutionStart; entries: JournalEntry[] }[]>
}

/** The seam to the engine underneath. One call per durable operation; their order depends on the definition alone. */
export interface Durable {
  readonly executionId: string
  /** Aborted when the execution is cancelled, timed out or the engine closes. */
  readonly signal: AbortSignal
  /**
   * Runs `fn` once and records what it resolves to, or its failure; on replay the record is answered without a call.
   * A crash in between may run `fn` once more with the same `key` (executionId/name): pass it on as idempotency key.
   */
  step<T extends Json>(
    name: string,
    fn: (call: { key: string; signal: AbortSignal }) => Promise<T>,
  ): Promise<T>
  sleep(name: string, ms: number): Promise<void>
  /** Settled once by `Engine.signal`; null when the time is over. */
  promise<T extends Json>(name: string, timeoutMs?: number): Promise<T | null>
  all<T>(promises: Promise<T>[]): Promise<T[]>
}

export interface StartRequest {
  version: Version
  trigger: { node: string; type: string }
  inputs: JsonObject
  startedBy: Actor
  /**
   * Refuses doubles: while an execution that was started with the same key runs, or when it was started less than
   * `windowMs` ago, no second one is started and the first is answered.
   */
  once?: { key: string; windowMs: number }
  rerunOf?: { executionId: string; from: string | null }
  rollbackOf?: { executionId: string }
  parent?: { executionId: string; depth: number }
  kept?: Kept
}

export interface Engine {
  /** Resolves when the start is durable. `started` is false when `once` found an earlier execution. */
  start(request: StartRequest): Promise<{ executionId: string; started: boolean }>
  /** Settles a promise of an execution. False when it was settled before, or nobody waits. */
  signal(executionId: string, name: string, value: Json): Promise<boolean>
  /** False when the execution had already ended. */
  cancel(executionId: string, by: Actor, reason?: string): Promise<boolean>
  /** The report so far of an execution that has not ended; undefined otherwise (ask the history then). */
  info(executionId: string): Report | undefined
  /** The reports so far of all executions that have not ended, oldest first. */
  running(): Report[]
  /** Resolves with the report when the execution has ended. Rejects `execution.unknown`. */
  result(executionId: string): Promise<FinishedReport>
  /** Calls back after each change of any execution, with the report so far. Returns how to stop. */
  observe(observer: (report: Report) => void): () => void
  /** Takes up what an earlier process left unfinished. */
  resume(): Promise<number>
  /** Stops advancing; what is unfinished is taken up by the next process. */
  close(): Promise<void>
}
