// Describes the endpoints as OpenAPI 3.1, from the very schemas that check their requests and type their answers.
import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { components } from './schemas.ts'

type JsonSchema = { [keyword: string]: unknown }

const REFUSALS: { [status: number]: string } = {
  400: 'The request is not understood',
  401: 'The token is missing or wrong',
  403: 'Without a token only this machine is served; or the one who asks may not do this, and the hint says who may',
  404: 'There is no such thing',
  409: 'The request is understood and refused, for the reason given',
  413: 'The body is larger than 1 MB',
  415: 'The body is not JSON',
  500: 'Something unexpected went wrong; the log of the bot has the details',
  503: 'The bot is stopping, or cannot save just now',
}
const ALWAYS = [400, 401, 403, 500, 503]

/** The document for `GET /api/openapi.json`. */
export function openApiDocument(endpoints: readonly Endpoint[]): { [key: string]: unknown } {
  const paths: { [path: string]: { [method: string]: unknown } } = {}
  for (const one of endpoints) {
    paths[one.path] = { ...paths[one.path], [one.method]: operation(one) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workflow bot',
      version: '1',
      description: 'What people can ask of the bot in Slack, for programs.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operation(one: Endpoint): unknown {
  const parameters = [
    ...parametersIn('path', one.params),
    ...parametersIn('query', one.query),
    ...parametersIn('header', one.headers),
  ]
  return {
    operationId: one.name,
    summary: one.summary,
    ...(one.description && { description: one.description }),
    ...(one.open && { security: [{}] }),
    ...(parameters.length > 0 && { parameters }),
    ...(one.body && {
      requestBody: { required: true, content: { 'application/json': { schema: inline(one.body, 'input') } } },
    }),
    responses: { ...answers(one), ...refusals(one) },
  }
}

function answers(one: Endpoint): { [status: string]: unknown } {
  return Object.fromEntries(
    Object.entries(one.answers).map(([status, { description, schema, headers }]) => [
      status,
      {
        description,
        ...(headers && {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [
              name,
              { description: text, schema: { type: 'string' } },
            ]),
          ),
        }),
        content: { 'application/json': { schema: named(schema) ?? inline(schema, 'output') } },
      },
    ]),
  )
}

function refusals(one: Endpoint): { [status: string]: unknown } {
  const statuses = one.open ? [500, 503] : [...ALWAYS, ...(one.refusals ?? [])].sort((a, b) => a - b)
  const content = { 'application/json': { schema: named(components.Error) } }
  return Object.fromEntries(statuses.map((status) => [status, { description: REFUSALS[status], content }]))
}

function parametersIn(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): unknown[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...rest } = inline(field as z.ZodType, 'input')
    const required = place === 'path' || !(field as z.ZodType).safeParse(undefined).success
    return { name, in: place, required, ...(description ? { description } : {}), schema: rest }
  })
}

/** A reference to a component, for schemas that are one. */
function named(schema: unknown): JsonSchema | undefined {
  const name = Object.entries(components).find(([, component]) => component === schema)?.[0]
  return name === undefined ? undefined : { $ref: reference(name) }
}

function inline(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  // What the references stand for is left behind in $defs.
  const {
    $schema: _,
    $defs: __,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const known = named(zodSchema)
      if (!known || (zodSchema as unknown) === schema) return
      for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword]
      Object.assign(jsonSchema, known)
    },
  })
  return rest
}

function componentSchemas(): { [name: string]: JsonSchema } {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: reference, io: 'output', unrepresentable: 'any' })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  )
}

const reference = (name: string) => `#/components/schemas/${name}`
