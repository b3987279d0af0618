// What a person does in Slack, played through: types a command, presses a button, fills in a modal. Each answers when
// the app has acked, or when Slack's patience is over.
import type {
  ControlRequests,
  Delivery,
  SimulatedChannel,
  SimulatedMessage,
  SimulatedUser,
} from './control.ts'
import { type Located, type StateValues, stateOf, valueField, valueFor } from './controls.ts'
import type { Core } from './core.ts'
import { channelName, envelopeBase, responseUrl, sendEnvelope, slashCommand } from './envelope.ts'
import type { Events } from './events.ts'
import { badErrors, refusedByClient } from './form.ts'
import { asList, asObject, asText, isObject, type Payload } from './payload.ts'
import { ControlRefusal, SlackRefusal } from './refusal.ts'
import { applyResponse } from './responses.ts'
import { escapeText, typedText } from './typing.ts'
import { type KeptView, locate } from './views.ts'
import { shownMessage } from './web/method.ts'
import type { StoredMessage } from './workspace.ts'

const TROUBLE = 'We had some trouble connecting. Try again?'

/** Where an element stands: in a message or in a view. */
type Place =
  | { message: StoredMessage; channel: SimulatedChannel; view?: undefined }
  | { view: KeptView; message?: undefined }

export class People {
  private readonly core: Core
  private readonly events: Events
  /** What each person typed or chose in messages: by person, channel and ts. */
  private readonly touched = new Map<string, StateValues>()
  private readonly suggested = new Map<string, Payload[]>()

  constructor(core: Core, events: Events) {
    this.core = core
    this.events = events
  }

  async command(asked: ControlRequests['command']): Promise<Delivery> {
    const { workspace, grants } = this.core
    const { user, channel } = this.member(asked.user, asked.channel)
    const [name = '', ...rest] = asked.text.split(/(?<=^\S+)\s/)
    if (!name.startsWith('/')) throw new ControlRefusal('not_a_command', 'A command begins with a slash.')
    const known = workspace.manifest.commands.find((c) => c.command === name)
    if (!known) {
      workspace.whisper(channel.id, user.id, `\`${escapeText(name)}\` is not a valid command.`)
      return { acked: false, ack_ms: null, response: null, trigger_id: null }
    }
    const raw = rest.join(' ').trim()
    const text = known.should_escape ? typedText(workspace, raw, 'command') : escapeText(raw)
    const grant = { user: user.id, channel: channel.id }
    const payload = slashCommand(this.core, user, channel, {
      command: name,
      text,
      trigger_id: grants.trigger(user.id),
      response_url: responseUrl(this.core, grant),
    })
    const delivery = await sendEnvelope(
      this.core,
      { type: 'slash_commands', payload, subject: name, acceptsResponse: true },
      () => this.failed(channel.id, user.id, name),
    )
    if (isObject(delivery.response)) this.acknowledgedWith(name, grant, delivery.response)
    return delivery
  }

  /** Posts what a person wrote. The events that it causes are on their way when this answers. */
  message(asked: ControlRequests['message']): SimulatedMessage {
    const { workspace } = this.core
    const { user, channel } = this.member(asked.user, asked.channel)
    if (channel.is_archived) throw new ControlRefusal('is_archived', 'The channel is archived.', 409)
    if (asked.text.trim() === '') throw new ControlRefusal('no_text', 'An empty message cannot be sent.')
    if (asked.thread_ts && !workspace.find(channel.id, asked.thread_ts))
      throw new ControlRefusal('thread_not_found', 'There is no such message to answer.', 404)
    return workspace.post(channel.id, {
      user: user.id,
      text: typedText(workspace, asked.text, 'message'),
      ...(asked.thread_ts ? { thread_ts: asked.thread_ts } : {}),
    })
  }

  async action(asked: ControlRequests['action']): Promise<Delivery> {
    const { grants } = this.core
    const user = this.person(asked.user)
    const place = this.place(user, asked.in)
    const located = this.element(place, asked.action_id, asked.block_id)
    const touched = this.touchedIn(place, user)
    const field = valueField(located.element.type)
    let value: Payload = {}
    if (field) {
      const known = this.suggestedFor(place, located)
      const { type: _, ...rest } = valueFor(located, asked.value ?? null, known)
      value = rest
      if (located.element.type !== 'overflow') {
        touched[located.block_id] = {
          ...touched[located.block_id],
          [located.action_id]: { type: located.element.type, ...rest },
        }
      }
    } else if (located.element.type === 'feedback_buttons') {
      value = feedbackValue(located.element, asked.value)
    }
    if (located.block.type === 'input' && located.block.dispatch_action !== true)
      return { acked: true, ack_ms: null, response: null, trigger_id: null }
    const trigger_id = grants.trigger(user.id, place.view?.id)
    const payload = {
      type: 'block_actions',
      ...envelopeBase(this.core, user),
      trigger_id,
      ...this.surroundings(place, user, touched),
      actions: [this.actionOf(located, value)],
    }
    const where = place.message?.channel
    return sendEnvelope(
      this.core,
      {
        type: 'interactive',
        payload,
        subject: located.action_id,
        ...(asked.deliveries ? { deliveries: asked.deliveries } : {}),
      },
      () => where && this.failed(where, user.id, 'This action'),
    )
  }

