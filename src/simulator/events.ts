// The Events API: which of the things that happen are told to the app, and how often it is tried.
import type { SimulatedUser } from './control.ts'
import type { Core } from './core.ts'
import { eventCallback } from './envelope.ts'
import { asText, type Payload } from './payload.ts'
import type { Outcome } from './socket.ts'
import { shownMessage } from './web/method.ts'
import type { StoredMessage } from './workspace.ts'

/** Events for an app without a connection wait, as long as there are not too many of them. */
const KEPT_WAITING = 100

export class Events {
  private readonly core: Core
  private waiting: Payload[] = []

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
  posted(message: StoredMessage): Promise<Outcome | undefined>[] {
    const { workspace } = this.core
    const channel = workspace.channels.get(message.channel)
    if (!channel?.members.includes(workspace.bot.user_id)) return []
    const shown = shownMessage(this.core, message)
    const subscription = { public: 'message.channels', private: 'message.groups', im: 'message.im' }[
      channel.kind
    ]
    const channel_type = { public: 'channel', private: 'group', im: 'im' }[channel.kind]
    const event = { ...shown, channel: channel.id, event_ts: message.ts, channel_type }
    const sent = [this.send(subscription, event)]
    const mentioned = message.text.includes(`<@${workspace.bot.user_id}>`)
    if (mentioned && channel.kind !== 'im' && message.user !== workspace.bot.user_id)
      sent.push(
        this.send('app_mention', {
          ...shown,
          type: 'app_mention',
          channel: channel.id,
          event_ts: message.ts,
        }),
      )
    return sent
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
    for (const payload of waiting) void this.deliver(payload, 'event', 1)
  }

  private async deliver(payload: Payload, subject: string, attempt = 0): Promise<Outcome> {
    const { socket, workspace } = this.core
    const outcome = await socket.deliver('events_api', payload, { attempt })
    if (outcome.kind === 'no_connection') {
      this.waiting.push(payload)
      if (this.waiting.length > KEPT_WAITING) this.waiting.shift()
    }
    if (outcome.kind !== 'timeout') return outcome
    workspace.problem(
      'no_ack',
      asText(subject) ?? 'event',
      'the app did not acknowledge the event within 3 seconds',
    )
    return attempt === 0 ? this.deliver(payload, subject, 1) : outcome
  }
}
