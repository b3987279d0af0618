// The home tab: what can be run, what runs, what ran; fresh after every change.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, botIn, workspace } from './bot.ts'
import { done, finishedReport } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>

beforeEach(async () => {
  simulator = await workspace()
  bot = botIn(simulator)
  await bot.app.start()
  await simulator.control.home({ user: ana })
})
afterEach(async () => {
  expect(simulator.control.problems()).toEqual([])
  await bot.app.stop()
  await simulator.close()
})

const home = (look: RegExp) =>
  simulator.control.until(() => {
    const view = simulator.control.views(ana).home
    return view && look.test(JSON.stringify(view.view)) && view
  })

it('shows the workflows with their Run buttons', async () => {
  const view = JSON.stringify(await home(/Workflows/))
  expect(view).toContain('run_workflow:reorder-check')
  expect(view).toContain('Nothing has run yet')
})

it('a run from there reports directly, and the tab follows it', async () => {
  const { id } = await home(/Workflows/)
  await simulator.control.action({ user: ana, in: { view_id: id }, action_id: 'run_workflow:reorder-check' })
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
  expect(JSON.stringify(simulator.control.views(ana).home)).not.toContain('Running now')
})
