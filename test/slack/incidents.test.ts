// Failures: one thread for each kind of them, counted, loud when it matters, and told where nobody waits for them.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FinishedReport, ReportError } from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { fingerprintOf } from '../../src/slack/fingerprint.ts'
import { ana, ben, botIn, operations, purchasing, workspace } from './bot.ts'
import { done, entry, finishedReport, HandEngine, node, startTime } from './fakes.ts'

const error: ReportError = {
  code: 'python.exception',
  message: "KeyError: 'threshold'",
  exception: 'KeyError',
  node: 'check stock',
  file: 'workflow.yaml',
  line: 31,
}

function failure(
  id: string,
  more: Partial<FinishedReport> = {},
  what: Partial<ReportError> = {},
): FinishedReport {
  const wrong = { ...error, ...what }
  const failed = node('check stock', {
    ...done('check stock'),
    status: 'failed',
    error: wrong,
    handled: false,
  })
  return finishedReport(id, [failed], {
    status: 'failed',
    success: false,
    errors: [wrong],
    startedBy: { kind: 'api', id: 'api', name: 'nightly' },
    ...more,
  } as Partial<FinishedReport>)
}

describe('a fingerprint', () => {
  const key = (...args: Parameters<typeof failure>) => fingerprintOf(failure(...args)).key

  it('is the same whatever values an error names', () => {
    expect(key('x1')).toBe(key('x2', { inputs: { a: 1 } }, { message: "KeyError: 'price'" }))
  })

  it('tells workflow, step, kind of error and line apart', () => {
    const others = [
      key('x1', { workflow: { id: 'other', name: 'Reorder check' } }),
      key('x1', {}, { node: 'notify buyers' }),
      key('x1', {}, { code: 'python.timed_out' }),
      key('x1', {}, { exception: 'TypeError' }),
      key('x1', {}, { line: 32 }),
    ]
    expect(new Set([key('x1'), ...others]).size).toBe(6)
  })
})

