// What workflows have to say: delivered to names and ids, once, or refused with what to do.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../src/actions/ports.ts'
import type { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { ana, botIn, operations, random, workspace } from './bot.ts'

let simulator: Simulator
let disk: Map<string, Json>

beforeEach(async () => {
  simulator = await workspace()
  disk = new Map()
})
afterEach(() => simulator.close())

const message: OutgoingMessage = {
  to: '#operations',
  title: 'Three items are low',
  text: 'Please look at *Café beans* <!channel>.',
  fields: [{ label: 'Supplier', value: 'Harbour &amp; Sons' }],
  table: {
    columns: ['Item', 'Left'],
    rows: [
      ['Café beans', '3'],
      ['Tea <green>', '-1.5'],
    ],
  },
  origin: {
    executionId: 'x9',
    workflowId: 'reorder-check',
    workflowName: 'Reorder check',
    node: 'notify buyers',
  },
}
const post = (more: Partial<OutgoingMessage> = {}, key = 'x9/notify') =>
  botIn(simulator, { disk }).messenger.post({ ...message, ...more }, key)
const refused = (more: Partial<OutgoingMessage>): Promise<WorkflowError> =>
  post(more).then(
    () => Promise.reject(new Error('it was posted')),
    (thrown) => thrown,
  )
const see = (channel = operations) => simulator.control.messages({ channel, user: ana })

describe('delivery', () => {
  it('a message shows title, text, facts, a table and where it comes from', async () => {
    const { channel, messageId } = await post()
    const [posted] = see()
    expect({ channel, messageId }).toEqual({ channel: operations, messageId: `${operations}:${posted?.ts}` })
    expect(posted?.blocks?.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'table',
      'context',
    ])
    expect(posted?.text).toBe('Three items are low: Please look at *Café beans* @\u2060channel.')
    expect(JSON.stringify(posted?.blocks)).toContain('Harbour &amp; Sons')
    expect(JSON.stringify(posted?.blocks)).toContain('"text":"Tea <green>"')
    expect(JSON.stringify(posted?.blocks)).toContain('From *Reorder check*, step _notify buyers_')
    expect(simulator.control.problems()).toEqual([])
  })

  it('channels and people are found by name and by id', async () => {
    await post({ to: '#purchasing' }, '1')
    await post({ to: operations }, '2')
    await post({ to: '@ana' }, '3')
    await post({ to: ana }, '4')
    const direct = simulator.control.state(ana).channels.find((channel) => channel.kind === 'im')?.id
    expect(see('C0PURCHASE')).toHaveLength(1)
    expect(see()).toHaveLength(1)
    expect(see(direct)).toHaveLength(2)
  })

  it('a long table is cut, and the message says so', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [`Item ${index}`, String(index)])
    await post({ table: { columns: ['Item', 'Left'], rows } })
    expect(JSON.stringify(see()[0]?.blocks)).toMatch(/And \d+ more rows. The whole: `\/workflow report x9`/)
  })

  it('a public channel that the bot is no member of is joined', async () => {
    await post({ to: '#random' })
    expect(see(random)).toHaveLength(1)
  })
})

describe('once per key', () => {
  it('a repetition answers the first message and posts nothing', async () => {
    const first = await post()
    expect(await post()).toEqual(first)
    expect(see()).toHaveLength(1)
  })

  it('a crash between posting and noting is found out by the metadata of the message', async () => {
    const first = await post()
    disk.set('slack:message:x9/notify', { since: Date.now() })
    expect(await post()).toEqual(first)
    expect(see()).toHaveLength(1)
  })

  it('a refusal can be repeated once its cause is gone', async () => {
    simulator.control.change({ what: 'archive', channel: operations })
    expect((await refused({})).code).toBe('notify.archived')
    simulator.control.change({ what: 'unarchive', channel: operations })
    await post()
    expect(see()).toHaveLength(1)
  })
})

describe('refusals', () => {
  it('a mistyped channel suggests the right one', async () => {
    expect(await refused({ to: '#purchsing' })).toMatchObject({
      code: 'notify.channel_not_found',
      message: 'There is no channel #purchsing that I can see.',
      hint: 'Did you mean "purchasing"?',
    })
  })

  it('nobody of that name, and what is no name at all', async () => {
    expect((await refused({ to: '@nobody-here' })).code).toBe('notify.user_not_found')
    expect(await refused({ to: 'purchasing' })).toMatchObject({
      code: 'notify.bad_recipient',
      hint: 'Write #channel or @person.',
    })
  })

  it('a channel that cannot be joined says how to invite the bot', async () => {
    simulator.control.change({ what: 'remove_scope', scope: 'channels:join' })
    const error = await refused({ to: '#random' })
    expect(error.code).toBe('notify.not_in_channel')
    expect(error.hint).toContain('/invite @workflow')
  })

  it('a missing scope is named', async () => {
    simulator.control.change({ what: 'remove_scope', scope: 'users:read' })
    expect(await refused({ to: '@ana' })).toMatchObject({
      code: 'notify.missing_scope',
      message: expect.stringContaining('users:read'),
    })
  })

  it('a revoked token and a Slack in trouble have codes of their own', async () => {
    simulator.control.change({ what: 'revoke_token' })
    expect((await refused({ to: operations })).code).toBe('notify.unauthorized')
    simulator.control.change({ what: 'restore_token' })
    simulator.control.fault({ method: 'chat.postMessage', times: 1, status: 500 })
    expect((await refused({ to: operations })).code).toBe('notify.unreachable')
  })
})
