// Slack over HTTP: the same listeners behind Slack's signature.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, botIn, operations, workspace } from './bot.ts'

const signingSecret = 'a-signing-secret-of-this-test'
let simulator: Simulator
let port: number
let bot: ReturnType<typeof botIn>

beforeEach(async () => {
  simulator = await workspace()
  port = await freePort()
  bot = botIn(simulator, { config: { mode: 'http', signingSecret, port, host: '127.0.0.1' } })
})
afterEach(async () => {
  await bot.app.stop()
  await simulator.close()
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo
      server.close(() => resolve(free))
    })
  })
}

function send(secret: string, agedS = 0) {
  const body = new URLSearchParams({
    command: '/workflow',
    text: 'list',
    user_id: ana,
    user_name: 'ana',
    channel_id: operations,
    team_id: 'T0HARBOUR',
    trigger_id: '1.2.3',
  }).toString()
  const time = Math.floor(Date.now() / 1000) - agedS
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`
  return fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(time),
      'x-slack-signature': signature,
    },
    body,
  })
}

it('a signed command is acked and answered', async () => {
  await bot.app.start()
  expect(bot.app.connected()).toBe(true)
  expect((await send(signingSecret)).status).toBe(200)
  await simulator.control.until(() =>
    simulator.control.messages({ channel: operations, user: ana }).some(({ text }) => text === '2 workflows'),
  )
})

it('a wrong or an old signature is refused', async () => {
  await bot.app.start()
  expect((await send('another secret')).status).toBe(401)
  expect((await send(signingSecret, 6 * 60)).status).toBe(401)
})

it('a port that is taken is one clear error', async () => {
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  await expect(bot.app.start()).rejects.toMatchObject({
    code: 'slack.port_in_use',
    hint: expect.stringContaining('SLACK_PORT'),
  })
  await new Promise((resolve) => other.close(resolve))
})

it('a bad bot token is the same error as over Socket Mode', async () => {
  bot = botIn(simulator, {
    config: { mode: 'http', botToken: 'xoxb-wrong', signingSecret, port, host: '127.0.0.1' },
  })
  await expect(bot.app.start()).rejects.toMatchObject({ code: 'slack.invalid_auth' })
})
