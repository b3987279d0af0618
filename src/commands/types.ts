// What a command is: a name, a sentence, an input, and a function from services to a result. No transport in sight.
import type { z } from 'zod'
import type { MessageRef, Messenger, RecordStore } from '../actions/ports.ts'
import type { Catalog, CatalogEntry } from '../definition/catalog.ts'
import type { Fault } from '../definition/fault.ts'
import type { NodeKind, Version } from '../definition/schema.ts'
import type { Clock, Engine } from '../engine/ports.ts'
import type { Actor, Decision, DecisionRules, FinishedReport, Report } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import type {
  DryRun,
  ReplayProgress,
  ReplayReport,
  Replays,
  Saving,
  TestProgress,
  TestReport,
  Tests,
} from '../scenarios/index.ts'
import type { AccessPolicy, Needs } from './access.ts'
import type { Activation, ActiveVersion } from './activation.ts'
import type {
  AuditEntry,
  AuditVerdict,
  Backup,
  Diff,
  Handover,
  SavedScenario,
  Stats,
  Why,
} from './answers.ts'
import type { Deactivation } from './deactivation.ts'
import type { Lock } from './locks.ts'

export type { AccessPolicy, Catalog, CatalogEntry, Needs }

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
  recent(options: {
    workflowId?: string
    limit: number
    /** Only those for which this is true; it is asked once for each and must not take long. */
    where?: (item: HistoryItem) => boolean
  }): Promise<HistoryItem[]>
  /** Visits all that ended since this time (ISO 8601), newest first. `report` copies the report: ask where needed. */
  visit(
    options: { workflowId?: string; since: string },
    visitor: (item: HistoryItem, report: () => FinishedReport) => void,
  ): Promise<void>
  report(executionId: string): Promise<FinishedReport | undefined>
  last(workflowId: string): HistoryItem | undefined
}

/** Durable facts that only the first of several simultaneous askers may set: who acknowledged, who decided. */
export interface Claims {
  claim<T extends Json>(key: string, value: T): Promise<{ claimed: boolean; value: T }>
  get(key: string): Json | undefined
}

/** How a person stands to the workspace. Bots, people who have left and people nobody knows are `nobody`. */
export interface Person {
  standing: 'member' | 'guest' | 'stranger' | 'nobody'
  /** Whether they administer or own the workspace. */
  isAdmin: boolean
}

/** Who people are, as far as rules ask for it. */
export interface People {
  /** Whether a person belongs to a user group. False for groups that cannot be read. */
  isMember(userId: string, groupId: string): Promise<boolean>
  /** Rejects `access.cannot_check` when it cannot be found out just now: nobody gains or loses a right by a guess. */
  person(userId: string): Promise<Person>
  /** Whether a person is in a channel. False for channels that cannot be read. */
  inChannel(userId: string, channelId: string): Promise<boolean>
}

/** Who did what: a log that only grows, and in which a change of the past shows. */
export interface Audit {
  /** Resolves when the entry is durable. Rejects `store.disk_full`, `store.write_failed`, `store.closed`. */
  append(fact: {
    at: string
    actor: Actor
    action: string
    subject: string
    details: JsonObject
  }): Promise<void>
  /** Newest first; with `where` only those for which it is true. */
  recent(limit: number, where?: (entry: AuditEntry) => boolean): Promise<AuditEntry[]>
  /** Reads the whole log and checks that nothing was changed, removed or added. */
  verify(): Promise<AuditVerdict>
}

/** What keeps the data safe. */
export interface Maintenance {
  /**
   * Copies everything as it is now to a new folder, given as an absolute path. Rejects `store.backup_exists`,
   * `store.disk_full`, `store.write_failed`.
   */
  backup(folder: string): Promise<{ files: number; bytes: number }>
}

/** The definitions of all versions that there ever were. */
export interface Versions {
  get(workflowId: string, numberOrHash: number | string): Promise<Version | undefined>
  /** Oldest first; empty for a workflow of which no good version was ever seen. `at`: when it was first seen. */
  list(workflowId: string): Promise<{ number: number; hash: string; at: string }[]>
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
  messenger: Messenger
  audit: Audit
  maintenance: Maintenance
  /** Who are admins, and what holds where a workflow says nothing. */
  access: AccessPolicy
  /** Tries workflows on their scenarios, and runs them dry. */
  tests: Tests
  /** Runs past executions once more on another version. */
  replays: Replays
  /** Makes scenarios of executions. */
  saving: Saving
  /** Which versions answer. */
  activation: Activation
}

/** What a surface says about a request. */
export interface CommandContext {
  actor: Actor
  services: Services
  /** Where it was asked, as its surface names it: the id of a channel in Slack. Left out where there is no such place. */
  place?: string
  /** See StartRequest.once: the business key of this request, so that a redelivery or a second click starts nothing. */
  once?: { key: string; windowMs: number }
  /** Told when a start waits until the first version of its workflow is tested, for surfaces that can say so. */
  waiting?(workflow: { id: string; name: string }): void
  /** Told while a test or a replay runs, for surfaces that can show it. */
  progress?(progress: TestProgress | ReplayProgress): void
}

/** What a command works with. `services` show only what the actor may see; `executeCommand` makes this of a request. */
export interface RunContext extends CommandContext {
  /** Whether the actor may use a command at all: on one workflow at least, where it is about workflows. */
  mayUse(command: Pick<AnyCommand, 'needs'>): Promise<boolean>
}