describe('in Slack', () => {
  let simulator: Simulator
  let engine: HandEngine
  let disk: Map<string, Json>
  let bot: ReturnType<typeof botIn>
  const workflow = () => {
    const one = entry('reorder-check', 'Reorder check')
    if (one.version) {
      one.version.definition.metadata.owner = ben
      one.version.definition.settings.failure_channel = '#purchasing'
    }
    return [one, entry('month-end', 'Month end')]
  }

  beforeEach(async () => {
    simulator = await workspace()
    engine = new HandEngine()
    disk = new Map()
    bot = botIn(simulator, { engine, disk, entries: workflow() })
    await bot.app.start()
  })
  afterEach(async () => {
    await bot.app.stop()
    await simulator.close()
  })

  const see = (channel = purchasing, thread_ts?: string) =>
    simulator.control.messages({ channel, user: ana, ...(thread_ts ? { thread_ts } : {}) })
  const seen = (look: RegExp, channel = purchasing, thread?: string) =>
    simulator.control.until(() =>
      see(channel, thread)
        .filter((message) => look.test(JSON.stringify(message)))
        .at(-1),
    )
  const told = (id: string) => vi.waitFor(() => expect(disk.has(`slack:failed:${id}`)).toBe(true), 5000)
  const posts = () =>
    simulator.control.requests().filter(({ method, ok }) => method === 'chat.postMessage' && ok)

  async function run(id: string, what: Partial<ReportError> = {}) {
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow run reorder-check' })
    await seen(/is running/, operations)
    const by = { kind: 'slack', id: ana, name: 'ana' } as const
    engine.show(failure(id, { startedBy: by }, what))
    return seen(new RegExp(`${id}.*failed at|failed at.*${id}`), operations)
  }

  it('what nobody started in Slack is told in the failure channel of its workflow, to its owner', async () => {
    engine.show(failure('a1'))
    const message = await seen(/failed at the step/)
    expect(JSON.stringify(message.blocks)).toContain(`Owner: <@${ben}>`)
    expect(see(operations)).toEqual([])
  })

  it('a workflow without a failure channel tells nobody', async () => {
    engine.show(failure('a1', { workflow: { id: 'month-end', name: 'Month end' } }))
    await bot.app.stop()
    expect(posts()).toEqual([])
  })

  it('a part of another execution leaves the telling to it', async () => {
    engine.show(failure('a1', { parent: { executionId: 'a0', depth: 1 } }))
    await bot.app.stop()
    expect(posts()).toEqual([])
  })

  it('the same failure again is counted in the thread of the first, and the owner is left in peace', async () => {
    engine.show(failure('a1'))
    const root = await seen(/failed at the step/)
    engine.show(failure('a2', {}, { message: "KeyError: 'other'" }))
    const again = await seen(/the 2nd time/, purchasing, root.ts)
    expect(again.thread_ts).toBe(root.ts)
    expect(JSON.stringify(again)).not.toContain(ben)
    engine.show(failure('a3'))
    await seen(/the 3rd time/, purchasing, root.ts)
    expect(see().filter(({ thread_ts }) => thread_ts === undefined || thread_ts === root.ts)).toHaveLength(1)
  })

  it('another kind of failure has a message of its own', async () => {
    engine.show(failure('a1'))
    await seen(/a1/)
    engine.show(failure('a2', {}, { line: 99 }))
    await seen(/line 99/)
    expect(see()).toHaveLength(2)
  })

  it('two hundred failures at a time are a handful of messages, and none is lost in the count', async () => {
    for (let n = 1; n <= 200; n += 1) engine.show(failure(`a${n}`))
    const root = await seen(/failed at the step/)
    await seen(/200 in all/, purchasing, root.ts)
    await bot.app.stop()
    expect(posts().length).toBeLessThanOrEqual(4)
  })

  it('the tenth is for the whole channel, those in between are not', async () => {
    for (let n = 1; n <= 11; n += 1) {
      engine.show(failure(`a${n}`))
      await told(`a${n}`)
    }
    const broadcasts = posts().filter(({ args }) => (args as { reply_broadcast?: unknown }).reply_broadcast)
    expect(broadcasts).toHaveLength(1)
    expect(JSON.stringify(broadcasts[0])).toContain('the 10th time')
  })

  it("after a day's silence it is news again", async () => {
    engine.show(failure('a1'))
    await seen(/failed at the step/)
    engine.show(failure('a2', { endedAt: new Date(Date.parse(startTime) + 2 * 86_400_000).toISOString() }))
    await told('a2')
    const last = posts().at(-1)?.args as { reply_broadcast?: unknown }
    expect(String(last.reply_broadcast)).toBe('true')
  })

  it('whoever started an execution sees their own report, and the thread of the first counts it', async () => {
    const first = await run('x1')
    expect(JSON.stringify(await seen(/for the first time/, operations, first.ts))).toContain(`<@${ben}>`)
    const second = await run('x2')
    expect(second.ts).not.toBe(first.ts)
    await seen(/the 2nd time/, operations, first.ts)
  })

  it('after a restart the count goes on, and what failed meanwhile is told', async () => {
    engine.show(failure('a1'))
    const root = await seen(/failed at the step/)
    await bot.app.stop()
    const at = new Date().toISOString()
    engine.silently(failure('a2', { endedAt: at }))
    bot = botIn(simulator, { engine, disk, entries: workflow() })
    await bot.app.start()
    await seen(/the 2nd time/, purchasing, root.ts)
    await bot.app.refresh()
    await bot.app.refresh()
    expect(see(purchasing, root.ts).filter(({ text }) => text.includes('2nd time'))).toHaveLength(1)
  })

  it('a first start does not tell of the past', async () => {
    await bot.app.stop()
    disk.clear()
    engine.silently(failure('a1', { endedAt: startTime }))
    bot = botIn(simulator, { engine, disk, entries: workflow() })
    await bot.app.start()
    await bot.app.stop()
    expect(posts()).toEqual([])
  })

  it('when the first message is deleted, the next failure stands for itself', async () => {
    engine.show(failure('a1'))
    const { ts } = await seen(/failed at the step/)
    simulator.control.change({ what: 'delete_message', channel: purchasing, ts })
    engine.show(failure('a2'))
    const next = await seen(/a2/)
    expect(next.thread_ts).toBeUndefined()
  })

  it('an archived failure channel is logged and harms nothing else', async () => {
    simulator.control.change({ what: 'archive', channel: purchasing })
    engine.show(failure('a1'))
    await vi.waitFor(() =>
      expect(bot.lines.map(({ message }) => message)).toContain('a failure could not be told'),
    )
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow list' })
    await seen(/2 workflows/, operations)
  })
})
