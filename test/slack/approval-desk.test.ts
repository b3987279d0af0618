// The desk at which people are asked: cards once, up to date, reminded of and never left open.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { approvalAction } from '../../src/actions/approval.ts'
import type { ApprovalCard, MessageRef } from '../../src/actions/ports.ts'
import type { WorkflowNode } from '../../src/definition/schema.ts'
import type { Decision, DecisionRules, NodeResult } from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { createApprovalDesk, createMessenger, createSlackClients } from '../../src/slack/index.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { edge, engineOf, workflow } from '../support/workflow.ts'
import { ana, ben, purchasing, workspace } from './bot.ts'
import { finishedReport, type Line, linksOn, logInto } from './fakes.ts'

let simulator: Simulator
let disk: Map<string, Json>
let records: MemoryRecords
let clock: ManualClock
let lines: Line[]

beforeEach(async () => {
  simulator = await workspace()
  disk = new Map()
  records = new MemoryRecords()
  clock = new ManualClock(Date.now())
  lines = []
})
afterEach(() => simulator.close())

/** Another one over the same records and links is the desk of the next process. */
function office() {
  const log = logInto(lines)
  const config = {
    mode: 'socket' as const,
    botToken: simulator.botToken,
    appToken: simulator.appToken,
    apiUrl: simulator.slackApiUrl,
  }
  const clients = createSlackClients(config, log)
  const links = linksOn(disk)
  return {
    desk: createApprovalDesk(clients, { links, records, clock, log }),
    messenger: createMessenger(clients, { links, clock, log }),
  }
}

const rules: DecisionRules = {
  users: [ben],
  groups: [],
  notRequester: true,
  needed: 1,
  reason: 'optional',
  form: {},
}
const card: ApprovalCard = {
  to: '#purchasing',
  title: 'Order tea?',
  text: 'It is cheap now.',
  fields: [{ label: 'Quantity', value: '840' }],
  origin: { executionId: 'x1', workflowId: 'order', workflowName: 'Order', node: 'approve' },
  rules,
  decisions: [],
  until: '2030-01-01T00:00:00.000Z',
}
const approved: Decision = {
  decision: 'approve',
  by: { kind: 'slack', id: ben, name: 'ben' },
  at: '2026-03-02T10:00:00.000Z',
  reason: null,
  form: {},
}
const see = (thread_ts?: string) =>
  simulator.control.messages({ channel: purchasing, user: ana, ...(thread_ts ? { thread_ts } : {}) })
const say = () => JSON.stringify(see())
const tsOf = ({ messageId }: MessageRef) => messageId.split(':')[1] ?? ''
const cancelled = finishedReport('x1', [], {
  status: 'cancelled',
  success: false,
  cancelledBy: { kind: 'slack', id: ana, name: 'ana' },
  reason: 'wrong week',
} as never)

describe('the desk', () => {
  it('asks once for each key, also when the process ended before it could note that down', async () => {
    const first = await office().desk.ask(card, 'x1/approve/ask')
    disk.set('slack:message:x1/approve/ask', { since: 0 })
    expect(await office().desk.ask(card, 'x1/approve/ask')).toEqual(first)
    expect(see()).toHaveLength(1)
  })

  it('says in words why it cannot ask', async () => {
    const refused = office().desk.ask({ ...card, to: '#purchasng' }, 'k')
    await expect(refused).rejects.toMatchObject({
      code: 'notify.channel_not_found',
      hint: expect.stringContaining('purchasing'),
    })
  })

  it('reminds in the thread those who may decide and have not, once for each key', async () => {
    const { desk } = office()
    const two: ApprovalCard = {
      ...card,
      rules: { ...rules, users: [ben, ana], needed: 2 },
    }
    const ref = await desk.ask(two, 'x1/approve/ask')
    await desk.revise(ref, { ...two, decisions: [approved] })
    await desk.reply(ref, 'Still waiting.', 'x1/approve/remind')
    await office().desk.reply(ref, 'Still waiting.', 'x1/approve/remind')
    const [, ...replies] = see(tsOf(ref))
    expect(replies.map(({ text }) => text)).toEqual([`<@${ana}> :bell: Still waiting.`])
  })

  it('reminds in the channel where nobody is named: nobody would notice an answer in a thread', async () => {
    const { desk } = office()
    const ref = await desk.ask({ ...card, rules: { ...rules, users: [] } }, 'x1/approve/ask')
    await desk.reply(ref, 'Still waiting.', 'x1/approve/remind')
    expect(see().map(({ text }) => text)).toContain(':bell: Still waiting.')
  })

  it('a message that somebody deleted is no failure', async () => {
    const { desk } = office()
    const ref = await desk.ask(card, 'k')
    simulator.control.change({ what: 'delete_message', channel: purchasing, ts: tsOf(ref) })
    await desk.revise(ref, { ...card, decisions: [approved], outcome: 'approved' })
    await desk.refresh(async () => cancelled)
    expect(see()).toEqual([])
  })
})

