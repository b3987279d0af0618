// Asks the running bot over its HTTP API. Errors of the API come out as the WorkflowErrors that they were.
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'

export interface ClientOptions {
  host: string
  port: number
  token?: string
  /** Who is asking, for reports: the name of the account. */
  user: string
  fetch: typeof fetch
}

export interface ApiClient {
  /** `path` with its query. Throws the error of the API, `cli.bot_unreachable`, `cli.no_answer_yet` or `cli.not_the_bot`. */
  get<Body>(path: string, options?: { waitSeconds?: number }): Promise<Body>
  post<Body>(path: string, body?: JsonObject): Promise<Body>
  put<Body>(path: string, body: JsonObject): Promise<Body>
  delete<Body>(path: string): Promise<Body>
}

/** Names beyond this do not fit the header that carries them. */
const MAX_USER = 60

export function createClient({ host, port, token, user, fetch }: ClientOptions): ApiClient {
  const base = baseUrl(host, port)
  const headers = {
    Accept: 'application/json',
    'X-Actor': `cli:${actorName(user)}`,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  }

  async function send<Body>(path: string, init: RequestInit): Promise<Body> {
    let response: Response
    let body: unknown
    try {
      response = await fetch(`${base}${path}`, {
        redirect: 'error',
        ...init,
        headers: { ...headers, ...init.headers },
      })
      body = await response.json().catch(() => undefined)
    } catch (cause) {
      if (isPatienceOver(cause)) {
        throw new WorkflowError('cli.no_answer_yet', 'The bot has not answered yet, and goes on with it.', {
          hint: 'Look at what became of it later: tests, replays and history show it.',
          cause,
        })
      }
      throw new WorkflowError('cli.bot_unreachable', `No bot answers at ${base}.`, {
        hint: 'Start it with "npm start", in another terminal. API_HOST and API_PORT say where it is looked for.',
        cause,
      })
    }
    if (response.ok && body !== undefined) return body as Body
    throw refusal(body) ?? notTheBot(base)
  }

  return {
    get: (path, { waitSeconds } = {}) =>
      send(path, waitSeconds === undefined ? {} : { headers: { Prefer: `wait=${waitSeconds}` } }),
    post: (path, body) => send(path, withBody('POST', body)),
    put: (path, body) => send(path, withBody('PUT', body)),
    delete: (path) => send(path, { method: 'DELETE' }),
  }
}

/** Node waits five minutes for an answer to begin; a long replay may take longer. */
function isPatienceOver(thrown: unknown): boolean {
  const cause = (thrown as { cause?: { code?: unknown } }).cause
  return cause?.code === 'UND_ERR_HEADERS_TIMEOUT'
}

function withBody(method: string, body: JsonObject | undefined): RequestInit {
  if (body === undefined) return { method }
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** Addresses that mean "every one of this machine" when listening are reached over loopback. */
function baseUrl(host: string, port: number): string {
  const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${target.includes(':') ? `[${target}]` : target}:${port}`
}

function actorName(user: string): string {
  return (
    user
      .replace(/[^\w .@-]/g, '_')
      .slice(0, MAX_USER)
      .replace(/^[ ]+/, '') || 'terminal'
  )
}

function refusal(body: unknown): WorkflowError | undefined {
  const error = (body as { error?: { code?: unknown; message?: unknown; hint?: unknown } } | undefined)?.error
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') return undefined
  return new WorkflowError(
    error.code,
    error.message,
    typeof error.hint === 'string' ? { hint: error.hint } : {},
  )
}

function notTheBot(base: string): WorkflowError {
  return new WorkflowError('cli.not_the_bot', `Something else than the bot answers at ${base}.`, {
    hint: 'Look at API_HOST and API_PORT, and at what listens there.',
  })
}
