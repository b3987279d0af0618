// The Web API refuses what Slack refuses, with Slack's words: tokens, scopes, channels, messages, limits, rates.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { ana, ben, manifest, operations } from './app.ts'
import { goodHome, goodModal, mrkdwn, plain } from './samples.ts'

let simulator: Simulator
let now = Date.UTC(2026, 0, 5, 9)

beforeEach(async () => {
  now = Date.UTC(2026, 0, 5, 9)
  simulator = await startSimulator({ manifest, clock: { now: () => now }, rateLimits: false })
})
afterEach(() => simulator.close())

type Answer = Record<string, unknown> & { ok: boolean; ts?: string; error?: string }

async function call(
  method: string,
  args: Record<string, unknown> = {},
  token = simulator.botToken,
): Promise<Answer> {
  const response = await fetch(`${simulator.slackApiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(args),
  })
  return response.json() as Promise<Answer>
}

const post = (args: Record<string, unknown>) =>
  call('chat.postMessage', { channel: operations, text: 'hi', ...args })
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })

describe('tokens and scopes', () => {
  it('names a missing, a wrong, a revoked and a misplaced token', async () => {
    expect(await call('auth.test', {}, '')).toEqual({ ok: false, error: 'not_authed' })
    expect(await call('auth.test', {}, 'xoxb-wrong')).toMatchObject({ error: 'invalid_auth' })
    expect(await call('auth.test', {}, simulator.appToken)).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await call('apps.connections.open')).toMatchObject({ error: 'not_allowed_token_type' })
    simulator.control.change({ what: 'revoke_token' })
    expect(await call('auth.test')).toMatchObject({ error: 'token_revoked' })
    simulator.control.change({ what: 'restore_token' })
    expect(await call('auth.test')).toMatchObject({ ok: true, team: 'Harbour Goods', user_id: 'U0WORKFLOW' })
  })

  it('takes the token from a form as well, and keeps it out of the record', async () => {
    const response = await fetch(`${simulator.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({
        token: simulator.botToken,
        channel: operations,
        text: 'form',
        blocks: JSON.stringify([section('form')]),
      }),
    })
    expect(await response.json()).toMatchObject({ ok: true, message: { blocks: [{ type: 'section' }] } })
    expect(JSON.stringify(simulator.control.requests())).not.toContain(simulator.botToken)
  })

  it('says which scope is missing and which there are', async () => {
    simulator.control.change({ what: 'remove_scope', scope: 'chat:write' })
    const answer = await post({})
    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'chat:write' })
    expect(answer.provided).toContain('channels:read')
    const lookup = await call('users.lookupByEmail', { email: 'ana@harbour-goods.example' })
    expect(lookup).toMatchObject({ error: 'missing_scope', needed: 'users:read.email' })
  })

  it('answers a method that it does not know like Slack, and notes it by name', async () => {
    const response = await fetch(`${simulator.slackApiUrl}chat.scheduleMessage`, { method: 'POST' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ok: false, error: 'unknown_method' })
    expect(simulator.control.problems()).toMatchObject([
      { kind: 'unknown_method', subject: 'chat.scheduleMessage' },
    ])
  })
})

