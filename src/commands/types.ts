// What a command is: a name, a sentence, an input, and a function from services to a result. No transport in sight.
import type { z } from 'zod'
import type { RecordStore } from '../actions/ports.ts'
import type { Fault } from '../definition/fault.ts'
import type { Metadata, NodeKind, Version } from '../definition/schema.ts'
import type { Clock, Engine } from '../engine/ports.ts'
import type { Actor, FinishedReport, Report } from '../engine/report.ts'
import type { Json } from '../json.ts'

/** A workflow as it stands: the version in service, and what is wrong with the file on disk, if anything is. */
export interface CatalogEntry {
  id: string
  /** The version that answers; undefined while no good version was ever loaded. */
  version: Version | undefined
  /** Faults of the file as it is on disk now; with a `version` present, the last good one stays in service. */
  faults: Fault[]
  /** Path of the file, relative to the project. */
  file: string
}

export interface Catalog {
  /** Sorted by id. */
  list(): CatalogEntry[]
  get(id: string): CatalogEntry | undefined
  /** Faults of every file, those that belong to no known workflow too. */
  faults(): Fault[]
}

export interface HistoryItem {
  id: string
  workflow: { id: string; name: string }
  version: number
  status: Report['status']
  startedBy: Actor
  createdAt: string
  durationMs: number | null
  /** First error, in one line. */
  error?: string
}

/** What was: ended executions, newest first. Those that still run are asked of the engine. */
export interface History {
  recent(options: { workflowId?: string; limit: number }): Promise<HistoryItem[]>
  report(executionId: string): Promise<FinishedReport | undefined>
  last(workflowId: string): HistoryItem | undefined
}

/** Durable facts that only the first of several simultaneous askers may set: who acknowledged, who decided. */
export interface Claims {
  claim<T extends Json>(key: string, value: T): Promise<{ claimed: boolean; value: T }>
  get(key: string): Json | undefined
}

export interface Services {
  catalog: Catalog
  claims: Claims
  records: RecordStore
  kinds: NodeKind[]
  engine: Engine
  history: History
  clock: Clock
}

export interface CommandContext {
  actor: Actor
  services: Services
  /** See StartRequest.once: the business key of this request, so that a redelivery or a second click starts nothing. */
  once?: { key: string; windowMs: number }
}

/** Every command answers with one of these; each surface dresses it in its own way. */
export type CommandResult =
  | {
      kind: 'workflows'
      workflows: WorkflowSummary[]
      broken: { file: string; faults: Fault[] }[]
      search?: string
    }
  | { kind: 'workflow'; entry: CatalogEntry; last: HistoryItem | undefined }
  | { kind: 'started'; executionId: string; workflow: { id: string; name: string }; started: boolean }
  | { kind: 'history'; workflowId?: string; items: HistoryItem[] }
  | { kind: 'report'; report: Report }
  | {
      kind: 'help'
      commands: { name: string; usage: string; summary: string; examples: string[] }[]
      topic?: string
    }
  | { kind: 'acknowledged'; by: Actor; at: string; already: boolean }
  | { kind: 'task_completed'; task: { id: string; title: string }; by: Actor; at: string; already: boolean }

export interface WorkflowSummary {
  id: string
  name: string
  description: string
  version: number
  faults: Fault[]
  running: number
  last: HistoryItem | undefined
}

export interface Command<Input> {
  name: string
  /** One sentence; help shows it, so it cannot lie. */
  summary: string
  /** `run <id> [key=value …]` */
  usage: string
  examples: string[]
  input: z.ZodType<Input>
  /** Throws WorkflowError for what the person can understand and act on. */
  run(input: Input, context: CommandContext): Promise<CommandResult>
}

/** A command whose input is not known before it was parsed: what lists and dispatchers hold. */
export type AnyCommand = Omit<Command<never>, 'input'> & { input: z.ZodType }
