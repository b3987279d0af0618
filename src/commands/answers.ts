// What the commands that explain and compare answer, as schemas: types for whoever renders them, and the description of
// the API at the same time. Long texts and values in them are already cut to what people can read.
import { z } from 'zod'
import {
  actorSchema,
  decisionRulesSchema,
  decisionSchema,
  reportErrorSchema,
  reportSchema,
  waitingForSchema,
} from '../engine/report.ts'
import { jsonObjectSchema, jsonSchema } from '../json.ts'

const isoTime = z.iso.datetime().describe('ISO 8601, UTC')
const status = z.enum(reportSchema.options.map((option) => option.shape.status.value))
const nodeStatus = z.enum(['pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped'])
const workflow = z.object({ id: z.string(), name: z.string() })

/** One execution, in a line. */
export const executionHeadSchema = z.object({
  id: z.string(),
  workflow,
  version: z.number().int(),
  status,
  startedBy: actorSchema,
  createdAt: isoTime,
  durationMs: z.number().nullable().describe('null while it runs'),
  error: z.string().optional().describe('the first error, in one line'),
})

// ---- why ------------------------------------------------------------------------------------------------------

export const readValueSchema = z.object({
  read: z.string().describe('as the condition writes it: outputs["find low stock"].count'),
  value: jsonSchema.optional().describe('left out when there was nothing of that name'),
  late: z
    .boolean()
    .optional()
    .describe('true for a value of the context, which is known only as it was at the end'),
})

/** An edge into the node, and how it was judged. */
export const judgedEdgeSchema = z.object({
  from: z.string(),
  fromStatus: nodeStatus,
  on: z.enum(['success', 'failure', 'always']),
  when: z.string().optional().describe('its condition'),
  else: z.boolean().describe('whether it is taken only when no other edge was'),
  taken: z.enum(['yes', 'no', 'unknown']).describe('unknown: the condition could not be judged'),
  why: z.string().describe('in words; empty for an edge without a condition that was taken'),
  values: z.array(readValueSchema).describe('what the condition looked at'),
})

/** One step from the node towards where it began. */
export const causeSchema = z.object({
  node: z.string(),
  status: nodeStatus,
  why: z.string().describe('in one sentence'),
  error: reportErrorSchema.optional(),
  waitingFor: waitingForSchema.optional(),
})

export const whySchema = z.object({
  execution: executionHeadSchema,
  redact: z
    .boolean()
    .optional()
    .describe('whether its values are not for everybody to read: `settings.redact`'),
  node: z.string(),
  status: nodeStatus,
  summary: z.string().describe('what became of the node and why, in one sentence'),
  join: z.union([z.enum(['all', 'any']), z.number().int()]).describe('how many of the edges it takes'),
  edges: z.array(judgedEdgeSchema).describe('the edges into the node, in the order of the file'),
  causes: z
    .array(causeSchema)
    .min(1)
    .describe(
      'from the node itself to the root cause, which is the last; just the node when it is its own cause',
    ),
})

// ---- diff -----------------------------------------------------------------------------------------------------

export const changeSchema = z.object({
  path: z.string().describe('where: nodes["prepare"].timeout, items[3].price; empty for the whole'),
  before: jsonSchema.optional().describe('left out when it was not there'),
  after: jsonSchema.optional().describe('left out when it is not there any more'),
  line: z
    .number()
    .int()
    .optional()
    .describe('for a text of several lines: the first line that differs, 1-based'),
})

export const changesSchema = z.object({
  shown: z.array(changeSchema),
  more: z.number().int().describe('how many changes are not shown'),
})

export const definitionChangeSchema = z.object({
  part: z
    .string()
    .describe('node, edge, collection, order (of nodes), or a section of the file: metadata, settings, …'),
  name: z.string().describe('of the node or collection; from -> to for an edge; empty otherwise'),
  change: z.enum(['added', 'removed', 'changed']),
  fields: changesSchema.describe('what changed inside; empty for what was added or removed as a whole'),
})

