// conversations.*: which channels there are, who is in them, and what was said.
import type { SimulatedChannel } from '../control.ts'
import type { Core } from '../core.ts'
import { asCount, asFlag, asText, type Payload } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import type { StoredMessage, Workspace } from '../workspace.ts'
import { channelOf, type Methods, messageOf, page, shownMessage } from './method.ts'

const family: Record<SimulatedChannel['kind'], string> = { public: 'channels', private: 'groups', im: 'im' }

/** @throws SlackRefusal `missing_scope` when the app may not do this with that kind of channel. */
function need(workspace: Workspace, channel: SimulatedChannel, what: 'read' | 'history'): void {
  const scope = `${family[channel.kind]}:${what}`
  if (!workspace.scopes.has(scope))
    throw new SlackRefusal('missing_scope', { needed: scope, provided: [...workspace.scopes].join(',') })
}

function shownChannel(workspace: Workspace, channel: SimulatedChannel): Payload {
  const im = channel.kind === 'im'
  return {
    id: channel.id,
    ...(im
      ? { user: channel.members.find((m) => m !== workspace.bot.user_id), is_open: true }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: false,
    is_im: im,
    is_mpim: false,
    is_private: channel.kind !== 'public',
    is_archived: channel.is_archived,
    is_general: channel.name === 'general',
    is_shared: false,
    is_member: channel.members.includes(workspace.bot.user_id),
    num_members: channel.members.length,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    context_team_id: workspace.world.team.id,
  }
}

function readable(core: Core, args: Payload): SimulatedChannel {
  const channel = channelOf(core.workspace, args.channel)
  need(core.workspace, channel, 'history')
  if (!channel.members.includes(core.workspace.bot.user_id)) throw new SlackRefusal('not_in_channel')
  return channel
}

/** Cuts by `oldest`, `latest` and `inclusive`. */
function between(messages: StoredMessage[], args: Payload): StoredMessage[] {
  const oldest = asCount(args.oldest) ?? 0
  const latest = asCount(args.latest) ?? Number.POSITIVE_INFINITY
  const inclusive = asFlag(args.inclusive)
  return messages.filter(({ ts }) => {
    const at = Number(ts)
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest
  })
}

export const conversations: Methods = {
  'conversations.list': {
    rate: 20,
    run: ({ workspace }, args) => {
      const wanted = (asText(args.types) ?? 'public_channel').split(',').map((t) => t.trim())
      const kinds = { public_channel: 'public', private_channel: 'private', im: 'im' } as const
      for (const type of wanted) {
        if (type !== 'mpim' && !(type in kinds)) throw new SlackRefusal('invalid_types')
      }
      const found = [...workspace.channels.values()].filter((c) => {
        const member = c.kind === 'public' || c.members.includes(workspace.bot.user_id)
        const typed = wanted.some((type) => kinds[type as keyof typeof kinds] === c.kind)
        return typed && member && !(asFlag(args.exclude_archived) && c.is_archived)
      })
      for (const kind of new Set(wanted.map((type) => kinds[type as keyof typeof kinds]))) {
        if (kind) need(workspace, { kind } as SimulatedChannel, 'read')
      }
      const { items, response_metadata } = page(found, args)
      return { channels: items.map((c) => shownChannel(workspace, c)), response_metadata }
    },
  },

  'conversations.info': {
    rate: 50,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      need(workspace, channel, 'read')
      return { channel: shownChannel(workspace, channel) }
    },
  },

  'conversations.members': {
    rate: 100,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      need(workspace, channel, 'read')
      const { items, response_metadata } = page(channel.members, args)
      return { members: items, response_metadata }
    },
  },

  'conversations.history': {
    rate: 50,
    run: (core, args) => {
      const channel = readable(core, args)
      const all = core.workspace
        .list(channel.id, '')
        .filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === 'thread_broadcast')
        .toReversed()
      const { items, response_metadata } = page(between(all, args), args, 999)
      const metadata = asFlag(args.include_all_metadata)
      return {
        messages: items.map((m) => shownMessage(core, m, { metadata })),
        has_more: response_metadata.next_cursor !== '',
        pin_count: all.filter((m) => m.pinned).length,
        response_metadata,
      }
    },
  },

  'conversations.replies': {
    rate: 50,
    run: (core, args) => {
      const channel = readable(core, args)
      const asked = typeof args.ts === 'string' ? core.workspace.find(channel.id, args.ts) : undefined
      if (!asked) throw new SlackRefusal('thread_not_found')
      const root = messageOf(core.workspace, channel.id, asked.thread_ts ?? asked.ts)
      const replies = core.workspace
        .list(channel.id, '')
        .filter((m) => m.thread_ts === root.ts && m.ts !== root.ts)
      const { items, response_metadata } = page([root, ...between(replies, args)], args)
      const metadata = asFlag(args.include_all_metadata)
      return {
        messages: items.map((m) => shownMessage(core, m, { metadata })),
        has_more: response_metadata.next_cursor !== '',
        response_metadata,
      }
    },
  },

  'conversations.join': {
    scopes: ['channels:join'],
    rate: 50,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      if (channel.kind !== 'public') throw new SlackRefusal('method_not_supported_for_channel_type')
      if (channel.is_archived) throw new SlackRefusal('is_archived')
      const me = workspace.bot.user_id
      const already = channel.members.includes(me)
      if (!already) {
        channel.members.push(me)
        workspace.emit({ type: 'state' })
      }
      return {
        channel: shownChannel(workspace, channel),
        ...(already
          ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
          : {}),
      }
    },
  },

  'conversations.open': {
    scopes: ['im:write'],
    rate: 50,
    run: ({ workspace }, args) => {
      const known = asText(args.channel)
      if (known) {
        const channel = channelOf(workspace, known)
        return { channel: asFlag(args.return_im) ? shownChannel(workspace, channel) : { id: channel.id } }
      }
      const users = (asText(args.users) ?? '').split(',').filter(Boolean)
      if (users.length === 0) throw new SlackRefusal('users_list_not_supplied')
      const [user] = users.map((id) => workspace.users.get(id))
      if (!user) throw new SlackRefusal('user_not_found')
      if (users.length > 1)
        throw new SlackRefusal('missing_scope', {
          needed: 'mpim:write',
          provided: [...workspace.scopes].join(','),
        })
      if (user.is_bot) throw new SlackRefusal('cannot_dm_bot')
      const channel = workspace.directChannel(user.id)
      return { channel: asFlag(args.return_im) ? shownChannel(workspace, channel) : { id: channel.id } }
    },
  },
}