  async submit(asked: ControlRequests['submit']): Promise<Delivery> {
    const { views, grants } = this.core
    const user = this.person(asked.user)
    const kept = this.topModal(user, asked.view_id)
    const blocks = kept.view.blocks as unknown[]
    if (kept.view.submit === undefined || kept.view.submit_disabled === true)
      throw new ControlRefusal('no_submit', 'This modal has no submit button.', 409)
    for (const [block, fields] of Object.entries(asked.values ?? {})) {
      for (const [action, value] of Object.entries(fields)) {
        const located = this.element({ view: kept }, action, block)
        const set = valueFor(located, value, kept.suggested.get(`${block}/${action}`))
        kept.touched[block] = { ...kept.touched[block], [action]: set }
      }
    }
    const values = stateOf(blocks, kept.touched)
    const errors = refusedByClient(blocks, values)
    if (Object.keys(errors).length > 0)
      throw new ControlRefusal('invalid_input', 'Slack does not send this modal yet.', 422, errors)
    const payload = {
      type: 'view_submission',
      ...envelopeBase(this.core, user),
      trigger_id: grants.trigger(user.id, kept.id),
      view: views.output(kept, values),
      response_urls: this.responseUrls(kept, user, values),
    }
    const subject = String(kept.view.callback_id || kept.id)
    const delivery = await sendEnvelope(this.core, {
      type: 'interactive',
      payload,
      subject,
      acceptsResponse: true,
    })
    if (!delivery.acked) return { ...delivery, response: { trouble: TROUBLE } }
    return { ...delivery, response: this.afterSubmit(kept, delivery.response, subject) }
  }

  async close(asked: ControlRequests['close']): Promise<Delivery> {
    const { views } = this.core
    const user = this.person(asked.user)
    const kept = this.topModal(user, asked.view_id)
    const cleared = kept.view.clear_on_close === true
    let answer: Delivery = { acked: true, ack_ms: null, response: null, trigger_id: null }
    for (const gone of views.close(kept, cleared)) {
      if (gone.view.notify_on_close !== true) continue
      answer = await sendEnvelope(this.core, {
        type: 'interactive',
        payload: {
          type: 'view_closed',
          ...envelopeBase(this.core, user),
          view: views.output(gone),
          is_cleared: cleared,
        },
        subject: String(gone.view.callback_id || gone.id),
      })
    }
    return answer
  }

  async home(asked: ControlRequests['home']): Promise<Delivery> {
    const user = this.person(asked.user)
    const outcome = await this.events.homeOpened(user)
    const acked = outcome === undefined || outcome.kind === 'acked'
    return {
      acked,
      ack_ms: outcome?.kind === 'acked' ? outcome.ackMs : null,
      response: null,
      trigger_id: null,
    }
  }

  async shortcut(asked: ControlRequests['shortcut']): Promise<Delivery> {
    const { workspace, grants } = this.core
    const user = this.person(asked.user)
    const type = asked.message ? 'message' : 'global'
    const known = workspace.manifest.shortcuts.find(
      (s) => s.callback_id === asked.callback_id && s.type === type,
    )
    if (!known) throw new ControlRefusal('no_such_shortcut', `The app has no such ${type} shortcut.`, 404)
    const base = {
      ...envelopeBase(this.core, user),
      callback_id: known.callback_id,
      action_ts: workspace.nextTs(),
      trigger_id: grants.trigger(user.id),
    }
    const place = asked.message ? this.place(user, asked.message) : undefined
    const payload = place?.message
      ? {
          type: 'message_action',
          ...base,
          channel: { id: place.channel.id, name: channelName(place.channel) },
          message: shownMessage(this.core, place.message),
          message_ts: place.message.ts,
          response_url: responseUrl(this.core, {
            user: user.id,
            channel: place.channel.id,
            original: place.message.ts,
          }),
        }
      : { type: 'shortcut', ...base }
    return sendEnvelope(
      this.core,
      { type: 'interactive', payload, subject: known.callback_id },
      () => place?.message && this.failed(place.message.channel, user.id, known.name),
    )
  }

