// Webhooks: signed requests of other services start workflows, each delivery once; nobody else learns anything.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { executeCommand } from '../../src/commands/execute.ts'
import type { Json } from '../../src/json.ts'
import { edge, workflow } from '../support/workflow.ts'
import { createBot } from './bot.ts'

const secret = 'a-secret-of-the-shop'
const sign = (body: string, key = secret) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

/** A bot whose workflow `sample` has webhooks: `order placed`, `timed` (five minutes), and `unset` without its secret. */
function shop(options: { token?: string } = {}) {
  const bot = createBot(options)
  const inputs = { sku: { type: 'string', required: true }, count: { type: 'integer', min: 1 } }
  const version = workflow(
    [
      { name: 'order placed', type: 'webhook', secret: 'SHOP', inputs, map: {} },
      { name: 'timed', type: 'webhook', secret: 'SHOP', inputs, map: {}, tolerance: '5m' },
      { name: 'mapped', type: 'webhook', secret: 'SHOP', inputs, map: { sku: 'body.item.sku' } },
      { name: 'unset', type: 'webhook', secret: 'NOBODY', inputs, map: {} },
      'prepare',
    ],
    [edge('order placed -> prepare'), edge('timed -> prepare'), edge('mapped -> prepare')],
  )
  const entry = { id: 'sample', version, faults: [], file: 'workflows/sample/workflow.yaml' }
  bot.services.catalog = {
    list: () => [entry],
    get: (id) => (id === 'sample' ? entry : undefined),
    faults: () => [],
  }
  const claims = new Map<string, Json>()
  bot.services.claims = {
    async claim(key, value) {
      const claimed = !claims.has(key)
      if (claimed) claims.set(key, value)
      return { claimed, value: claims.get(key) as typeof value }
    },
    get: (key) => claims.get(key),
  }
  const send = async (
    body: string,
    headers: { [name: string]: string } = {},
    path = '/hooks/sample/order%20placed',
    method = 'POST',
  ) => {
    const response = await bot.ask(path, {
      method,
      from: '203.0.113.7',
      headers: { 'Content-Type': 'application/json', 'X-Signature-256': sign(body), ...headers },
      ...(method === 'GET' ? {} : { body }),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
  }
  const executions = () => bot.services.history.recent({ limit: 100 })
  const now = () => Math.floor(bot.clock.now() / 1000)
  return { ...bot, send, executions, now }
}

interface Answer {
  executionId?: string
  started?: boolean
  error?: { code: string; message: string }
}

const order = '{"sku": "A-1", "count": 2, "customer": {"name": "Ana"}}'

describe('a signed request', () => {
  it('starts the workflow with fields of its body as inputs, checked like any others', async () => {
    const { send, services } = shop()
    const { status, body } = await send(order)
    expect([status, body]).toEqual([202, { executionId: 'x1', started: true }])
    const report = await services.engine.result('x1')
    expect(report).toMatchObject({
      status: 'succeeded',
      inputs: { sku: 'A-1', count: 2 },
      trigger: { node: 'order placed', type: 'webhook' },
      startedBy: { kind: 'webhook', id: 'sample/order placed', name: 'order placed' },
    })
    expect(await services.audit.recent(1)).toMatchObject([
      { action: 'execution.started', actor: { kind: 'webhook' }, details: { trigger: 'webhook' } },
    ])
  })

  it('needs no token of the API, and comes from anywhere', async () => {
    expect((await shop({ token: 'k3Jx8sQ0vB1mZr7TpLwe9d' }).send(order)).status).toBe(202)
  })

  it('with inputs that do not fit is told so, and starts nothing', async () => {
    const { send, executions } = shop()
    for (const wrong of ['{"count": 1}', '{"sku": "A-1", "count": 0}', '[]', '"sku"', 'null']) {
      const { status, body } = await send(wrong)
      expect([wrong, status, body]).toMatchObject([wrong, 400, { error: { code: 'inputs.invalid' } }])
    }
    expect(await executions()).toEqual([])
  })

  it('is told what is wrong with its form once it is known who sent it', async () => {
    const { send } = shop()
    expect((await send('{"sku": ')).body).toMatchObject({ error: { code: 'api.bad_json' } })
    expect((await send('{"__proto__": {"sku": "A-1"}}')).body).toMatchObject({
      error: { code: 'api.bad_json' },
    })
    expect((await send(order, { 'Content-Type': 'text/plain' })).status).toBe(415)
    expect((await send(order, { 'X-Delivery': 'two words' })).status).toBe(400)
    expect((await send(`${'['.repeat(70)}${']'.repeat(70)}`)).body).toMatchObject({
      error: { code: 'api.too_deep' },
    })
  })

  it('finds inputs by expressions, and the others by their names', async () => {
    const { send, services } = shop()
    const path = '/hooks/sample/mapped'
    await send('{"item": {"sku": "B-2"}, "sku": "A-1", "count": 3}', {}, path)
    expect((await services.engine.result('x1')).inputs).toEqual({ sku: 'B-2', count: 3 })
    const { status, body } = await send('{"item": {"price": "1234567"}}', {}, path)
    expect([status, body]).toMatchObject([400, { error: { code: 'inputs.invalid' } }])
    expect(JSON.stringify(body)).not.toContain('1234567')
  })

  it('is refused while the workflow is locked, and while the bot is stopping', async () => {
    const { send, services, api } = shop()
    const actor = { kind: 'api' as const, id: 'api', name: 'API' }
    await executeCommand('lock', { workflowId: 'sample', reason: 'stocktake' }, { actor, services })
    const { status, body } = await send(order)
    expect([status, body]).toMatchObject([409, { error: { code: 'workflow.locked' } }])
    api.stop()
    expect((await send(order)).status).toBe(503)
  })
})

describe('a delivery', () => {
  it.each(['X-Delivery', 'Idempotency-Key'])(
    'that is repeated with the same %s starts nothing',
    async (name) => {
      const { send } = shop()
      expect((await send(order, { [name]: 'd-1' })).body).toEqual({ executionId: 'x1', started: true })
      expect((await send(order, { [name]: 'd-1' })).body).toEqual({ executionId: 'x1', started: false })
      expect((await send(order, { [name]: 'd-2' })).body).toEqual({ executionId: 'x2', started: true })
    },
  )

  it('without an id is known by its body', async () => {
    const { send } = shop()
    await send(order)
    expect((await send(order)).body).toEqual({ executionId: 'x1', started: false })
    expect((await send('{"sku": "A-2"}')).body).toEqual({ executionId: 'x2', started: true })
  })

  it('that arrives several times at once starts one execution', async () => {
    const { send, executions } = shop()
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(order, { 'X-Delivery': 'd-1' })))
    expect(new Set(answers.map(({ body }) => body.executionId))).toEqual(new Set(['x1']))
    expect(answers.filter(({ body }) => body.started)).toHaveLength(1)
    expect((await executions()).length).toBeLessThanOrEqual(1)
  })

  it('counts for each webhook apart, also where a signature is the same', async () => {
    const { send } = shop()
    await send(order, { 'X-Delivery': 'd-1' })
    const other = await send('{"item": {"sku": "A"}}', { 'X-Delivery': 'd-1' }, '/hooks/sample/mapped')
    expect(other.body).toEqual({ executionId: 'x2', started: true })
  })
})

