// Pictures in Slack: they follow in the thread of the answer, say in words what they show, and never hold it up.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import type { Picture, Pictures } from '../../src/pictures/index.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { chartsOf, graphOf } from '../../src/slack/illustrate.ts'
import { ana, ben, botIn, operations, workspace } from './bot.ts'
import { done, entry, finishedReport, node, startTime } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>
let drawn: Picture[]

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const pictures: Pictures = {
  async draw(picture) {
    drawn.push(picture)
    return { png, altText: `${picture.title} in words` }
  },
  close: async () => {},
}

beforeEach(async () => {
  drawn = []
  simulator = await workspace()
})
afterEach(async () => {
  await bot.app.stop()
  await simulator.close()
})

async function started(own: Pictures = pictures) {
  bot = botIn(simulator, { pictures: own })
  await bot.app.start()
}
const say = (text: string) =>
  simulator.control.command({ user: ana, channel: operations, text: `/workflow ${text}` })
const see = (thread_ts?: string) =>
  simulator.control.messages({ channel: operations, user: ben, ...(thread_ts ? { thread_ts } : {}) })
const seen = (look: RegExp) =>
  simulator.control.until(() => see().find((message) => look.test(JSON.stringify(message))))

it('show is followed by the graph, with how each step went the last time', async () => {
  await started()
  const skipped = node('notify buyers', { status: 'skipped', reason: 'nothing is low' })
  bot.engine.show(finishedReport('x1', [done('check stock'), skipped]))
  await say('show reorder-check')
  const { ts } = await seen(/Steps/)
  const [file] = await simulator.control.until(() => see(ts).find(({ files }) => files?.length)?.files)
  expect(file).toMatchObject({ name: 'reorder-check.png', mimetype: 'image/png' })
  expect(file?.alt_text).toBe('Reorder check in words')
  expect(drawn[0]).toMatchObject({
    kind: 'graph',
    subtitle: expect.stringContaining('last run worked'),
    nodes: [{ role: 'action' }, { state: 'succeeded', note: '1.2 s' }, { state: 'skipped' }],
  })
  expect(simulator.control.problems()).toEqual([])
})

it('stats are followed by charts', async () => {
  await started()
  bot.engine.show(finishedReport('x1', [done('check stock')], { endedAt: new Date().toISOString() }))
  await say('stats reorder-check')
  await seen(/went well/)
  await simulator.control.until(() => drawn.length > 0)
  expect(drawn[0]).toMatchObject({ kind: 'charts', title: 'Reorder check', rates: [] })
})

it('a picture that cannot be drawn leaves the answer as it is, and a line in the log', async () => {
  await started({
    draw: () => Promise.reject(new WorkflowError('picture.failed', 'no')),
    close: async () => {},
  })
  await say('show reorder-check')
  await seen(/Steps/)
  await bot.app.stop()
  expect(see().some(({ ephemeral_for }) => ephemeral_for)).toBe(false)
  expect(bot.lines.some(({ message }) => message.includes('a picture did not get through'))).toBe(true)
})

it('a workflow that has no good version has no picture', () => {
  const broken = entry('broken', 'Broken', { version: undefined })
  const services = { kinds: [], clock: { now: () => 0, sleep: async () => {} } }
  const standing = { active: null, draft: null }
  const shown = {
    kind: 'workflow' as const,
    entry: broken,
    last: undefined,
    deactivation: null,
    testing: false,
    standing,
  }
  expect(graphOf(shown, services, undefined)).toBeUndefined()
})

it('figures of several workflows are added up day by day, and times are not', () => {
  const day = {
    day: '2026-03-02',
    executions: 3,
    succeeded: 2,
    failed: 1,
    cancelled: 0,
    durationMs: { p50: 5, p95: 9 },
  }
  const one = {
    workflow: { id: 'a', name: 'A' },
    executions: 3,
    succeeded: 2,
    warning: 0,
    failed: 1,
    timedOut: 0,
    cancelled: 0,
    successRate: 2 / 3,
    durationMs: { p50: 5, p95: 9 },
    failures: [],
    days: [day],
  }
  const charts = chartsOf({
    since: startTime,
    until: startTime,
    workflows: [one, { ...one, successRate: null }],
  })
  expect(charts?.days).toEqual([{ day: '2026-03-02', good: 4, bad: 2, stopped: 0, p50: null, p95: null }])
  expect(charts?.rates.map(({ rate }) => rate)).toEqual([2 / 3, null])
})

it('a test shows how far it is in one message, which becomes the result', async () => {
  await started()
  let finish = () => {}
  bot.services.tests = {
    ...bot.services.tests,
    run: async (_version, { progress }) => {
      progress?.({ done: 3, total: 12, failed: 1 })
      await new Promise<void>((resolve) => (finish = resolve))
      throw new WorkflowError('scenario.broken', 'The scenarios have a fault.')
    },
  }
  await say('test reorder-check')
  const { ts } = await seen(/3 of 12 scenarios done, 1 does not pass/)
  finish()
  expect((await seen(/did not come to its end/)).ts).toBe(ts)
  await simulator.control.until(() =>
    simulator.control
      .messages({ channel: operations, user: ana })
      .some(({ ephemeral_for, text }) => ephemeral_for === ana && text.includes('have a fault')),
  )
})

it('a test that waits for its turn says so, by the words that were typed', async () => {
  await started()
  let finish = () => {}
  bot.services.tests = {
    ...bot.services.tests,
    run: async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      throw new WorkflowError('scenario.broken', 'The scenarios have a fault.')
    },
  }
  await say('test reorder-check')
  const { ts } = await seen(/Testing `reorder-check` as soon as it is its turn/)
  finish()
  expect((await seen(/did not come to its end/)).ts).toBe(ts)
})
