// The language of workflow files: what metadata, nodes and edges look like. Pure: no files, no Slack, no Python.
// Node types bring their own fields (NodeKind), so that adding one touches its own file and an index, not this one.
import { z } from 'zod'
import type { Criterion } from './criteria.ts'

/** `90s`, `15m`, `2h`, `7d` or a bare number of seconds. */
export const durationSchema = z
  .union([
    z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a duration such as "30s", "15m", "2h" or "7d"'),
    z.number().positive(),
  ])
  .describe('A duration: "500ms", "30s", "15m", "2h", "7d", or a number of seconds')
export type Duration = z.infer<typeof durationSchema>

/** Letters, digits, blanks, `-` and `_`; it names the node in `edges`, in `outputs["…"]` and in the report. */
export const nodeNameSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} _-]*$/u,
    'letters, digits, blanks, "-" and "_", starting with a letter or digit',
  )
  .describe('The name of the node, unique in the workflow')

export const workflowIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and "-", at most 63 characters')
  .describe('What people type: /workflow run <id>')

export const metadataSchema = z.strictObject({
  id: workflowIdSchema,
  name: z.string().min(1).max(100).describe('The title that people see'),
  description: z.string().max(2000).default('').describe('What the workflow does, in one or two sentences'),
  owner: z
    .string()
    .max(100)
    .optional()
    .describe('Who answers for it: a Slack user id (U…), a group id (S…) or a name'),
  tags: z.array(z.string().min(1).max(30)).max(10).default([]).describe('Words to find it by'),
})

export const joinSchema = z
  .union([z.enum(['all', 'any']), z.number().int().min(1)])
  .describe(
    'When a node with several incoming edges runs: all of them taken (default), any of them, or at least N',
  )

export const retrySchema = z.strictObject({
  attempts: z.number().int().min(1).max(20).describe('How often the node is tried in all'),
  delay: durationSchema.default('1s').describe('The wait before the second attempt'),
  backoff: z
    .enum(['constant', 'exponential'])
    .default('exponential')
    .describe('Whether waits stay the same or double each time'),
  max_delay: durationSchema.default('5m').describe('The longest wait between two attempts'),
  jitter: z.boolean().default(true).describe('Whether exponential waits are spread at random'),
  on: z
    .array(z.string())
    .optional()
    .describe(
      'Error codes that are worth another attempt (a prefix such as "python." will do); all, when left out',
    ),
})

export const forEachSchema = z
  .strictObject({
    items: z.string().min(1).max(2000).describe('An expression (CEL) that gives a list'),
    at_once: z.number().int().min(1).max(50).default(1).describe('How many items run side by side'),
    on_error: z
      .enum(['stop', 'continue'])
      .default('stop')
      .describe('Whether the first failed item ends the node'),
  })
  .describe('Runs the node once for each entry of a list; expressions and code read `item` and `index`')

/** Fields that every node may have, whatever its type. */
export const baseNodeSchema = z.strictObject({
  name: nodeNameSchema,
  type: z.string(),
  description: z.string().max(500).optional().describe('What the node is for, in a sentence'),
})

/** Fields that every action may have, whatever its type. */
export const baseActionSchema = baseNodeSchema.extend({
  join: joinSchema.default('all'),
  retry: retrySchema.optional().describe('Tries the node again when it fails'),
  for_each: forEachSchema.optional(),
  undo: nodeNameSchema
    .optional()
    .describe('The node that takes back what this one did; it runs only when an execution is rolled back'),
  timeout: durationSchema.optional().describe('How long each piece of work of one attempt may take'),
  continue_on_error: z
    .boolean()
    .default(false)
    .describe('Whether what follows runs although this node failed'),
})

export const edgeSchema = z.strictObject({
  from: nodeNameSchema.describe('The node that comes first'),
  to: nodeNameSchema.describe('The node that runs after it'),
  when: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('An expression (CEL) over inputs, context and outputs; the edge is taken when it is true'),
  on: z
    .enum(['success', 'failure', 'always'])
    .default('success')
    .describe('Which outcome of the first node takes this edge'),
  else: z
    .literal(true)
    .optional()
    .describe('Taken when no other edge of the same outcome from this node was taken'),
})