describe('a webhook with a tolerance', () => {
  const path = '/hooks/sample/timed'
  const stamped = (seconds: number | string, body = order) => ({
    'X-Timestamp': String(seconds),
    'X-Signature-256': sign(`${seconds}.${body}`),
  })

  it('takes requests of about now, whose signature covers the time', async () => {
    const { send, now } = shop()
    for (const [index, seconds] of [now(), now() - 299, now() + 299].entries())
      expect((await send(order, stamped(seconds), path)).body).toEqual({
        executionId: `x${index + 1}`,
        started: true,
      })
  })

  it('refuses those that are too old, come from the future, or carry no time or another one', async () => {
    const { send, now, executions } = shop()
    const wrong = [
      stamped(now() - 301),
      stamped(now() + 301),
      { 'X-Signature-256': sign(order) },
      { ...stamped(now() - 400), 'X-Timestamp': String(now()) },
      stamped(''),
      stamped('now'),
      stamped(`${now()}.0`),
      stamped(`-${now()}`),
    ]
    for (const headers of wrong)
      expect([headers, (await send(order, headers, path)).status]).toEqual([headers, 401])
    expect(await executions()).toEqual([])
  })

  it('starts nothing for a copy of a request under another id', async () => {
    const { send, now } = shop()
    const headers = stamped(now())
    await send(order, { ...headers, 'X-Delivery': 'd-1' }, path)
    expect((await send(order, { ...headers, 'X-Delivery': 'd-2' }, path)).body).toEqual({
      executionId: 'x1',
      started: false,
    })
  })

  it('starts nothing when the sender tries the same delivery again with a new time', async () => {
    const { send, now } = shop()
    await send(order, { ...stamped(now() - 60), 'X-Delivery': 'd-1' }, path)
    const again = await send(order, { ...stamped(now()), 'X-Delivery': 'd-1' }, path)
    expect(again.body).toEqual({ executionId: 'x1', started: false })
  })
})

