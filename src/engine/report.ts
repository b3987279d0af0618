// The structured result of an execution: the one thing that Slack, HTTP and CLI render. While an execution runs, the
// same structure tells its progress. Unions by status, so that a state cannot contradict itself.
import { z } from 'zod'
import { inputsSchema } from '../definition/inputs.ts'
import { jsonObjectSchema, jsonSchema } from '../json.ts'

const isoTime = z.iso.datetime().describe('ISO 8601, UTC, milliseconds')
const durationMs = z.number().min(0).describe('milliseconds')

export const frameSchema = z.object({
  file: z.string(),
  line: z.number().int(),
  function: z.string(),
  source: z.string().optional().describe('the text of that line'),
})

export const reportErrorSchema = z.object({
  code: z.string().describe('dotted and stable, for example python.exception'),
  message: z.string(),
  hint: z.string().optional(),
  node: z.string().optional().describe('the node that it happened in'),
  file: z.string().optional(),
  line: z.number().int().optional().describe('1-based line in file'),
  source: z.string().optional().describe('the text of that line'),
  exception: z.string().optional().describe('the Python type, for example KeyError'),
  frames: z.array(frameSchema).optional().describe("the author's own frames, outermost first"),
})

export const actorSchema = z.object({
  kind: z.enum(['slack', 'api', 'cli', 'workflow', 'schedule', 'webhook']),
  id: z.string().describe('a Slack user id, or the name of the client'),
  name: z.string(),
})

export const decisionRulesSchema = z.object({
  users: z.array(z.string()).describe('ids of people who may decide; with `groups` empty too: everybody'),
  groups: z.array(z.string()).describe('ids of user groups whose members may decide'),
  notRequester: z.boolean().describe('whether who started the execution may not decide'),
  needed: z.number().int().min(1).describe('how many approvals it takes'),
  reason: z.enum(['optional', 'required']).describe('whether a rejection needs a reason'),
  form: inputsSchema.describe('what is asked for together with an approval'),
})

export const decisionSchema = z.object({
  decision: z.enum(['approve', 'reject']),
  by: actorSchema,
  at: isoTime,
  reason: z.string().nullable(),
  form: jsonObjectSchema,
})

export const waitingForSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), until: isoTime }),
  z.object({
    kind: z.literal('person'),
    what: z.string().describe('what is to be decided, in a few words'),
    until: isoTime.describe('when it expires'),
    signal: z.string().describe('the name of the promise that the next decision settles'),
    rules: decisionRulesSchema,
    decisions: z.array(decisionSchema).describe('those that were made already'),
  }),
  z.object({ kind: z.literal('retry'), attempt: z.number().int(), until: isoTime }),
  z.object({ kind: z.literal('execution'), executionId: z.string() }),
])

export const printedSchema = z.object({ stream: z.enum(['stdout', 'stderr', 'log']), text: z.string() })

export const itemResultSchema = z.discriminatedUnion('status', [
  z.object({ index: z.number().int(), status: z.literal('succeeded'), durationMs }),
  z.object({ index: z.number().int(), status: z.literal('failed'), durationMs, error: reportErrorSchema }),
  z.object({ index: z.number().int(), status: z.literal('skipped') }),
])

export const itemsResultSchema = z.object({
  total: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  shown: z
    .array(itemResultSchema)
    .describe('some of the items, the failed ones first of all, in the order of the list'),
})

const ran = {
  attempts: z.number().int().min(1),
  startedAt: isoTime,
  printed: z.array(printedSchema).describe('what the code printed, in order'),
  items: itemsResultSchema.optional().describe('of a node with for_each'),
}
const ended = { ...ran, endedAt: isoTime, durationMs }
const node = { name: z.string(), type: z.string(), role: z.enum(['trigger', 'action']) }

