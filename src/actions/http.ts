// The action `http`: asks a web service for something, or tells it something, and gives the answer to later nodes. How
// requests leave the bot is http-client.ts; how their texts are filled in, with secrets at the last moment, is
// http-request.ts.
import { z } from 'zod'
import { durationMs } from '../definition/duration.ts'
import type { NodeFault, NodeText, WorkflowNode } from '../definition/schema.ts'
import { type Action, type ActionContext, NodeFailure, reportError, scopeOf } from '../engine/action.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { composeRequest, type HttpNode, secretReads } from './http-request.ts'
import type { HttpAnswer, HttpClient, Secrets } from './ports.ts'
import { textsOf } from './values.ts'

const defaultTimeoutMs = 30_000
const deepestJson = 100

/** Sent by the client itself, or decided by it. */
const reserved =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|idempotency-key|proxy-.*)$/i

const fields = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).default('GET'),
  url: z
    .string()
    .min(1)
    .max(3000)
    .describe('Where to; {{ expression }} is filled in and encoded, unless the address begins with it'),
  query: z
    .record(z.string().min(1).max(100), z.json())
    .optional()
    .describe('What comes after the ? of the address; null leaves a part out, a list repeats it'),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header, such as Authorization'),
      z.string().max(3000),
    )
    .optional()
    .describe('{{ secrets.NAME }} stands for the environment variable SECRET_NAME of the bot'),
  body: z.json().optional().describe('Text is sent as it is, anything else as JSON'),
  expect: z
    .array(z.union([z.number().int().min(200).max(599), z.enum(['2xx', '3xx', '4xx', '5xx'])]))
    .min(1)
    .max(20)
    .default(['2xx'])
    .describe('Which statuses are no failure, such as [200, 404] or [2xx]'),
  parse: z
    .enum(['auto', 'json', 'text'])
    .default('auto')
    .describe('What the body becomes: what its type says (default), JSON, or text'),
  max_size: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(1_000_000)
    .describe('How many bytes the answer may have, unpacked'),
  redirects: z.number().int().min(0).max(10).default(5).describe('How many redirects are followed'),
})

export interface HttpPorts {
  http: HttpClient
  secrets: Secrets
}

export function httpAction(ports: HttpPorts): Action {
  return {
    type: 'http',
    role: 'action',
    summary: 'Sends a request to a web service and takes its answer',
    fields,
    texts,
    check,
    async run(node, context) {
      const output = await context.step('request', ({ key, signal }) =>
        ask(node as HttpNode & z.infer<typeof fields>, context, ports, key, signal),
      )
      return { output }
    },
  }
}

async function ask(
  node: HttpNode & z.infer<typeof fields>,
  context: ActionContext,
  { http, secrets }: HttpPorts,
  key: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  let about = node.method as string
  try {
    const { where, ...request } = composeRequest(node, scopeOf(context), secrets)
    about = `${node.method} ${where}`
    const answer = await http.send(
      {
        ...request,
        headers: { ...request.headers, 'idempotency-key': idempotencyKey(key, context.attempt) },
        timeoutMs: node.timeout === undefined ? defaultTimeoutMs : durationMs(node.timeout),
        maxBytes: node.max_size,
        redirects: node.redirects,
      },
      signal,
    )
    if (!expected(node.expect, answer.status)) throw statusError(answer)
    return secrets.scrub(outputOf(answer, node.parse))
  } catch (thrown) {
    // Stopped or out of time: not for us to put into words.
    if (signal.aborted || !(thrown instanceof WorkflowError)) throw thrown
    const { message, hint, code } = reportError(thrown)
    const clean = secrets.scrub({ message: `${about}: ${message}`, ...(hint ? { hint } : {}) })
    throw new NodeFailure({ code, ...clean })
  }
}

/**
 * The same for every attempt of a node, so that a service that keeps such keys does the work once, also when the answer
 * to the first attempt was lost. Headers are ASCII; names of nodes need not be.
 */
function idempotencyKey(key: string, attempt: number): string {
  const whole = attempt === 1 ? key : key.replace(new RegExp(`#${attempt}(/[^/]*)$`), '$1')
  return encodeURI(whole)
}

