// What a command is: a name, a sentence, an input, and a function from services to a result. No transport in sight.
import type { z } from 'zod'
import type { RecordStore } from '../actions/ports.ts'
import type { Catalog, CatalogEntry } from '../definition/catalog.ts'
import type { Fault } from '../definition/fault.ts'
import type { NodeKind, Version } from '../definition/schema.ts'
import type { Clock, Engine } from '../engine/ports.ts'
import type { Actor, Decision, DecisionRules, FinishedReport, Report } from '../engine/report.ts'
import type { Json } from '../json.ts'
import type { Lock } from './locks.ts'

export type { Catalog, CatalogEntry }

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

/** Who people are, as far as rules ask for it. */
export interface People {
  /** Whether a person belongs to a user group. False for groups that cannot be read. */
  isMember(userId: string, groupId: string): Promise<boolean>
}

/** The definitions of all versions that there ever were. */
export interface Versions {
  get(workflowId: string, numberOrHash: number | string): Promise<Version | undefined>
}

export interface PendingQuestion {
  executionId: string
  workflow: { id: string; name: string }
  node: string
  what: string
  askedAt: string
  until: string
  rules: DecisionRules
  decisions: Decision[]
}

export interface Services {
  people: People
  versions: Versions
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
  | { kind: 'locked'; lock: Lock }
  | { kind: 'unlocked'; lock: Lock; by: Actor }
  | { kind: 'decided'; executionId: string; node: string; what: string; decision: Decision }
  | { kind: 'pending'; questions: PendingQuestion[] }
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
