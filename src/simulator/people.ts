// What a person does in Slack, played through: types a command, writes, presses a button. Each answers when the app has
// acked, or when Slack's patience is over. What happens to modals is in modals.ts.
import type { ControlRequests, Delivery, ElementValue, SimulatedMessage, SimulatedUser } from './control.ts'
import { type Located, type StateValues, stateOf, valueField, valueFor } from './controls.ts'
import type { Core } from './core.ts'
import { channelName, envelopeBase, responseUrl, sendEnvelope, slashCommand } from './envelope.ts'
import type { Events } from './events.ts'
import { asCount, asList, asObject, asText, isObject, type Payload } from './payload.ts'
import { type MessagePlace, type Place, Places } from './places.ts'
import { ControlRefusal, SlackRefusal } from './refusal.ts'
import { applyResponse } from './responses.ts'
import { escapeText, typedText } from './typing.ts'
import { shownMessage } from './web/method.ts'

export class People {
  private readonly core: Core
  private readonly events: Events
  private readonly places: Places
  /** What each person typed or chose in messages: by person, channel and ts. */
  private readonly touched = new Map<string, StateValues>()
  private readonly suggested = new Map<string, Payload[]>()

  constructor(core: Core, events: Events) {
    this.core = core
    this.events = events
    this.places = new Places(core)
  }

  async command(asked: ControlRequests['command']): Promise<Delivery> {
    const { workspace, grants } = this.core
    const { user, channel } = this.places.member(asked.user, asked.channel)
    if (channel.is_archived) throw new ControlRefusal('is_archived', 'The channel is archived.', 409)
    const name = asked.text.split(/\s/, 1)[0] ?? ''
    const raw = asked.text.slice(name.length).trim()
    if (!name.startsWith('/')) throw new ControlRefusal('not_a_command', 'A command begins with a slash.')
    const known = workspace.manifest.commands.find((c) => c.command === name)
    if (!known) {
      workspace.whisper(channel.id, user.id, `\`${escapeText(name)}\` is not a valid command.`)
      return { acked: false, ack_ms: null, response: null, trigger_id: null }
    }
    const text = known.should_escape ? typedText(workspace, raw, 'command') : escapeText(raw)
    const grant = { user: user.id, channel: channel.id }
    const payload = slashCommand(this.core, user, channel, {
      command: name,
      text,
      trigger_id: grants.trigger(user.id, { channel: channel.id }),
      response_url: responseUrl(this.core, grant),
    })
    const delivery = await sendEnvelope(
      this.core,
      {
        type: 'slash_commands',
        payload,
        subject: name,
        acceptsResponse: true,
        deliveries: asked.deliveries ?? 1,
      },
      () => this.failed(channel.id, user.id, name),
    )
    if (isObject(delivery.response)) this.acknowledgedWith(name, grant, delivery.response)
    return delivery
  }

  /** Posts what a person wrote. The events that it causes are on their way when this answers. */
  message(asked: ControlRequests['message']): SimulatedMessage {
    const { workspace } = this.core
    const { user, channel } = this.places.member(asked.user, asked.channel)
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
    const user = this.places.person(asked.user)
    const place = this.places.place(user, asked.in)
    const located = this.places.element(place, asked.action_id, asked.block_id)
    const { value, touched } = this.enter(place, user, located, asked.value ?? null)
    if (located.block.type === 'input' && located.block.dispatch_action !== true)
      return { acked: true, ack_ms: null, response: null, trigger_id: null }
    const trigger_id = grants.trigger(user.id, {
      view: place.view?.id,
      channel: place.view?.channel ?? place.message?.channel,
    })
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
        deliveries: asked.deliveries ?? 1,
      },
      () => where && this.failed(where, user.id, 'This action'),
    )
  }

  async home(asked: ControlRequests['home']): Promise<Delivery> {
    const user = this.places.person(asked.user)
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
    const user = this.places.person(asked.user)
    const type = asked.message ? 'message' : 'global'
    const known = workspace.manifest.shortcuts.find(
      (s) => s.callback_id === asked.callback_id && s.type === type,
    )
    if (!known) throw new ControlRefusal('no_such_shortcut', `The app has no such ${type} shortcut.`, 404)
    const base = {
      ...envelopeBase(this.core, user),
      callback_id: known.callback_id,
      action_ts: workspace.nextTs(),
      trigger_id: grants.trigger(user.id, { channel: asked.message?.channel }),
    }
    const place = asked.message ? this.places.place(user, asked.message) : undefined
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
    const user = this.places.person(asked.user)
    const place = this.places.place(user, asked.in)
    const located = this.places.element(place, asked.action_id, asked.block_id)
    if (!String(located.element.type).endsWith('external_select'))
      throw new ControlRefusal('not_external', 'Only external selects ask the app for options.')
    // Slack's client keeps quiet until enough is typed; three characters unless the element says otherwise.
    if ([...asked.query].length < (asCount(located.element.min_query_length) ?? 3)) return { options: [] }
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

  /** Sets an element; answers what the action says of it, and all that the person set in that place so far. */
  private enter(place: Place, user: SimulatedUser, located: Located, set: ElementValue) {
    const { element, block_id, action_id } = located
    const touched = this.touchedIn(place, user)
    if (element.type === 'feedback_buttons') return { value: feedbackValue(element, set), touched }
    if (!valueField(element.type)) return { value: {}, touched }
    const state = valueFor(located, set, this.suggestedFor(place, located))
    if (element.type !== 'overflow') touched[block_id] = { ...touched[block_id], [action_id]: state }
    const { type: _, ...value } = state
    return { value, touched }
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
      // As in Slack: what only one person sees is not sent back.
      ...(message.ephemeral_for ? {} : { message: shownMessage(this.core, message) }),
      state: { values: stateOf(message.blocks ?? [], touched) },
      response_url: responseUrl(this.core, {
        user: user.id,
        channel: channel.id,
        original: message.ts,
        ...(message.thread_ts && message.thread_ts !== message.ts ? { thread_ts: message.thread_ts } : {}),
      }),
    }
  }

  private messageContext({ message, channel }: MessagePlace): Payload {
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

  private failed(channel: string, user: string, what: string): void {
    this.core.workspace.whisper(channel, user, `${what} failed because the app did not respond.`)
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
