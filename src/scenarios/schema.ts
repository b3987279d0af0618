// The language of scenarios.yaml: what a workflow is given, what the outside answers, and what is expected of it. Pure.
import { z } from 'zod'
import { durationSchema, nodeNameSchema } from '../definition/schema.ts'
import { jsonObjectSchema, jsonSchema } from '../json.ts'

const collectionName = z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'lower-case letters, digits and "_"')
const fileName = z.string().min(1).max(200)

/** Matched by match.ts: plain values, and objects such as `{ $near: 2.5 }`. */
const matcher = jsonSchema.describe(
  'What it should be. Objects may have more fields than these; $exactly, $near, $matches, $contains, $unordered, $size, $gt, $gte, $lt, $lte, $not, $any, $absent and $where say it in other ways',
)

const startingRecordsSchema = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .describe('The field that identifies a record, where the workflow does not declare the collection'),
    seed: z.literal(true).optional().describe('Start with the seed that ships with the workflow'),
    file: fileName.optional().describe('A CSV or JSON file beside the workflow'),
    rows: z.array(jsonObjectSchema).max(10_000).optional().describe('Records, one by one'),
    fill: jsonObjectSchema
      .optional()
      .describe('Fields that every one of `rows` has unless it says otherwise'),
    change: z
      .record(z.string(), jsonObjectSchema)
      .optional()
      .describe('Fields to change afterwards, by the key of the record'),
    remove: z
      .array(z.union([z.string(), z.number()]))
      .optional()
      .describe('Keys of records to leave out'),
  })
  .describe('The records of a collection when the workflow starts')

const personSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'a user id such as U0123ABC')
    .describe('A user id'),
  name: z.string().min(1).max(100).optional().describe('The name; the id, when left out'),
})

const subWorkflowAnswerSchema = z
  .strictObject({
    output: jsonSchema.optional().describe('Its result'),
    fails: z.string().min(1).max(500).optional().describe('It fails, with this message'),
  })
  .describe('What a sub-workflow answers; it is not run')

const httpAnswerSchema = z
  .strictObject({
    method: z
      .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
      .optional()
      .describe('Any, when left out'),
    url: matcher.describe('The whole address, or { $matches: pattern }'),
    status: z.number().int().min(100).max(599).default(200),
    headers: z.record(z.string(), z.string()).default({}),
    json: jsonSchema.optional().describe('The body, as JSON'),
    text: z.string().optional().describe('The body, as text'),
    fails: z
      .enum(['http.unreachable', 'http.timeout', 'http.refused_address', 'http.too_large', 'http.bad_answer'])
      .optional()
      .describe('No answer comes, for this reason'),
    times: z.number().int().min(1).optional().describe('How often it answers; then the next that fits does'),
  })
  .describe('What a web service answers; the first that fits does. What fits none fails')

const decisionAnswerSchema = z
  .strictObject({
    decide: z.enum(['approve', 'reject']),
    by: personSchema.optional().describe('Who decides'),
    groups: z.array(z.string()).default([]).describe('The user groups that this person belongs to'),
    after: durationSchema.default('1m').describe('How long after the question'),
    reason: z.string().max(1000).optional(),
    form: jsonObjectSchema.default({}),
    refused: z.string().optional().describe('The code with which this decision is refused'),
  })
  .describe('What a person decides; a question that nobody decides expires')

const requestSchema = z
  .strictObject({
    method: matcher.optional(),
    url: matcher.optional(),
    headers: matcher.optional(),
    body: matcher.optional().describe('As text'),
    count: z.number().int().min(1).max(1000).default(1).describe('How many requests like this'),
  })
  .describe('A request that is sent')

const messageSchema = z
  .strictObject({
    to: matcher.optional(),
    title: matcher.optional(),
    text: matcher.optional(),
    fields: matcher.optional(),
    table: matcher.optional(),
    buttons: matcher.optional(),
    node: nodeNameSchema.optional().describe('The node that sends it'),
    count: z.number().int().min(1).max(1000).default(1).describe('How many messages like this'),
  })
  .describe('A message that is sent, to a channel or a person')

const recordsExpectedSchema = z
  .strictObject({
    count: matcher.optional().describe('How many records there are afterwards'),
    created: z
      .union([z.number().int().min(0), z.array(jsonSchema)])
      .optional()
      .describe('The records that were created, all of them, in any order; or how many'),
    changed: z
      .record(z.string(), jsonSchema)
      .optional()
      .describe('The records that were changed, all of them, by key'),
    deleted: z
      .array(z.union([z.string(), z.number()]))
      .optional()
      .describe('The keys of the records that were deleted, all of them'),
  })
  .describe('What became of the records of a collection')

