// The connection to Slack: it comes back by itself, loses no ack, and ends in order. Bad tokens end with one clear error.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WorkflowError } from '../../src/errors.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, type BotOptions, botIn, operations, workspace } from './bot.ts'
import { done, finishedReport } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn> | undefined
const unhandled: unknown[] = []
const note = (thrown: unknown) => unhandled.push(thrown)

beforeEach(async () => {
  simulator = await workspace()
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await bot?.app.stop(0)
  bot = undefined
  await simulator.close()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

async function started(options: BotOptions = {}) {
  bot = botIn(simulator, options)
  await bot.app.start()
  return bot
}
const say = (text: string) =>
  simulator.control.command({ user: ana, channel: operations, text: `/workflow ${text}` })
const connected = () => simulator.control.until(() => simulator.control.state().bot.connected)
const see = () => simulator.control.messages({ channel: operations, user: ana })
const seen = (look: RegExp) =>
  simulator.control.until(() => see().find((message) => look.test(JSON.stringify(message))))

describe('reconnecting', () => {
  it.each(['warning', 'refresh_requested', 'too_many_websockets', 'abrupt', 'link_disabled'] as const)(
    'after a disconnect (%s) the next command is acked',
    async (reason) => {
      await started()
      simulator.control.disconnect({ reason })
      await vi.waitFor(() => expect(simulator.control.state().bot.connected).toBe(true), 5000)
      await connected()
      const delivery = await vi.waitFor(async () => {
        const tried = await say('list')
        expect(tried.acked).toBe(true)
        return tried
      }, 5000)
      expect(delivery.acked).toBe(true)
      await seen(/2 workflows/)
    },
  )

  it('a command that falls into the gap is acked over the new connection', async () => {
    await started()
    const command = say('run reorder-check')
    simulator.control.disconnect({ reason: 'refresh_requested' })
    expect(await command).toMatchObject({ acked: true })
    await seen(/is running/)
    expect(bot?.engine.starts).toHaveLength(1)
  })

  it('apps.connections.open may fail for a while, at start and later', async () => {
    simulator.control.fault({ method: 'apps.connections.open', times: 3, error: 'internal_error' })
    const { app } = await started()
    await vi.waitFor(() => expect(app.connected()).toBe(true), 5000)
    simulator.control.fault({ method: 'apps.connections.open', times: 2, status: 503 })
    simulator.control.disconnect({ reason: 'abrupt' })
    await vi.waitFor(() => expect(app.connected()).toBe(false), 5000)
    await vi.waitFor(() => expect(app.connected()).toBe(true), 5000)
    expect(await say('list')).toMatchObject({ acked: true })
  })

  it('Slack may be out of reach when the bot starts', async () => {
    simulator.control.fault({ method: 'auth.test', times: 2, status: 503 })
    const { app } = await started()
    expect(app.connected()).toBe(false)
    await vi.waitFor(() => expect(app.connected()).toBe(true), 5000)
  })
})

describe('tokens', () => {
  const failure = (config: BotOptions['config']): Promise<WorkflowError> =>
    started({ config }).then(
      () => Promise.reject(new Error('it started')),
      (thrown) => thrown,
    )

  it('a bad bot token names its variable and where to find the value', async () => {
    const error = await failure({ botToken: 'xoxb-wrong' })
    expect(error).toMatchObject({
      code: 'slack.invalid_auth',
      message: expect.stringContaining('SLACK_BOT_TOKEN'),
      hint: expect.stringContaining('OAuth & Permissions'),
    })
    expect(JSON.stringify(error) + error.message).not.toContain('xoxb-wrong')
  })

  it('a bad app token names its variable and where to find the value', async () => {
    expect(await failure({ appToken: 'xapp-wrong' })).toMatchObject({
      code: 'slack.invalid_auth',
      message: expect.stringContaining('SLACK_APP_TOKEN'),
      hint: expect.stringContaining('connections:write'),
    })
  })

  it('a token that is revoked while running ends nothing', async () => {
    const { app } = await started()
    simulator.control.change({ what: 'revoke_token' })
    expect(await say('list')).toMatchObject({ acked: true })
    simulator.control.disconnect({ reason: 'abrupt' })
    simulator.control.change({ what: 'restore_token' })
    await vi.waitFor(() => expect(app.connected()).toBe(true), 5000)
    await say('list')
    await seen(/2 workflows/)
  })
})

describe('stopping', () => {
  it('waits for what is in flight and for the report', async () => {
    const { app, engine } = await started()
    await say('run reorder-check')
    await seen(/is running/)
    simulator.control.fault({ method: 'chat.update', times: 1, delay_ms: 100 })
    engine.show(finishedReport('x1', [done('check stock')]))
    await app.stop()
    await seen(/is done/)
    expect(app.connected()).toBe(false)
  })

  it('does not wait longer than it is told', async () => {
    const { app, services } = await started()
    services.history.report = () => new Promise(() => {})
    await say('report x1')
    await app.stop(50)
    expect(app.connected()).toBe(false)
  })

  it('can be done before a connection was ever made', async () => {
    simulator.control.fault({ method: 'apps.connections.open', times: 1000, error: 'internal_error' })
    const { app } = await started()
    await app.stop()
    expect(app.connected()).toBe(false)
  })
})
