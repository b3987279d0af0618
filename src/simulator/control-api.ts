// The control API in process: what `/control/…` serves over HTTP, for tests that run in the same process. Both go
// through here, so they cannot differ.
import type {
  ControlEvent,
  ControlRequests,
  ControlState,
  Delivery,
  OpenView,
  Problem,
  SimulatedMessage,
} from './control.ts'
import type { Core } from './core.ts'
import type { Modals } from './modals.ts'
import type { People } from './people.ts'
import { ControlRefusal } from './refusal.ts'
import type { WebApi } from './web/index.ts'
import type { RecordedRequest } from './workspace.ts'

export class Control {
  private readonly core: Core
  private readonly people: People
  private readonly modals: Modals
  private readonly api: WebApi

  constructor(core: Core, people: People, modals: Modals, api: WebApi) {
    this.core = core
    this.people = people
    this.modals = modals
    this.api = api
  }

  /** Types a slash command. */
  command(request: ControlRequests['command']): Promise<Delivery> {
    return this.people.command(request)
  }

  /** Writes a message and answers it as it stands in the channel. */
  async message(request: ControlRequests['message']): Promise<SimulatedMessage> {
    return structuredClone(this.people.message(request))
  }

  /** Presses a button or sets another element. */
  action(request: ControlRequests['action']): Promise<Delivery> {
    return this.people.action(request)
  }

  /**
   * Submits the modal on top. `response` is null when it closed, or the app's `response_action`; `{trouble}` when
   * the app did not answer properly. Rejects with `invalid_input` and `errors` by block for what Slack's client
   * would not send.
   */
  submit(request: ControlRequests['submit']): Promise<Delivery> {
    return this.modals.submit(request)
  }

  close(request: ControlRequests['close']): Promise<Delivery> {
    return this.modals.close(request)
  }

  home(request: ControlRequests['home']): Promise<Delivery> {
    return this.people.home(request)
  }

  shortcut(request: ControlRequests['shortcut']): Promise<Delivery> {
    return this.people.shortcut(request)
  }

  /** Asks the app for the options of an external select. */
  suggest(request: ControlRequests['suggest']): Promise<{ options: Record<string, unknown>[] }> {
    return this.people.suggest(request)
  }

  /** Makes the next calls of a Web API method fail or wait. */
  fault(request: ControlRequests['fault']): void {
    if (!Number.isInteger(request.times) || request.times < 1)
      throw new ControlRefusal('invalid_request', 'times must be a whole number of at least 1')
    this.api.addFault(request)
  }

  /** Ends the sockets the way Slack does. */
  disconnect(request: ControlRequests['disconnect']): void {
    this.core.socket.disconnect(request.reason)
  }

  /** Changes the workspace behind the app's back. */
  change(request: ControlRequests['change']): void {
    const { workspace } = this.core
    if (!('channel' in request) && !('scope' in request)) {
      this.api.revoked = request.what === 'revoke_token'
    } else if ('scope' in request) {
      if (request.what === 'remove_scope') workspace.scopes.delete(request.scope)
      else workspace.scopes.add(request.scope)
    } else this.changeChannel(request)
    workspace.emit({ type: 'state' })
  }

  /** The workspace through the eyes of one person; of the first one when nobody is named. */
  state(user?: string): ControlState {
    const { workspace, socket } = this.core
    const viewer = this.viewer(user)
    const { world, manifest, bot } = workspace
    return {
      team: { ...world.team },
      viewer: viewer.id,
      users: world.users.map(({ email: _, ...shown }) => ({ ...shown })),
      channels: structuredClone(
        [...workspace.channels.values()]
          .filter((c) => workspace.sees(viewer, c))
          .map((c) => (c.kind === 'im' ? { ...c, name: bot.name } : c)),
      ),
      usergroups: structuredClone(world.usergroups),
      bot: {
        user_id: bot.user_id,
        app_id: bot.app_id,
        name: bot.display_name,
        connected: socket.connections > 0,
      },
      commands: manifest.commands.map(({ command, description, usage_hint }) => ({
        command,
        description,
        usage_hint,
      })),
      shortcuts: structuredClone(manifest.shortcuts),
    }
  }

