// The HTTP API as a hono app: admits a caller, hands the request to its endpoint, and gives every answer and every
// error the same dress. What can be asked is in endpoints/; who may ask is in guard.ts; listening is in server.ts.
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Services } from '../commands/types.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { MAX_BODY_BYTES, readJson } from './body.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints/index.ts'
import { refusal } from './errors.ts'
import { admit } from './guard.ts'
import { serveHooks } from './hooks.ts'
import { openApiDocument } from './openapi.ts'

export interface ApiOptions {
  services: Services
  /** Without one, only this machine is served. */
  token?: string
  /** The secrets with which webhooks are signed, by name. */
  secret(name: string): string | undefined
  log: Logger
}

export interface Api {
  app: Hono
  /** From now on requests are answered 503, and nobody waits for a report any longer. */
  stop(): void
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}

/** Builds the API; `startApi` serves it. */
export function createApi(options: ApiOptions): Api {
  const { log, token } = options
  const stopping = new AbortController()
  const app = new Hono()

  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
    await next()
    if (stopping.signal.aborted) c.header('Connection', 'close')
  })
  app.onError((thrown, c) => {
    const { status, body } = refusal(thrown)
    if (status === 500)
      log.error({ err: thrown, method: c.req.method, path: c.req.path }, 'a request to the API failed')
    // A webhook takes no token.
    if (status === 401 && body.error.code !== 'hook.refused')
      c.header('WWW-Authenticate', `Bearer realm="workflow-bot"${challenge(body.error.code)}`)
    return c.json(body, status)
  })
  app.use('/api/*', async (c, next) => {
    const open = endpoints.some((one) => one.open && one.path === c.req.path)
    if (!open) admit({ address: peer(c), header: (name) => c.req.header(name) }, token)
    if (stopping.signal.aborted) {
      throw new WorkflowError('api.stopping', 'The bot is stopping.', { hint: 'Try again when it is back.' })
    }
    await next()
  })
  app.use('/api/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }))

  const document = openApiDocument(endpoints)
  app.get('/api/openapi.json', (c) => c.json(document))
  for (const one of endpoints) {
    const path = honoPath(one.path)
    app.on(one.method, path, (c) => serve(one, c, options, stopping.signal))
  }
  for (const path of new Set(endpoints.map((one) => one.path))) {
    const allowed = endpoints.filter((one) => one.path === path).map((one) => one.method.toUpperCase())
    app.all(honoPath(path), (c) => {
      c.header('Allow', allowed.join(', '))
      throw new WorkflowError('api.wrong_method', `This address answers ${allowed.join(' and ')} alone.`)
    })
  }
  serveHooks(app, {
    services: options.services,
    secret: options.secret,
    log,
    stopping: stopping.signal,
  })
  app.notFound(() => {
    throw new WorkflowError('api.no_such_address', 'There is nothing at this address.', {
      hint: 'GET /api/openapi.json describes every address.',
    })
  })
  return { app, stop: () => stopping.abort() }
}

async function serve(
  one: Endpoint,
  c: Context,
  options: ApiOptions,
  stopping: AbortSignal,
): Promise<Response> {
  const { services, log } = options
  const answer = await one.handle(
    {
      params: c.req.param(),
      query: c.req.query(),
      header: (name) => c.req.header(name),
      body: () => readJson(c.req.raw),
    },
    {
      services,
      log,
      actor: actor(c.req.header('x-actor')),
      signal: AbortSignal.any([c.req.raw.signal, stopping]),
    },
  )
  return c.json(answer.body, answer.status, answer.headers)
}

/**
 * Who asks, as clients tell it: `X-Actor: cli:ana` or `X-Actor: nightly-export`. Whoever may use the API is believed, and
 * is an admin. `X-Actor: slack:U0ANALIMA` asks with the rights of that person and no more; the actor remains a client of
 * the API, so that nobody decides in the name of somebody else.
 */
function actor(header: string | undefined): Actor {
  if (header === undefined) return { kind: 'api', id: 'api', name: 'API' }
  if (/^slack:[UW][A-Z0-9]{2,30}$/.test(header)) {
    return { kind: 'api', id: header, name: `API for ${header.slice('slack:'.length)}` }
  }
  const [, kind, name] = /^(?:(api|cli):)?([\w.@-][\w .@-]{0,79})$/.exec(header) ?? []
  if (name === undefined) {
    throw new WorkflowError(
      'api.bad_request',
      'header.x-actor: a name of at most 80 letters, digits, blanks and ._@-',
    )
  }
  return { kind: kind === 'cli' ? 'cli' : 'api', id: name, name }
}

function peer(c: Context): string | undefined {
  // Requests that did not come through a server have no connection to ask.
  return c.env?.incoming ? getConnInfo(c).remote.address : undefined
}

function tooLarge(): never {
  throw new WorkflowError('api.too_large', 'The body is larger than 1 MB.')
}

const challenge = (code: string) => (code === 'api.token_wrong' ? ', error="invalid_token"' : '')
const honoPath = (path: string) => path.replace(/\{(\w+)\}/g, ':$1')
