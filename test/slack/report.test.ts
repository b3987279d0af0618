// The report: what it says of steps, items, retries and its relations; its buttons; and what public channels do not see.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeResult, ReportError } from '../../src/engine/report.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { renderReport } from '../../src/slack/render/report.ts'
import { ana, ben, botIn, operations, workspace } from './bot.ts'
import { done, finishedReport, node, running, runningReport, startTime } from './fakes.ts'

const error: ReportError = {
  code: 'python.exception',
  message: "TypeError: can only add 'secret price'",
  exception: 'TypeError',
  node: 'check stock',
  file: 'workflows/reorder-check/workflow.yaml',
  line: 31,
  source: "price + 'secret price'",
}
const failed = (name = 'check stock', more: Partial<NodeResult> = {}) =>
  node(name, { ...done(name), status: 'failed', error, handled: false, ...more } as Partial<NodeResult>)
const failure = (id: string, more = {}) =>
  finishedReport(id, [done('start up'), failed()], {
    status: 'failed',
    success: false,
    errors: [error],
    ...more,
  })

const textOf = (report: Parameters<typeof renderReport>[0], hidden = false) =>
  JSON.stringify(renderReport(report, { hidden }))
const labels = (report: Parameters<typeof renderReport>[0]) =>
  renderReport(report).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.map((element) => (element.type === 'button' ? element.text.text : element.type))
      : [],
  )

describe('what it says', () => {
  it('the type of an exception is said once', () => {
    expect(textOf(failure('x1'))).toContain("*TypeError: can only add 'secret price'*")
    const bare = { ...error, message: "'threshold'", exception: 'KeyError' }
    expect(textOf(failure('x1', { errors: [bare] }))).toContain("*KeyError: 'threshold'*")
  })

  it('steps that another execution did already are counted and marked as kept', () => {
    const kept = { ...done('check stock'), kept: true } as NodeResult
    const text = textOf(
      finishedReport('x2', [kept, done('notify buyers')], {
        rerunOf: { executionId: 'x1', from: 'notify buyers' },
      }),
    )
    expect(text).toContain('1 step ran, 1 kept from before')
    expect(text).toContain('check stock – kept from before')
    expect(text).toContain('Repeats `x1` from the step _notify buyers_')
  })

  it('items of a list are counted, and those that failed are named', () => {
    const items = {
      total: 14,
      succeeded: 12,
      failed: 2,
      shown: [3, 9].map((index) => ({ index, status: 'failed' as const, durationMs: 5, error })),
    }
    const text = textOf(
      finishedReport('x1', [{ ...done('send'), items } as NodeResult], {
        status: 'warning',
        errors: [{ ...error, node: 'send', message: 'Item 4: TypeError: can only add' }],
      }),
    )
    expect(text).toContain('12 of 14 items, 2 failed')
    expect(text).toContain("item 4: TypeError: can only add 'secret price'")
    expect(text).not.toContain('Item 4')
  })

  it('attempts and waits can be seen while it runs and afterwards', () => {
    const retried = { ...done('fetch'), attempts: 3 } as NodeResult
    expect(textOf(finishedReport('x1', [retried]))).toContain('attempt 3')
    const waitingFor = { kind: 'retry' as const, attempt: 3, until: startTime }
    const waiting = node('fetch', {
      status: 'waiting',
      attempts: 2,
      startedAt: startTime,
      printed: [],
      waitingFor,
    })
    expect(textOf(runningReport('x1', [waiting]))).toContain('will try again (attempt 3)')
  })

  it('a rollback and a part of another execution say whose they are', () => {
    const text = textOf(finishedReport('x3', [done('undo order')], { rollbackOf: { executionId: 'x1' } }))
    expect(text).toContain('The rollback of *Reorder check* is done')
    expect(text).toContain('Takes back `x1`')
    expect(textOf(finishedReport('x4', [], { parent: { executionId: 'x1', depth: 1 } }))).toContain(
      'Part of `x1`',
    )
  })
})

describe('its buttons', () => {
  it('are those that can be used', () => {
    expect(labels(runningReport('x1', [running('check stock')]))).toEqual(['Details', 'Cancel'])
    expect(labels(finishedReport('x1', [done('check stock')]))).toEqual([
      'Details',
      'Run again',
      'Save as scenario',
    ])
    expect(labels(failure('x1', { undoable: ['start up'] }))).toEqual([
      'From failed step',
      'Details',
      'Run again',
      'What changed',
      'Save as scenario',
      'Roll back',
    ])
    expect(labels(finishedReport('x1', [], { rollbackOf: { executionId: 'x0' } }))).toEqual(['Details'])
  })

  it('what cannot be taken back asks once more', () => {
    const dangerous = [failure('x1', { undoable: ['start up'] }), runningReport('x1', [])].flatMap((report) =>
      renderReport(report).blocks.flatMap((block) => (block.type === 'actions' ? block.elements : [])),
    )
    const asking = dangerous.filter((element) => 'confirm' in element && element.confirm)
    expect(asking.map((element) => 'text' in element && element.text?.text)).toEqual(['Roll back', 'Cancel'])
  })
})