export const collectionSchema = z.strictObject({
  key: z.string().min(1).max(60).describe('The field that identifies a record'),
  seed: z
    .string()
    .optional()
    .describe('A CSV or JSON file beside the workflow, loaded when the collection does not exist yet'),
  fields: z
    .record(z.string().min(1).max(60), z.enum(['string', 'number', 'integer', 'boolean', 'date']))
    .default({})
    .describe('How the columns of a CSV seed are read; an empty cell becomes null'),
})

export const concurrencySchema = z
  .strictObject({
    limit: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe('How many executions may run at the same time'),
    key: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe('An expression over inputs; the limit holds for each of its values apart'),
    policy: z
      .enum(['queue', 'reject', 'cancel_previous'])
      .default('queue')
      .describe(
        'What happens to a start over the limit: it waits, it is refused, or the oldest execution is cancelled',
      ),
  })
  .describe('How many executions of this workflow may run side by side; any number, when left out')

const megabytes = z.number().positive().max(4096)

export const limitsSchema = z
  .strictObject({
    time: durationSchema.optional().describe('Wall clock of one attempt (default 30s)'),
    cpu: durationSchema.optional().describe('Processor time of one attempt'),
    memory_mb: megabytes.optional().describe('Memory of the interpreter, in MB'),
    output_mb: megabytes.optional().describe('What print may write, in MB'),
    result_mb: megabytes.optional().describe('Size of output and context as JSON, in MB'),
    files_mb: megabytes.optional().describe('What the code may write to its own temporary files, in MB'),
    calls: z.number().int().min(0).max(1_000_000).optional().describe('How many built-ins it may call'),
  })
  .describe('What one attempt of a code node may use; each has a default')

export const historySchema = z
  .strictObject({
    max_age: durationSchema.optional().describe('How long an ended execution is kept'),
    max_count: z.number().int().min(1).max(1_000_000).optional().describe('How many of them are kept'),
  })
  .describe(
    'How long the history of this workflow is kept; the configuration of the bot, where it says nothing',
  )