export const expectationSchema = z.strictObject({
  status: z
    .enum(['succeeded', 'warning', 'failed', 'timed_out', 'cancelled'])
    .default('succeeded')
    .describe('How the execution ends'),
  output: matcher.optional().describe('The result of the workflow'),
  outputs: z.record(nodeNameSchema, jsonSchema).default({}).describe('Outputs, by node'),
  context: matcher.optional().describe('The workflow context at the end'),
  nodes: z
    .strictObject({
      ran: z.array(nodeNameSchema).default([]).describe('Nodes that ran, whatever became of them'),
      skipped: z.array(nodeNameSchema).default([]).describe('Nodes that did not run'),
      failed: z.array(nodeNameSchema).default([]).describe('Nodes that failed'),
    })
    .prefault({}),
  records: z.record(collectionName, recordsExpectedSchema).default({}).describe('Records, by collection'),
  messages: z
    .array(messageSchema)
    .optional()
    .describe('All messages that are sent, in any order; an empty list means none'),
  requests: z
    .array(requestSchema)
    .optional()
    .describe('All requests over HTTP, in any order; an empty list means none'),
  errors: z
    .array(z.string().min(1))
    .optional()
    .describe('The codes of all errors; by default an execution that succeeds has none'),
  that: z
    .array(z.string().min(1).max(2000))
    .default([])
    .describe(
      'Expressions (CEL) that hold at the end, over inputs, context, outputs, output, status, nodes, records, created, messages, requests, workflows, errors and duration_ms',
    ),
  within: durationSchema.optional().describe('How long the execution may really take on this machine'),
})

export const labelsSchema = z
  .strictObject({
    file: fileName.describe('A CSV file beside the workflow, one line for each labelled item'),
    key: z.string().min(1).max(60).describe('The column that identifies an item'),
    column: z.string().min(1).max(60).describe('The column that says what is right for the item'),
  })
  .describe('What is right, item by item, for criteria to measure against')

export const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(200).describe('What it shows, in a sentence'),
  description: z.string().max(2000).optional(),
  trigger: nodeNameSchema.optional().describe('The trigger that fires; the first, when left out'),
  by: personSchema.optional().describe('Who starts it'),
  inputs: jsonObjectSchema.default({}).describe('The inputs of the trigger'),
  context: jsonObjectSchema.default({}).describe('Values of the initial context to start with instead'),
  now: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .default('2026-03-02T08:00:00Z')
    .describe('What the clock says at the start; it moves only when everything waits'),
  records: z
    .record(collectionName, z.union([z.array(jsonObjectSchema), startingRecordsSchema]))
    .default({})
    .describe('Records at the start, by collection; a collection that is not named is empty'),
  http: z.array(httpAnswerSchema).default([]).describe('What web services answer; nothing is really asked'),
  undeliverable: z
    .array(z.string().min(1).max(200))
    .default([])
    .describe('Channels and people that no message reaches, as nodes name them'),
  approvals: z
    .record(nodeNameSchema, z.array(decisionAnswerSchema))
    .default({})
    .describe('Who decides what, by the node that asks'),
  workflows: z
    .record(z.string(), subWorkflowAnswerSchema)
    .default({})
    .describe('What sub-workflows answer, by their id'),
  labels: z.record(collectionName, labelsSchema).default({}).describe('What is right, for criteria'),
  expect: expectationSchema.prefault({}).describe('What is expected'),
})

const edgeValues = z.union([
  z.array(jsonSchema).min(1).max(200).describe('The values themselves'),
  z
    .strictObject({ around: z.number(), step: z.number().positive().default(1) })
    .describe('Just below, at and just above a limit, zero, and far on either side'),
  z.strictObject({ edge: z.enum(['text', 'number']) }).describe('Values that trouble code'),
])

/** Beside the fields of a scenario: the variants that it is told in. */
export const variantsSchema = z.strictObject({
  cases: z
    .array(jsonObjectSchema)
    .min(1)
    .max(500)
    .optional()
    .describe('The scenario is told once for each row; {{ case.column }} is filled in'),
  each: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and "_"'), edgeValues)
    .optional()
    .describe('Columns of values, each combined with each; {{ case.column }} is filled in'),
})

/** In one file. */
export const maxScenarios = 500

export const fileSchema = z.strictObject({
  scenarios: z
    .array(z.unknown())
    .min(1)
    .max(maxScenarios)
    .describe('What the workflow is tried on, and what is expected of it'),
})

export type Scenario = z.infer<typeof scenarioSchema>
export type Expectation = z.infer<typeof expectationSchema>
export type RequestExpectation = z.infer<typeof requestSchema>
export type HttpAnswerRule = z.infer<typeof httpAnswerSchema>
export type DecisionAnswer = z.infer<typeof decisionAnswerSchema>
export type MessageExpectation = z.infer<typeof messageSchema>
export type StartingRecords = z.infer<typeof startingRecordsSchema>
export type Variants = z.infer<typeof variantsSchema>
