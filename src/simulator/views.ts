// Who looks at which modals and home tab: the stack of three, hashes, what was typed so far. Views are checked here,
// because an ack may bring one as well as the Web API.
import { randomBytes } from 'node:crypto'
import type { View } from '@slack/types'
import { checkView, sayFault, viewTooLarge, withIds } from './blocks/index.ts'
import type { OpenView } from './control.ts'
import { elementsOf, type StateValues, stateOf } from './controls.ts'
import { asText, isObject, type Payload } from './payload.ts'
import { SlackRefusal } from './refusal.ts'
import type { Workspace } from './workspace.ts'

export interface KeptView {
  id: string
  hash: string
  user: string
  root: string
  previous: string | null
  kind: 'modal' | 'home'
  /** The conversation from which it was opened. */
  channel: string | undefined
  /** As the app gave it, with ids filled in. */
  view: Payload
  touched: StateValues
  /** The options that the app suggested last, by `block_id/action_id`. */
  suggested: Map<string, Payload[]>
}

interface Origin {
  below: KeptView | null
  channel: string | undefined
}

const STACK = 3

export class Views {
  private readonly workspace: Workspace
  private readonly stacks = new Map<string, KeptView[]>()
  private readonly homes = new Map<string, KeptView>()

  constructor(workspace: Workspace) {
    this.workspace = workspace
  }

  stack(user: string): KeptView[] {
    return this.stacks.get(user) ?? []
  }

  home(user: string): KeptView | undefined {
    return this.homes.get(user)
  }

  find(id: unknown): KeptView | undefined {
    for (const view of this.all()) if (view.id === id) return view
    return undefined
  }

  /** Opens a modal as the only one that the person sees. */
  open(user: string, view: unknown, channel?: string): KeptView {
    const checked = this.check(view, 'modal', { channel })
    for (const old of this.stack(user).toReversed()) this.told(old)
    this.stacks.set(user, [])
    return this.put(user, checked, { below: null, channel })
  }

  /** @throws SlackRefusal `push_limit_reached` above three. */
  push(user: string, view: unknown): KeptView {
    const stack = this.stack(user)
    if (stack.length >= STACK) throw new SlackRefusal('push_limit_reached')
    const below = stack.at(-1) ?? null
    const channel = below?.channel
    return this.put(user, this.check(view, 'modal', { channel }), { below, channel })
  }

  /**
   * Replaces what a view shows. What was typed stays where block_id and action_id stay.
   * @throws SlackRefusal `hash_conflict` when `hash` is not the current one.
   */
  update(kept: KeptView, view: unknown, hash?: unknown): KeptView {
    if (asText(hash) && hash !== kept.hash) throw new SlackRefusal('hash_conflict')
    kept.view = this.check(view, kept.kind, { replaces: kept, channel: kept.channel })
    kept.hash = this.newHash()
    this.workspace.emit({ type: 'view_updated', view: this.seen(kept) })
    return kept
  }

  publish(user: string, view: unknown, hash?: unknown): KeptView {
    const known = this.homes.get(user)
    if (known) return this.update(known, view, hash)
    const checked = this.check(view, 'home', {})
    const kept = this.keep(user, checked, 'home', { below: null, channel: undefined })
    this.homes.set(user, kept)
    this.workspace.emit({ type: 'view_opened', view: this.seen(kept) })
    return kept
  }

  /** Takes one modal away, or with `all` the whole stack; answers those that are gone, top first. */
  close(kept: KeptView, all = false): KeptView[] {
    const stack = this.stack(kept.user)
    const at = all ? 0 : stack.indexOf(kept)
    const gone = at < 0 ? [] : stack.splice(at).toReversed()
    for (const view of gone) this.told(view)
    return gone
  }

  /** As `GET /control/views` shows it. */
  seen(kept: KeptView): OpenView {
    return {
      id: kept.id,
      hash: kept.hash,
      user: kept.user,
      depth: kept.kind === 'home' ? -1 : this.stack(kept.user).indexOf(kept),
      view: structuredClone(kept.view) as unknown as View,
    }
  }

