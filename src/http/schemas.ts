// What the API answers, as schemas: they are the components of openapi.json. The report has its own, in engine/report.
import { z } from 'zod'
import {
  auditSchema,
  auditVerdictSchema,
  diffSchema,
  executionHeadSchema,
  handoverSchema,
  lockSchema,
  pendingQuestionSchema,
  savedScenarioSchema,
  statsSchema,
  whySchema,
} from '../commands/answers.ts'
import {
  accessSchema,
  collectionSchema,
  edgeSchema,
  metadataSchema,
  settingsSchema,
} from '../definition/schema.ts'
import {
  actorSchema,
  decisionSchema,
  nodeResultSchema,
  printedSchema,
  reportErrorSchema,
  reportSchema,
  waitingForSchema,
} from '../engine/report.ts'
import { jsonObjectSchema, jsonSchema } from '../json.ts'
import { dryRunSchema, replayReportSchema, testReportSchema } from '../scenarios/index.ts'

export const faultSchema = z.object({
  code: z.string().describe('dotted and stable, for example workflow.unknown_node'),
  message: z.string(),
  hint: z.string().optional(),
  file: z.string().describe('relative to the project'),
  line: z.number().int().describe('1-based'),
  column: z.number().int().optional(),
  subject: z.string().optional().describe('the node or edge that is meant'),
  field: z.string().optional().describe('dotted path of the field inside the file'),
})

export const historyItemSchema = executionHeadSchema

export const workflowSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.number().int().nullable().describe('the version that answers; null while none does'),
  draft: z.number().int().nullable().describe('a newer version that waits to be activated; null without one'),
  deactivated: z.boolean().describe('whether it stopped itself, since it no longer kept what it promises'),
  testing: z.boolean().describe('whether its first version is being tested just now; a start waits for that'),
  faults: z
    .array(faultSchema)
    .describe('what is wrong with the file on disk now; the version stays in service'),
  running: z.number().int().describe('how many executions have not ended'),
  last: historyItemSchema.nullable().describe('the execution that ended last'),
})

export const workflowListSchema = z.object({
  workflows: z.array(workflowSummarySchema),
  broken: z
    .array(z.object({ file: z.string(), faults: z.array(faultSchema) }))
    .describe('files with faults; the last good version of a workflow stays in service'),
})

/** The configuration of a workflow: what its file says, defaults filled in. */
export const definitionSchema = z.object({
  metadata: metadataSchema,
  settings: settingsSchema,
  access: accessSchema.optional(),
  context: z.record(z.string(), z.unknown()).describe('the initial workflow context'),
  collections: z.record(z.string(), collectionSchema),
  nodes: z.array(
    z.looseObject({ name: z.string(), type: z.string() }).describe('further fields depend on the type'),
  ),
  edges: z.array(edgeSchema),
})

export const deactivationSchema = z.object({
  version: z.number().int().describe('the one that answered'),
  criterion: z.string().describe('what it no longer kept'),
  reason: z.string(),
  executionId: z.string().describe('the execution with which it was no longer kept'),
  at: z.iso.datetime(),
})

export const workflowSchema = z.object({
  id: z.string(),
  file: z.string().describe('relative to the project'),
  version: z
    .object({ number: z.number().int(), hash: z.string() })
    .nullable()
    .describe('the version that answers; null while none does'),
  draft: z
    .object({
      number: z.number().int(),
      hash: z.string(),
      state: z.enum(['draft', 'tested']).describe('tested: its latest test passed'),
    })
    .nullable()
    .describe('a newer version that waits to be activated; null when there is none'),
  testing: z.boolean().describe('whether its first version is being tested just now; a start waits for that'),
  deactivation: deactivationSchema
    .nullable()
    .describe('why it does not answer, while it has stopped itself; null otherwise'),
  definition: definitionSchema
    .nullable()
    .describe('of the version that answers, or of the draft while none does; null without either'),
  faults: z.array(faultSchema).describe('what is wrong with the file on disk now'),
  last: historyItemSchema.nullable().describe('the execution that ended last'),
})

export const startedSchema = z.object({
  executionId: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  started: z.boolean().describe('false when an earlier request with the same Idempotency-Key had started it'),
  report: z.string().describe('where to ask for the report'),
})

export const postedSchema = z.object({
  workflow: z.object({ id: z.string(), name: z.string() }),
  to: z.string().describe('where it was wanted'),
})