describe('messages', () => {
  it.each([
    ['no text at all', { text: '' }, 'no_text'],
    ['a channel that is not there', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a private channel without the bot', { channel: 'C0MANAGERS' }, 'channel_not_found'],
    ['a public channel without the bot', { channel: 'C0RANDOM' }, 'not_in_channel'],
    ['a thread that is not there', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['blocks that are no list', { blocks: { type: 'divider' } }, 'invalid_blocks_format'],
    ['51 blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    [
      'more text than a message takes',
      { blocks: Array.from({ length: 4 }, () => section('x'.repeat(2900))) },
      'msg_blocks_too_long',
    ],
    [
      'attachments, because blocks have replaced them',
      { attachments: [{ text: 'a' }] },
      'invalid_attachments',
    ],
    ['metadata without a type', { metadata: { event_payload: {} } }, 'invalid_metadata_format'],
  ])('refuses %s', async (_, args, error) => {
    expect(await post(args)).toMatchObject({ ok: false, error })
    expect(simulator.control.messages({ channel: operations })).toEqual([])
    expect(simulator.control.problems()).toMatchObject([{ kind: 'refused', subject: 'chat.postMessage' }])
  })

  it('points at the places that are wrong in blocks', async () => {
    const answer = await post({
      blocks: [section(''), { type: 'sparkles' }, { type: 'divider', color: 'red' }],
    })
    expect(answer).toMatchObject({
      error: 'invalid_blocks',
      errors: [
        'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
        'unsupported block type: sparkles [json-pointer:/blocks/1/type]',
        'invalid additional property: color [json-pointer:/blocks/2]',
      ],
    })
  })

  it.each([
    [
      'two blocks with one id',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
    ],
    [
      'two tables',
      Array.from({ length: 2 }, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] })),
    ],
    [
      'a plan beside a task card',
      [
        { type: 'plan', title: 'p' },
        { type: 'task_card', task_id: 't', title: 't' },
      ],
    ],
    [
      '12,001 characters of markdown in two blocks',
      [6000, 6001].map((n) => ({ type: 'markdown', text: 'x'.repeat(n) })),
    ],
    [
      'two actions with one id in a block',
      [
        {
          type: 'actions',
          elements: Array.from({ length: 2 }, () => ({ type: 'button', action_id: 'a', text: plain('A') })),
        },
      ],
    ],
    [
      'a preselected option that is not offered',
      [
        {
          type: 'actions',
          elements: [
            {
              type: 'static_select',
              action_id: 'a',
              options: [{ text: plain('A'), value: 'a' }],
              initial_option: { text: plain('B'), value: 'b' },
            },
          ],
        },
      ],
    ],
    ['a file that was never uploaded', [{ type: 'image', alt_text: 'a', slack_file: { id: 'F0NONE' } }]],
  ])('refuses %s', async (_, blocks) => {
    expect(await post({ blocks })).toMatchObject({ error: 'invalid_blocks' })
  })

  it('gives ids to blocks and elements that have none', async () => {
    await post({ blocks: [{ type: 'actions', elements: [{ type: 'button', text: plain('Go') }] }] })
    const [message] = simulator.control.messages({ channel: operations })
    expect(message?.blocks?.[0]).toMatchObject({
      block_id: expect.stringMatching(/^.{5}$/),
      elements: [{ action_id: expect.stringMatching(/^.{5}$/) }],
    })
  })

  it('cuts a text above 40,000 characters, but refuses it in an update', async () => {
    const { ts } = await post({ text: 'x'.repeat(40_001) })
    expect(simulator.control.messages({ channel: operations })[0]?.text).toHaveLength(40_000)
    const update = await call('chat.update', { channel: operations, ts, text: 'x'.repeat(40_001) })
    expect(update).toMatchObject({ error: 'msg_too_long' })
  })

  it('removes the blocks when an update brings only text, and keeps metadata unless told', async () => {
    const metadata = { event_type: 'report', event_payload: { execution: 'e1' } }
    const { ts } = await post({ blocks: [section('a')], metadata })
    await call('chat.update', { channel: operations, ts, text: 'plain' })
    const history = await call('conversations.history', { channel: operations, include_all_metadata: true })
    const [message] = history.messages as Record<string, unknown>[]
    expect(message).toMatchObject({ text: 'plain', metadata, edited: { user: 'U0WORKFLOW' } })
    expect(message).not.toHaveProperty('blocks')
    const plainHistory = await call('conversations.history', { channel: operations })
    expect((plainHistory.messages as unknown[])[0]).not.toHaveProperty('metadata')
  })

  it('updates and deletes only what the bot itself posted and what is still there', async () => {
    const { ts } = await simulator.control.message({ user: ana, channel: operations, text: 'mine' })
    const of = { channel: operations, ts, text: 'x' }
    expect(await call('chat.update', of)).toMatchObject({ error: 'cant_update_message' })
    expect(await call('chat.delete', of)).toMatchObject({ error: 'cant_delete_message' })
    expect(await call('chat.update', { ...of, ts: '1.1' })).toMatchObject({ error: 'message_not_found' })
    const own = await post({})
    simulator.control.change({ what: 'delete_message', channel: operations, ts: String(own.ts) })
    expect(await call('chat.update', { ...of, ts: own.ts })).toMatchObject({ error: 'message_not_found' })
    const hidden = await call('chat.postEphemeral', { channel: operations, user: ana, text: 'psst' })
    expect(await call('chat.update', { ...of, ts: hidden.message_ts })).toMatchObject({
      error: 'message_not_found',
    })
  })

  it('keeps archived channels still, and lets the bot join public ones', async () => {
    expect(await call('conversations.join', { channel: 'C0RANDOM' })).toMatchObject({ ok: true })
    expect(await post({ channel: '#random' })).toMatchObject({ ok: true, channel: 'C0RANDOM' })
    simulator.control.change({ what: 'archive', channel: 'C0RANDOM' })
    expect(await post({ channel: 'C0RANDOM' })).toMatchObject({ error: 'is_archived' })
    simulator.control.change({ what: 'unarchive', channel: 'C0RANDOM' })
    simulator.control.change({ what: 'remove_bot', channel: 'C0RANDOM' })
    expect(await post({ channel: 'C0RANDOM' })).toMatchObject({ error: 'not_in_channel' })
  })

  it('shows threads with their counts, and a tombstone for a parent that went away', async () => {
    const root = await post({})
    const reply = await post({ text: 'one', thread_ts: root.ts })
    await post({ text: 'two', thread_ts: reply.ts, reply_broadcast: true })
    const replies = await call('conversations.replies', { channel: operations, ts: root.ts })
    expect(replies.messages).toMatchObject([{ reply_count: 2 }, { text: 'one' }, { text: 'two' }])
    expect(simulator.control.messages({ channel: operations }).map((m) => m.text)).toEqual(['hi', 'two'])
    await call('chat.delete', { channel: operations, ts: root.ts })
    expect(simulator.control.messages({ channel: operations })[0]?.text).toBe('This message was deleted.')
  })

  it('pages through history with cursors, newest first', async () => {
    for (const text of ['1', '2', '3']) await post({ text })
    const first = await call('conversations.history', { channel: operations, limit: 2 })
    expect((first.messages as { text: string }[]).map((m) => m.text)).toEqual(['3', '2'])
    const cursor = (first.response_metadata as { next_cursor: string }).next_cursor
    const second = await call('conversations.history', { channel: operations, limit: 2, cursor })
    expect(second).toMatchObject({ has_more: false, messages: [{ text: '1' }] })
    expect(await call('conversations.history', { channel: operations, cursor: 'junk' })).toMatchObject({
      error: 'invalid_cursor',
    })
  })

  it('reacts and pins once, and opens direct conversations', async () => {
    const { ts } = await post({})
    const reaction = { channel: operations, timestamp: ts, name: 'eyes' }
    expect(await call('reactions.add', reaction)).toEqual({ ok: true })
    expect(await call('reactions.add', reaction)).toMatchObject({ error: 'already_reacted' })
    expect(await call('reactions.remove', reaction)).toEqual({ ok: true })
    expect(await call('reactions.remove', reaction)).toMatchObject({ error: 'no_reaction' })
    expect(await call('pins.add', reaction)).toEqual({ ok: true })
    expect(await call('pins.add', reaction)).toMatchObject({ error: 'already_pinned' })
    const opened = await call('conversations.open', { users: ana })
    expect(opened).toMatchObject({ channel: { id: 'D0ANALIMA' } })
    expect(await post({ channel: ana, text: 'direct' })).toMatchObject({ channel: 'D0ANALIMA' })
    expect(() => simulator.control.messages({ channel: 'D0ANALIMA', user: ben })).toThrow('sees no channel')
  })

  it('forgets the oldest messages above what it keeps', async () => {
    const small = await startSimulator({ manifest, keptMessages: 3 })
    for (const text of ['1', '2', '3', '4'])
      await small.control.message({ user: ana, channel: operations, text })
    expect(small.control.messages({ channel: operations }).map((m) => m.text)).toEqual(['2', '3', '4'])
    await small.close()
  })
})

