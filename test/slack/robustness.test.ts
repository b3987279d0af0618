// What a workspace does to a bot: archived channels, missing scopes, rate limits, redelivery, clocks that differ. The bot
// says what is wrong, tells whoever waits, and does nothing twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Json } from '../../src/json.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, ben, botIn, operations, random, workspace } from './bot.ts'
import { done, finishedReport, HandEngine, node, running, runningReport } from './fakes.ts'

let simulator: Simulator
let engine: HandEngine
let disk: Map<string, Json>
let bot: ReturnType<typeof botIn>

async function started(options: Parameters<typeof botIn>[1] = {}) {
  bot = botIn(simulator, { engine, disk, ...options })
  await bot.app.start()
}
beforeEach(async () => {
  simulator = await workspace()
  engine = new HandEngine()
  disk = new Map()
})
afterEach(async () => {
  await bot.app.stop()
  await simulator.close()
})

const change = (what: Parameters<Simulator['control']['change']>[0]) => simulator.control.change(what)
const say = (text: string, channel = operations, user = ana) =>
  simulator.control.command({ user, channel, text: `/workflow ${text}` })
const direct = () => simulator.control.state(ana).channels.find(({ kind }) => kind === 'im')?.id ?? ''
const see = (channel = operations, user = ana) =>
  channel === '' ? [] : simulator.control.messages({ channel, user })
const seen = (look: RegExp, channel: () => string = () => operations, user = ana) =>
  simulator.control.until(() => see(channel(), user).find((message) => look.test(JSON.stringify(message))))
const calls = (method: string) => simulator.control.requests().filter((request) => request.method === method)

describe('channels', () => {
  it('one that is archived while an execution runs: whoever asked reads the report directly', async () => {
    await started()
    await say('run reorder-check')
    await seen(/is running/)
    change({ what: 'archive', channel: operations })
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/, direct)
    await bot.app.stop()
    expect(disk.get('slack:unsettled')).toEqual([])
  })

  it('one that is archived in the middle: progress and report go on directly, in one message', async () => {
    await started()
    await say('run reorder-check')
    await seen(/is running/)
    change({ what: 'archive', channel: operations })
    engine.show(runningReport('x1', [done('check stock'), running('notify buyers')]))
    await seen(/notify buyers/, direct)
    engine.show(finishedReport('x1', [done('check stock'), done('notify buyers')]))
    await seen(/is done/, direct)
    expect(see(direct())).toHaveLength(1)
  })

  it('one that the bot is not in: it answers directly, offers to join, and answers there afterwards', async () => {
    await started()
    await say('list', random)
    const offer = await seen(/Let me join/, () => random)
    expect(offer.ephemeral_for).toBe(ana)
    await simulator.control.action({
      user: ana,
      in: { channel: random, ts: offer.ts },
      action_id: 'join_channel',
    })
    await seen(/I have joined/, () => random)
    await say('list', random)
    await seen(/2 workflows/, () => random, ben)
  })

  it('where it may not join, it says how to invite it', async () => {
    await started()
    simulator.control.fault({
      method: 'conversations.join',
      times: 1,
      error: 'method_not_supported_for_channel_type',
    })
    await say('list', random)
    const offer = await seen(/Let me join/, () => random)
    await simulator.control.action({
      user: ana,
      in: { channel: random, ts: offer.ts },
      action_id: 'join_channel',
    })
    await seen(/cannot join.*\/invite @workflow/, () => random)
  })
})

