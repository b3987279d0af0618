// Stopping, repeating, taking back, deciding and locking in a terminal, asked of a running bot.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createBot } from '../http/bot.ts'
import { createOrderBot } from '../http/office.ts'
import { type } from './terminal.ts'

const ended = (bot: ReturnType<typeof createOrderBot>, id: string) => bot.services.engine.result(id)

describe('cancel', () => {
  it('stops an execution, and shows its report with who and why', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    const { status, out } = await type(['cancel', id, 'wrong', 'week'], bot)
    expect(status).toBe(0)
    expect(out).toContain('× cancelled in 0.0 s: Order (order, version 1)')
    expect(out).toContain('by ana wrong week')
    expect(bot.done.placed).toBe(0)
  })

  it('of what has ended says so, with status 1', async () => {
    const bot = createOrderBot()
    const id = await bot.order()
    await type(['cancel', id], bot)
    expect(await type(['cancel', id], bot)).toEqual({
      status: 1,
      out: '',
      err: `Execution ${id} had already ended (cancelled).\nThere is nothing left to stop.\n`,
    })
  })
})

describe('pending, approve and reject', () => {
  it('show what waits, and decide it', async () => {
    const bot = createOrderBot({
      needed: 2,
      form: { budget: { type: 'string', required: true }, note: { type: 'string' } },
    })
    const id = await bot.order()
    const before = await type(['pending'], bot)
    expect(before.out).toMatch(/^May we order\? – Order \(order\)\n {2}Execution: {3}x1\n {2}Step: {8}ask$/m)
    expect(before.out).toMatch(/Decided by: {2}everybody$/m)
    expect(before.out).toMatch(/Takes: {7}2 approvals more\n {2}Asks for: {4}budget \[note\]$/m)
    expect(await type(['approve', id, 'budget=A', 'fine', 'with', 'me'], bot)).toEqual({
      status: 0,
      out: 'You approved: May we order?\n',
      err: '',
    })
    await bot.clock.advance(0)
    const between = await type(['pending'], bot)
    expect(between.out).toMatch(/Approved: {4}by ana\n {2}Takes: {7}1 approval more$/m)
    const other = await type(['approve', id, '--form', '{"budget": "B", "note": "x=y"}', '--json'], bot, {
      user: 'ben',
    })
    expect(JSON.parse(other.out)).toMatchObject({
      executionId: id,
      decision: { decision: 'approve', by: { kind: 'cli', id: 'ben' }, form: { budget: 'B', note: 'x=y' } },
    })
    expect((await ended(bot, id)).status).toBe('succeeded')
    expect((await type(['pending'], bot)).out).toBe('Nothing waits for a decision.\n')
  })

  it('reject with the reason as plain words, or behind reason=', async () => {
    for (const words of [['too', 'expensive'], ['reason=too expensive']]) {
      const bot = createOrderBot({ reason: 'required' })
      const id = await bot.order()
      const bare = await type(['reject', id], bot)
      expect([bare.status, bare.err]).toEqual([
        1,
        'A rejection needs a reason here.\nSay in a few words why.\n',
      ])
      expect((await type(['reject', id, ...words], bot)).out).toBe('You rejected: May we order?\n')
      const { nodes } = await ended(bot, id)
      expect(nodes.find(({ name }) => name === 'ask')).toMatchObject({
        output: { outcome: 'rejected', decisions: [{ reason: 'too expensive' }] },
      })
    }
  })

  it('leave questions that name people to them, and say whom to ask', async () => {
    const bot = createOrderBot({ approvers: { users: ['U0BEN'], groups: ['S0BUYERS'] } })
    const id = await bot.order()
    expect((await type(['pending'], bot)).out).toContain('Decided by:  U0BEN, S0BUYERS, in Slack')
    for (const user of ['ana', 'U0BEN', 'slack:U0BEN'])
      expect(await type(['approve', id], bot, { user })).toMatchObject({
        status: 1,
        err: expect.stringContaining('You are not among those who may decide this.'),
      })
    expect(bot.done.placed).toBe(0)
  })

  it('do not let names of questions play with the screen', async () => {
    const bot = createOrderBot({ title: 'May we\u001b[2J \u202eorder\nor not?' })
    const id = await bot.order()
    const shown = (await type(['pending'], bot)).out + (await type(['approve', id], bot)).out
    expect(shown).toBe(stripVTControlCharacters(shown))
    expect(shown).toContain('May we·[2J ·order or not?')
  })

  it.each([
    [['approve']],
    [['reject']],
    [['reject', 'x1', 'budget=A']],
    [['approve', 'x1', '--form', '[]']],
    [['approve', 'x1', '--form', '{']],
    [['reject', 'x1', '--form', '{}']],
    [['pending', 'x1']],
    [['cancel']],
    [['retry']],
    [['retry', 'x1', 'x2']],
    [['retry', 'x1', 'form=start']],
    [['rollback']],
    [['lock']],
    [['unlock']],
    [['unlock', 'order', 'now']],
  ])('are refused with the usage when typed wrongly: %j', async (line) => {
    const bot = createOrderBot()
    await bot.order()
    const { status, err } = await type(line, bot)
    expect(status).toBe(2)
    expect(err).toMatch(/Usage: |For example --form/)
    expect((await type(['pending'], bot)).out).toContain('May we order?')
  })
})

