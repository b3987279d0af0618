// POST /hooks/<workflow>/<node>: signed requests of other services, which start workflows. Whoever cannot sign learns
// nothing: not which workflows there are, nor what is wrong with the request.
import { randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { findHook, startByHook } from '../commands/hook.ts'
import type { Services } from '../commands/types.ts'
import { WorkflowError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { MAX_BODY_BYTES, readJson } from './body.ts'
import { checkedSignature } from './signature.ts'

export interface HookOptions {
  services: Services
  /** Secrets by name; undefined for one that nobody has set. */
  secret(name: string): string | undefined
  log: Logger
  /** Aborted when the bot is stopping. */
  stopping: AbortSignal
}

/** Takes the place of a secret that there is not, so that such a request takes as long as any other. */
const noSecret = randomBytes(32).toString('hex')

export function serveHooks(app: Hono, options: HookOptions): void {
  const warned = new Set<string>()
  /** Once for each webhook: anybody can send requests. */
  const unset = (workflow: string, node: string, name: string) => {
    const key = `${workflow}/${node}`
    if (warned.has(key)) return
    warned.add(key)
    const text = 'a webhook refuses every request: its secret is not set'
    options.log.warn({ workflow, node, variable: `SECRET_${name}` }, text)
  }
  app.use('/hooks/*', async (_, next) => {
    if (options.stopping.aborted) {
      throw new WorkflowError('api.stopping', 'The bot is stopping.', { hint: 'Try again when it is back.' })
    }
    await next()
  })
  app.use('/hooks/*', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuse }))
  app.post('/hooks/:workflowId/:node', (c) => receive(c, options, unset))
  app.all('/hooks/*', refuse)
}

async function receive(
  c: Context,
  { services, secret }: HookOptions,
  unset: (workflow: string, node: string, name: string) => void,
): Promise<Response> {
  const { workflowId = '', node = '' } = c.req.param()
  const body = new Uint8Array(await c.req.raw.arrayBuffer())
  const hook = findHook(services, workflowId, node)
  const key = hook && secret(hook.secret)
  if (hook && key === undefined) unset(workflowId, node, hook.secret)
  const signature = checkedSignature(
    { signature: c.req.header('x-signature-256'), timestamp: c.req.header('x-timestamp'), body },
    { secret: key ?? noSecret, toleranceMs: hook?.toleranceMs, nowMs: services.clock.now() },
  )
  if (!hook || key === undefined || signature === undefined) return refuse()
  const answer = await startByHook(services, hook, {
    body: await readJson(new Request(c.req.url, { method: 'POST', headers: c.req.raw.headers, body })),
    id: deliveryId(c),
    signature,
  })
  return c.json(answer, 202)
}

/** What the sender calls this delivery. */
function deliveryId(c: Context): string | undefined {
  const id = c.req.header('idempotency-key') ?? c.req.header('x-delivery')
  if (id === undefined || /^[\x21-\x7e]{1,255}$/.test(id)) return id
  throw new WorkflowError('api.bad_request', 'The id of a delivery has 1 to 255 visible ASCII characters.')
}

function refuse(): never {
  throw new WorkflowError('hook.refused', 'This request is not accepted.')
}