  async suggest(asked: ControlRequests['suggest']): Promise<{ options: Payload[] }> {
    const { views } = this.core
    const user = this.person(asked.user)
    const place = this.place(user, asked.in)
    const located = this.element(place, asked.action_id, asked.block_id)
    if (!String(located.element.type).endsWith('external_select'))
      throw new ControlRefusal('not_external', 'Only external selects ask the app for options.')
    const delivery = await sendEnvelope(this.core, {
      type: 'interactive',
      payload: {
        type: 'block_suggestion',
        ...envelopeBase(this.core, user),
        action_id: located.action_id,
        block_id: located.block_id,
        value: asked.query,
        ...(place.view
          ? { container: { type: 'view', view_id: place.view.id }, view: views.output(place.view) }
          : this.messageContext(place)),
      },
      subject: located.action_id,
      acceptsResponse: true,
    })
    const options = this.checkedOptions(delivery.response, located.action_id)
    this.remember(place, located, options)
    return { options }
  }

  private acknowledgedWith(name: string, grant: { user: string; channel: string }, answer: Payload): void {
    try {
      applyResponse(this.core, { ...grant, issuedAt: 0, uses: 0 }, answer)
    } catch (thrown) {
      if (!(thrown instanceof SlackRefusal)) throw thrown
      this.core.workspace.problem(
        'refused',
        name,
        `ack payload: ${thrown.error} ${JSON.stringify(thrown.details)}`,
      )
      this.failed(grant.channel, grant.user, name)
    }
  }

  /** Plays a submission's `response_action`; answers what the person is left with. */
  private afterSubmit(kept: KeptView, answer: unknown, subject: string): unknown {
    const { views, workspace } = this.core
    if (answer === null) {
      views.close(kept)
      return null
    }
    const refused = (detail: string) => {
      workspace.problem('refused', subject, detail)
      return { trouble: TROUBLE }
    }
    const { response_action, view, errors } = asObject(answer)
    try {
      if (response_action === 'clear') views.close(kept, true)
      else if (response_action === 'update') views.update(kept, view)
      else if (response_action === 'push') views.push(kept.user, view)
      else if (response_action === 'errors') {
        const bad = badErrors(errors, kept.view.blocks as unknown[])
        if (bad) return refused(bad)
      } else return refused(`unknown response_action ${JSON.stringify(response_action)}`)
    } catch (thrown) {
      if (!(thrown instanceof SlackRefusal)) throw thrown
      return refused(`${thrown.error} ${JSON.stringify(thrown.details)}`)
    }
    return answer
  }

  private checkedOptions(answer: unknown, subject: string): Payload[] {
    const { options, option_groups } = asObject(answer)
    const groups = asList(option_groups).map((group) => asList(asObject(group).options))
    const all = [...asList(options), ...groups.flat()].filter(isObject)
    const bad = all.find((o) => !asText(o.value) || [...String(o.value)].length > 150 || tooLong(o))
    if (
      answer !== null &&
      (bad || all.length > 100 || (!Array.isArray(options) && !Array.isArray(option_groups)))
    ) {
      const detail = bad
        ? `bad option ${JSON.stringify(bad).slice(0, 200)}`
        : 'options must be a list of at most 100'
      this.core.workspace.problem('refused', subject, detail)
      return []
    }
    return all
  }

  private actionOf({ element, block_id, action_id }: Located, value: Payload): Payload {
    const { type, text, value: own, url, icon, confirm, placeholder } = element
    const shown = { text, value: own, url, icon, confirm, placeholder }
    return {
      type,
      action_id,
      block_id,
      ...Object.fromEntries(Object.entries(shown).filter(([, v]) => v !== undefined)),
      ...value,
      action_ts: this.core.workspace.nextTs(),
    }
  }

  /** What a block_actions payload says about the place where it happened. */
  private surroundings(place: Place, user: SimulatedUser, touched: StateValues): Payload {
    const { views } = this.core
    if (place.view) {
      return {
        container: { type: 'view', view_id: place.view.id },
        view: views.output(place.view),
      }
    }
    const { message, channel } = place
    return {
      ...this.messageContext(place),
      message: shownMessage(this.core, message),
      state: { values: stateOf(message.blocks ?? [], touched) },
      response_url: responseUrl(this.core, {
        user: user.id,
        channel: channel.id,
        original: message.ts,
        ...(message.thread_ts && message.thread_ts !== message.ts ? { thread_ts: message.thread_ts } : {}),
      }),
    }
  }

