// Clicks: they start, open, acknowledge and complete; twice is once; and the message says who did it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../src/actions/ports.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, ben, botIn, operations, workspace } from './bot.ts'
import { done, finishedReport } from './fakes.ts'

let simulator: Simulator
let bot: ReturnType<typeof botIn>

beforeEach(async () => {
  simulator = await workspace()
  bot = botIn(simulator)
  await bot.app.start()
})
afterEach(async () => {
  await bot.app.stop()
  await simulator.close()
})

const see = (user = ana) => simulator.control.messages({ channel: operations, user })
const seen = (look: RegExp, user = ana) =>
  simulator.control.until(() => see(user).find((message) => look.test(JSON.stringify(message))))
const press = (ts: string, action_id: string, user = ana, more: { deliveries?: number } = {}) =>
  simulator.control.action({ user, in: { channel: operations, ts }, action_id, ...more })

const outgoing: OutgoingMessage = {
  to: '#operations',
  title: 'Three items are low',
  text: 'Please look at *Café beans*.',
  buttons: [
    { does: 'acknowledge', label: 'I take care of it', style: 'primary' },
    { does: 'open_execution', label: 'Open' },
    { does: 'run_workflow', label: 'Check again', workflowId: 'reorder-check', inputs: { note: 'again' } },
    { does: 'complete_task', label: 'Done', taskId: 't1' },
  ],
  origin: {
    executionId: 'x9',
    workflowId: 'reorder-check',
    workflowName: 'Reorder check',
    node: 'notify buyers',
  },
}

async function notify(message = outgoing, key = 'x9/notify') {
  const { messageId } = await bot.messenger.post(message, key)
  return messageId.split(':')[1] ?? ''
}

describe('run', () => {
  it('a Run button starts the workflow and reports in the channel', async () => {
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow list' })
    const list = await seen(/2 workflows/)
    await press(list.ts, 'run_workflow:month-end', ben)
    await seen(/is running/)
    expect(bot.engine.starts).toMatchObject([
      { startedBy: { id: ben }, version: { definition: { metadata: { id: 'month-end' } } } },
    ])
  })

  it('a double click starts once, and the second click is told so privately', async () => {
    const ts = await notify()
    await Promise.all([press(ts, 'run_workflow:reorder-check'), press(ts, 'run_workflow:reorder-check')])
    const word = await seen(/already started/)
    expect(word.ephemeral_for).toBe(ana)
    expect(bot.engine.starts).toHaveLength(1)
    await seen(/is running/)
    expect(see().filter((message) => message.text.includes('is running'))).toHaveLength(1)
  })

  it('a redelivered envelope starts once and says nothing', async () => {
    const ts = await notify()
    await press(ts, 'run_workflow:reorder-check', ana, { deliveries: 3 })
    await seen(/is running/)
    await bot.app.stop()
    expect(bot.engine.starts).toHaveLength(1)
    expect(see().filter((message) => message.ephemeral_for)).toEqual([])
  })

  it('inputs that are too long for a button arrive all the same', async () => {
    const note = 'long '.repeat(500)
    const ts = await notify({
      ...outgoing,
      buttons: [{ does: 'run_workflow', label: 'Go', workflowId: 'reorder-check', inputs: { note } }],
    })
    await press(ts, 'run_workflow:reorder-check')
    await seen(/is running/)
    expect(bot.engine.starts[0]?.inputs).toEqual({ note })
  })
})

describe('acknowledge', () => {
  it('the button gives way to who and when; the other buttons stay', async () => {
    const ts = await notify()
    await press(ts, 'acknowledge')
    const message = await seen(/Acknowledged by/)
    const blocks = JSON.stringify(message.blocks)
    expect(message.ts).toBe(ts)
    expect(blocks).toContain(`Acknowledged by <@${ana}>`)
    expect(blocks).not.toContain('"action_id":"acknowledge"')
    expect(blocks).toContain('open_execution:x9')
    expect(message.text).toContain('Three items are low')
  })

  it('of two people at once one wins and the other is told privately who did', async () => {
    const ts = await notify()
    await Promise.all([press(ts, 'acknowledge', ana), press(ts, 'acknowledge', ben)])
    const word = await simulator.control.until(() =>
      [...see(ana), ...see(ben)].find((message) => message.text.includes('already acknowledged')),
    )
    const winner = word.ephemeral_for === ana ? ben : ana
    expect(word.text).toContain(`<@${winner}> already acknowledged this`)
    expect(JSON.stringify(await seen(/Acknowledged by/))).toContain(`Acknowledged by <@${winner}>`)
  })

  it('a task is completed the same way', async () => {
    const ts = await notify()
    await press(ts, 'complete_task:t1', ben)
    expect(JSON.stringify(await seen(/Done by/))).toContain(`Done by <@${ben}>`)
    expect(bot.services.records.get('tasks', 't1')?.value).toMatchObject({ status: 'done' })
  })
})

describe('details', () => {
  beforeEach(() => {
    bot.engine.show(
      finishedReport(
        'x9',
        [done('check stock', { output: { low: 3, text: '<!channel> ``` '.repeat(2000) } })],
        {
          context: { checked: 200 },
        },
      ),
    )
  })

  it('open a modal that turns to context and outputs, and says what was cut', async () => {
    const ts = await notify()
    await press(ts, 'open_execution:x9')
    const modal = (look: RegExp) =>
      simulator.control.until(() => {
        const shown = simulator.control.views(ana).modals.at(-1)
        return shown && look.test(JSON.stringify(shown.view.blocks)) && shown
      })
    const { id } = await modal(/Send as file/)
    expect(JSON.stringify((await modal(/Overview/)).view.blocks)).not.toContain('"Errors"')
    await simulator.control.action({ user: ana, in: { view_id: id }, action_id: 'details_tab:context' })
    await modal(/checked/)
    await simulator.control.action({ user: ana, in: { view_id: id }, action_id: 'details_tab:outputs' })
    await modal(/more characters/)
    expect(simulator.control.problems()).toEqual([])
  })

  it('the whole report goes as a file into the thread of the message', async () => {
    const ts = await notify()
    await press(ts, 'open_execution:x9')
    const [modal] = await simulator.control.until(() => {
      const { modals } = simulator.control.views(ana)
      return modals.length > 0 && modals
    })
    await simulator.control.action({ user: ana, in: { view_id: modal?.id ?? '' }, action_id: 'send_file' })
    const message = await simulator.control.until(() =>
      simulator.control
        .messages({ channel: operations, user: ben, thread_ts: ts })
        .find((one) => (one.files?.length ?? 0) > 0),
    )
    const file = message.files?.[0]
    expect(file?.name).toBe('reorder-check-x9.json')
    const content = new TextDecoder().decode(simulator.control.file(file?.id ?? ''))
    expect(JSON.parse(content)).toEqual(bot.engine.ended('x9'))
  })

  it('when the modal may not be opened any more, the report is shown privately', async () => {
    simulator.control.fault({ method: 'views.open', times: 1, error: 'expired_trigger_id' })
    const ts = await notify()
    await press(ts, 'open_execution:x9')
    expect((await seen(/is done/)).ephemeral_for).toBe(ana)
  })

  it('a report that takes long opens a waiting view first', async () => {
    let answer = () => {}
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const { history } = bot.services
    const report = history.report
    history.report = (id) => answered.then(() => report(id))
    const ts = await notify()
    await press(ts, 'open_execution:x9')
    await simulator.control.until(() => JSON.stringify(simulator.control.views(ana)).includes('One moment'))
    answer()
    await simulator.control.until(() => JSON.stringify(simulator.control.views(ana)).includes('is done'))
  })
})