/** Every command answers with one of these; each surface dresses it in its own way. */
export type CommandResult =
  | {
      kind: 'workflows'
      workflows: WorkflowSummary[]
      broken: { file: string; faults: Fault[] }[]
      search?: string
    }
  | {
      kind: 'workflow'
      entry: CatalogEntry
      last: HistoryItem | undefined
      /** Set while the workflow does not answer because it stopped itself. */
      deactivation: Deactivation | null
      /** Whether its first version is being tested just now: a start waits for that. */
      testing: boolean
      /** The version that answers and the one that waits, where there are such. */
      standing: { active: VersionState | null; draft: VersionState | null }
    }
  | { kind: 'started'; executionId: string; workflow: { id: string; name: string }; started: boolean }
  | { kind: 'history'; workflowId?: string; items: HistoryItem[] }
  | { kind: 'report'; report: Report }
  | {
      kind: 'help'
      commands: { name: string; usage: string; summary: string; examples: string[] }[]
      /** Set when this one command was asked for by its name. */
      topic?: string
      /** Set when commands were searched for these words. */
      search?: string
    }
  | ({ kind: 'why' } & Why)
  | ({ kind: 'diff' } & Diff)
  | ({ kind: 'stats' } & Stats)
  | ({ kind: 'handover' } & Handover)
  /** A message with a button that starts the workflow now stands at `ref`. `to` is what was asked for: `#channel`. */
  | { kind: 'posted'; workflow: { id: string; name: string }; to: string; ref: MessageRef }
  | { kind: 'audit'; entries: AuditEntry[]; search?: string }
  | { kind: 'audit_verified'; verdict: AuditVerdict }
  | ({ kind: 'backed_up' } & Backup)
  /** This version answers from now on; `from` did before, the same one where the workflow had stopped itself. */
  | {
      kind: 'activated'
      workflow: { id: string; name: string }
      version: number
      /** null where none answered yet. */
      from: number | null
      /** The last other version that answered: `activate … version=<previous>` goes back to it at once. */
      previous: number | null
      by: Actor
      how: ActiveVersion['how']
      reason?: string
    }
  /** A second person is needed before this version answers. */
  | { kind: 'activation_proposed'; workflow: { id: string; name: string }; version: number; by: Actor }
  /** The report of a test, passed or not. */
  | { kind: 'tested'; report: TestReport }
  /** The tests that were, newest first. */
  | { kind: 'tests'; workflowId: string; reports: TestReport[] }
  /** Real executions run once more on a version, and where it went another way. */
  | { kind: 'replayed'; report: ReplayReport }
  /** The replays that were, newest first. */
  | { kind: 'replays'; workflowId: string; reports: ReplayReport[] }
  /** Every version that there ever was, newest first, and how each stands. */
  | {
      kind: 'versions'
      workflow: { id: string; name: string }
      versions: VersionState[]
      /** Set while the workflow does not answer because it stopped itself. */
      deactivation: Deactivation | null
    }
  /** What a workflow would have done. */
  | { kind: 'dry_run'; run: DryRun }
  /** An execution as a scenario: the name and text of a file. `written`: the workflow's own file, when it is there now. */
  | ({ kind: 'scenario' } & SavedScenario)
  | { kind: 'locked'; lock: Lock }
  | { kind: 'unlocked'; lock: Lock; by: Actor }
  | { kind: 'decided'; executionId: string; node: string; what: string; decision: Decision }
  | { kind: 'pending'; questions: PendingQuestion[] }
  | { kind: 'acknowledged'; by: Actor; at: string; already: boolean }
  | { kind: 'task_completed'; task: { id: string; title: string }; by: Actor; at: string; already: boolean }

/** How a version of a workflow stands: what became of it, and what is known of how good it is. */
export interface VersionState {
  number: number
  hash: string
  /** When it was first seen, ISO 8601. */
  at: string
  /**
   * `active` answers; `draft` is the newest one while it waits for a test that it passes, `tested` after that; any
   * older one is `retired`, whether it ever answered or not.
   */
  state: 'draft' | 'tested' | 'active' | 'retired'
  /** How it came to answer, the last time; null for one that never did. */
  activated: Omit<ActiveVersion, 'number' | 'hash'> | null
  proposed: { by: Actor; at: string } | null
  /** Its latest test. */
  test: TestReport | null
  /** Whether the scenarios have changed since that test, so that it no longer counts. */
  outdated: boolean
  /** Its latest replay over real executions. */
  replay: ReplayReport | null
}

export interface WorkflowSummary {
  id: string
  name: string
  description: string
  /** Number of the version that answers; null while none does yet. */
  version: number | null
  /** Number of the newer version that waits to be activated. */
  draft: number | null
  deactivated: boolean
  /** Whether its first version is being tested just now: a start waits for that. */
  testing: boolean
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
  /**
   * What a person must be allowed to do. A right is checked on the workflow that the input names by `workflowId`, or by
   * the `executionId` of one of its executions; when it names neither, on having it for any workflow.
   */
  needs: Needs
  /** What the audit log says about it, for commands that change something. */
  audit?(
    input: Input,
    result: CommandResult,
  ): { action: string; subject: string; details: JsonObject } | undefined
  /** Throws WorkflowError for what the person can understand and act on. */
  run(input: Input, context: RunContext): Promise<CommandResult>
}

/** A command whose input is not known before it was parsed: what lists and dispatchers hold. */
export type AnyCommand = Omit<Command<never>, 'input'> & { input: z.ZodType }