export const settingsSchema = z.strictObject({
  mode: z
    .enum(['sequential', 'parallel'])
    .default('sequential')
    .describe('Whether independent branches run one after the other (default) or side by side'),
  timeout: durationSchema
    .default('1h')
    .describe('How long one execution may take, waits for people included'),
  concurrency: concurrencySchema.optional(),
  history: historySchema.optional(),
  activation: z
    .enum(['one_person', 'two_people'])
    .optional()
    .describe(
      'How many people it takes until an edited version answers; with criteria one, without criteria none, when left out',
    ),
  limits: limitsSchema
    .optional()
    .describe('Limits of every code node of the workflow; a node may set its own'),
  redact: z
    .boolean()
    .optional()
    .describe(
      'Whether public channels see only how executions go: no inputs, context, outputs, printed lines or error texts',
    ),
  failure_channel: z
    .string()
    .regex(/^(#[^\s#]{1,80}|[CG][A-Z0-9]{2,30})$/, 'a channel: "#operations", or its id (C…)')
    .optional()
    .describe('Where failures of executions are told that nobody started in Slack'),
})

/** What people may be allowed to do with a workflow. Whoever is named for one of the others may see it, too. */
export const accessRights = ['see', 'run', 'approve', 'cancel', 'test', 'activate'] as const
export type AccessRight = (typeof accessRights)[number]

/** One entry of an access list: `everyone`, `admins` (who may do everything anyway), a person, a user group, a channel. */
export const audienceEntrySchema = z
  .string()
  .regex(
    /^(everyone|admins|[UW][A-Z0-9]{2,30}|S[A-Z0-9]{2,30}|[CG][A-Z0-9]{2,30})$/,
    '"everyone", "admins", or an id of a user (U…), a user group (S…) or a channel (C…)',
  )

const audienceSchema = z.array(audienceEntrySchema).max(100)

export const accessSchema = z
  .strictObject({
    see: audienceSchema.optional().describe('Who knows of the workflow, its executions and their reports'),
    run: audienceSchema.optional().describe('Who may start, repeat and roll back executions'),
    approve: audienceSchema
      .optional()
      .describe('Who may decide what an execution asks, within what its approval step says'),
    cancel: audienceSchema
      .optional()
      .describe('Who may stop executions and lock the workflow; those of `run`, when left out'),
    test: audienceSchema.optional().describe('Who may run its scenarios; those of `run`, when left out'),
    activate: audienceSchema.optional().describe('Who may say which version answers'),
  })
  .describe(
    'Who may do what: lists of "everyone" (full members), "admins", users (U…), user groups (S…) and channels (C…: ' +
      'their members). Admins may do everything; what is left out follows the configuration of the bot',
  )
export type Access = z.infer<typeof accessSchema>

export type Metadata = z.infer<typeof metadataSchema>
export type Edge = z.infer<typeof edgeSchema>
export type Collection = z.infer<typeof collectionSchema>
export type Settings = z.infer<typeof settingsSchema>
export type Limits = z.infer<typeof limitsSchema>
export type Concurrency = z.infer<typeof concurrencySchema>
export type ForEach = z.infer<typeof forEachSchema>
export type Retry = z.infer<typeof retrySchema>
export type BaseNode = z.infer<typeof baseNodeSchema>
export type BaseAction = z.infer<typeof baseActionSchema>

/** Where the text of a code node really stands, so that errors can name file and line. */
export interface SourceLocation {
  /** Path as people know it, relative to the project: `workflows/reorder-check/workflow.yaml`. */
  file: string
  /** 1-based line of the first line of the code. */
  line: number
}

/** A node of a loaded workflow: the common fields, plus those of its kind. */
export type WorkflowNode = BaseNode & Partial<Omit<BaseAction, keyof BaseNode>> & { [field: string]: unknown }

/**
 * A workflow as loaded: validated, defaults filled in, files read in. It is plain JSON and travels with each execution,
 * so that an execution belongs to one version for ever.
 */
export interface WorkflowDefinition {
  metadata: Metadata
  settings: Settings
  /** Initial workflow context. */
  context: { [key: string]: unknown }
  collections: { [name: string]: Collection }
  nodes: WorkflowNode[]
  edges: Edge[]
  /** An expression that gives the result of the workflow; its context, when left out. */
  output?: string
  /** Who may do what; the defaults of the configuration, where it says nothing. */
  access?: Access
  /** What a version has to reach before it answers to real triggers. */
  criteria?: Criterion[]
}

/** A definition and which version of its workflow it is. */
export interface Version {
  /** Counts from 1 for each workflow, in the order in which contents were first seen. */
  number: number
  /** SHA-256 (hex) of the canonical definition, file contents included. */
  hash: string
  definition: WorkflowDefinition
}

/**
 * One type of node. The fields are a strict zod object without the common ones; `check` may find faults that a schema
 * cannot (an expression that does not parse); each fault names the path of fields inside the node.
 */
export interface NodeKind {
  type: string
  role: 'trigger' | 'action'
  /** One line for help and for editors. */
  summary: string
  fields: z.ZodObject
  /** The fields of this kind that hold source code: the text itself, or the name of a file beside the workflow. */
  source?: { inline: string; file: string }
  /** Templates and expressions in the fields, so that they are checked when the file is loaded. */
  texts?(node: WorkflowNode): NodeText[]
  /** The workflows that a node starts, and where in it they are named: whether they exist shows when all are loaded. */
  calls?(node: WorkflowNode): { workflow: string; path: (string | number)[] }[]
  check?(node: WorkflowNode, definition: WorkflowDefinition): NodeFault[]
}

/** A text of a node that is evaluated when it runs. `variables` come beside `inputs`, `context` and `outputs`. */
export interface NodeText {
  is: 'template' | 'expression' | 'condition'
  text: string
  variables?: string[]
  /** Where inside the node, for example `['fields', 0, 'value']`. */
  path: (string | number)[]
}

export interface NodeFault {
  code: string
  message: string
  hint?: string
  /** Where inside the node, for example `['buttons', 0, 'label']`. */
  path: (string | number)[]
}
