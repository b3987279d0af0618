// The one message of an execution: at Slack's pace, never lost, never posted twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Json } from '../../src/json.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, botIn, operations, workspace } from './bot.ts'
import { done, finishedReport, HandEngine, node, running, runningReport } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>
let engine: HandEngine
let disk: Map<string, Json>

beforeEach(async () => {
  simulator = await workspace()
  engine = new HandEngine()
  disk = new Map()
  bot = botIn(simulator, { engine, disk })
  await bot.app.start()
})
afterEach(async () => {
  await bot.app.stop()
  await simulator.close()
})

const see = () => simulator.control.messages({ channel: operations, user: ana })
const seen = (look: RegExp) =>
  simulator.control.until(() => see().find((message) => look.test(JSON.stringify(message))))
const calls = (method: string) => simulator.control.requests().filter((request) => request.method === method)

async function start() {
  await simulator.control.command({ user: ana, channel: operations, text: '/workflow run reorder-check' })
  await seen(/is running/)
}

/** The bot ends without a word and comes back on the same disk. */
async function restart(meanwhile: () => void) {
  await bot.app.stop(0)
  meanwhile()
  bot = botIn(simulator, { engine, disk })
  await bot.app.start()
  await bot.app.refresh()
}

describe('pace', () => {
  it('fifty changes in a moment are few edits, and the last one is shown', async () => {
    await start()
    for (let step = 0; step < 50; step += 1) {
      engine.show(runningReport('x1', [done('check stock'), running(`step ${step}`)]))
    }
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
    expect(calls('chat.update').length).toBeLessThanOrEqual(3)
  })

  it('the same state twice is no edit', async () => {
    await start()
    const report = engine.running()[0]
    if (report) for (let i = 0; i < 5; i += 1) engine.show(report)
    await bot.app.stop()
    expect(calls('chat.update')).toEqual([])
  })

  it('forty steps fit into the progress', async () => {
    engine.opening = (id) =>
      runningReport(id, [
        done('step 0'),
        running('step 1'),
        ...Array.from({ length: 38 }, (_, n) => node(`step ${n + 2}`)),
      ])
    await start()
    const plan = see()[0]?.blocks?.[0]
    expect(plan).toMatchObject({ type: 'plan', title: 'Reorder check: step 2 of 40, step 1' })
    expect(plan && 'tasks' in plan && plan.tasks).toHaveLength(40)
  })
})

describe('trouble', () => {
  it('a rate limit on progress delays neither answers nor the report', async () => {
    await start()
    simulator.control.fault({ method: 'chat.update', times: 1, retry_after: 30 })
    engine.show(runningReport('x1', [done('check stock'), running('notify buyers')]))
    await vi.waitFor(() => expect(calls('chat.update')).toMatchObject([{ error: 'ratelimited' }]), 5000)
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow list' })
    await seen(/2 workflows/)
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
  })

  it('the report is tried again when Slack has trouble of its own', async () => {
    await start()
    simulator.control.fault({ method: 'chat.update', times: 2, status: 503 })
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
  })

  it('a rate limit on the post itself is waited for', async () => {
    simulator.control.fault({ method: 'chat.postMessage', times: 1, retry_after: 1 })
    await start()
    expect(see()).toHaveLength(1)
  })

  it('a deleted message ends the following without fuss', async () => {
    await start()
    const ts = see()[0]?.ts ?? ''
    simulator.control.change({ what: 'delete_message', channel: operations, ts })
    engine.show(finishedReport('x1', [done('check stock')]))
    await simulator.control.until(() => calls('chat.update').length > 0)
    await bot.app.stop()
    expect(disk.get('slack:unsettled')).toEqual([])
    expect(bot.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('after a restart', () => {
  it('a message goes on where it stood, and no second one is posted', async () => {
    await start()
    await restart(() => engine.silently(runningReport('x1', [done('check stock'), running('notify buyers')])))
    await seen(/step 2 of 2, notify buyers/)
    engine.show(finishedReport('x1', [done('check stock'), done('notify buyers')]))
    await seen(/is done/)
    expect(see()).toHaveLength(1)
  })

  it('what ended meanwhile is reported', async () => {
    await start()
    await restart(() => engine.silently(finishedReport('x1', [done('check stock')])))
    await seen(/is done/)
    expect(see()).toHaveLength(1)
  })

  it('a message that was posted but not noted is found by its metadata', async () => {
    await start()
    await restart(() => {
      const link = disk.get('slack:execution:x1') as { [key: string]: Json }
      const { ts: _forgotten, ...rest } = link
      disk.set('slack:execution:x1', rest)
      engine.silently(finishedReport('x1', [done('check stock')]))
    })
    await seen(/is done/)
    expect(see()).toHaveLength(1)
    expect(calls('chat.postMessage')).toHaveLength(1)
  })

  it('an execution that got no message any more is reported to whoever started it', async () => {
    await restart(() => engine.silently(runningReport('x1', [running('check stock')])))
    const direct = simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')?.id ?? ''
    await simulator.control.until(() =>
      simulator.control
        .messages({ channel: direct, user: ana })
        .some((message) => message.text.includes('is running')),
    )
  })

  it('a message that shows its report is left alone', async () => {
    await start()
    engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/)
    const before = calls('chat.update').length
    await restart(() => {})
    expect(calls('chat.update')).toHaveLength(before)
  })
})
