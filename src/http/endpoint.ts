// What an endpoint of the API is: its address, its schemas, and a function from a parsed request to an answer. The
// schemas check requests and describe them in openapi.json, so that the description cannot lie.
import { z } from 'zod'
import { executeCommand } from '../commands/execute.ts'
import type { CommandName } from '../commands/index.ts'
import type { CommandResult, Services } from '../commands/types.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Logger } from '../log.ts'

/** What endpoints work with. */
export interface ApiContext {
  services: Services
  log: Logger
  actor: Actor
  /** Aborted when the client has gone, or the server is stopping: nobody should wait any longer. */
  signal: AbortSignal
}

export interface Answer {
  status: 200 | 202
  body: unknown
  headers?: { [name: string]: string }
}

export interface ParsedRequest<Params, Query, Headers, Body> {
  params: Params
  query: Query
  headers: Headers
  body: Body
}

export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'delete'
  /** As in OpenAPI: `/api/workflows/{workflowId}`. */
  path: string
  name: string
  summary: string
  description?: string
  /** Served to anybody who reaches the server; it reveals nothing of workflows. */
  open?: boolean
  params?: z.ZodObject
  query?: z.ZodObject
  /** Names in lower case. */
  headers?: z.ZodObject
  body?: z.ZodType
  answers: {
    [status: number]: { description: string; schema: z.ZodType; headers?: { [name: string]: string } }
  }
  /** Statuses of refusals that this endpoint may answer, beside those that every one may. */
  refusals?: number[]
  handle(request: RawRequest, context: ApiContext): Promise<Answer>
}

/** A request before its schemas have looked at it. */
export interface RawRequest {
  params: { [name: string]: string }
  query: { [name: string]: string }
  header(name: string): string | undefined
  /** Throws `api.bad_json`, `api.too_deep` or `api.not_json`. */
  body(): Promise<Json>
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Ties an endpoint's handler to its schemas: it is called with what they have checked. Refuses with `api.bad_request`. */
export function endpoint<
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Headers extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  definition: Omit<Endpoint, 'handle' | 'params' | 'query' | 'headers' | 'body'> & {
    params?: Params
    query?: Query
    headers?: Headers
    body?: Body
    handle(
      request: ParsedRequest<Parsed<Params>, Parsed<Query>, Parsed<Headers>, Parsed<Body>>,
      context: ApiContext,
    ): Promise<Answer>
  },
): Endpoint {
  const { params, query, headers, body, handle, ...rest } = definition
  return {
    ...rest,
    ...(params && { params }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body && { body }),
    handle: async (raw, context) =>
      handle(
        {
          params: check(params, raw.params, 'path') as Parsed<Params>,
          query: check(query ?? z.strictObject({}), raw.query, 'query') as Parsed<Query>,
          headers: check(headers, pick(headers, raw), 'header') as Parsed<Headers>,
          body: check(body, body && (await raw.body()), 'body') as Parsed<Body>,
        },
        context,
      ),
  }
}

function pick(headers: z.ZodObject | undefined, raw: RawRequest): { [name: string]: string } {
  const names = Object.keys(headers?.shape ?? {})
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = raw.header(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw badRequest(parsed.error, where)
}

function badRequest(error: z.ZodError, where: string): WorkflowError {
  const faults = error.issues
    .slice(0, 10)
    .map((issue) => `${[where, ...issue.path].join('.')}: ${issue.message}`)
  return new WorkflowError('api.bad_request', faults.join('; '), {
    hint: 'GET /api/openapi.json describes every request.',
  })
}

/** Runs a command, which checks the input and what the actor may do. */
export async function ask<Kind extends CommandResult['kind']>(
  name: CommandName,
  input: JsonObject,
  kind: Kind,
  { services, actor }: ApiContext,
  once?: { key: string; windowMs: number },
): Promise<Extract<CommandResult, { kind: Kind }>> {
  const result = await executeCommand(name, input, { actor, services, ...(once && { once }) })
  if (result.kind !== kind) throw new Error(`the command ${name} answered ${result.kind}, not ${kind}`)
  return result as Extract<CommandResult, { kind: Kind }>
}

/** A result of a command as the body of an answer. */
export function answerOf({ kind: _, ...body }: CommandResult): Answer {
  return { status: 200, body }
}
