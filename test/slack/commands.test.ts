// What people type in Slack, and what they read: the real Bolt app over the simulator.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, ben, botIn, operations, random, workspace } from './bot.ts'
import { done, finishedReport, node } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>

beforeEach(async () => {
  simulator = await workspace()
  bot = botIn(simulator)
  await bot.app.start()
})
afterEach(async () => {
  // What Slack refused; only being no member of a channel is something that the bot finds out by trying.
  const refused = simulator.control.problems().filter(({ detail }) => detail !== 'not_in_channel')
  expect(refused).toEqual([])
  await bot.app.stop()
  await simulator.close()
})

const say = (text: string, channel = operations, user = ana) =>
  simulator.control.command({ user, channel, text: `/workflow ${text}`.trim() })
const see = (user = ana, channel = operations) => simulator.control.messages({ channel, user })
const seen = (look: RegExp, user = ana, channel = operations) =>
  simulator.control.until(() => see(user, channel).find((message) => look.test(JSON.stringify(message))))

describe('lookups', () => {
  it('every command is acked, whatever it says', async () => {
    for (const text of ['', 'list', 'nonsense', 'run', 'report', 'show nowhere', '"']) {
      expect(await say(text)).toMatchObject({ acked: true })
    }
    await bot.app.stop()
  })

  it('help is for the one who asked', async () => {
    await say('')
    const help = await seen(/What you can ask me/)
    expect(help.ephemeral_for).toBe(ana)
    expect(JSON.stringify(help.blocks)).toContain('/workflow run')
    expect(see(ben)).toEqual([])
  })

  it('help does not offer what only buttons do', async () => {
    await say('help')
    expect(JSON.stringify(await seen(/What you can ask me/))).not.toContain('acknowledge')
  })

  it('the list is for everybody and has a Run button for each workflow', async () => {
    await say('list')
    const list = await seen(/2 workflows/, ben)
    const buttons = JSON.stringify(list.blocks).match(/run_workflow:[a-z-]+/g)
    expect(buttons).toEqual(['run_workflow:reorder-check', 'run_workflow:month-end'])
    expect(JSON.stringify(list.blocks)).toContain('Never run')
  })

  it('a workflow shows its steps with the ways between them in words', async () => {
    await say('show reorder check')
    const shown = JSON.stringify(await seen(/Steps/))
    expect(shown).toContain('notify buyers when')
    expect(shown).toContain('Owner: <@U0ANALIMA>')
    expect(shown).toContain('Version 1')
  })

  it('the history and a report can be asked for', async () => {
    bot.engine.show(finishedReport('x7', [done('check stock')]))
    await say('history')
    expect(JSON.stringify(await seen(/Latest executions/))).toContain('open_execution:x7')
    await say('report x7')
    expect((await seen(/is done/)).text).toContain('Reorder check is done. 1 step ran.')
  })

  it('an answer where the bot is no member comes as a direct message, with a private word how to change that', async () => {
    await say('list', random)
    const word = await seen(/I am not in this channel/, ana, random)
    expect(word.ephemeral_for).toBe(ana)
    expect(JSON.stringify(word.blocks)).toContain('/invite @workflow')
    const direct = simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')
    expect((await seen(/2 workflows/, ana, direct?.id)).text).toBe('2 workflows')
  })
})

describe('mistakes', () => {
  it('a typing slip is answered privately with what was meant', async () => {
    await say('lsit')
    const answer = await seen(/I do not know the command/)
    expect(answer.ephemeral_for).toBe(ana)
    expect(JSON.stringify(answer.blocks)).toContain('Did you mean /workflow list?')
  })

  it('a missing argument is answered with an example', async () => {
    await say('run')
    const answer = JSON.stringify(await seen(/needs to know which workflow/))
    expect(answer).toContain('/workflow run reorder-check')
  })

  it('our own mistakes are admitted without their details, which go to the log', async () => {
    bot.services.catalog.list = () => {
      throw new Error('secret detail')
    }
    await say('list')
    const answer = await seen(/Something unexpected/)
    expect(JSON.stringify(answer)).not.toContain('secret detail')
    expect(
      bot.lines.some(
        ({ level, fields }) => level === 'error' && JSON.stringify(fields).includes('secret detail'),
      ),
    ).toBe(true)
  })
})

describe('running', () => {
  it('one message follows the execution and becomes the report', async () => {
    await say('run reorder-check note="two words"')
    const progress = await seen(/is running/)
    expect(progress.blocks?.[0]).toMatchObject({
      type: 'plan',
      title: 'Reorder check: step 1 of 2, check stock',
    })
    expect(bot.engine.starts[0]).toMatchObject({
      startedBy: { kind: 'slack', id: ana, name: 'ana' },
      inputs: { note: 'two words' },
    })
    bot.engine.show(
      finishedReport('x1', [
        done('check stock'),
        node('notify buyers', { status: 'skipped', reason: 'nothing is low' }),
      ]),
    )
    const report = await seen(/is done/)
    expect(report.ts).toBe(progress.ts)
    expect(report.text).toBe(':white_check_mark: Reorder check is done. 1 step ran, 1 not needed.')
    expect(JSON.stringify(report.blocks)).toContain('skipped: nothing is low')
    expect(see()).toHaveLength(1)
  })

  it('a failure shows the Python line', async () => {
    await say('run reorder-check')
    await seen(/is running/)
    const error = {
      code: 'python.exception',
      message: "'threshold'",
      exception: 'KeyError',
      node: 'check stock',
      file: 'workflows/reorder-check/workflow.yaml',
      line: 31,
      source: '    low = item["threshold"] > `0`',
    }
    const failed = node('check stock', { ...done('check stock'), status: 'failed', error, handled: false })
    bot.engine.show(finishedReport('x1', [failed], { status: 'failed', success: false, errors: [error] }))
    const report = await seen(/failed at the step/)
    const blocks = JSON.stringify(report.blocks)
    expect(blocks).toContain("KeyError: 'threshold'")
    expect(blocks).toContain('line 31')
    expect(blocks).toContain('31 | low = item[\\"threshold\\"] > `0`')
  })

  it('an execution that ends before its message is posted appears as the report at once', async () => {
    bot.engine.opening = (id) => finishedReport(id, [done('check stock')])
    await say('run reorder-check')
    await seen(/is done/)
    expect(simulator.control.requests().filter(({ method }) => method === 'chat.update')).toEqual([])
  })

  it('a mention in a thread runs and reports there', async () => {
    const parent = await simulator.control.message({
      user: ben,
      channel: operations,
      text: 'Stock looks odd',
    })
    await simulator.control.message({
      user: ana,
      channel: operations,
      text: '@workflow run reorder check',
      thread_ts: parent.ts,
    })
    const inThread = () =>
      simulator.control
        .messages({ channel: operations, user: ben, thread_ts: parent.ts })
        .find((message) => message.text.includes('Reorder check is running'))
    expect((await simulator.control.until(inThread)).thread_ts).toBe(parent.ts)
    expect(bot.engine.starts[0]?.startedBy.name).toBe('ana')
  })

  it('where the bot is no member the report comes directly', async () => {
    await say('run reorder-check', random)
    await seen(/I am not in this channel/, ana, random)
    const direct = simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')?.id
    await seen(/is running/, ana, direct)
    bot.engine.show(finishedReport('x1', [done('check stock')]))
    await seen(/is done/, ana, direct)
  })

  it('an execution that nobody asked for in Slack has no message', async () => {
    bot.engine.show(finishedReport('api-1', [done('check stock')]))
    await say('help')
    await seen(/What you can ask/)
    expect(see(ben)).toEqual([])
  })
})