  private messageContext({ message, channel }: Extract<Place, { channel: SimulatedChannel }>): Payload {
    return {
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: message.ephemeral_for !== undefined,
        ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
      },
      channel: { id: channel.id, name: channelName(channel) },
    }
  }

  /** For selects with `response_url_enabled`. */
  private responseUrls(kept: KeptView, user: SimulatedUser, values: StateValues): Payload[] {
    return Object.entries(values).flatMap(([block_id, fields]) =>
      Object.entries(fields).flatMap(([action_id, value]) => {
        const element = locate(kept.view.blocks as unknown[], action_id, block_id)?.element
        const channel_id = asText(value.selected_channel) ?? asText(value.selected_conversation)
        if (element?.response_url_enabled !== true || !channel_id) return []
        const response_url = responseUrl(this.core, { user: user.id, channel: channel_id })
        return [{ block_id, action_id, channel_id, response_url }]
      }),
    )
  }

  private failed(channel: string, user: string, what: string): void {
    this.core.workspace.whisper(channel, user, `${what} failed because the app did not respond.`)
  }

  private person(id: string): SimulatedUser {
    const user = this.core.workspace.users.get(id)
    if (!user || user.is_bot) throw new ControlRefusal('no_such_user', `Nobody here has the id ${id}.`, 404)
    return user
  }

  private member(userId: string, channelId: string): { user: SimulatedUser; channel: SimulatedChannel } {
    const user = this.person(userId)
    const channel = this.core.workspace.channels.get(channelId)
    if (!channel?.members.includes(user.id))
      throw new ControlRefusal('not_in_channel', `${user.name} is not a member of ${channelId}.`, 403)
    return { user, channel }
  }

  private place(user: SimulatedUser, where: ControlRequests['action']['in']): Place {
    const { workspace, views } = this.core
    if ('view_id' in where) {
      const view = views.find(where.view_id)
      if (!view || view.user !== user.id)
        throw new ControlRefusal('no_such_view', `${user.name} sees no view ${where.view_id}.`, 404)
      return { view }
    }
    const channel = workspace.channels.get(where.channel)
    const message = workspace.find(where.channel, where.ts)
    const hidden = message?.ephemeral_for !== undefined && message.ephemeral_for !== user.id
    if (!channel || !message || hidden || !workspace.sees(user, channel))
      throw new ControlRefusal('no_such_message', `${user.name} sees no such message.`, 404)
    return { message, channel }
  }

  private element(place: Place, action_id: string, block_id?: string): Located {
    const blocks = place.view ? (place.view.view.blocks as unknown[]) : (place.message.blocks ?? [])
    const located = locate(blocks, action_id, block_id)
    if (!located) {
      const where = block_id === undefined ? '' : ` in block "${block_id}"`
      throw new ControlRefusal('no_such_element', `There is no "${action_id}"${where}.`, 404)
    }
    return located
  }

  private topModal(user: SimulatedUser, viewId: string): KeptView {
    const top = this.core.views.stack(user.id).at(-1)
    if (top?.id !== viewId)
      throw new ControlRefusal('no_such_view', `${user.name} has no modal ${viewId} on top.`, 404)
    return top
  }

  private touchedIn(place: Place, user: SimulatedUser): StateValues {
    if (place.view) return place.view.touched
    const key = `${user.id} ${place.message.channel} ${place.message.ts}`
    const known = this.touched.get(key) ?? {}
    this.touched.set(key, known)
    if (this.touched.size > 2000) this.touched.delete(this.touched.keys().next().value ?? '')
    return known
  }

  private suggestedFor(place: Place, { block_id, action_id }: Located): Payload[] {
    if (place.view) return place.view.suggested.get(`${block_id}/${action_id}`) ?? []
    return this.suggested.get(`${place.message.ts}/${block_id}/${action_id}`) ?? []
  }

  private remember(place: Place, { block_id, action_id }: Located, options: Payload[]): void {
    if (place.view) place.view.suggested.set(`${block_id}/${action_id}`, options)
    else this.suggested.set(`${place.message.ts}/${block_id}/${action_id}`, options)
    if (this.suggested.size > 500) this.suggested.delete(this.suggested.keys().next().value ?? '')
  }
}

function feedbackValue(element: Payload, value: unknown): Payload {
  const pressed = [element.positive_button, element.negative_button]
    .map(asObject)
    .find((b) => b.value === value)
  if (!pressed) throw new ControlRefusal('invalid_value', 'Neither of the feedback buttons has that value.')
  return { value: pressed.value, text: pressed.text }
}

function tooLong(option: Payload): boolean {
  const text = asText(asObject(option.text).text)
  return !text || [...text].length > 75
}
