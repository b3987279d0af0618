// chat.*, reactions.* and pins.add: what the bot says, changes and takes back.
import { asFlag, asText, isObject, type Payload } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import type { StoredMessage } from '../workspace.ts'
import {
  channelOf,
  contentOf,
  type Methods,
  messageOf,
  shownMessage,
  threadOf,
  writableChannel,
} from './method.ts'

/** A message of the bot's own, or Slack's refusal to touch it. */
function ownMessage(message: StoredMessage, bot: string, refusal: string): StoredMessage {
  if (message.user !== bot || message.subtype === 'tombstone') throw new SlackRefusal(refusal)
  return message
}

export const chat: Methods = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    rate: 'message',
    run: (core, args) => {
      const { workspace } = core
      const channel = writableChannel(workspace, args.channel)
      const content = contentOf(core, args, { truncate: true })
      const thread_ts = threadOf(workspace, channel.id, args.thread_ts)
      const broadcast = thread_ts && asFlag(args.reply_broadcast)
      const message = workspace.post(channel.id, {
        user: workspace.bot.user_id,
        ...content,
        ...(thread_ts ? { thread_ts } : {}),
        ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
      })
      const warned = content.blocks && content.text.trim() === ''
      return {
        channel: channel.id,
        ts: message.ts,
        message: shownMessage(core, message),
        ...(warned ? { warning: 'missing_text_in_message' } : {}),
      }
    },
  },

  'chat.postEphemeral': {
    scopes: ['chat:write'],
    rate: 100,
    run: (core, args) => {
      const { workspace } = core
      const channel = writableChannel(workspace, args.channel)
      const user = workspace.users.get(String(args.user))
      if (!user || !channel.members.includes(user.id)) throw new SlackRefusal('user_not_in_channel')
      const thread_ts = asText(args.thread_ts)
      const message = workspace.post(channel.id, {
        user: workspace.bot.user_id,
        ...contentOf(core, args),
        ephemeral_for: user.id,
        ...(thread_ts ? { thread_ts } : {}),
      })
      return { message_ts: message.ts }
    },
  },

  'chat.update': {
    scopes: ['chat:write'],
    rate: 50,
    run: (core, args) => {
      const { workspace } = core
      const channel = channelOf(workspace, args.channel)
      if (channel.is_archived) throw new SlackRefusal('is_archived')
      const bot = workspace.bot.user_id
      const found = messageOf(workspace, channel.id, args.ts)
      const message = ownMessage(found, bot, 'cant_update_message')
      const content = contentOf(core, args)
      const erases = isObject(args.metadata) && Object.keys(args.metadata).length === 0
      workspace.edit(message, {
        text: content.text,
        blocks: content.blocks,
        edited: { user: bot, ts: workspace.nextTs() },
        ...(content.metadata || erases ? { metadata: content.metadata } : {}),
        ...(asFlag(args.reply_broadcast) ? { subtype: 'thread_broadcast' } : {}),
      })
      return { channel: channel.id, ts: message.ts, text: message.text, message: shownMessage(core, message) }
    },
  },

  'chat.delete': {
    scopes: ['chat:write'],
    rate: 50,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      const found = messageOf(workspace, channel.id, args.ts)
      workspace.remove(ownMessage(found, workspace.bot.user_id, 'cant_delete_message'))
      return { channel: channel.id, ts: found.ts }
    },
  },

  'chat.getPermalink': {
    rate: 100,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      const message = messageOf(workspace, channel.id, args.message_ts)
      return { channel: channel.id, permalink: message.permalink }
    },
  },

  'reactions.add': {
    scopes: ['reactions:write'],
    rate: 50,
    run: ({ workspace }, args) => {
      const { message, name } = reactionArgs(workspace, args)
      const reactions = message.reactions ?? []
      const known = reactions.find((r) => r.name === name)
      const me = workspace.bot.user_id
      if (known?.users.includes(me)) throw new SlackRefusal('already_reacted')
      const users = [...(known?.users ?? []), me]
      const others = reactions.filter((r) => r !== known)
      workspace.edit(message, { reactions: [...others, { name, users, count: users.length }] })
      return {}
    },
  },

  'reactions.remove': {
    scopes: ['reactions:write'],
    rate: 20,
    run: ({ workspace }, args) => {
      const { message, name } = reactionArgs(workspace, args)
      const known = message.reactions?.find((r) => r.name === name)
      const me = workspace.bot.user_id
      if (!known?.users.includes(me)) throw new SlackRefusal('no_reaction')
      const users = known.users.filter((u) => u !== me)
      const others = message.reactions?.filter((r) => r !== known) ?? []
      const left = users.length > 0 ? [...others, { name, users, count: users.length }] : others
      workspace.edit(message, { reactions: left.length > 0 ? left : undefined })
      return {}
    },
  },

  'pins.add': {
    scopes: ['pins:write'],
    rate: 20,
    run: ({ workspace }, args) => {
      const channel = channelOf(workspace, args.channel)
      const message = messageOf(workspace, channel.id, args.timestamp)
      if (message.pinned) throw new SlackRefusal('already_pinned')
      workspace.edit(message, { pinned: true })
      return {}
    },
  },
}

function reactionArgs(
  workspace: Parameters<typeof channelOf>[0],
  args: Payload,
): { message: StoredMessage; name: string } {
  const channel = channelOf(workspace, args.channel)
  const name = asText(args.name)?.replaceAll(':', '')
  if (!name || !/^[a-z0-9_+'-]{1,100}$/.test(name)) throw new SlackRefusal('invalid_name')
  if (channel.is_archived) throw new SlackRefusal('is_archived')
  return { message: messageOf(workspace, channel.id, args.timestamp), name }
}
