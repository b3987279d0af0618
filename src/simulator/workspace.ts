// The state of the workspace: people, channels and messages, and who is told when something changes. It knows nothing
// of HTTP, tokens or sockets, and checks nothing that an app may get wrong: the Web API does that before it calls here.
import type {
  ControlEvent,
  Problem,
  SimulatedChannel,
  SimulatedFile,
  SimulatedMessage,
  SimulatedUser,
} from './control.ts'
import type { AppManifest } from './manifest.ts'
import type { Payload } from './payload.ts'
import { SLACKBOT, type World } from './world.ts'

/** A message with the fields that only the Web API shows. */
export interface StoredMessage extends SimulatedMessage {
  bot_id?: string
  subtype?: string
  reactions?: { name: string; users: string[]; count: number }[]
  pinned?: boolean
}

export interface RecordedRequest {
  at: string
  method: string
  ok: boolean
  error?: string
  args: Payload
}

export interface NewMessage {
  user: string
  text: string
  blocks?: SimulatedMessage['blocks']
  files?: SimulatedFile[]
  metadata?: SimulatedMessage['metadata']
  thread_ts?: string
  subtype?: string
  ephemeral_for?: string
}

type Listener = (event: ControlEvent) => void

const KEPT_REQUESTS = 2000
const KEPT_PROBLEMS = 500

export class Workspace {
  readonly world: World
  readonly manifest: AppManifest
  readonly users = new Map<string, World['users'][number]>()
  readonly channels = new Map<string, SimulatedChannel>()
  readonly scopes: Set<string>
  readonly problems: Problem[] = []
  readonly requests: RecordedRequest[] = []
  /** Told after a message of any kind was posted; the app's event subscriptions hang on it. */
  onPosted: (message: StoredMessage) => void = () => {}
  /** Told after a message was edited, or with undefined deleted. */
  onChanged: (message: StoredMessage | undefined, previous: StoredMessage) => void = () => {}
  private readonly now: () => number
  private readonly keptMessages: number
  private readonly messages = new Map<string, StoredMessage[]>()
  private readonly listeners = new Map<Listener, string>()
  private lastTs = 0

  constructor(world: World, manifest: AppManifest, options: { now: () => number; keptMessages: number }) {
    this.world = structuredClone(world)
    this.manifest = manifest
    this.scopes = new Set(manifest.scopes)
    this.now = options.now
    this.keptMessages = options.keptMessages
    for (const user of this.world.users) this.users.set(user.id, user)
    for (const channel of this.world.channels) this.channels.set(channel.id, channel)
    for (const user of this.world.users) {
      if (!user.is_bot) this.directChannel(user.id)
    }
  }

  get bot(): World['bot'] {
    return this.world.bot
  }

  /** Milliseconds since 1970 by the workspace's clock. */
  time(): number {
    return this.now()
  }