  /**
   * Messages that a person sees in a channel, oldest first; with `thread_ts` the thread, its parent first; without,
   * the channel with what is broadcast or stands alone.
   */
  messages(asked: { channel: string; user?: string; thread_ts?: string }): SimulatedMessage[] {
    const { workspace } = this.core
    const viewer = this.viewer(asked.user)
    const channel = workspace.channels.get(asked.channel)
    if (!channel || !workspace.sees(viewer, channel))
      throw new ControlRefusal('no_such_channel', `${viewer.name} sees no channel ${asked.channel}.`, 404)
    const thread = asked.thread_ts
    return structuredClone(
      workspace
        .list(channel.id, viewer.id)
        .filter((m) =>
          thread
            ? m.ts === thread || m.thread_ts === thread
            : !m.thread_ts || m.thread_ts === m.ts || m.subtype === 'thread_broadcast',
        ),
    )
  }

  /** What modals a person has open, the bottom one first, and their home tab. */
  views(user?: string): { modals: OpenView[]; home: OpenView | null } {
    const { views } = this.core
    const viewer = this.viewer(user)
    const home = views.home(viewer.id)
    return { modals: views.stack(viewer.id).map((v) => views.seen(v)), home: home ? views.seen(home) : null }
  }

  problems(): Problem[] {
    return structuredClone(this.core.workspace.problems)
  }

  /** The Web API calls of the app, oldest first, without tokens. */
  requests(): RecordedRequest[] {
    return structuredClone(this.core.workspace.requests)
  }

  /** The bytes of an uploaded file. */
  file(id: string): Uint8Array | undefined {
    return this.core.files.content(id)?.bytes
  }

  /** Follows what a person sees; without a person, everything. Answers the function that ends it. */
  follow(listener: (event: ControlEvent) => void, user = ''): () => void {
    return this.core.workspace.subscribe(user, listener)
  }

  /**
   * Waits until `look` answers something other than undefined, null or false: now, or after something changed.
   * Rejects after `timeoutMs`, with the problems so far, because they usually say why.
   */
  until<T>(
    look: () => T | undefined | null | false,
    timeoutMs = 10_000,
  ): Promise<Exclude<T, undefined | null | false>> {
    type Seen = Exclude<T, undefined | null | false>
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer)
        unfollow()
        finish()
      }
      const check = () => {
        try {
          const seen = look()
          if (seen !== undefined && seen !== null && seen !== false) end(() => resolve(seen as Seen))
        } catch (thrown) {
          end(() => reject(thrown))
        }
      }
      const unfollow = this.follow(check)
      const timer = setTimeout(() => {
        const problems = JSON.stringify(this.core.workspace.problems.slice(-5))
        end(() => reject(new Error(`Not seen within ${timeoutMs} ms. Last problems: ${problems}`)))
      }, timeoutMs)
      check()
    })
  }

  private changeChannel(request: Extract<ControlRequests['change'], { channel: string }>): void {
    const { workspace } = this.core
    const channel = workspace.channels.get(request.channel)
    if (!channel) throw new ControlRefusal('no_such_channel', `There is no channel ${request.channel}.`, 404)
    const me = workspace.bot.user_id
    if (request.what === 'archive' || request.what === 'unarchive')
      channel.is_archived = request.what === 'archive'
    else if (request.what === 'remove_bot') channel.members = channel.members.filter((m) => m !== me)
    else if (request.what === 'invite_bot') channel.members = [...new Set([...channel.members, me])]
    else if (request.what === 'delete_message') {
      const message = workspace.find(channel.id, request.ts)
      if (!message) throw new ControlRefusal('no_such_message', 'There is no such message.', 404)
      workspace.remove(message)
    }
  }

  private viewer(id?: string) {
    const { users } = this.core.workspace
    const user = id ? users.get(id) : [...users.values()].find((u) => !u.is_bot)
    if (!user || user.is_bot) throw new ControlRefusal('no_such_user', `Nobody here has the id ${id}.`, 404)
    return user
  }
}