describe('whoever cannot sign', () => {
  it('gets one and the same answer, whatever is there and whatever is wrong', async () => {
    const { send, executions } = shop()
    const answers = await Promise.all([
      send(order, { 'X-Signature-256': sign(order, 'another secret') }),
      send(order, { 'X-Signature-256': '' }),
      send(order, { 'X-Signature-256': sign(order).slice(7) }),
      send(order, { 'X-Signature-256': sign(order).slice(0, -1) }),
      send(order, { 'X-Signature-256': `sha1=${'0'.repeat(40)}` }),
      send(order, { 'X-Signature-256': `sha256=${'z'.repeat(64)}` }),
      send(`${order} `, { 'X-Signature-256': sign(order) }),
      send('{"sku": ', { 'X-Signature-256': 'sha256=' }),
      send('', { 'X-Signature-256': sign('', '') }),
      send(order, { 'X-Signature-256': sign(order, 'x'), 'Content-Type': 'text/plain' }),
      send(order, { 'X-Signature-256': sign(order, ''), 'X-Delivery': 'two words' }),
      send('x'.repeat(1024 * 1024 + 1)),
      send(order, {}, '/hooks/sample/unset'),
      send(order, { 'X-Signature-256': sign(order, '') }, '/hooks/sample/unset'),
      send(order, { 'X-Signature-256': sign(order, 'undefined') }, '/hooks/sample/unset'),
      send(order, {}, '/hooks/sample/start'),
      send(order, {}, '/hooks/sample/prepare'),
      send(order, {}, '/hooks/sample/nothing'),
      send(order, {}, '/hooks/nothing/order%20placed'),
      send(order, {}, '/hooks/__proto__/constructor'),
      send(order, {}, '/hooks/sample/%E0%A4%A'),
      send(order, {}, '/hooks/sample'),
      send(order, {}, '/hooks/sample/order%20placed/more'),
      send(order, {}, '/hooks/sample/order%20placed', 'GET'),
      send(order, {}, '/hooks/sample/order%20placed', 'PUT'),
    ])
    const seen = answers.map(({ status, body, headers }) =>
      JSON.stringify([status, body, [...headers.keys()].sort()]),
    )
    expect(new Set(seen).size).toBe(1)
    expect(answers[0]).toMatchObject({
      status: 401,
      body: { error: { code: 'hook.refused', message: 'This request is not accepted.' } },
    })
    expect(answers[0]?.headers.get('WWW-Authenticate')).toBeNull()
    expect(await executions()).toEqual([])
  })

  it('cannot fill the log; that a secret is missing stands there once, without any secret', async () => {
    const { send, log } = shop()
    for (let index = 0; index < 5; index += 1) await send(order, {}, '/hooks/sample/unset')
    await send(order, { 'X-Signature-256': 'sha256=' })
    expect(log).toMatchObject([{ workflow: 'sample', node: 'unset', variable: 'SECRET_NOBODY' }])
    expect(JSON.stringify(log)).not.toContain(secret)
  })

  it('is refused as soon as a body without a length grows too big', async () => {
    const { api, log } = shop()
    const body = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 20; index += 1) controller.enqueue(new Uint8Array(100_000))
        controller.close()
      },
    })
    const request = new Request('http://127.0.0.1:3200/hooks/sample/order%20placed', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit)
    expect((await api.app.request(request)).status).toBe(401)
    expect(log.filter(({ level }) => level >= 50)).toEqual([])
  })
})