describe('a card whose execution ends', () => {
  it('is withdrawn, and says by whom and why', async () => {
    const { desk } = office()
    await desk.ask(card, 'k')
    desk.ended(cancelled)
    await desk.idle()
    expect(say()).toContain(`*Withdrawn:* <@${ana}> stopped the execution: wrong week`)
    expect(say()).not.toContain('"action_id":"approve"')
  })

  it('keeps that word when the step itself says less at the same moment', async () => {
    const { desk } = office()
    const ref = await desk.ask(card, 'k')
    desk.ended(cancelled)
    await desk.revise(ref, { ...card, outcome: 'withdrawn' })
    expect(say()).toContain('wrong week')
  })

  it('is withdrawn also when it was posted only just then', async () => {
    const { desk } = office()
    desk.ended(cancelled)
    await desk.ask(card, 'k')
    await desk.idle()
    expect(say()).toContain('*Withdrawn:*')
  })

  it('is closed at the next start, when the process ended first', async () => {
    await office().desk.ask(card, 'k')
    const { desk } = office()
    await desk.refresh(async () => undefined)
    expect(say()).toContain('"action_id":"approve"')
    await desk.refresh(async (id) => (id === 'x1' ? cancelled : undefined))
    expect(say()).toContain('*Withdrawn:*')
  })

  it('that was decided, but could not be shown, shows the decision', async () => {
    const { desk } = office()
    const ref = await desk.ask(card, 'k')
    simulator.control.fault({ method: 'chat.update', times: 1, error: 'msg_blocks_too_long' })
    await expect(desk.revise(ref, { ...card, decisions: [approved], outcome: 'approved' })).rejects.toThrow()
    const output = { outcome: 'approved', decisions: [approved] } as unknown as Json
    const node: NodeResult = {
      name: 'approve',
      type: 'approval',
      role: 'action',
      status: 'succeeded',
      attempts: 1,
      startedAt: approved.at,
      endedAt: approved.at,
      durationMs: 1,
      printed: [],
      output,
    }
    desk.ended(finishedReport('x1', [node]))
    await desk.idle()
    expect(say()).toContain(`*Approved* by <@${ben}>`)
  })

  it('is done with: nothing of it is kept', async () => {
    const { desk } = office()
    await desk.ask(card, 'k')
    desk.ended(cancelled)
    await desk.idle()
    expect([...records.all('_approval_cards')]).toEqual([])
  })
})

describe('evidence', () => {
  it('holds approved numbers of the same step against new ones, each card once', async () => {
    const { desk } = office()
    for (const [key, value] of Object.entries({ a: '180', b: '200', c: '190' })) {
      const one = { ...card, fields: [{ label: 'Quantity', value }] }
      const ref = await desk.ask(one, key)
      const closed: ApprovalCard = { ...one, decisions: [approved], outcome: 'approved' }
      await desk.revise(ref, closed)
      await desk.revise(ref, closed)
    }
    const ref = await desk.ask({ ...card, fields: [{ label: 'Quantity', value: '9000' }] }, 'd')
    await desk.revise(ref, { ...card, outcome: 'rejected', decisions: [approved] })
    await office().desk.ask(card, 'e')
    expect(JSON.stringify(see().at(-1))).toContain('840\\n_median of 3 approved: 190_')
  })

  it('that stood on a card stays the same until it is closed', async () => {
    const { desk } = office()
    const first = await desk.ask({ ...card, fields: [{ label: 'Quantity', value: '100' }] }, 'a')
    const second = await desk.ask(card, 'b')
    await desk.revise(first, {
      ...card,
      fields: [{ label: 'Quantity', value: '100' }],
      decisions: [approved],
      outcome: 'approved',
    })
    await desk.revise(second, { ...card, decisions: [approved] })
    expect(JSON.stringify(see().at(-1))).not.toContain('approved last time')
  })
})

describe('an approval over days', () => {
  it('reminds, escalates and expires in Slack when the time has come', async () => {
    const { desk, messenger } = office()
    const action = approvalAction({ desk, messenger, clock })
    const fields = {
      to: '#purchasing',
      title: 'Order tea?',
      text: 'It is cheap now.',
      approvers: { users: [ben] },
      remind_every: '1d',
      escalate: { after: '36h', to: '#operations' },
      expires: '50h',
    }
    const node = { name: 'ask', ...(action.fields.parse(fields) as Partial<WorkflowNode>) }
    const { engine, start } = engineOf({ ask: (context, own) => action.run(own, context) }, { clock })
    await start(workflow([node], [edge('start -> ask')], { settings: { timeout: '30d' } }))
    const first = await simulator.control.until(() => see()[0])
    /** Until the step has noted what it did and sleeps towards its next alarm. */
    const waiting = (turn: number) =>
      vi.waitFor(() => {
        expect(engine.info('x1')).toMatchObject({ waitingFor: { signal: `ask/decision ${turn}` } })
        expect(clock.sleeping).toBeGreaterThan(1)
      })
    await waiting(1)

    await clock.advance(24 * 3_600_000)
    await simulator.control.until(() => see(first.ts).length === 2)
    expect(see(first.ts)[1]?.text).toContain(`<@${ben}> :bell: Still waiting for a decision.`)

    await waiting(2)
    await clock.advance(12 * 3_600_000)
    await simulator.control.until(() =>
      simulator.control
        .messages({ channel: 'C0OPERATNS', user: ana })
        .some(({ text }) => text.includes('Nobody has decided for 36h: *Order tea?*')),
    )

    await waiting(3)
    await clock.advance(12 * 3_600_000)
    await simulator.control.until(() => see(first.ts).length === 3)
    await waiting(4)
    await clock.advance(2 * 3_600_000)
    await simulator.control.until(() => say().includes('*Expired:*'))
    expect((await engine.result('x1')).nodes[1]).toMatchObject({ output: { outcome: 'expired' } })
  })
})
