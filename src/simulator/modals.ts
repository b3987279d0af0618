// How a person leaves a modal: by sending it, with everything that Slack's client and the app make of that, or by closing
// it.
import type { ControlRequests, Delivery, SimulatedUser } from './control.ts'
import { type StateValues, stateOf, valueFor } from './controls.ts'
import type { Core } from './core.ts'
import { envelopeBase, responseUrl, sendEnvelope } from './envelope.ts'
import { badErrors, refusedByClient } from './form.ts'
import { asObject, asText, type Payload } from './payload.ts'
import { Places } from './places.ts'
import { ControlRefusal, SlackRefusal } from './refusal.ts'
import { type KeptView, locate } from './views.ts'

const TROUBLE = 'We had some trouble connecting. Try again?'

export class Modals {
  private readonly core: Core
  private readonly places: Places

  constructor(core: Core) {
    this.core = core
    this.places = new Places(core)
  }

  async submit(asked: ControlRequests['submit']): Promise<Delivery> {
    const { views, grants } = this.core
    const user = this.places.person(asked.user)
    const kept = this.places.topModal(user, asked.view_id)
    const blocks = kept.view.blocks as unknown[]
    if (kept.view.submit === undefined || kept.view.submit_disabled === true)
      throw new ControlRefusal('no_submit', 'This modal has no submit button.', 409)
    for (const [block, fields] of Object.entries(asked.values ?? {})) {
      for (const [action, value] of Object.entries(fields)) {
        const located = this.places.element({ view: kept }, action, block)
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
      trigger_id: grants.trigger(user.id, { view: kept.id, channel: kept.channel }),
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
    const user = this.places.person(asked.user)
    const kept = this.places.topModal(user, asked.view_id)
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
}