export const nodeDifferenceSchema = z.object({
  node: z.string(),
  before: nodeStatus.nullable().describe('null: there was no such node'),
  after: nodeStatus.nullable().describe('null: there is no such node any more'),
  output: changesSchema,
  durationMs: z
    .object({ before: z.number(), after: z.number() })
    .nullable()
    .describe('null unless it ended in both'),
  error: reportErrorSchema.optional(),
})

export const diffSchema = z.object({
  execution: executionHeadSchema,
  redact: z
    .boolean()
    .optional()
    .describe('whether its values are not for everybody to read: `settings.redact`'),
  against: executionHeadSchema
    .nullable()
    .describe('the last good execution of the workflow before it; null when there was none'),
  definition: z
    .object({
      from: z.number().int(),
      to: z.number().int(),
      changes: z.array(definitionChangeSchema),
      known: z.boolean().describe('false when one of the versions is not kept any more'),
    })
    .nullable()
    .describe('null when both ran on the same version'),
  inputs: changesSchema,
  context: changesSchema.describe('the workflow context as it was at the end'),
  nodes: z.array(nodeDifferenceSchema).describe('those whose status, output or time differ notably'),
  durationMs: z.object({ before: z.number(), after: z.number() }).nullable(),
})

// ---- stats ----------------------------------------------------------------------------------------------------

const durations = z
  .object({ p50: z.number(), p95: z.number() })
  .nullable()
  .describe('milliseconds, of executions that ended well; null when none did')

export const failureCountSchema = z.object({
  node: z.string().nullable().describe('null for failures of the execution as a whole, such as its timeout'),
  code: z.string(),
  count: z.number().int(),
  lastAt: isoTime,
  lastExecutionId: z.string(),
})

export const dayStatsSchema = z.object({
  day: z.iso.date().describe('UTC'),
  executions: z.number().int(),
  succeeded: z.number().int().describe('with those that ended as warning'),
  failed: z.number().int().describe('with those that timed out'),
  cancelled: z.number().int(),
  durationMs: durations,
})

export const workflowStatsSchema = z.object({
  workflow,
  executions: z.number().int(),
  succeeded: z.number().int().describe('without those that ended as warning'),
  warning: z.number().int(),
  failed: z.number().int(),
  timedOut: z.number().int(),
  cancelled: z.number().int(),
  successRate: z
    .number()
    .nullable()
    .describe('0 to 1: succeeded and warning among those that nobody cancelled; null when there are none'),
  durationMs: durations,
  failures: z.array(failureCountSchema).describe('by node and error code, the most frequent first'),
  days: z.array(dayStatsSchema).describe('every day of the time, oldest first'),
})

export const statsSchema = z.object({
  since: isoTime,
  until: isoTime,
  workflowId: z.string().optional().describe('when one workflow was asked for'),
  workflows: z.array(workflowStatsSchema).describe('those that ran, the busiest first'),
})

// ---- handover -------------------------------------------------------------------------------------------------

export const pendingQuestionSchema = z.object({
  executionId: z.string(),
  workflow,
  node: z.string(),
  what: z.string(),
  askedAt: isoTime,
  until: isoTime,
  rules: decisionRulesSchema,
  decisions: z.array(decisionSchema),
})

export const lockSchema = z.object({
  workflowId: z.string(),
  by: actorSchema,
  reason: z.string(),
  since: isoTime,
  until: isoTime,
})