  /** As Slack shows it in answers and payloads. */
  output(kept: KeptView, state?: StateValues): Payload {
    const { world, bot } = this.workspace
    const { view } = kept
    return {
      id: kept.id,
      team_id: world.team.id,
      type: kept.kind,
      blocks: structuredClone(view.blocks),
      private_metadata: view.private_metadata ?? '',
      callback_id: view.callback_id ?? '',
      state: { values: state ?? stateOf(view.blocks as unknown[], kept.touched) },
      hash: kept.hash,
      title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
      clear_on_close: view.clear_on_close ?? false,
      notify_on_close: view.notify_on_close ?? false,
      close: view.close ?? null,
      submit: view.submit ?? null,
      previous_view_id: kept.previous,
      root_view_id: kept.root,
      app_id: bot.app_id,
      external_id: view.external_id ?? '',
      app_installed_team_id: world.team.id,
      bot_id: bot.bot_id,
    }
  }

  findExternal(externalId: string): KeptView | undefined {
    for (const view of this.all()) if (view.view.external_id === externalId) return view
    return undefined
  }

  private *all(): Iterable<KeptView> {
    for (const stack of this.stacks.values()) yield* stack
    yield* this.homes.values()
  }

  private put(user: string, view: Payload, from: Origin): KeptView {
    const kept = this.keep(user, view, 'modal', from)
    this.stacks.set(user, [...this.stack(user), kept])
    this.workspace.emit({ type: 'view_opened', view: this.seen(kept) })
    return kept
  }

  private keep(user: string, view: Payload, kind: KeptView['kind'], { below, channel }: Origin): KeptView {
    const id = `V${randomBytes(5).toString('hex').toUpperCase()}`
    return {
      id,
      hash: this.newHash(),
      user,
      root: below?.root ?? id,
      previous: below?.id ?? null,
      kind,
      channel,
      view,
      touched: {},
      suggested: new Map(),
    }
  }

  private check(
    view: unknown,
    type: 'modal' | 'home',
    { replaces, channel }: { replaces?: KeptView; channel?: string | undefined },
  ): Payload {
    if (!isObject(view))
      throw new SlackRefusal('invalid_arguments', {
        response_metadata: { messages: ['[ERROR] must be an object [json-pointer:/view]'] },
      })
    if (viewTooLarge(view)) throw new SlackRefusal('view_too_large')
    const faults = checkView(view, type)
    if (faults.length > 0)
      throw new SlackRefusal('invalid_arguments', {
        response_metadata: { messages: faults.map((f) => `[ERROR] ${sayFault(f)}`) },
      })
    const external = asText(view.external_id)
    const holder = external && this.findExternal(external)
    if (holder && holder !== replaces) throw new SlackRefusal('duplicate_external_id')
    const blocks = withIds(view.blocks as unknown[], newId)
    return { ...view, blocks: channel ? startingFrom(channel, blocks) : blocks }
  }

  private told(view: KeptView): void {
    this.workspace.emit({ type: 'view_closed', view_id: view.id, user: view.user })
  }

  private newHash(): string {
    return `${Math.floor(this.workspace.time() / 1000)}.${randomBytes(4).toString('hex')}`
  }
}

/** Fills selects with `default_to_current_conversation` where the app preselected nothing. */
function startingFrom(channel: string, blocks: Payload[]): Payload[] {
  for (const { element } of elementsOf(blocks)) {
    if (element.default_to_current_conversation !== true) continue
    if (element.type === 'conversations_select') element.initial_conversation ??= channel
    else element.initial_conversations ??= [channel]
  }
  return blocks
}

export function newId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5)
}

/** Finds an element in a view or message. */
export function locate(blocks: readonly unknown[], action_id: string, block_id?: string) {
  return elementsOf(blocks).find(
    (l) => l.action_id === action_id && (block_id === undefined || l.block_id === block_id),
  )
}
