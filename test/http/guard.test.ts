// Who may use the API: everybody on this machine without a token, everybody who shows it with one, and nobody else.
import { describe, expect, it } from 'vitest'
import { errorSchema } from '../../src/http/schemas.ts'
import { createBot } from './bot.ts'

const TOKEN = 'k3Jx8sQ0vB1mZr7TpLwe9d'

const outcome = async (response: Response) => [
  response.status,
  response.ok ? 'ok' : errorSchema.parse(await response.json()).error.code,
]

describe('without a token', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])(
    'this machine is served (%s)',
    async (from) => {
      expect(await outcome(await createBot().ask('/api/workflows', { from }))).toEqual([200, 'ok'])
    },
  )

  it.each(['192.168.1.9', '10.0.0.1', '::2', '::ffff:10.0.0.1', 'fe80::1', '', 'localhost'])(
    'another machine is not (%s)',
    async (from) => {
      expect(await outcome(await createBot().ask('/api/workflows', { from }))).toEqual([
        403,
        'api.only_loopback',
      ])
    },
  )

  it('a request whose other end cannot be told is refused', async () => {
    const response = await createBot().api.app.request('/api/workflows', { headers: { Host: 'localhost' } })
    expect(await outcome(response)).toEqual([403, 'api.only_loopback'])
  })

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via'])(
    'a proxy on this machine does not make strangers local (%s)',
    async (name) => {
      const response = await createBot().ask('/api/workflows', { headers: { [name]: '203.0.113.9' } })
      expect(await outcome(response)).toEqual([403, 'api.only_loopback'])
    },
  )

  it.each(['localhost:3200', 'LOCALHOST', '127.0.0.1', '127.0.0.1:3200', '[::1]:3200'])(
    'the host %s means this machine',
    async (Host) => {
      expect(await outcome(await createBot().ask('/api/workflows', { headers: { Host } }))).toEqual([
        200,
        'ok',
      ])
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example:3200',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'localhost:3200:1',
    '',
  ])('a name that was bent to this machine is refused (%s)', async (Host) => {
    const response = await createBot().ask('/api/workflows', { headers: { Host } })
    expect(await outcome(response)).toEqual([403, 'api.wrong_host'])
  })

  it.each([
    'http://evil.example',
    'null',
    'http://127.0.0.1:9999',
    'http://localhost:3200',
    'https://127.0.0.1:3200',
  ])('pages from elsewhere are refused (%s)', async (Origin) => {
    const bot = createBot()
    expect(await outcome(await bot.post({}, { Origin }))).toEqual([403, 'api.wrong_origin'])
    expect(bot.prepared()).toBe(0)
  })

  it('pages of its own address would be served', async () => {
    const headers = { Origin: 'http://127.0.0.1:3200', 'Sec-Fetch-Site': 'same-origin' }
    expect(await outcome(await createBot().ask('/api/workflows', { headers }))).toEqual([200, 'ok'])
  })

  it.each(['cross-site', 'same-site'])('a browser that says %s is refused', async (site) => {
    const response = await createBot().ask('/api/workflows', { headers: { 'Sec-Fetch-Site': site } })
    expect(await outcome(response)).toEqual([403, 'api.wrong_origin'])
  })

  it('no answer allows other origins to read it', async () => {
    const preflight = await createBot().ask('/api/workflows/sample/executions', {
      method: 'OPTIONS',
      headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' },
    })
    expect(preflight.status).toBe(403)
    expect(preflight.headers.has('Access-Control-Allow-Origin')).toBe(false)
  })
})

describe('with a token', () => {
  const bot = createBot({ token: TOKEN })

  it('whoever shows it is served, from anywhere and under any host', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}`, Host: 'bot.example.com' }
    expect(await outcome(await bot.ask('/api/workflows', { from: '203.0.113.9', headers }))).toEqual([
      200,
      'ok',
    ])
  })

  it('the scheme may be written in any case', async () => {
    const headers = { Authorization: `bearer ${TOKEN}` }
    expect((await bot.ask('/api/workflows', { headers })).status).toBe(200)
  })

  it('this machine must show it too', async () => {
    const response = await bot.ask('/api/workflows')
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer realm="workflow-bot"')
    expect(await outcome(response)).toEqual([401, 'api.token_missing'])
  })

  it.each([
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.toLowerCase()}`,
    `Basic ${TOKEN}`,
    TOKEN,
    'Bearer',
    'Bearer ',
    `Bearer ${'x'.repeat(5000)}`,
  ])('anything else is refused: %s', async (Authorization) => {
    const response = await bot.ask('/api/workflows', { headers: { Authorization } })
    expect(response.headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
    expect(await outcome(response)).toEqual([401, 'api.token_wrong'])
  })

  it('is not taken from the address', async () => {
    expect((await bot.ask(`/api/workflows?token=${TOKEN}`)).status).toBe(401)
  })

  it('is asked for before anything is told about addresses', async () => {
    expect((await bot.ask('/api/nowhere')).status).toBe(401)
    expect((await bot.ask('/api/openapi.json')).status).toBe(401)
  })

  it('is not asked for by the health check, which tells nothing else', async () => {
    const response = await bot.ask('/api/health', { from: '203.0.113.9' })
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })
})
