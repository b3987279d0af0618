// The front of the Web API: reads the body, looks at the token, the scopes and the rate, calls the method, and
// notes what was asked and answered.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlRequests } from '../control.ts'
import type { Core } from '../core.ts'
import { asObject, isObject, type Payload } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import { app } from './app.ts'
import { chat } from './chat.ts'
import { conversations } from './conversations.ts'
import type { Method, Methods } from './method.ts'
import { Rates, rateLimited } from './rates.ts'
import { uploads } from './uploads.ts'
import { users } from './users.ts'
import { views } from './views.ts'

/** Every method that the simulator knows; others are answered like names that Slack does not know. */
const methods = new Map<string, Method>(
  Object.entries({ ...app, ...chat, ...conversations, ...uploads, ...users, ...views } satisfies Methods),
)

/** Arguments that travel as JSON inside of a form. */
const jsonArguments = new Set(['blocks', 'view', 'attachments', 'metadata', 'files', 'message', 'chunks'])

export interface ApiAnswer {
  status: number
  headers: Record<string, string>
  body: Payload
}

type Fault = ControlRequests['fault']

export class WebApi {
  readonly botToken: string
  readonly appToken: string
  revoked = false
  private readonly core: Core
  private readonly rates: Rates
  private readonly faults: Fault[] = []
  /** Refusals that somebody asked for; they are no mistake of the app's. */
  private readonly injected = new WeakSet<SlackRefusal>()

  constructor(core: Core, options: { botToken: string; appToken: string; rateLimits: boolean }) {
    this.core = core
    this.botToken = options.botToken
    this.appToken = options.appToken
    this.rates = new Rates(options.rateLimits)
  }

  /** Makes the next `times` calls of a method fail. */
  addFault(fault: Fault): void {
    this.faults.push({ ...fault })
  }

  /** One call, whatever comes of it. `bearer` is the token of the header; the `token` argument counts as well. */
  async call(name: string, given: Payload, bearer: string | undefined): Promise<ApiAnswer> {
    const { token: inBody, ...args } = given
    const token = bearer ?? (typeof inBody === 'string' ? inBody : undefined)
    try {
      const delay = this.faults.find((f) => f.method === name)?.delay_ms
      if (delay) await sleep(delay)
      const answer = this.run(name, args, token)
      this.core.workspace.record({ method: name, ok: true, args: structuredClone(args) })
      return {
        status: 200,
        headers: { 'x-oauth-scopes': [...this.core.workspace.scopes].join(',') },
        body: { ok: true, ...answer },
      }
    } catch (thrown) {
      if (!(thrown instanceof SlackRefusal)) throw thrown
      return this.refuse(name, args, thrown)
    }
  }

  private run(name: string, args: Payload, token: string | undefined): Payload {
    const method = methods.get(name)
    if (!method) throw new SlackRefusal('unknown_method', { req_method: name })
    this.authorise(method, token)
    this.injectedFault(name)
    const missing = method.scopes?.find((scope) => !this.core.workspace.scopes.has(scope))
    if (missing) {
      const provided = [...this.core.workspace.scopes].join(',')
      throw new SlackRefusal('missing_scope', { needed: missing, provided })
    }
    this.rates.take(name, method.rate, String(args.channel ?? ''))
    return method.run(this.core, withJson(args))
  }

  private authorise(method: Method, token: string | undefined): void {
    if (method.token === 'none') return
    if (!token) throw new SlackRefusal('not_authed')
    if (token !== this.botToken && token !== this.appToken) throw new SlackRefusal('invalid_auth')
    if ((token === this.appToken) !== (method.token === 'app'))
      throw new SlackRefusal('not_allowed_token_type')
    if (this.revoked && token === this.botToken) throw new SlackRefusal('token_revoked')
  }

  private injectedFault(name: string): void {
    const at = this.faults.findIndex((f) => f.method === name)
    const fault = this.faults[at]
    if (!fault) return
    fault.times -= 1
    if (fault.times <= 0) this.faults.splice(at, 1)
    const refusal =
      fault.retry_after !== undefined
        ? rateLimited(fault.retry_after)
        : fault.error || fault.status
          ? new SlackRefusal(fault.error ?? 'internal_error', {}, { status: fault.status ?? 200 })
          : undefined
    if (!refusal) return
    this.injected.add(refusal)
    throw refusal
  }

  private refuse(method: string, args: Payload, refusal: SlackRefusal): ApiAnswer {
    const { workspace } = this.core
    const { error, details } = refusal
    workspace.record({ method, ok: false, error, args: structuredClone(args) })
    const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details).slice(0, 1000)}` : ''
    if (method !== 'api.test' && !this.injected.has(refusal))
      workspace.problem(kindOf(error), method, `${error}${more}`)
    return { status: refusal.status, headers: refusal.headers, body: { ok: false, error, ...details } }
  }
}

function kindOf(error: string): 'unknown_method' | 'rate_limited' | 'refused' {
  if (error === 'unknown_method') return 'unknown_method'
  return error === 'ratelimited' ? 'rate_limited' : 'refused'
}

/** @throws SlackRefusal when an argument that must be JSON is not. */
function withJson(args: Payload): Payload {
  const parsed: Payload = {}
  for (const [name, value] of Object.entries(args)) {
    parsed[name] =
      jsonArguments.has(name) && typeof value === 'string' && value !== '' ? readJson(name, value) : value
  }
  return parsed
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (name === 'blocks') throw new SlackRefusal('invalid_blocks_format')
    if (name === 'metadata') throw new SlackRefusal('invalid_metadata_format')
    throw new SlackRefusal('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] ${name} is not valid JSON [json-pointer:/${name}]`] },
    })
  }
}

/**
 * Reads the arguments of a call from its body and its address.
 * @throws SlackRefusal `invalid_json`, `invalid_post_type`, `invalid_form_data`.
 */
export async function readArguments(request: Request): Promise<Payload> {
  const query = Object.fromEntries(new URL(request.url).searchParams)
  if (request.method === 'GET') return query
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const body = await request.text()
  if (body === '') return query
  if (type === 'application/json') {
    const json = parseObject(body)
    if (!json) throw new SlackRefusal('invalid_json')
    return { ...query, ...json }
  }
  if (type === 'application/x-www-form-urlencoded')
    return { ...query, ...Object.fromEntries(new URLSearchParams(body)) }
  throw new SlackRefusal('invalid_post_type')
}

function parseObject(body: string): Payload | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return isObject(json) ? asObject(json) : undefined
  } catch {
    return undefined
  }
}
