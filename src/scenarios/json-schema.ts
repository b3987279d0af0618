// The JSON Schema of scenarios.yaml, from which editors complete and check the file. Pure.
import { z } from 'zod'
import { fileSchema, scenarioSchema, variantsSchema } from './schema.ts'

type JsonSchema = { [field: string]: unknown }

/** Draft 7, which editors understand best. */
export function scenariosJsonSchema(): JsonSchema {
  const scenario = scenarioSchema.extend(variantsSchema.shape)
  const whole = fileSchema.extend({
    $schema: z.string().optional().describe('Where this schema is, for editors of JSON files'),
    scenarios: z
      .array(scenario)
      .min(1)
      .max(500)
      .describe('What the workflow is tried on, and what is expected of it'),
  })
  const schema = z.toJSONSchema(whole, { target: 'draft-7', io: 'input' }) as JsonSchema
  const { scenarios, ...properties } = schema.properties as { [name: string]: JsonSchema }
  const one = scenarios?.items as JsonSchema
  return {
    ...schema,
    // The list and its scenarios are written out, whatever is filled in inside them.
    properties: {
      ...properties,
      scenarios: {
        ...scenarios,
        items: { ...one, properties: placeholdersIn(one.properties as JsonSchema) },
      },
    },
    title: 'Scenarios',
    description: 'What a workflow of the bot is tried on: given, answered, expected.',
  }
}

function placeholdersIn(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, withPlaceholders(inner)]),
  )
}

/** A variant fills in {{ case.column }} before the file is checked, so it may stand wherever a value of any type does. */
function withPlaceholders(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withPlaceholders)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'enum' || key === 'default' || key === 'const' || key === 'required'
        ? value
        : withPlaceholders(value),
    ]),
  )
  const takesAnyText =
    inner.type === 'string' && !('pattern' in inner || 'format' in inner || 'enum' in inner)
  if (typeof inner.type !== 'string' || inner.type === 'null' || takesAnyText) return inner
  const { description, ...rest } = inner
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, { type: 'string', pattern: '\\{\\{.*\\}\\}' }],
  }
}