describe('scopes', () => {
  it('one that is missing is named to the person who notices', async () => {
    await started()
    change({ what: 'remove_scope', scope: 'channels:join' })
    await say('list', random)
    const offer = await seen(/Let me join/, () => random)
    await simulator.control.action({
      user: ana,
      in: { channel: random, ts: offer.ts },
      action_id: 'join_channel',
    })
    await seen(/lacks the scope channels:join/, () => random)
  })

  it('without the right to send files the details say which scope that takes', async () => {
    await started()
    engine.show(finishedReport('x9', [done('check stock')]))
    await say('report x9')
    const { ts } = await seen(/is done/)
    await simulator.control.action({
      user: ana,
      in: { channel: operations, ts },
      action_id: 'open_execution:x9',
    })
    const modal = await simulator.control.until(() => simulator.control.views(ana).modals.at(-1))
    change({ what: 'remove_scope', scope: 'files:write' })
    await simulator.control.action({ user: ana, in: { view_id: modal.id }, action_id: 'send_file' })
    await seen(/lacks the scope files:write/, direct)
  })

  it('a channel whose kind cannot be found out counts as public', async () => {
    await started()
    change({ what: 'remove_scope', scope: 'channels:read' })
    engine.show(finishedReport('x9', [done('check stock')], { redact: true, inputs: { note: 'secret' } }))
    await say('report x9')
    await seen(/Values are hidden here/)
  })
})

describe('rate limits', () => {
  it('in a storm progress gives way, and every answer and report arrives once', async () => {
    await started()
    await say('run reorder-check')
    await seen(/is running/)
    simulator.control.fault({ method: 'chat.update', times: 2, retry_after: 1 })
    simulator.control.fault({ method: 'chat.postMessage', times: 3, retry_after: 1 })
    simulator.control.fault({ method: 'views.publish', times: 2, retry_after: 1 })
    for (let n = 0; n < 20; n += 1) engine.show(runningReport('x1', [running(`step ${n}`)]))
    await Promise.all([say('list'), say('show month-end'), say('history')])
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
    await seen(/2 workflows/)
    await seen(/Month end/)
    await bot.app.stop()
    expect(see().filter(({ text }) => text.includes('2 workflows'))).toHaveLength(1)
    expect(see().filter(({ text }) => text.includes('Reorder check'))).toHaveLength(1)
  })
})

describe('redelivery', () => {
  it('a command that Slack delivers three times is answered once', async () => {
    await started()
    await simulator.control.command({
      user: ana,
      channel: operations,
      text: '/workflow list',
      deliveries: 3,
    })
    await seen(/2 workflows/)
    await bot.app.stop()
    expect(see()).toHaveLength(1)
  })

  it('a start that is delivered again after a restart starts nothing', async () => {
    await started()
    await simulator.control.command({
      user: ana,
      channel: operations,
      text: '/workflow run reorder-check',
      deliveries: 2,
    })
    await seen(/is running/)
    expect(engine.starts).toHaveLength(1)
    expect(engine.starts[0]?.once?.key).toMatch(/^slash:/)
  })
})

describe('clocks', () => {
  it('a clock that is four minutes ahead still finds its message after a crash', async () => {
    const ahead = { ...systemClock, now: () => Date.now() + 4 * 60_000 }
    await started({ clock: ahead })
    await say('run reorder-check')
    await seen(/is running/)
    await bot.app.stop(0)
    const { ts: _forgotten, ...rest } = disk.get('slack:execution:x1') as { [key: string]: Json }
    disk.set('slack:execution:x1', rest)
    engine.silently(finishedReport('x1', [done('check stock')]))
    await started({ clock: ahead })
    await seen(/is done/)
    expect(calls('chat.postMessage')).toHaveLength(1)
  })

  it('an age never runs backwards: what lies in the future was just now', async () => {
    const behind = { ...systemClock, now: () => Date.parse('2026-03-02T07:00:00Z') }
    engine.show(finishedReport('x1', [node('check stock')]))
    await started({ clock: behind })
    await say('history')
    await seen(/just now/)
  })
})

describe('a revoked token', () => {
  it('is said in the log, loses no execution, and the report stands as soon as Slack lets the bot in again', async () => {
    await started()
    await say('run reorder-check')
    await seen(/is running/)
    change({ what: 'revoke_token' })
    engine.show(runningReport('x1', [done('check stock'), running('notify buyers')]))
    await vi.waitFor(() => expect(calls('chat.update').length).toBeGreaterThan(0), 5000)
    change({ what: 'restore_token' })
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
  })
})
