// Approvals over time: decisions, reminders, escalation and expiry, also while the bot was away.
import { describe, expect, test } from 'vitest'
import { approvalAction } from '../../src/actions/approval.ts'
import type { ApprovalCard, ApprovalDesk, Messenger } from '../../src/actions/ports.ts'
import type { WorkflowNode } from '../../src/definition/schema.ts'
import type { Decision } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/json.ts'
import { ManualClock, settled } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { ana, edge, engineOf, workflow } from '../support/workflow.ts'

const minute = 60_000
const hour = 60 * minute

/** A desk and a messenger that note what they show, once for each key. */
function office() {
  const shown: string[] = []
  const cards: ApprovalCard[] = []
  const keys = new Set<string>()
  const once = (key: string, what: string) => {
    if (!keys.has(key)) shown.push(what)
    keys.add(key)
    return { channel: 'C1', messageId: key }
  }
  const desk: ApprovalDesk = {
    ask: async (card, key) => once(key, `ask ${card.to}`),
    reply: async (_, text, key) => once(key, `remind: ${text}`),
    revise: async (_, card) => void cards.push(structuredClone(card)),
  }
  const messenger: Messenger = { post: async ({ to }, key) => once(key, `escalate to ${to}`) }
  return { desk, messenger, shown, cards }
}

function asking(
  fields: object = {},
  { store = new MemoryExecutionStore(), clock = new ManualClock(), place = office() } = {},
) {
  const action = approvalAction({ ...place, clock })
  const node = action.fields.parse({ to: '#orders', text: 'Order?', ...fields })
  const version = workflow([{ name: 'ask', ...(node as Partial<WorkflowNode>) }], [edge('start -> ask')], {
    settings: { timeout: '30d' },
  })
  const made = engineOf({ ask: (context, own) => action.run(own, context) }, { store, clock })
  const decide = async (decision: Decision['decision'], by = ana) => {
    const report = made.engine.info('x1')
    if (report?.status !== 'waiting' || report.waitingFor.kind !== 'person') return false
    const at = new Date(clock.now()).toISOString()
    const made_ = { decision, by, at, reason: null, form: { amount: 3 } }
    return made.engine.signal('x1', report.waitingFor.signal, made_ as unknown as JsonObject)
  }
  const output = async () => (await made.engine.result('x1')).nodes[1]
  return { ...made, start: () => made.start(version), decide, output, place, store, clock }
}

describe('an approval', () => {
  test('gives the decision and its form as output, and closes the card', async () => {
    const { start, decide, output, place } = asking()
    await start()
    await settled()
    expect(await decide('approve')).toBe(true)
    expect(await output()).toMatchObject({
      output: { outcome: 'approved', approved: true, decisions: [{ by: ana }], form: { amount: 3 } },
    })
    expect(place.cards).toMatchObject([{ outcome: 'approved' }])
  })

  test('needs as many people as it says, and one rejection ends it', async () => {
    const { start, decide, output } = asking({ needed: 3 })
    await start()
    await settled()
    for (let count = 0; count < 2; count++) {
      expect(await decide('approve')).toBe(true)
      await settled()
    }
    expect(await decide('reject')).toBe(true)
    expect(await output()).toMatchObject({ output: { outcome: 'rejected', approved: false } })
  })

  test('reminds, escalates and expires, in this order', async () => {
    const fields = { remind_every: '1h', escalate: { after: '90m', to: '#boss' }, expires: '150m' }
    const { start, clock, output, place } = asking(fields)
    await start()
    await clock.advance(150 * minute)
    expect(await output()).toMatchObject({ output: { outcome: 'expired', approved: false, decisions: [] } })
    const reminder = 'remind: Still waiting for a decision.'
    expect(place.shown).toEqual(['ask #orders', reminder, 'escalate to #boss', reminder])
  })

  test.each([
    ['approve', { status: 'succeeded', output: { outcome: 'expired', approved: true } }],
    ['fail', { status: 'failed', error: { code: 'approval.expired' } }],
  ])('that expires counts as its file says: %s', async (on_expiry, expected) => {
    const { start, clock, output } = asking({ on_expiry, expires: '1h' })
    await start()
    await clock.advance(hour)
    expect(await output()).toMatchObject(expected)
  })

  test('can be decided while a reminder is being sent', async () => {
    const place = office()
    place.desk.reply = () => new Promise(() => undefined)
    const { start, clock, decide } = asking({ remind_every: '1h' }, { place })
    await start()
    await clock.advance(hour)
    expect(await decide('approve')).toBe(true)
  })

  test('goes on although messages cannot be sent', async () => {
    const place = office()
    const fails = () => Promise.reject(new WorkflowError('notify.archived', 'The channel is archived.'))
    const { start, clock, decide, output } = asking({ remind_every: '1h' }, { place })
    await start()
    await settled()
    place.desk.reply = fails
    place.desk.revise = fails
    await clock.advance(hour)
    expect(await decide('approve')).toBe(true)
    expect(await output()).toMatchObject({ status: 'succeeded', output: { outcome: 'approved' } })
  })

  test('that was cancelled shows on its card that nobody is asked any more', async () => {
    const { start, engine, place } = asking()
    await start()
    await settled()
    await engine.cancel('x1', ana)
    await settled()
    expect(place.cards).toMatchObject([{ outcome: 'withdrawn' }])
  })
})