export const handoverSchema = z.object({
  since: isoTime.describe('the beginning of the shift'),
  until: isoTime,
  pending: z.array(pendingQuestionSchema).describe('what waits for people, oldest first'),
  failing: z
    .array(
      z.object({
        workflow,
        last: executionHeadSchema.describe('the last one, which failed'),
        failedSince: z.number().int().describe('how many failed in this shift'),
        succeededSince: z.number().int().describe('how many went well in this shift'),
      }),
    )
    .describe('workflows whose last execution failed'),
  locks: z.array(lockSchema).describe('those that hold now, the first to end first'),
  changes: z
    .array(z.object({ workflow, version: z.number().int(), at: isoTime, first: z.boolean() }))
    .describe('versions that are new in this shift, newest first; `first`: the workflow is new'),
  broken: z.array(z.object({ file: z.string(), message: z.string() })).describe('files with faults'),
  running: z.number().int().describe('executions under way'),
  executions: z.object({
    succeeded: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
  }),
})

// ---- audit ----------------------------------------------------------------------------------------------------

export const auditEntrySchema = z.object({
  number: z.number().int().describe('counts from 1'),
  at: isoTime,
  actor: actorSchema,
  action: z.string().describe('dotted: execution.started, approval.decided, access.refused'),
  subject: z.string().describe('what it was done to: an id'),
  details: jsonObjectSchema,
  previous: z.string(),
  hash: z.string(),
})

export const auditSchema = z.object({
  search: z.string().optional(),
  entries: z.array(auditEntrySchema).describe('newest first'),
})

export const auditVerdictSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), entries: z.number().int() }),
  z.object({
    ok: z.literal(false),
    line: z.number().int().describe('the first that cannot be trusted, 1-based'),
    why: z.string(),
  }),
])

// ---- backup ---------------------------------------------------------------------------------------------------

export const backupSchema = z.object({
  folder: z.string().describe('where it lies, on the machine of the bot'),
  files: z.number().int(),
  bytes: z.number().int(),
})

export type ExecutionHead = z.infer<typeof executionHeadSchema>
export type ReadValue = z.infer<typeof readValueSchema>
export type JudgedEdge = z.infer<typeof judgedEdgeSchema>
export type Cause = z.infer<typeof causeSchema>
export type Why = z.infer<typeof whySchema>
export type Change = z.infer<typeof changeSchema>
export type Changes = z.infer<typeof changesSchema>
export type DefinitionChange = z.infer<typeof definitionChangeSchema>
export type NodeDifference = z.infer<typeof nodeDifferenceSchema>
export type Diff = z.infer<typeof diffSchema>
export type FailureCount = z.infer<typeof failureCountSchema>
export type DayStats = z.infer<typeof dayStatsSchema>
export type WorkflowStats = z.infer<typeof workflowStatsSchema>
export type Stats = z.infer<typeof statsSchema>
export type Handover = z.infer<typeof handoverSchema>
export type AuditEntry = z.infer<typeof auditEntrySchema>
export type AuditVerdict = z.infer<typeof auditVerdictSchema>
export type Backup = z.infer<typeof backupSchema>

export const savedScenarioSchema = z.object({
  executionId: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  file: z.string().describe('a name for the file'),
  text: z.string().describe('YAML: a whole scenarios.yaml with this one scenario'),
  written: z.string().nullable().describe('the file of the workflow that it was added to; null: it was not'),
  place: z.string().describe('the file of the workflow that it belongs into'),
  addable: z
    .enum(['yes', 'there', 'no'])
    .describe('whether the bot could add it there; `there`: one of its name stands there already'),
  masked: z.number().int().describe('how many different values were replaced by placeholders'),
  records: z
    .enum(['found', 'seed'])
    .describe(
      'what it starts with: the records that the execution found, or their seed when those are not known',
    ),
  left: z.array(z.string()).describe('collections whose records are too many to be written down'),
  open: z.number().int().describe('how many values may be anything, since they differ each time'),
  tried: z
    .object({
      passed: z.boolean(),
      differences: z.array(z.object({ at: z.string(), expected: z.string(), actual: z.string() })),
    })
    .nullable()
    .describe('how it went on the version that ran; null: trying it would take too long'),
})

export type SavedScenario = z.infer<typeof savedScenarioSchema>
