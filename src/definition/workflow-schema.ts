// The schema of a whole workflow file for the types of nodes there are, and the JSON Schema that editors use. Pure.
import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { criteriaSchema } from './criteria.ts'
import {
  accessSchema,
  baseActionSchema,
  baseNodeSchema,
  collectionSchema,
  edgeSchema,
  metadataSchema,
  type NodeKind,
  settingsSchema,
} from './schema.ts'

export const maxNodes = 500
const maxEdges = 2000

/** Everything but the nodes, which are checked one by one, each against its own type. */
export const workflowFileSchema = z.strictObject({
  metadata: metadataSchema.describe('What people see of the workflow'),
  settings: settingsSchema.prefault({}).describe('How executions run'),
  access: accessSchema.optional(),
  criteria: criteriaSchema.optional(),
  context: jsonObjectSchema
    .default({})
    .describe('The workflow context at the start, shared by all nodes of an execution'),
  collections: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'lower-case letters, digits and "_"'),
      collectionSchema,
    )
    .default({})
    .describe('Records that the workflow works on, by collection'),
  nodes: z.array(z.unknown()).min(1).max(maxNodes).describe('Triggers and actions'),
  edges: z.array(edgeSchema).max(maxEdges).default([]).describe('What runs after what'),
  output: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('An expression that gives the result of the workflow; its context, when left out'),
})

/** The schema of a node of this type: the common fields and its own. */
export function nodeSchema(kind: NodeKind): z.ZodObject {
  const common = kind.role === 'trigger' ? baseNodeSchema : baseActionSchema
  return common.extend({ ...kind.fields.shape, type: z.literal(kind.type).describe(kind.summary) })
}

/** JSON Schema (draft 7) of a workflow file, for editors: completion, help and errors while typing. */
export function workflowJsonSchema(kinds: NodeKind[]): { [field: string]: unknown } {
  const [first, ...rest] = kinds.map((kind) => nodeSchema(kind).describe(kind.summary))
  if (!first) throw new Error('There are no node types to describe.')
  const whole = workflowFileSchema.extend({
    $schema: z.string().optional().describe('Where this schema is, for editors of JSON files'),
    nodes: z
      .array(z.discriminatedUnion('type', [first, ...rest]))
      .min(1)
      .max(maxNodes)
      .describe('Triggers and actions'),
  })
  return {
    ...z.toJSONSchema(whole, { target: 'draft-7', io: 'input' }),
    title: 'Workflow',
    description: 'One workflow of the bot: metadata, nodes and edges.',
  }
}