describe('while the bot was away', () => {
  const fields = { remind_every: '1h', expires: '24h', needed: 2 }

  /** The next process, some time later. */
  async function later(before: ReturnType<typeof asking>, ms: number) {
    await before.engine.close()
    const store = new MemoryExecutionStore()
    store.inherit(before.store)
    const clock = new ManualClock(before.clock.now() + ms)
    const next = asking(fields, { store, clock, place: before.place })
    await next.engine.resume()
    await settled()
    return next
  }

  test('decisions are kept, and one reminder stands for all that came due', async () => {
    const first = asking(fields)
    await first.start()
    await settled()
    await first.decide('approve')
    await settled()
    const second = await later(first, 5.5 * hour)
    expect(first.place.shown).toEqual(['ask #orders', 'remind: Still waiting for a decision.'])
    await second.clock.advance(hour)
    expect(first.place.shown).toHaveLength(3)
    expect(await second.decide('approve')).toBe(true)
    expect(await second.output()).toMatchObject({
      output: { outcome: 'approved', decisions: [{ decision: 'approve' }, { decision: 'approve' }] },
    })
  })

  test('what expired is expired, without a reminder on top', async () => {
    const first = asking(fields)
    await first.start()
    await settled()
    const second = await later(first, 48 * hour)
    expect(await second.output()).toMatchObject({ output: { outcome: 'expired' } })
    expect(first.place.shown).toEqual(['ask #orders'])
  })

  test('what was asked is not asked again', async () => {
    const first = asking(fields)
    await first.start()
    await settled()
    const second = await later(await later(first, minute), minute)
    expect(first.place.shown).toEqual(['ask #orders'])
    expect(second.engine.info('x1')).toMatchObject({ status: 'waiting', waitingFor: { what: 'ask' } })
  })
})

describe('a file', () => {
  const { check, fields } = approvalAction({ ...office(), clock: new ManualClock() })
  const faultsOf = (node: object, timeout: string) => {
    const version = workflow([{ name: 'ask', ...node }], [], { settings: { timeout } })
    const own = { name: 'ask', type: 'approval', ...fields.parse({ to: '#a', text: 'b', ...node }) }
    return check?.(own as WorkflowNode, version.definition).map((fault) => fault.code)
  }

  test('whose execution would be over before the question expires is faulty', () => {
    expect(faultsOf({ expires: '2h' }, '1h')).toEqual(['workflow.timeout_too_short'])
    expect(faultsOf({ expires: '1h' }, '1h')).toEqual([])
  })
})
