// Modals as a person lives through them: the stack, what was typed, what the app answers, and what goes wrong.
import type { App, ViewOutput, ViewSubmitAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { afterEach, describe, expect, it } from 'vitest'
import { ana, ben, type Connected, connectedApp, operations } from './app.ts'
import { mrkdwn, plain } from './samples.ts'

let connected: Connected | undefined
afterEach(async () => {
  await connected?.stop()
  connected = undefined
})

function form(callback_id: string, more: Partial<ModalView> = {}): ModalView {
  return {
    type: 'modal',
    callback_id,
    title: { type: 'plain_text', text: callback_id },
    submit: { type: 'plain_text', text: 'Send' },
    blocks: [
      {
        type: 'input',
        block_id: 'name',
        label: { type: 'plain_text', text: 'Name' },
        element: { type: 'plain_text_input', action_id: 'text' },
      },
    ],
    ...more,
  }
}

/** An app whose command opens `view`, and what else `prepare` adds. */
async function opened(view: ModalView, prepare: (app: App) => void = () => {}) {
  connected = await connectedApp((app) => {
    app.command('/workflow', async ({ ack, body, client }) => {
      await ack()
      await client.views.open({ trigger_id: body.trigger_id, view })
    })
    prepare(app)
  })
  const { control } = connected.simulator
  await control.command({ user: ana, channel: operations, text: '/workflow' })
  const open = await control.until(() => control.views(ana).modals[0])
  return { control, app: connected.app, open }
}

const named = (text: string) => ({ name: { text } })

describe('the stack of modals', () => {
  it('grows by push to three, goes back one by one, and is cleared at once', async () => {
    const { control, open } = await opened(form('first'), (app) => {
      app.view('first', ({ ack }) => ack({ response_action: 'push', view: form('second') }))
      app.view('second', ({ ack }) => ack({ response_action: 'push', view: form('third') }))
      app.view<ViewSubmitAction>('third', async ({ ack, body, client, view }) => {
        const fourth = client.views.push({ trigger_id: body.trigger_id, view: form('fourth') })
        await expect(fourth).rejects.toMatchObject({ data: { error: 'push_limit_reached' } })
        expect(view).toMatchObject({ root_view_id: open.id })
        await ack({ response_action: 'clear' })
      })
    })
    const ids = () => control.views(ana).modals.map((m) => (m.view as ModalView).callback_id)
    const top = () => control.views(ana).modals.at(-1)?.id ?? ''
    await control.submit({ user: ana, view_id: top(), values: named('a') })
    expect(ids()).toEqual(['first', 'second'])
    await control.close({ user: ana, view_id: top() })
    expect(ids()).toEqual(['first'])
    await control.submit({ user: ana, view_id: top(), values: {} })
    await control.submit({ user: ana, view_id: top(), values: named('b') })
    expect(ids()).toEqual(['first', 'second', 'third'])
    await expect(control.submit({ user: ana, view_id: open.id, values: {} })).rejects.toMatchObject({
      error: 'no_such_view',
    })
    await control.submit({ user: ana, view_id: top(), values: named('c') })
    expect(ids()).toEqual([])
    expect(control.views(ben).modals).toEqual([])
  })

  it('tells the app that a modal was closed only where it asked for that', async () => {
    const closed: unknown[] = []
    const { control, open } = await opened(
      form('asked', { notify_on_close: true, clear_on_close: true }),
      (app) => {
        app.view({ type: 'view_closed', callback_id: 'asked' }, async ({ ack, body }) => {
          await ack()
          closed.push(body)
        })
      },
    )
    expect(await control.close({ user: ana, view_id: open.id })).toMatchObject({ acked: true })
    expect(closed).toMatchObject([{ type: 'view_closed', is_cleared: true, user: { id: ana } }])
  })
})

describe('what was typed', () => {
  it('survives an update where the fields keep their ids, and goes with a field that is replaced', async () => {
    const { control, app, open } = await opened(form('ask'))
    const set = { user: ana, in: { view_id: open.id }, action_id: 'text', value: 'typed' }
    expect(await control.action(set)).toMatchObject({ acked: true, ack_ms: null })
    const { view } = await app.client.views.update({
      view_id: open.id,
      view: form('ask', { private_metadata: 'x' }),
    })
    expect((view as ViewOutput).state.values).toEqual({
      name: { text: { type: 'plain_text_input', value: 'typed' } },
    })
    const other = form('ask')
    Object.assign(other.blocks[0] ?? {}, { block_id: 'other' })
    const replaced = await app.client.views.update({ view_id: open.id, view: other })
    expect((replaced.view as ViewOutput).state.values).toEqual({
      other: { text: { type: 'plain_text_input', value: null } },
    })
  })

  it('reaches the app at once where the block asks for it', async () => {
    const actions: unknown[] = []
    const view = form('ask')
    Object.assign(view.blocks[0] ?? {}, { dispatch_action: true })
    const { control, open } = await opened(view, (app) => {
      app.action('text', async ({ ack, action, body }) => {
        await ack()
        actions.push(action, body)
      })
    })
    await control.action({ user: ana, in: { view_id: open.id }, action_id: 'text', value: 'now' })
    expect(actions).toMatchObject([
      { type: 'plain_text_input', block_id: 'name', value: 'now' },
      {
        container: { type: 'view', view_id: open.id },
        view: { state: { values: { name: { text: { value: 'now' } } } } },
      },
    ])
    expect(actions[1]).not.toHaveProperty('response_url')
  })

  it('starts from the conversation in which the modal was asked for', async () => {
    const channel = { type: 'conversations_select', action_id: 'v', default_to_current_conversation: true }
    const block = { type: 'input', block_id: 'where', label: plain('Where'), element: channel }
    const values: unknown[] = []
    const { control, open } = await opened(form('ask', { blocks: [block] as ModalView['blocks'] }), (app) => {
      app.view('ask', async ({ ack, view }) => {
        await ack()
        values.push(view.state.values.where?.v)
      })
    })
    await control.submit({ user: ana, view_id: open.id, values: {} })
    expect(values).toEqual([{ type: 'conversations_select', selected_conversation: operations }])
  })

  it('may come from options that the app suggested, and from no others', async () => {
    const view = form('ask', {
      blocks: [
        {
          type: 'input',
          block_id: 'item',
          label: { type: 'plain_text', text: 'Item' },
          element: { type: 'external_select', action_id: 'item' },
        },
      ],
    })
    const submitted: unknown[] = []
    const asked: string[] = []
    const { control, open } = await opened(view, (app) => {
      app.options('item', async ({ ack, options }) => {
        asked.push(options.value)
        await ack({ options: [{ text: { type: 'plain_text', text: 'Rope' }, value: 'rope' }] })
      })
      app.view('ask', async ({ ack, view: sent }) => {
        await ack()
        submitted.push(sent.state.values.item?.item?.selected_option)
      })
    })
    const ask = (query: string) =>
      control.suggest({ user: ana, in: { view_id: open.id }, action_id: 'item', query })
    const submit = (item: string) =>
      control.submit({ user: ana, view_id: open.id, values: { item: { item } } })
    expect(await ask('ro')).toEqual({ options: [] })
    await expect(submit('rope')).rejects.toMatchObject({ error: 'invalid_value' })
    expect((await ask('rop')).options).toHaveLength(1)
    await submit('rope')
    expect(asked).toEqual(['rop'])
    expect(submitted).toEqual([{ text: { type: 'plain_text', text: 'Rope' }, value: 'rope' }])
  })
})

describe('answers of the app that Slack does not understand', () => {
  it.each([
    [
      'an error on a block that is no input',
      { response_action: 'errors', errors: { nowhere: 'x' } },
      'nowhere',
    ],
    ['no error at all', { response_action: 'errors', errors: {} }, 'at least one block'],
    ['an unknown action', { response_action: 'explode' }, 'explode'],
    [
      'a view that is not valid',
      { response_action: 'update', view: { type: 'modal' } },
      'missing required field',
    ],
    [
      'a home tab as an update',
      { response_action: 'update', view: { type: 'home', blocks: [] } },
      '/view/type',
    ],
  ])('leave the person with a message and are noted: %s', async (_, answer, detail) => {
    const { control, open } = await opened(form('ask'), (app) => {
      app.view('ask', async ({ ack }) => {
        await (ack as (response: unknown) => Promise<void>)(answer)
      })
    })
    const delivery = await control.submit({ user: ana, view_id: open.id, values: named('a') })
    expect(delivery).toMatchObject({
      acked: true,
      response: { trouble: 'We had some trouble connecting. Try again?' },
    })
    expect(control.views(ana).modals).toHaveLength(1)
    const problem = control.problems().find((p) => p.subject === 'ask')
    expect(problem).toMatchObject({ kind: 'refused' })
    expect(problem?.detail).toContain(detail)
  })
})

describe("what Slack's client does not send", () => {
  const field = (block_id: string, element: object) => ({
    type: 'input',
    block_id,
    label: { type: 'plain_text', text: block_id },
    element: { action_id: 'v', ...element },
  })
  const view = form('ask', {
    blocks: [
      field('short', { type: 'plain_text_input', max_length: 3 }),
      field('number', { type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: '9' }),
      field('mail', { type: 'email_text_input' }),
      field('link', { type: 'url_text_input' }),
      field('pick', { type: 'static_select', options: [{ text: plain('A'), value: 'a' }] }),
    ] as ModalView['blocks'],
  })

  it('is said field by field', async () => {
    const { control, open } = await opened(view)
    const submit = (values: Record<string, string>) =>
      control.submit({
        user: ana,
        view_id: open.id,
        values: Object.fromEntries(Object.entries(values).map(([block, v]) => [block, { v }])),
      })
    await expect(
      submit({ short: 'long', number: '1.5', mail: 'ana', link: 'no link' }),
    ).rejects.toMatchObject({
      status: 422,
      errors: {
        short: 'Please enter at most 3 characters.',
        number: 'Please enter a whole number.',
        mail: 'Please enter a valid email address.',
        link: 'Please enter a valid URL.',
        pick: 'Please complete this required field.',
      },
    })
    await expect(submit({ number: '0', pick: 'b' })).rejects.toMatchObject({ error: 'invalid_value' })
    await expect(submit({ number: '10', pick: 'a' })).rejects.toMatchObject({
      errors: { number: 'Please enter a number of at most 9.' },
    })
  })
})

describe('ephemeral messages', () => {
  it('carry buttons that the app can answer, without sending the message back', async () => {
    const bodies: unknown[] = []
    connected = await connectedApp((app) => {
      app.action('hide', async ({ ack, body, respond }) => {
        await ack()
        bodies.push(body)
        await respond({ delete_original: true })
      })
    })
    const { simulator, app } = connected
    const { control } = simulator
    const text = 'Only for you'
    const accessory = { type: 'button', action_id: 'hide', text: plain('Hide') }
    const { message_ts } = await app.client.chat.postEphemeral({
      channel: operations,
      user: ana,
      text,
      blocks: [{ type: 'section', text: mrkdwn(text), accessory }] as ModalView['blocks'],
    })
    const place = { channel: operations, ts: message_ts ?? '' }
    await expect(control.action({ user: ben, in: place, action_id: 'hide' })).rejects.toMatchObject({
      error: 'no_such_message',
    })
    await control.action({ user: ana, in: place, action_id: 'hide' })
    await control.until(() => control.messages({ channel: operations, user: ana }).length === 0)
    expect(bodies[0]).toMatchObject({ container: { is_ephemeral: true } })
    expect(bodies[0]).not.toHaveProperty('message')
    expect(control.problems()).toEqual([])
  })
})