function expected(statuses: (number | string)[], status: number): boolean {
  return statuses.some((one) =>
    typeof one === 'number' ? one === status : one.startsWith(String(Math.floor(status / 100))),
  )
}

function statusError({ status, body }: HttpAnswer): WorkflowError {
  const said = body.replace(/\s+/g, ' ').trim()
  const shown = said.length <= 200 ? said : `${[...said.slice(0, 200)].slice(0, -1).join('')}…`
  return new WorkflowError('http.status', `The answer has the status ${status}.`, {
    hint: shown === '' ? 'It says nothing more.' : `It says: ${shown}`,
  })
}

/** Headers that tell something about the answer and open nothing: no cookies, no tokens. */
const kept =
  /^(content-type|content-language|date|etag|last-modified|link|location|retry-after|x-request-id|x-total-count|x-?ratelimit-.*)$/

function outputOf(answer: HttpAnswer, parse: 'auto' | 'json' | 'text'): JsonObject {
  const headers = Object.fromEntries(
    Object.entries(answer.headers)
      .filter(([name]) => kept.test(name))
      .map(([name, value]) => [name, value.slice(0, 1000)]),
  )
  return { status: answer.status, headers, body: bodyOf(answer, parse) }
}

function bodyOf({ headers, body }: HttpAnswer, parse: 'auto' | 'json' | 'text'): Json {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (parse === 'json') return parseJson(body)
  if (parse === 'text') return body
  if (body === '') return null
  if (/[/+]json$/.test(type)) return parseJson(body)
  // What is neither text nor JSON (a picture, an archive) is of no use to later nodes.
  return /^(|text\/.*|.*[/+]xml|application\/(javascript|x-www-form-urlencoded|x-ndjson|yaml))$/.test(type)
    ? body
    : null
}

function parseJson(body: string): Json {
  let value: Json
  try {
    value = JSON.parse(body) as Json
  } catch (thrown) {
    throw new WorkflowError('http.not_json', 'The answer is not JSON.', {
      hint: `It begins with: ${body.slice(0, 80).replace(/\s+/g, ' ')}`,
      cause: thrown,
    })
  }
  let level: Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepestJson)
      throw new WorkflowError('http.not_json', `The answer is nested deeper than ${deepestJson} levels.`)
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return value
}

function texts(node: WorkflowNode): NodeText[] {
  const { url, query, headers, body } = node as HttpNode
  return [
    ...textsOf(url, ['url']),
    ...textsOf(query as Json | undefined, ['query']),
    ...textsOf(headers as Json | undefined, ['headers']),
    ...textsOf(body, ['body']),
  ].map((text) => ({ ...text, variables: ['secrets'] }))
}

function check(node: WorkflowNode): NodeFault[] {
  const { method, url, headers = {}, body } = node as HttpNode
  const faults: NodeFault[] = []
  if (!/^\s*(https?:\/\/|\{\{)/i.test(url)) {
    faults.push({
      code: 'workflow.http_url',
      message: `"${url.slice(0, 100)}" is not an address of the web.`,
      hint: 'begin it with https://',
      path: ['url'],
    })
  }
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    faults.push({
      code: 'workflow.http_body',
      message: `A ${method} request has no body.`,
      hint: 'put what is asked for into query, or choose another method',
      path: ['body'],
    })
  }
  const names = Object.keys(headers)
  for (const [index, name] of names.entries()) {
    const twin = names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index
    if (!twin && !reserved.test(name)) continue
    faults.push({
      code: 'workflow.http_header',
      message: twin ? `The header "${name}" is there twice.` : `The header "${name}" is set by itself.`,
      hint: 'remove it',
      path: ['headers', name],
    })
  }
  for (const text of texts(node)) {
    if (secretReads(text.text).every((name) => name !== undefined)) continue
    faults.push({
      code: 'workflow.http_secret',
      message: 'A secret is named as it is, in capitals: {{ secrets.NAME }}.',
      hint: 'nothing of it can be computed',
      path: text.path,
    })
  }
  return faults
}
