// The HTTP face of the simulator: Slack's Web API, uploads and response urls for the app; the control API and the page
// for people. It answers loopback alone, and no page of another site can talk to it.
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { isLoopbackHost } from '../loopback.ts'
import type { ControlRequests } from './control.ts'
import type { Control } from './control-api.ts'
import type { Core } from './core.ts'
import { FILE_BYTES } from './files.ts'
import { pageFile } from './page-files.ts'
import { asObject } from './payload.ts'
import { ControlRefusal, SlackRefusal } from './refusal.ts'
import { requestShapes } from './requests.ts'
import { respond } from './responses.ts'
import { readArguments, type WebApi } from './web/index.ts'

const BODY_BYTES = 5_000_000
const KEEP_ALIVE_MS = 15_000

const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; media-src https:; " +
    "connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

export function buildServer(core: Core, api: WebApi, control: Control): Hono {
  const server = new Hono()
  server.use(async (c, next) => {
    const refusal = foreign(c.req.header('host'), c.req.header('origin'))
    if (refusal) return c.json({ error: 'forbidden', message: refusal }, 403)
    await next()
    c.res.headers.set('cross-origin-resource-policy', 'same-origin')
  })
  server.use('/upload/*', bodyLimit({ maxSize: FILE_BYTES + 100_000 }))
  server.use('/api/*', bodyLimit({ maxSize: BODY_BYTES }))
  server.use('/control/*', bodyLimit({ maxSize: BODY_BYTES }))
  server.use('/response/*', bodyLimit({ maxSize: BODY_BYTES }))
  serveApp(server, core, api)
  serveControl(server, control)
  servePage(server, core)
  server.notFound((c) => c.json({ error: 'not_found', message: `Nothing is at ${c.req.path}.` }, 404))
  server.onError((error, c) => {
    if (error instanceof ControlRefusal)
      return c.json(
        { error: error.error, message: error.message, ...(error.errors ? { errors: error.errors } : {}) },
        error.status,
      )
    if (error instanceof SlackRefusal)
      return new Response(JSON.stringify({ ok: false, error: error.error, ...error.details }), {
        status: error.status,
        headers: { 'content-type': 'application/json', ...error.headers },
      })
    if (error instanceof HTTPException) return error.getResponse()
    console.error('The simulator made a mistake:', error)
    return c.json({ ok: false, error: 'internal_error', message: 'The simulator made a mistake.' }, 500)
  })
  return server
}

/** Says why a request is refused: its Host is no name of loopback (DNS rebinding), or it comes from another site. */
export function foreign(host: string | undefined, origin: string | undefined): string | undefined {
  if (!host || !isLoopbackHost(host.replace(/:\d+$/, ''))) return 'Only loopback names are served.'
  if (origin !== undefined && origin !== `http://${host}`) return 'Requests from other sites are refused.'
  return undefined
}

function serveApp(server: Hono, core: Core, api: WebApi): void {
  server.on(['GET', 'POST'], '/api/:method', async (c) => {
    const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const args = await readArguments(c.req.raw)
    const { status, headers, body } = await api.call(c.req.param('method'), args, bearer)
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    })
  })

  server.post('/upload/:ticket', async (c) => {
    const multipart = (c.req.header('content-type') ?? '').startsWith('multipart/form-data')
    const content = multipart ? await firstFile(await c.req.formData()) : await c.req.arrayBuffer()
    core.files.receive(c.req.param('ticket'), new Uint8Array(content))
    return c.text(`OK - ${content.byteLength}`)
  })

  server.post('/response/:team/:id', async (c) => {
    const args = await readArguments(c.req.raw)
    try {
      respond(core, c.req.param('id'), args)
    } catch (thrown) {
      if (thrown instanceof SlackRefusal)
        core.workspace.problem('refused', 'response_url', `${thrown.error} ${JSON.stringify(thrown.details)}`)
      throw thrown
    }
    return c.text('ok')
  })
}

function serveControl(server: Hono, control: Control): void {
  for (const name of Object.keys(requestShapes) as (keyof ControlRequests)[]) {
    server.post(`/control/${name}`, async (c) => {
      if (!c.req.header('content-type')?.startsWith('application/json'))
        throw new ControlRefusal('unsupported_media_type', 'The body must be application/json.', 415)
      return c.json((await carryOut(control, name, await jsonBody(c.req.raw))) ?? { ok: true })
    })
  }
  server.get('/control/state', (c) => c.json(control.state(c.req.query('user'))))
  server.get('/control/messages', (c) => {
    const { channel = '', user, thread_ts } = c.req.query()
    const asked = { channel, ...(user ? { user } : {}), ...(thread_ts ? { thread_ts } : {}) }
    return c.json({ messages: control.messages(asked) })
  })
  server.get('/control/views', (c) => c.json(control.views(c.req.query('user'))))
  server.get('/control/problems', (c) => c.json({ problems: control.problems() }))
  server.get('/control/requests', (c) => c.json({ requests: control.requests() }))
  server.get('/control/events', (c) => {
    const { viewer } = control.state(c.req.query('user'))
    return streamSSE(c, async (stream) => {
      const unfollow = control.follow((event) => {
        void stream.writeSSE({ data: JSON.stringify(event) })
      }, viewer)
      await stream.write(': connected\n\n')
      const beat = setInterval(() => void stream.write(': still here\n\n'), KEEP_ALIVE_MS)
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      clearInterval(beat)
      unfollow()
    })
  })
}

async function carryOut(control: Control, name: keyof ControlRequests, body: unknown): Promise<unknown> {
  const shape = requestShapes[name]
  const parsed = (shape as z.ZodType).safeParse(body)
  if (!parsed.success) throw new ControlRefusal('invalid_request', z.prettifyError(parsed.error))
  const act = control[name] as (request: unknown) => unknown
  return act.call(control, parsed.data)
}

function servePage(server: Hono, core: Core): void {
  const send = async (path: string) => {
    const file = await pageFile(path)
    if (!file) throw new ControlRefusal('not_found', `The page has no file ${path}.`, 404)
    return new Response(new Uint8Array(file.content), {
      headers: { ...pageHeaders, 'content-type': file.type },
    })
  }
  server.get('/', () => send('index.html'))
  server.get('/page/*', (c) => send(c.req.path.slice('/page/'.length)))
  server.get('/files/:id/:name?', (c) => {
    const file = core.files.content(c.req.param('id'))
    if (!file) throw new ControlRefusal('not_found', 'There is no such file.', 404)
    return new Response(new Uint8Array(file.bytes), {
      headers: {
        'content-type': file.mimetype,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=3600',
      },
    })
  })
}

async function firstFile(form: FormData): Promise<ArrayBuffer> {
  for (const value of form.values()) if (typeof value !== 'string') return value.arrayBuffer()
  throw new SlackRefusal('no_file_data', {}, { status: 400 })
}

async function jsonBody(request: Request): Promise<Record<string, unknown>> {
  try {
    return asObject(await request.json())
  } catch {
    throw new ControlRefusal('invalid_json', 'The body is not valid JSON.')
  }
}