describe('rates', () => {
  it('takes a burst of messages in a channel, then answers 429 with Retry-After', async () => {
    const strict = await startSimulator({ manifest })
    const send = (channel: string) =>
      fetch(`${strict.slackApiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${strict.botToken}` },
        body: new URLSearchParams({ channel, text: 'x' }),
      })
    const statuses: number[] = []
    for (let i = 0; i < 20; i++) statuses.push((await send(operations)).status)
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(statuses).toContain(429)
    const refused = await send(operations)
    expect(await refused.json()).toEqual({ ok: false, error: 'ratelimited' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect((await send('C0GENERAL')).status).toBe(200)
    expect(strict.control.problems()[0]).toMatchObject({ kind: 'rate_limited' })
    await strict.close()
  })

  it('fails on request as often as asked, without calling it the fault of the app', async () => {
    simulator.control.fault({ method: 'chat.postMessage', times: 1, retry_after: 7 })
    simulator.control.fault({ method: 'chat.postMessage', times: 1, error: 'fatal_error' })
    simulator.control.fault({ method: 'chat.postMessage', times: 1, status: 503 })
    expect(await post({})).toMatchObject({ error: 'ratelimited' })
    expect(await post({})).toMatchObject({ error: 'fatal_error' })
    expect(await post({})).toMatchObject({ error: 'internal_error' })
    expect(await post({})).toMatchObject({ ok: true })
    expect(simulator.control.problems()).toEqual([])
  })
})

