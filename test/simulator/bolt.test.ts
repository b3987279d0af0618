// The real Bolt app over the simulator: what a person does arrives as Bolt expects it, and what the app answers is seen.
import type { KnownBlock, View } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import type { ElementValue } from '../../src/simulator/control.ts'
import { ana, ben, type Connected, connectedApp, operations } from './app.ts'
import { plain } from './samples.ts'

let connected: Connected | undefined
afterEach(async () => {
  await connected?.stop()
  connected = undefined
})

const modal: View = {
  type: 'modal',
  callback_id: 'ask',
  title: { type: 'plain_text', text: 'Ask' },
  submit: { type: 'plain_text', text: 'Send' },
  notify_on_close: true,
  private_metadata: 'kept',
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
    },
    {
      type: 'input',
      block_id: 'when',
      optional: true,
      label: { type: 'plain_text', text: 'When' },
      element: { type: 'datepicker', action_id: 'date', initial_date: '2026-01-31' },
    },
  ],
}

describe('a Bolt app connected to the simulator', () => {
  it('receives a slash command with references and answers in the channel', async () => {
    const seen: Record<string, unknown>[] = []
    connected = await connectedApp((app) => {
      app.command('/workflow', async ({ ack, command, say, respond }) => {
        await ack()
        seen.push({ ...command })
        await say({ text: 'posted' })
        await respond({ text: 'only for you' })
      })
    })
    const { control } = connected.simulator
    const text = '/workflow run x for @ben in #operations & <more>'
    const delivery = await control.command({ user: ana, channel: operations, text })
    expect(delivery).toMatchObject({ acked: true, response: null })
    const messages = await control.until(() => {
      const list = control.messages({ channel: operations, user: ana })
      return list.length === 2 && list
    })
    expect(seen[0]).toMatchObject({
      command: '/workflow',
      text: `run x for <@${ben}|ben> in <#${operations}|operations> &amp; &lt;more&gt;`,
      user_id: ana,
      channel_name: 'operations',
    })
    expect(messages[0]).toMatchObject({ text: 'posted', user: 'U0WORKFLOW' })
    expect(messages[1]).toMatchObject({ text: 'only for you', ephemeral_for: ana })
    expect(control.messages({ channel: operations, user: ben })).toHaveLength(1)
    expect(control.problems()).toEqual([])
  })

  it('receives a button with the state of the message, and edits the message through respond', async () => {
    const bodies: unknown[] = []
    connected = await connectedApp((app) => {
      app.action('approve', async ({ ack, body, respond }) => {
        await ack()
        bodies.push(body)
        await respond({ text: 'Approved', replace_original: true })
      })
    })
    const { simulator, app } = connected
    const posted = await app.client.chat.postMessage({
      channel: operations,
      text: 'Approve?',
      blocks: [
        {
          type: 'actions',
          block_id: 'decide',
          elements: [
            {
              type: 'static_select',
              action_id: 'size',
              options: ['S', 'L'].map((v) => ({ text: { type: 'plain_text', text: v }, value: v })),
            },
            {
              type: 'button',
              action_id: 'approve',
              value: '42',
              text: { type: 'plain_text', text: 'Approve' },
            },
          ],
        },
      ],
    })
    const place = { channel: operations, ts: posted.ts ?? '' }
    await simulator.control.action({ user: ben, in: place, action_id: 'approve', deliveries: 2 })
    const edited = await simulator.control.until(() =>
      simulator.control.messages({ channel: operations }).find((m) => m.text === 'Approved'),
    )
    expect(edited.blocks).toBeUndefined()
    expect(edited.edited).toBeDefined()
    expect(bodies[0]).toMatchObject({
      type: 'block_actions',
      user: { id: ben, username: 'ben' },
      container: { type: 'message', message_ts: posted.ts, channel_id: operations, is_ephemeral: false },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decide', value: '42' }],
      state: { values: { decide: { size: { type: 'static_select', selected_option: null } } } },
      message: { ts: posted.ts, text: 'Approve?' },
    })
    expect(bodies).toHaveLength(2)
  })

  it('opens a modal, answers with an error on a field, then takes the submission', async () => {
    const views: unknown[] = []
    connected = await connectedApp((app) => {
      app.command('/workflow', async ({ ack, body, client }) => {
        await ack()
        await client.views.open({ trigger_id: body.trigger_id, view: modal })
      })
      app.view('ask', async ({ ack, view }) => {
        const text = view.state.values.reason?.text?.value
        views.push(view)
        await ack(
          text === 'bad' ? { response_action: 'errors', errors: { reason: 'Not this one' } } : undefined,
        )
      })
    })
    const { control } = connected.simulator
    await control.command({ user: ana, channel: operations, text: '/workflow ask' })
    const open = await control.until(() => control.views(ana).modals[0])
    const answer = (text: string) =>
      control.submit({ user: ana, view_id: open.id, values: { reason: { text } } })
    await expect(answer('no')).rejects.toMatchObject({
      error: 'invalid_input',
      errors: { reason: 'Please enter at least 3 characters.' },
    })
    expect((await answer('bad')).response).toEqual({
      response_action: 'errors',
      errors: { reason: 'Not this one' },
    })
    expect(control.views(ana).modals).toHaveLength(1)
    expect((await answer('good')).response).toBeNull()
    expect(control.views(ana).modals).toHaveLength(0)
    expect(views[1]).toMatchObject({
      callback_id: 'ask',
      private_metadata: 'kept',
      state: {
        values: {
          reason: { text: { type: 'plain_text_input', value: 'good' } },
          when: { date: { type: 'datepicker', selected_date: '2026-01-31' } },
        },
      },
    })
    expect(control.problems()).toEqual([])
  })

  it('hears mentions in threads and the opening of its home tab, and publishes the tab', async () => {
    const heard: unknown[] = []
    connected = await connectedApp((app) => {
      app.event('app_mention', async ({ event, say }) => {
        heard.push(event)
        await say({ text: 'here', thread_ts: event.thread_ts ?? event.ts })
      })
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [{ type: 'divider' }]
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } })
      })
    })
    const { control } = connected.simulator
    const root = await control.message({ user: ana, channel: operations, text: 'hello' })
    await control.message({
      user: ana,
      channel: operations,
      text: '@Workflow Bot list',
      thread_ts: root.ts,
    })
    const thread = await control.until(() => {
      const list = control.messages({ channel: operations, thread_ts: root.ts })
      return list.length === 3 && list
    })
    expect(heard[0]).toMatchObject({ text: '<@U0WORKFLOW> list', user: ana, thread_ts: root.ts })
    expect(thread[0]).toMatchObject({ reply_count: 2 })
    expect((await control.home({ user: ana })).acked).toBe(true)
    const home = await control.until(() => control.views(ana).home)
    expect(home).toMatchObject({ depth: -1, view: { type: 'home', blocks: [{ type: 'divider' }] } })
  })

  it('carries shortcuts and the options of external selects', async () => {
    const bodies: { type: string }[] = []
    connected = await connectedApp((app) => {
      app.shortcut(/run/, async ({ ack, shortcut }) => {
        await ack()
        bodies.push(shortcut)
      })
      app.options('item', async ({ ack, options }) => {
        await ack({
          options: [{ text: { type: 'plain_text', text: `Item ${options.value}` }, value: options.value }],
        })
      })
    })
    const { simulator, app } = connected
    const { control } = simulator
    await control.shortcut({ user: ana, callback_id: 'run_workflow' })
    const message = await control.message({ user: ben, channel: operations, text: 'stock is low' })
    await control.shortcut({
      user: ana,
      callback_id: 'run_on_message',
      message: { channel: operations, ts: message.ts },
    })
    expect(bodies.map((b) => b.type)).toEqual(['shortcut', 'message_action'])
    expect(bodies[1]).toMatchObject({ message: { text: 'stock is low', user: ben } })
    const posted = await app.client.chat.postMessage({
      channel: operations,
      text: 'Choose',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'Item' },
          accessory: { type: 'external_select', action_id: 'item', min_query_length: 1 },
        },
      ],
    })
    const place = { channel: operations, ts: posted.ts ?? '' }
    const { options } = await control.suggest({ user: ana, in: place, action_id: 'item', query: '7' })
    expect(options).toEqual([{ text: { type: 'plain_text', text: 'Item 7' }, value: '7' }])
  })

  it('carries choices of every kind, and remembers what each person set in a message', async () => {
    const bodies: { actions: unknown[]; state?: unknown }[] = []
    connected = await connectedApp((app) => {
      app.action(/.*/, async ({ ack, body }) => {
        await ack()
        bodies.push(body as (typeof bodies)[number])
      })
    })
    const { simulator, app } = connected
    const options = ['a', 'b'].map((value) => ({ text: plain(value), value }))
    const blocks = [
      {
        type: 'actions',
        block_id: 'set',
        elements: [
          { type: 'checkboxes', action_id: 'boxes', options },
          { type: 'overflow', action_id: 'more', options },
        ],
      },
      {
        type: 'context_actions',
        block_id: 'rate',
        elements: [
          {
            type: 'feedback_buttons',
            action_id: 'feedback',
            positive_button: { text: plain('Good'), value: '+' },
            negative_button: { text: plain('Bad'), value: '-' },
          },
        ],
      },
    ] as KnownBlock[]
    const { ts = '' } = await app.client.chat.postMessage({ channel: operations, text: 'Choose', blocks })
    const act = (user: string, action_id: string, value: ElementValue) =>
      simulator.control.action({ user, in: { channel: operations, ts }, action_id, value })
    await act(ana, 'boxes', ['b'])
    await act(ana, 'more', 'a')
    await act(ben, 'feedback', '-')
    await expect(act(ben, 'feedback', '?')).rejects.toMatchObject({ error: 'invalid_value' })
    expect(bodies.map((b) => b.actions[0])).toMatchObject([
      { type: 'checkboxes', selected_options: [{ value: 'b' }] },
      { type: 'overflow', selected_option: { value: 'a' } },
      { type: 'feedback_buttons', value: '-', text: { text: 'Bad' } },
    ])
    const boxes = (selected_options: unknown[]) => ({
      values: { set: { boxes: { type: 'checkboxes', selected_options } } },
    })
    expect(bodies.map((b) => b.state)).toEqual([boxes([options[1]]), boxes([options[1]]), boxes([])])
  })

  it('uploads a picture with its alternative text into a thread', async () => {
    connected = await connectedApp(() => {})
    const { simulator, app } = connected
    const root = await simulator.control.message({ user: ana, channel: operations, text: 'show me' })
    await app.client.filesUploadV2({
      channel_id: operations,
      thread_ts: root.ts,
      file: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      filename: 'graph.svg',
      alt_text: 'The workflow as a graph',
      initial_comment: 'Here it is',
    })
    const [, reply] = simulator.control.messages({ channel: operations, thread_ts: root.ts })
    expect(reply).toMatchObject({
      text: 'Here it is',
      files: [{ name: 'graph.svg', mimetype: 'image/svg+xml', alt_text: 'The workflow as a graph' }],
    })
    const answer = await fetch(`${simulator.url}${reply?.files?.[0]?.url}`)
    expect(await answer.text()).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>')
    await app.client.chat.postMessage({
      channel: operations,
      text: 'The same again',
      blocks: [{ type: 'image', alt_text: 'The graph', slack_file: { id: reply?.files?.[0]?.id ?? '' } }],
    })
    const again = simulator.control.messages({ channel: operations }).at(-1)
    expect(again?.blocks?.[0]).toMatchObject({ slack_file: { url: answer.url } })
  })
})