  /** A fresh message time stamp: seconds with six decimals, unique, always growing. */
  nextTs(): string {
    const micros = Math.max(Math.round(this.now()) * 1000, this.lastTs + 1)
    this.lastTs = micros
    return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`
  }

  /** The direct conversation between a person and the bot, made on first use. */
  directChannel(userId: string): SimulatedChannel {
    const id = `D${userId.slice(1)}`
    const known = this.channels.get(id)
    if (known) return known
    const user = this.users.get(userId)
    const channel: SimulatedChannel = {
      id,
      name: user?.name ?? userId,
      kind: 'im',
      is_archived: false,
      topic: '',
      members: [userId, this.bot.user_id],
    }
    this.channels.set(id, channel)
    return channel
  }

  /** Whether a person may see a channel: guests and people of other workspaces see only where they are members. */
  sees(user: SimulatedUser, channel: SimulatedChannel): boolean {
    if (channel.members.includes(user.id)) return true
    return channel.kind === 'public' && !user.is_restricted && !user.is_stranger
  }

  /** Messages of a channel, oldest first; only what `viewer` may see. */
  list(channel: string, viewer: string): StoredMessage[] {
    return (this.messages.get(channel) ?? []).filter((m) => !m.ephemeral_for || m.ephemeral_for === viewer)
  }

  find(channel: string, ts: string): StoredMessage | undefined {
    return this.messages.get(channel)?.find((m) => m.ts === ts)
  }

  post(channel: string, fresh: NewMessage): StoredMessage {
    const ts = this.nextTs()
    const thread = fresh.thread_ts && (this.find(channel, fresh.thread_ts)?.thread_ts ?? fresh.thread_ts)
    const message: StoredMessage = {
      channel,
      ts,
      ...fresh,
      ...(thread ? { thread_ts: thread } : {}),
      ...(fresh.user === this.bot.user_id ? { bot_id: this.bot.bot_id } : {}),
      permalink: this.permalink(channel, ts, thread),
    }
    const list = this.messages.get(channel) ?? []
    this.messages.set(channel, list)
    list.push(message)
    if (list.length > this.keptMessages) list.splice(0, list.length - this.keptMessages)
    const parent = thread && !fresh.ephemeral_for ? this.countReply(channel, thread, ts) : undefined
    this.emit({ type: 'message', message })
    if (parent) this.emit({ type: 'message_changed', message: parent })
    if (!fresh.ephemeral_for) this.onPosted(message)
    return message
  }

  /** Changes the given fields; a field set to undefined goes away. */
  edit(message: StoredMessage, change: Partial<StoredMessage>): StoredMessage {
    const previous = structuredClone(message)
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined) delete (message as unknown as Payload)[key]
      else (message as unknown as Payload)[key] = value
    }
    this.emit({ type: 'message_changed', message })
    if (change.edited) this.onChanged(message, previous)
    return message
  }

  remove(message: StoredMessage): void {
    const list = this.messages.get(message.channel) ?? []
    if (message.reply_count) {
      const text = 'This message was deleted.'
      this.edit(message, { text, subtype: 'tombstone', user: SLACKBOT, blocks: undefined, files: undefined })
      return
    }
    list.splice(list.indexOf(message), 1)
    this.emit({ type: 'message_deleted', channel: message.channel, ts: message.ts })
    this.onChanged(undefined, message)
    if (message.thread_ts && message.thread_ts !== message.ts) {
      const parent = this.find(message.channel, message.thread_ts)
      if (parent) this.edit(parent, { reply_count: Math.max(0, (parent.reply_count ?? 1) - 1) })
    }
  }

  /** What Slackbot tells one person, where nobody else sees it. */
  whisper(channel: string, user: string, text: string): StoredMessage {
    return this.post(channel, { user: SLACKBOT, text, ephemeral_for: user })
  }

  permalink(channel: string, ts: string, thread?: string): string {
    const link = `https://${this.world.team.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}`
    return thread && thread !== ts ? `${link}?thread_ts=${thread}&cid=${channel}` : link
  }

  problem(kind: Problem['kind'], subject: string, detail: string): void {
    const problem: Problem = { at: new Date(this.now()).toISOString(), kind, subject, detail }
    this.problems.push(problem)
    if (this.problems.length > KEPT_PROBLEMS) this.problems.shift()
    this.emit({ type: 'problem', problem })
  }

  record(request: Omit<RecordedRequest, 'at'>): void {
    this.requests.push({ at: new Date(this.now()).toISOString(), ...request })
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift()
  }

  /** Follows what `viewer` can see; with an empty viewer, everything. Answers the function that ends it. */
  subscribe(viewer: string, listener: Listener): () => void {
    this.listeners.set(listener, viewer)
    return () => this.listeners.delete(listener)
  }

  emit(event: ControlEvent): void {
    for (const [listener, viewer] of this.listeners) {
      if (!viewer || this.concerns(event, viewer)) listener(structuredClone(event))
    }
  }

  private concerns(event: ControlEvent, viewer: string): boolean {
    const user = this.users.get(viewer)
    if (!user) return false
    if (event.type === 'message' || event.type === 'message_changed') {
      const { channel, ephemeral_for } = event.message
      return (!ephemeral_for || ephemeral_for === viewer) && this.seesId(user, channel)
    }
    if (event.type === 'message_deleted') return this.seesId(user, event.channel)
    if (event.type === 'view_closed') return event.user === viewer
    if (event.type === 'view_opened' || event.type === 'view_updated') return event.view.user === viewer
    return true
  }

  private seesId(user: SimulatedUser, channelId: string): boolean {
    const channel = this.channels.get(channelId)
    return channel !== undefined && this.sees(user, channel)
  }

  private countReply(channel: string, thread: string, ts: string): StoredMessage | undefined {
    const parent = this.find(channel, thread)
    if (!parent) return undefined
    parent.thread_ts = parent.ts
    parent.reply_count = (parent.reply_count ?? 0) + 1
    parent.latest_reply = ts
    return parent
  }
}
