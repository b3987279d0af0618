// What the API answers, as schemas: they are the components of openapi.json. The report has its own, in engine/report.
import { z } from 'zod'
import {
  auditSchema,
  auditVerdictSchema,
  diffSchema,
  executionHeadSchema,
  handoverSchema,
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
  nodeResultSchema,
  printedSchema,
  reportErrorSchema,
  reportSchema,
  waitingForSchema,
} from '../engine/report.ts'
import { jsonObjectSchema, jsonSchema } from '../json.ts'
import { dryRunSchema, testReportSchema } from '../scenarios/index.ts'

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
  version: z.number().int(),
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

export const workflowSchema = z.object({
  id: z.string(),
  file: z.string().describe('relative to the project'),
  version: z
    .object({ number: z.number().int(), hash: z.string() })
    .nullable()
    .describe('the version in service; null while no good one was ever loaded'),
  draft: z
    .object({ number: z.number().int(), hash: z.string() })
    .nullable()
    .describe('a newer version that waits to be activated; null when there is none'),
  definition: definitionSchema.nullable(),
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

export const executionListSchema = z.object({ executions: z.array(historyItemSchema) })

export const activatedSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('activated'),
    workflow: z.object({ id: z.string(), name: z.string() }),
    version: z.number().int().describe('answers from now on'),
    from: z.number().int().describe('answered before'),
    how: z.string().describe('activated, overridden or rolled_back'),
  }),
  z.object({
    status: z.literal('proposed').describe('a second person has to activate it'),
    workflow: z.object({ id: z.string(), name: z.string() }),
    version: z.number().int(),
  }),
])

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
  Diff: diffSchema,
  DryRun: dryRunSchema,
  Execution: historyItemSchema,
  ExecutionList: executionListSchema,
  Handover: handoverSchema,
  Health: healthSchema,
  NodeResult: nodeResultSchema,
  Posted: postedSchema,
  Printed: printedSchema,
  Report: reportSchema,
  ReportError: reportErrorSchema,
  WaitingFor: waitingForSchema,
  SavedScenario: savedScenarioSchema,
  Started: startedSchema,
  Stats: statsSchema,
  Why: whySchema,
  Workflow: workflowSchema,
  TestReport: testReportSchema,
  TestList: testListSchema,
  WorkflowList: workflowListSchema,
  WorkflowSummary: workflowSummarySchema,
} satisfies { [name: string]: z.ZodType }