describe('views and validation', () => {
  it('publishes a home tab, and refuses a stale hash, a bad view and one that is too large', async () => {
    const first = await call('views.publish', { user_id: ana, view: goodHome })
    expect(first).toMatchObject({ ok: true, view: { type: 'home', team_id: 'T0HARBOUR' } })
    const { hash } = first.view as { hash: string }
    expect(await call('views.publish', { user_id: ana, view: goodHome, hash })).toMatchObject({ ok: true })
    expect(await call('views.publish', { user_id: ana, view: goodHome, hash })).toMatchObject({
      error: 'hash_conflict',
    })
    const bad = await call('views.publish', {
      user_id: ana,
      view: { type: 'home', blocks: [{ type: 'plan', title: 'p' }] },
    })
    expect(bad).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] plan is not supported in a home view [json-pointer:/view/blocks/0/type]'],
      },
    })
    const blocks = Array.from({ length: 100 }, () => section('x'.repeat(2600)))
    expect(await call('views.publish', { user_id: ana, view: { type: 'home', blocks } })).toMatchObject({
      error: 'view_too_large',
    })
  })

  it('shows no modal in the place of a home tab', async () => {
    expect(await call('views.publish', { user_id: ana, view: goodModal })).toMatchObject({
      error: 'invalid_arguments',
    })
    expect(simulator.control.views(ana).home).toBeNull()
  })

  it('opens nothing with a trigger that was never given', async () => {
    expect(await call('views.open', { trigger_id: '1.2.abc', view: {} })).toMatchObject({
      error: 'invalid_trigger_id',
    })
  })

  it('validates blocks, a message or a view on request, with codes and pointers', async () => {
    expect(await call('blocks.validate', { blocks: [{ type: 'divider' }] })).toEqual({ ok: true })
    expect(await call('blocks.validate', { blocks: [], view: {} })).toMatchObject({
      error: 'invalid_arguments',
    })
    expect(
      await call('blocks.validate', {
        message: { blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] },
      }),
    ).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: [
        {
          pointer: '/message/blocks/0/text/text',
          code: 'too_long',
          message: 'must be less than 151 characters',
          constraint: 150,
        },
      ],
    })
  })

  it('knows its people, groups, channels and itself', async () => {
    expect(await call('usergroups.users.list', { usergroup: 'S0BUYERS' })).toMatchObject({
      users: [ana, ben],
    })
    expect(await call('users.info', { user: 'U0GILGUEST' })).toMatchObject({ user: { is_restricted: true } })
    expect(await call('users.info', { user: 'U0SAMOTHER' })).toMatchObject({
      user: { is_stranger: true, team_id: 'T0OTHERTEAM' },
    })
    expect(await call('users.info', { user: 'U0NOBODY' })).toMatchObject({ error: 'user_not_found' })
    const { channels } = await call('conversations.list', { types: 'public_channel,private_channel' })
    expect((channels as { name: string }[]).map((c) => c.name)).toEqual([
      'general',
      'operations',
      'purchasing',
      'random',
    ])
    expect(await call('bots.info', { bot: 'B0WORKFLOW' })).toMatchObject({ bot: { user_id: 'U0WORKFLOW' } })
    expect(await call('team.info')).toMatchObject({ team: { domain: 'harbour-goods' } })
  })
})