export const decidedSchema = z.object({
  executionId: z.string(),
  node: z.string().describe('the node that asked'),
  what: z.string().describe('what was decided, in a few words'),
  decision: decisionSchema,
})

export const pendingSchema = z.object({ questions: z.array(pendingQuestionSchema) })

export const lockedSchema = z.object({ lock: lockSchema })

export const unlockedSchema = z.object({ lock: lockSchema, by: actorSchema.describe('who ended it') })

export const executionListSchema = z.object({ executions: z.array(historyItemSchema) })

export const activatedSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('activated'),
    workflow: z.object({ id: z.string(), name: z.string() }),
    version: z.number().int().describe('answers from now on'),
    from: z.number().int().nullable().describe('answered until now; null: none did'),
    previous: z
      .number()
      .int()
      .nullable()
      .describe('what `version: "previous"` would bring back; null: nothing'),
    how: z.string().describe('activated, overridden or rolled_back'),
  }),
  z.object({
    status: z.literal('proposed').describe('a second person has to activate it'),
    workflow: z.object({ id: z.string(), name: z.string() }),
    version: z.number().int(),
  }),
])

export const versionStateSchema = z.object({
  number: z.number().int(),
  hash: z.string(),
  at: z.iso.datetime().describe('when it was first seen'),
  state: z
    .enum(['draft', 'tested', 'active', 'retired'])
    .describe(
      'active answers; draft waits for a test that it passes, tested to be activated; retired is over',
    ),
  activated: z
    .object({
      at: z.iso.datetime(),
      by: actorSchema.optional().describe('left out where nobody decided'),
      how: z.enum(['first', 'edited', 'activated', 'overridden', 'rolled_back']),
      reason: z.string().optional(),
    })
    .nullable()
    .describe('how it came to answer, the last time; null for one that never did'),
  proposed: z
    .object({ by: actorSchema, at: z.iso.datetime() })
    .nullable()
    .describe('who wants it to answer, while a second person is needed'),
  test: testReportSchema.nullable().describe('its latest test'),
  outdated: z
    .boolean()
    .describe('whether the scenarios have changed since that test, which no longer counts'),
  replay: replayReportSchema.nullable().describe('its latest replay over real executions'),
})

export const versionListSchema = z.object({
  workflow: z.object({ id: z.string(), name: z.string() }),
  versions: z.array(versionStateSchema).describe('the newest 30, newest first'),
  deactivation: deactivationSchema.nullable(),
})

export const replayListSchema = z.object({ replays: z.array(replayReportSchema).describe('newest first') })

export const testListSchema = z.object({ tests: z.array(testReportSchema).describe('newest first') })

export const healthSchema = z.object({
  status: z.literal('ok').describe('a bot that is stopping answers 503'),
})

export const errorSchema = z.object({
  error: z.object({
    code: z.string().describe('dotted and stable; branch on this'),
    message: z.string(),
    hint: z.string().optional(),
  }),
})

/** Schemas that openapi.json names; everything else is written where it is used. */
export const components = {
  Json: jsonSchema,
  JsonObject: jsonObjectSchema,
  Actor: actorSchema,
  Error: errorSchema,
  Fault: faultSchema,
  Definition: definitionSchema,
  Audit: auditSchema,
  AuditVerdict: auditVerdictSchema,
  Activated: activatedSchema,
  Decided: decidedSchema,
  Decision: decisionSchema,
  Deactivation: deactivationSchema,
  Diff: diffSchema,
  DryRun: dryRunSchema,
  Execution: historyItemSchema,
  ExecutionList: executionListSchema,
  Handover: handoverSchema,
  Health: healthSchema,
  Lock: lockSchema,
  Locked: lockedSchema,
  NodeResult: nodeResultSchema,
  Pending: pendingSchema,
  PendingQuestion: pendingQuestionSchema,
  Posted: postedSchema,
  Printed: printedSchema,
  Replay: replayReportSchema,
  ReplayList: replayListSchema,
  Report: reportSchema,
  ReportError: reportErrorSchema,
  WaitingFor: waitingForSchema,
  SavedScenario: savedScenarioSchema,
  Started: startedSchema,
  Stats: statsSchema,
  Unlocked: unlockedSchema,
  VersionList: versionListSchema,
  VersionState: versionStateSchema,
  Why: whySchema,
  Workflow: workflowSchema,
  TestReport: testReportSchema,
  TestList: testListSchema,
  WorkflowList: workflowListSchema,
  WorkflowSummary: workflowSummarySchema,
} satisfies { [name: string]: z.ZodType }
