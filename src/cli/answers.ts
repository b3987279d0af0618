// What the API answers, as types: taken from its own schemas, so that a change there is noticed here.
import type { z } from 'zod'
import type {
  auditSchema,
  auditVerdictSchema,
  backupSchema,
  diffSchema,
  handoverSchema,
  savedScenarioSchema,
  statsSchema,
  whySchema,
} from '../commands/answers.ts'
import type {
  activatedSchema,
  decidedSchema,
  executionListSchema,
  lockedSchema,
  pendingSchema,
  postedSchema,
  replayListSchema,
  startedSchema,
  testListSchema,
  unlockedSchema,
  versionListSchema,
  workflowListSchema,
  workflowSchema,
} from '../http/schemas.ts'

export type { DryRun, ReplayReport, TestReport } from '../scenarios/index.ts'

export type WorkflowList = z.infer<typeof workflowListSchema>
export type Workflow = z.infer<typeof workflowSchema>
export type Activated = z.infer<typeof activatedSchema>
export type Started = z.infer<typeof startedSchema>
export type Decided = z.infer<typeof decidedSchema>
export type Pending = z.infer<typeof pendingSchema>
export type Locked = z.infer<typeof lockedSchema>
export type Unlocked = z.infer<typeof unlockedSchema>
export type VersionList = z.infer<typeof versionListSchema>
export type TestList = z.infer<typeof testListSchema>
export type ReplayList = z.infer<typeof replayListSchema>
export type ExecutionList = z.infer<typeof executionListSchema>
export type Execution = ExecutionList['executions'][number]
export type WhyAnswer = z.infer<typeof whySchema>
export type DiffAnswer = z.infer<typeof diffSchema>
export type StatsAnswer = z.infer<typeof statsSchema>
export type HandoverAnswer = z.infer<typeof handoverSchema>
export type SavedScenarioAnswer = z.infer<typeof savedScenarioSchema>
export type AuditAnswer = z.infer<typeof auditSchema>
export type AuditVerdictAnswer = z.infer<typeof auditVerdictSchema>
export type BackupAnswer = z.infer<typeof backupSchema>
export type Posted = z.infer<typeof postedSchema>
