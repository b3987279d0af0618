// The home tab: what waits, what runs, what I may run, what fails, what comes next; searched, paged and always fresh.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setLock } from '../../src/commands/locks.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, ben, botIn, workspace } from './bot.ts'
import { done, entry, finishedReport, HandEngine, node, running, runningReport, startTime } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>

const many = Array.from({ length: 45 }, (_, n) => entry(`workflow-${n}`, `Workflow number ${n}`))

async function open(options: Parameters<typeof botIn>[1] = {}) {
  simulator = await workspace()
  bot = botIn(simulator, options)
  await bot.app.start()
  await simulator.control.home({ user: ana })
}
afterEach(async () => {
  expect(simulator.control.problems()).toEqual([])
  await bot.app.stop()
  await simulator.close()
})

const home = (look: RegExp, user = ana) =>
  simulator.control.until(() => {
    const view = simulator.control.views(user).home
    return view && look.test(JSON.stringify(view.view.blocks)) && view
  })
const gone = (look: RegExp) =>
  simulator.control.until(() => !look.test(JSON.stringify(simulator.control.views(ana).home?.view.blocks)))
const press = async (action_id: string, value?: string | string[]) => {
  const { id } = await home(/Workflows/)
  return simulator.control.action({ user: ana, in: { view_id: id }, action_id, ...(value ? { value } : {}) })
}
const rows = (text: string, look: RegExp) => text.match(new RegExp(look, 'g')) ?? []
const shown = () => JSON.stringify(simulator.control.views(ana).home?.view.blocks)
const runButtons = () => rows(shown(), /"run_workflow:workflow-\d+"/).length

describe('with two workflows', () => {
  beforeEach(() => open())

  it('shows them with their Run buttons, and no search for so few', async () => {
    const view = JSON.stringify(await home(/Workflows/))
    expect(view).toContain('run_workflow:reorder-check')
    expect(view).toContain('Nothing has run yet')
    expect(view).not.toContain('Find a workflow')
  })

  it('a run from there reports directly, and the tab follows it', async () => {
    await press('run_workflow:reorder-check')
    await home(/Running now/)
    const direct = simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')?.id ?? ''
    const report = (look: string) =>
      simulator.control.until(() =>
        simulator.control.messages({ channel: direct, user: ana }).some(({ text }) => text.includes(look)),
      )
    await report('is running')
    bot.engine.show(finishedReport('x1', [done('check stock')]))
    await report('is done')
    await home(/Last run worked/)
    await gone(/Running now/)
  })

  it('what runs can be stopped there', async () => {
    bot.engine.cancel = async (id, by) => {
      bot.engine.show(finishedReport(id, [], { status: 'cancelled', success: false, cancelledBy: by }))
      return true
    }
    bot.engine.show(runningReport('x7', [running('check stock')]))
    await home(/cancel_execution:x7/)
    await press('cancel_execution:x7')
    await gone(/Running now/)
    await home(/was stopped/)
  })

  it('a failure stands among the failing until the workflow goes well again', async () => {
    bot.engine.show(finishedReport('x1', [], { status: 'failed', success: false }))
    await home(/Failing/)
    bot.engine.show(finishedReport('x2', []))
    await gone(/Failing/)
  })

  it('a lock shows who locked what', async () => {
    const by = { kind: 'slack', id: ben, name: 'ben' } as const
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await setLock(bot.services.records, {
      workflowId: 'month-end',
      by,
      reason: 'stocktake',
      since: startTime,
      until,
    })
    await simulator.control.home({ user: ana })
    await home(/Locked.*stocktake/)
  })

  it('favourites come first, for their owner alone, also after a restart', async () => {
    await press('home_favourites', ['month-end'])
    await home(/:star: \*Month end/)
    expect(shown().indexOf('run_workflow:month-end')).toBeLessThan(
      shown().indexOf('run_workflow:reorder-check'),
    )
    await simulator.control.home({ user: ben })
    expect(JSON.stringify(await home(/Workflows/, ben))).not.toContain(':star: *Month end')
  })

  it('a stranger to the workspace reads why there is nothing', async () => {
    bot.services.people.person = async () => ({ standing: 'guest', isAdmin: false })
    await simulator.control.home({ user: ana })
    await home(/:lock:/)
    expect(shown()).not.toContain('run_workflow')
  })
})