describe('retry and rollback', () => {
  async function jammed() {
    const bot = createOrderBot()
    bot.jam()
    const id = await bot.order()
    await type(['approve', id], bot)
    await ended(bot, id)
    bot.mend()
    return { bot, id }
  }

  it('follow the new execution to its report', async () => {
    const { bot, id } = await jammed()
    const again = await type(['retry', id], bot)
    expect([again.status, again.err]).toEqual([
      0,
      'Order has been started again: x2 (Ctrl+C leaves it running)\n',
    ])
    expect(again.out).toContain('✓ succeeded')
    expect(again.out).toContain('kept from the execution before')
    const back = await type(['rollback', 'x2'], bot)
    expect([back.status, back.err]).toEqual([
      0,
      'Order is being rolled back: x3 (Ctrl+C leaves it running)\n',
    ])
    const twice = await type(['rollback', 'x2', '--no-wait'], bot)
    expect([twice.status, twice.out]).toEqual([0, 'Order was rolled back already: x3\n'])
    expect(bot.done).toEqual({ placed: 1, takenBack: 1 })
  })

  it('take where from and which version as they are typed in Slack', async () => {
    const { bot, id } = await jammed()
    const { out } = await type(['retry', id, 'from=start', 'version=same', '--no-wait', '--json'], bot)
    const { executionId } = JSON.parse(out) as { executionId: string }
    await bot.clock.advance(0)
    expect(bot.services.engine.info(executionId)).toMatchObject({
      status: 'waiting',
      rerunOf: { executionId: id, from: null },
    })
  })

  it('that fails again ends with status 1', async () => {
    const { bot, id } = await jammed()
    bot.jam()
    expect((await type(['retry', id], bot)).status).toBe(1)
  })
})

describe('lock and unlock', () => {
  it('refuse starts for a while, and say until when and why', async () => {
    const bot = createBot()
    expect(await type(['lock', 'sample', '2h', 'stock', 'take'], bot)).toEqual({
      status: 0,
      out: 'sample is locked until 2026-03-02 10:00:00 UTC: stock take\n',
      err: '',
    })
    expect(await type(['run', 'sample'], bot)).toMatchObject({
      status: 1,
      err: expect.stringContaining('"sample" is locked by ana until 2026-03-02T10:00:00.000Z: stock take.'),
    })
    expect((await type(['unlock', 'sample'], bot, { user: 'ben' })).out).toBe(
      'sample can be run again; ana had locked it.\n',
    )
    expect((await type(['run', 'sample'], bot)).status).toBe(0)
    expect((await type(['unlock', 'sample'], bot)).err).toBe('"sample" is not locked.\nIt can be run.\n')
  })

  it('last an hour with a reason alone; a slip in the duration is no reason', async () => {
    const bot = createBot()
    expect((await type(['lock', 'sample', 'stocktake'], bot)).out).toBe(
      'sample is locked until 2026-03-02 09:00:00 UTC: stocktake\n',
    )
    expect(await type(['lock', 'sample', '2hours'], bot)).toMatchObject({
      status: 1,
      err: expect.stringContaining('a duration such as "30s"'),
    })
  })
})

it('without a bot all of them say how to start it, with status 2', async () => {
  const fetch = async () => {
    throw new TypeError('fetch failed')
  }
  for (const line of [
    ['cancel', 'x1'],
    ['retry', 'x1'],
    ['rollback', 'x1'],
    ['pending'],
    ['approve', 'x1'],
    ['reject', 'x1'],
    ['lock', 'sample'],
    ['unlock', 'sample'],
    ['versions', 'sample'],
    ['tests', 'sample'],
    ['test', 'sample', '--keep'],
    ['replay', 'sample'],
    ['replays', 'sample'],
  ]) {
    const { status, err } = await type(line, undefined, { fetch })
    expect([line, status, err.split('\n')[0]]).toEqual([line, 2, 'No bot answers at http://127.0.0.1:3200.'])
    const json = await type([...line, '--json'], undefined, { fetch })
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'cli.bot_unreachable' } })
  }
})