export const nodeResultSchema = z.discriminatedUnion('status', [
  z.object({ ...node, status: z.literal('pending') }),
  z.object({ ...node, status: z.literal('running'), ...ran }),
  z.object({ ...node, status: z.literal('waiting'), ...ran, waitingFor: waitingForSchema }),
  z.object({
    ...node,
    status: z.literal('succeeded'),
    ...ended,
    output: jsonSchema,
    kept: z.boolean().optional().describe('whether it ran in the execution that this one is a re-run of'),
  }),
  z.object({
    ...node,
    status: z.literal('failed'),
    ...ended,
    error: reportErrorSchema,
    handled: z.boolean().describe('whether a failure edge or continue_on_error dealt with it'),
  }),
  z.object({ ...node, status: z.literal('cancelled'), ...ended }),
  z.object({
    ...node,
    status: z.literal('skipped'),
    reason: z.string().describe('why it did not run, in words'),
  }),
])

const execution = {
  id: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  version: z.object({ number: z.number().int(), hash: z.string() }),
  trigger: z.object({ node: z.string(), type: z.string() }),
  startedBy: actorSchema,
  inputs: jsonObjectSchema,
  context: jsonObjectSchema,
  nodes: z.array(nodeResultSchema).describe('in the order in which they run'),
  errors: z.array(reportErrorSchema),
  createdAt: isoTime,
  rerunOf: z
    .object({
      executionId: z.string(),
      from: z.string().nullable().describe('the node from which it went on; null: all anew'),
    })
    .optional(),
  rollbackOf: z.object({ executionId: z.string() }).optional(),
  parent: z.object({ executionId: z.string(), depth: z.number().int() }).optional(),
  redact: z
    .boolean()
    .optional()
    .describe('whether its values are not for everybody to read: `settings.redact` of the workflow'),
}
const started = { ...execution, startedAt: isoTime }
const finished = {
  ...started,
  endedAt: isoTime,
  durationMs,
  output: jsonSchema
    .optional()
    .describe('the result of the workflow, when it succeeded: its `output` expression, or its context'),
  undoable: z
    .array(z.string())
    .optional()
    .describe('nodes whose effects can be rolled back, in the order of the rollback'),
}

/** Success is `true` only for an execution that ended well; a handled failure is a success with status `warning`. */
export const reportSchema = z.discriminatedUnion('status', [
  z.object({ ...execution, status: z.literal('queued'), success: z.null() }),
  z.object({ ...started, status: z.literal('running'), success: z.null() }),
  z.object({ ...started, status: z.literal('waiting'), success: z.null(), waitingFor: waitingForSchema }),
  z.object({ ...finished, status: z.literal('succeeded'), success: z.literal(true) }),
  z.object({ ...finished, status: z.literal('warning'), success: z.literal(true) }),
  z.object({ ...finished, status: z.literal('failed'), success: z.literal(false) }),
  z.object({ ...finished, status: z.literal('timed_out'), success: z.literal(false) }),
  z.object({
    ...finished,
    status: z.literal('cancelled'),
    success: z.literal(false),
    cancelledBy: actorSchema,
    reason: z.string().optional(),
  }),
])

export type Report = z.infer<typeof reportSchema>
export type FinishedReport = Extract<Report, { endedAt: string }>
export type NodeResult = z.infer<typeof nodeResultSchema>
export type ReportError = z.infer<typeof reportErrorSchema>
export type Decision = z.infer<typeof decisionSchema>
export type DecisionRules = z.infer<typeof decisionRulesSchema>
export type ItemResult = z.infer<typeof itemResultSchema>
export type ItemsResult = z.infer<typeof itemsResultSchema>
export type Frame = z.infer<typeof frameSchema>
export type Actor = z.infer<typeof actorSchema>
export type WaitingFor = z.infer<typeof waitingForSchema>
export type Printed = z.infer<typeof printedSchema>
export type ExecutionStatus = Report['status']

export function isFinished(report: Report): report is FinishedReport {
  return 'endedAt' in report
}