describe('a question', () => {
  const asking = (users: string[]) => {
    const waitingFor = {
      kind: 'person' as const,
      what: 'Order 840 bags',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      signal: 'ask/decision-1',
      rules: { users, groups: [], notRequester: false, needed: 1, reason: 'optional' as const, form: {} },
      decisions: [],
    }
    const ran = { type: 'approval', attempts: 1, startedAt: startTime, printed: [] }
    const ask = node('ask', { status: 'waiting', ...ran, waitingFor })
    return runningReport('x5', [ask], { status: 'waiting', waitingFor })
  }

  it('waits on the tab of those who may decide, with its buttons', async () => {
    await open()
    bot.engine.show(asking([ana]))
    expect(JSON.stringify(await home(/Waits for you/))).toContain('"approve:0"')
  })

  it('does not stand on the tab of anybody else', async () => {
    await open()
    bot.engine.show(asking([ben]))
    await home(/Running now/)
    expect(shown()).not.toContain('Waits for you')
  })
})

describe('with many workflows', () => {
  beforeEach(() => open({ entries: many }))

  it('shows ten, more on request, and at most a hundred blocks', async () => {
    await home(/run_workflow:workflow-9"/)
    expect(runButtons()).toBe(10)
    await press('home_more:workflows')
    await home(/run_workflow:workflow-19"/)
    await press('home_more:workflows')
    await home(/workflow list &lt;word&gt;/)
    expect(runButtons()).toBe(30)
    expect(simulator.control.views(ana).home?.view.blocks.length).toBeLessThanOrEqual(100)
  })

  it('a search finds by words, and can be left again', async () => {
    await press('home_search', 'number 44')
    await home(/1 workflow of 45 match/)
    expect(runButtons()).toBe(1)
    await press('home_clear')
    await gone(/of 45 match/)
    expect(runButtons()).toBe(10)
  })

  it('a favourite that is chosen from a search leaves the others as they are', async () => {
    await press('home_favourites', ['workflow-3'])
    await home(/:star: \*Workflow number 3\*/)
    await press('home_search', 'number 44')
    await home(/1 workflow of 45/)
    await press('home_favourites', ['workflow-44'])
    await home(/:star: \*Workflow number 44\*/)
    await press('home_clear')
    await home(/:star: \*Workflow number 3\*/)
    expect(rows(shown(), /:star: \*Workflow/)).toHaveLength(2)
  })

  it('what somebody made of their tab survives a restart of the bot', async () => {
    await press('home_more:workflows')
    await home(/run_workflow:workflow-19"/)
    await bot.app.stop()
    bot = botIn(simulator, { entries: many })
    await bot.app.start()
    await press('home_more:workflows')
    await home(/workflow list &lt;word&gt;/)
    expect(runButtons()).toBe(30)
  })
})

describe('the clock', () => {
  it('shows what it starts next', async () => {
    await open({ upcoming: () => [{ workflowId: 'month-end', next: new Date('2026-12-01T06:00:00Z') }] })
    await home(/Next by the clock.*Month end/)
  })
})

it('many changes at once are few publications', async () => {
  const engine = new HandEngine()
  await open({ engine })
  await home(/Workflows/)
  for (let n = 0; n < 40; n += 1) engine.show(runningReport('x1', [running(`step ${n}`)]))
  await home(/step 39/)
  const published = simulator.control.requests().filter(({ method }) => method === 'views.publish')
  expect(published.length).toBeLessThanOrEqual(4)
})
