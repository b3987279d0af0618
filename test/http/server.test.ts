// The API on a real address: listening, refusing, waiting for clients that go away, and stopping in order.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { reportSchema } from '../../src/engine/report.ts'
import { type RunningApi, startApi } from '../../src/http/server.ts'
import { settled } from '../support/clock.ts'
import { type Bot, createBot } from './bot.ts'

const open: RunningApi[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function serve(bot: Bot, host = '127.0.0.1'): Promise<RunningApi> {
  const server = await startApi(bot.api, { host, port: 0, clock: bot.clock })
  open.push(server)
  return server
}

const start = (url: string, init: RequestInit = {}) =>
  fetch(`${url}/api/workflows/sample/executions`, {
    method: 'POST',
    body: '{}',
    ...init,
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=30' },
  })

/** Resolves when the bot has begun to work. */
async function begun(bot: Bot): Promise<void> {
  while (bot.prepared() === 0) await settled()
}

describe('the server of the API', () => {
  it('serves programs on this machine', async () => {
    const { url } = await serve(createBot())
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const response = await start(url)
    expect([response.status, reportSchema.parse(await response.json()).status]).toEqual([200, 'succeeded'])
  })

  it('refuses a request that names another host, on a real connection', async () => {
    const { url } = await serve(createBot())
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('GET /api/workflows HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('says which port is in use and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(
      startApi(createBot().api, { host: '127.0.0.1', port, clock: systemClock }),
    ).rejects.toMatchObject({
      code: 'api.port_in_use',
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining('API_PORT'),
    })
    other.close()
  })

  it('says so when it cannot listen for another reason', async () => {
    await expect(
      startApi(createBot().api, { host: '203.0.113.1', port: 0, clock: systemClock }),
    ).rejects.toMatchObject({ code: 'api.cannot_listen', message: expect.stringContaining('203.0.113.1') })
  })

  it('stops waiting for a client that has gone', async () => {
    const bot = createBot({ blocked: true })
    const { url } = await serve(bot)
    const before = bot.clock.sleeping
    const client = new AbortController()
    const answer = start(url, { signal: client.signal }).catch((thrown: Error) => thrown.name)
    await begun(bot)
    while (bot.clock.sleeping <= before + 1) await settled()
    const waiting = bot.clock.sleeping
    client.abort()
    expect(await answer).toBe('AbortError')
    while (bot.clock.sleeping >= waiting) await settled()
    expect(bot.services.engine.running()).toHaveLength(1)
  })

  it('finishes what is under way when it closes, and takes nothing new', async () => {
    const bot = createBot({ blocked: true })
    const server = await serve(bot)
    const answer = start(server.url)
    await begun(bot)
    const closed = server.close()
    const response = await answer
    expect([response.status, response.headers.get('Connection')]).toEqual([202, 'close'])
    await closed
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow()
    open.length = 0
  })

  it('closes at once although a browser holds a connection that it opened in advance', async () => {
    const server = await serve(createBot())
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const gone = once(socket.resume(), 'close')
    await server.close()
    await gone
    open.length = 0
  })

  it('cuts off a connection that never finishes its request, five seconds after it began to close', async () => {
    const bot = createBot()
    const server = await serve(bot)
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    const head = 'HTTP/1.1\r\nHost: localhost\r\n'
    const half = `POST /api/workflows/sample/executions ${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
    // The first answer tells that the half request behind it has arrived as well.
    socket.write(`GET /api/health ${head}\r\n${half}`)
    await once(socket, 'data')
    const closed = server.close()
    const gone = once(socket, 'close')
    await bot.clock.advance(5_000)
    await gone
    await closed
    open.length = 0
  })
})
