// The Events API: which of the things that happen are told to the app, and how often it is tried.
import { randomUUID } from 'node:crypto'
import type { SimulatedUser } from './control.ts'
import type { Core } from './core.ts'
import { eventCallback } from './envelope.ts'
import type { Payload } from './payload.ts'
import type { Outcome } from './socket.ts'
import { shownMessage } from './web/method.ts'
import type { StoredMessage } from './workspace.ts'

/** Events for an app without a connection wait, as long as there are not too many of them. */
const KEPT_WAITING = 100

export class Events {
  private readonly core: Core
  private waiting: { payload: Payload; subject: string }[] = []

  constructor(core: Core) {
    this.core = core
  }

  /** Sends an event if the manifest subscribes to it; tries once more when the first attempt is not acked. */
  async send(subscription: string, event: Payload): Promise<Outcome | undefined> {
    const { workspace } = this.core
    if (!workspace.manifest.events.includes(subscription)) return undefined
    return this.deliver(eventCallback(this.core, event), String(event.type))
  }

  /** A message that anybody posted: as `message` where the app is a member, as `app_mention` where it is named. */
  posted(message: StoredMessage): void {
    const { workspace } = this.core
    const heard = this.heard(message)
    if (!heard) return
    const shown = shownMessage(this.core, message)
    const own = message.user === workspace.bot.user_id
    const event = {
      ...shown,
      ...(own ? {} : { client_msg_id: randomUUID() }),
      channel: message.channel,
      event_ts: message.ts,
    }
    void this.send(heard.subscription, { ...event, channel_type: heard.channel_type })
    const mentioned = message.text.includes(`<@${workspace.bot.user_id}>`)
    if (mentioned && heard.channel_type !== 'im' && !own)
      void this.send('app_mention', { ...event, type: 'app_mention' })
  }

  /** An edited message, or with `message` undefined a deleted one. The app hears of its own changes too. */
  changed(message: StoredMessage | undefined, previous: StoredMessage): void {
    const heard = this.heard(previous)
    if (!heard) return
    const ts = this.core.workspace.nextTs()
    const before = shownMessage(this.core, previous)
    void this.send(heard.subscription, {
      type: 'message',
      subtype: message ? 'message_changed' : 'message_deleted',
      ...(message ? { message: shownMessage(this.core, message) } : { deleted_ts: previous.ts }),
      previous_message: before,
      hidden: true,
      channel: previous.channel,
      ts,
      event_ts: ts,
      channel_type: heard.channel_type,
    })
  }

  homeOpened(user: SimulatedUser): Promise<Outcome | undefined> {
    const { workspace, views } = this.core
    const home = views.home(user.id)
    return this.send('app_home_opened', {
      type: 'app_home_opened',
      user: user.id,
      channel: workspace.directChannel(user.id).id,
      tab: 'home',
      event_ts: workspace.nextTs(),
      ...(home ? { view: views.output(home) } : {}),
    })
  }

  /** After a connection opened: what happened meanwhile. */
  flush(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const { payload, subject } of waiting) void this.deliver(payload, subject, 1)
  }

  private heard(message: StoredMessage): { subscription: string; channel_type: string } | undefined {
    const channel = this.core.workspace.channels.get(message.channel)
    if (message.ephemeral_for || !channel?.members.includes(this.core.workspace.bot.user_id)) return undefined
    return {
      subscription: { public: 'message.channels', private: 'message.groups', im: 'message.im' }[channel.kind],
      channel_type: { public: 'channel', private: 'group', im: 'im' }[channel.kind],
    }
  }

  private async deliver(payload: Payload, subject: string, attempt = 0): Promise<Outcome> {
    const { socket, workspace } = this.core
    const outcome = await socket.deliver('events_api', payload, { subject, attempt })
    if (outcome.kind === 'no_connection') {
      this.waiting.push({ payload, subject })
      if (this.waiting.length > KEPT_WAITING) this.waiting.shift()
    }
    if (outcome.kind !== 'timeout') return outcome
    workspace.problem('no_ack', subject, 'the app did not acknowledge the event within 3 seconds')
    return attempt === 0 ? this.deliver(payload, subject, 1) : outcome
  }
}