describe('in Slack', () => {
  let simulator: Simulator
  let bot: ReturnType<typeof botIn>

  beforeEach(async () => {
    simulator = await workspace()
    bot = botIn(simulator)
    await bot.app.start()
  })
  afterEach(async () => {
    expect(simulator.control.problems()).toEqual([])
    await bot.app.stop()
    await simulator.close()
  })

  const see = (user = ana, channel = operations) => simulator.control.messages({ channel, user })
  const seen = (look: RegExp, user = ana, channel = operations) =>
    simulator.control.until(() => see(user, channel).find((message) => look.test(JSON.stringify(message))))
  const press = (ts: string, action_id: string, user = ana) =>
    simulator.control.action({ user, in: { channel: operations, ts }, action_id })
  const modal = (look: RegExp, user = ana) =>
    simulator.control.until(() => {
      const shown = simulator.control.views(user).modals.at(-1)
      return shown && look.test(JSON.stringify(shown.view.blocks)) && shown
    })

  async function failedRun(more = {}) {
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow run reorder-check' })
    await seen(/is running/)
    bot.engine.show(failure('x1', { inputs: { note: 'secret note' }, ...more }))
    return seen(/failed at the step/)
  }

  it('a run from the failed step keeps what went well, and is followed by a message of its own', async () => {
    const report = await failedRun()
    await press(report.ts, 'run_again:failed:x1', ben)
    await seen(/is running/)
    expect(bot.engine.starts[1]).toMatchObject({
      startedBy: { id: ben },
      inputs: { note: 'secret note' },
      rerunOf: { executionId: 'x1', from: 'check stock' },
    })
  })

  it('a run from the start repeats the inputs and nothing else', async () => {
    const report = await failedRun()
    await press(report.ts, 'run_again:start:x1')
    await seen(/is running/)
    expect(bot.engine.starts[1]).toMatchObject({ rerunOf: { executionId: 'x1', from: null } })
  })

  it('Cancel stops the execution, and its message becomes the report', async () => {
    bot.engine.cancel = async (id, by) => {
      bot.engine.show(
        finishedReport(id, [done('check stock')], { status: 'cancelled', success: false, cancelledBy: by }),
      )
      return true
    }
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow run reorder-check' })
    const { ts } = await seen(/is running/)
    await press(ts, 'cancel_execution:x1', ben)
    expect((await seen(/was stopped by/)).ts).toBe(ts)
    expect(see()).toHaveLength(1)
  })

  it('values stay out of public channels where a workflow wants it, from progress to errors', async () => {
    bot.engine.opening = (id) => ({ ...runningReport(id, [running('check stock')]), redact: true })
    const report = await failedRun({ redact: true })
    const text = JSON.stringify(report)
    expect(text).not.toContain('secret')
    expect(text).toContain('Values are hidden here')
    expect(text).toContain('line 31')
    await press(report.ts, 'open_execution:x1', ben)
    const hidden = JSON.stringify((await modal(/Overview/, ben)).view)
    expect(hidden).not.toContain('secret')
    expect(hidden).not.toContain('Send as file')
  })

  it('whoever started it reads the values all the same, and gets the file directly', async () => {
    bot.engine.opening = (id) => ({ ...runningReport(id, [running('check stock')]), redact: true })
    const report = await failedRun({ redact: true })
    await press(report.ts, 'open_execution:x1')
    const { id } = await modal(/secret price/)
    await simulator.control.action({ user: ana, in: { view_id: id }, action_id: 'send_file' })
    const direct = () =>
      simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')?.id ?? ''
    await simulator.control.until(() =>
      see(ana, direct()).some((message) => message.text.includes('as a file')),
    )
    expect(see().every((message) => (message.files ?? []).length === 0)).toBe(true)
  })

  it('a report that is asked for in a public channel keeps its values back, too', async () => {
    bot.engine.show(failure('x9', { redact: true }))
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow report x9' })
    expect(JSON.stringify(await seen(/failed at the step/))).not.toContain('secret')
  })
})
