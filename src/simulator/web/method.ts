// What a Web API method looks like here, and the checks that many of them share: channels, messages, texts and blocks.
import type { KnownBlock } from '@slack/types'
import { checkBlocks, sayFault, withIds } from '../blocks/index.ts'
import type { SimulatedChannel } from '../control.ts'
import type { Core } from '../core.ts'
import { asList, asText, isObject, type Payload } from '../payload.ts'
import { SlackRefusal } from '../refusal.ts'
import { newId } from '../views.ts'
import type { StoredMessage, Workspace } from '../workspace.ts'

export interface Method {
  /** All of these are needed. Left out: none. */
  scopes?: string[]
  /** Which token it takes; the bot's unless said. */
  token?: 'app' | 'none'
  /** Calls a minute (Slack's tiers 1 to 4 are 1, 20, 50, 100), or `message` for one a second in each channel. */
  rate: 1 | 20 | 50 | 100 | 'message'
  run: (core: Core, args: Payload) => Payload
}

export type Methods = Record<string, Method>

const TEXT_CHARACTERS = 40_000
/** Stricter of the figures that were seen; Slack does not document where the line is. */
const BLOCKS_TEXT = 9_500
const BLOCKS_JSON = 15_000

/** @throws SlackRefusal `channel_not_found`: also for private channels of which the bot is no member. */
export function channelOf(workspace: Workspace, value: unknown, byName = false): SimulatedChannel {
  const wanted = asText(value)
  if (!wanted) throw new SlackRefusal('channel_not_found')
  const name = wanted.replace(/^#/, '')
  const channel =
    workspace.channels.get(wanted) ??
    (byName ? [...workspace.channels.values()].find((c) => c.kind !== 'im' && c.name === name) : undefined)
  if (!channel) throw new SlackRefusal('channel_not_found')
  if (channel.kind !== 'public' && !channel.members.includes(workspace.bot.user_id))
    throw new SlackRefusal('channel_not_found')
  return channel
}

/** The channel to write to; a user's id opens the direct conversation. */
export function writableChannel(workspace: Workspace, value: unknown): SimulatedChannel {
  const user = workspace.users.get(String(value))
  if (user && !user.is_bot) return workspace.directChannel(user.id)
  const channel = channelOf(workspace, value, true)
  if (channel.is_archived) throw new SlackRefusal('is_archived')
  const member = channel.members.includes(workspace.bot.user_id)
  if (!member && !workspace.scopes.has('chat:write.public')) throw new SlackRefusal('not_in_channel')
  return channel
}

export function messageOf(workspace: Workspace, channel: string, ts: unknown): StoredMessage {
  const message = typeof ts === 'string' ? workspace.find(channel, ts) : undefined
  if (!message || message.ephemeral_for) throw new SlackRefusal('message_not_found')
  return message
}

/** The thread to answer in, if the call names one. @throws SlackRefusal `thread_not_found`. */
export function threadOf(workspace: Workspace, channel: string, value: unknown): string | undefined {
  const ts = asText(value)
  if (!ts) return undefined
  const parent = workspace.find(channel, ts)
  if (!parent || parent.ephemeral_for) throw new SlackRefusal('thread_not_found')
  return ts
}

export interface Content {
  text: string
  blocks?: KnownBlock[]
  metadata?: StoredMessage['metadata']
}

/**
 * The text, blocks and metadata of a message, as Slack would take them.
 * @throws SlackRefusal `no_text`, `invalid_blocks`, `invalid_blocks_format`, `msg_blocks_too_long`, `msg_too_long`,
 * `invalid_metadata_format`, `invalid_attachments` (attachments are the one thing that Slack would take and this not).
 */
export function contentOf(core: Core, args: Payload, options: { truncate?: boolean } = {}): Content {
  let text = typeof args.text === 'string' ? args.text : args.text === undefined ? '' : String(args.text)
  const blocks = checkedBlocks(core, args.blocks)
  if (asList(args.attachments).length > 0)
    throw new SlackRefusal('invalid_attachments', {
      detail: 'the simulator knows no attachments: use blocks',
    })
  if (text.trim() === '' && !blocks?.length) throw new SlackRefusal('no_text')
  if ([...text].length > TEXT_CHARACTERS) {
    if (!options.truncate) throw new SlackRefusal('msg_too_long')
    text = [...text].slice(0, TEXT_CHARACTERS).join('')
  }
  const metadata = metadataOf(args.metadata)
  return { text, ...(blocks?.length ? { blocks } : {}), ...(metadata ? { metadata } : {}) }
}

function checkedBlocks(core: Core, given: unknown): KnownBlock[] | undefined {
  if (given === undefined || given === null || given === '') return undefined
  if (!Array.isArray(given)) throw new SlackRefusal('invalid_blocks_format')
  const faults = checkBlocks(given)
  const errors = [...faults.map(sayFault), ...missingFiles(core, given)]
  if (errors.length > 0)
    throw new SlackRefusal('invalid_blocks', {
      errors,
      response_metadata: { messages: errors.map((e) => `[ERROR] ${e}`) },
    })
  if (JSON.stringify(given).length > BLOCKS_JSON || textLength(given) > BLOCKS_TEXT)
    throw new SlackRefusal('msg_blocks_too_long')
  return withAddresses(core, withIds(given, newId)) as unknown as KnownBlock[]
}

/** Pictures may only show files that were uploaded before. */
function missingFiles(core: Core, blocks: unknown[]): string[] {
  return picturesIn(blocks, '/blocks')
    .filter(({ file }) => asText(file.id) && !core.files.info(String(file.id)))
    .map(({ at }) => `invalid slack file [json-pointer:${at}/slack_file/id]`)
}

/** Gives pictures of uploaded files an address, as Slack does when it shows the blocks again. */
function withAddresses(core: Core, blocks: Payload[]): Payload[] {
  for (const { file } of picturesIn(blocks, '/blocks')) {
    const known = asText(file.id) && core.files.info(String(file.id))
    if (known) file.url = `${core.url()}${known.url}`
  }
  return blocks
}

function picturesIn(value: unknown, at: string): { file: Payload; at: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const own =
    isObject(value) && value.type === 'image' && isObject(value.slack_file)
      ? [{ file: value.slack_file, at }]
      : []
  return [...own, ...Object.entries(value).flatMap(([key, entry]) => picturesIn(entry, `${at}/${key}`))]
}

/** Characters that a reader sees, without those of markdown blocks, which have a limit of their own. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + textLength(entry), 0)
  if (!isObject(value) || value.type === 'markdown') return 0
  return Object.entries(value).reduce(
    (sum, [key, entry]) =>
      sum + (key === 'text' && typeof entry === 'string' ? [...entry].length : textLength(entry)),
    0,
  )
}

function metadataOf(value: unknown): StoredMessage['metadata'] | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (!isObject(value) || !asText(value.event_type) || !isObject(value.event_payload))
    throw new SlackRefusal('invalid_metadata_format')
  return { event_type: String(value.event_type), event_payload: value.event_payload }
}

/** A message as the Web API and events show it. */
export function shownMessage(
  core: Core,
  message: StoredMessage,
  options: { metadata?: boolean } = {},
): Payload {
  const { workspace } = core
  const { channel: _, permalink: __, metadata, files, pinned: ___, ephemeral_for: ____, ...rest } = message
  return {
    type: 'message',
    ...structuredClone(rest),
    team: workspace.world.team.id,
    ...(message.bot_id ? { app_id: workspace.bot.app_id } : {}),
    ...(files ? { files: files.map((file) => shownFile(core, file)) } : {}),
    ...(metadata && options.metadata !== false ? { metadata: structuredClone(metadata) } : {}),
  }
}

export function shownFile(core: Core, file: NonNullable<StoredMessage['files']>[number]): Payload {
  const { url, alt_text, ...rest } = file
  const link = `${core.url()}${url}`
  return {
    ...rest,
    ...(alt_text ? { alt_txt: alt_text } : {}),
    url_private: link,
    url_private_download: link,
    permalink: link,
    mode: 'hosted',
    is_external: false,
    user: core.workspace.bot.user_id,
  }
}

/** Cuts a list into Slack's cursor pages. */
export function page<T>(
  items: T[],
  args: Payload,
  most = 1000,
): { items: T[]; response_metadata: { next_cursor: string } } {
  const limit = Math.min(Math.max(1, Number(args.limit ?? 100) || 100), most)
  const cursor = asText(args.cursor)
  const from = cursor ? Number(Buffer.from(cursor, 'base64url').toString().replace('at:', '')) : 0
  if (!Number.isInteger(from) || from < 0 || from > items.length) throw new SlackRefusal('invalid_cursor')
  const next = from + limit
  return {
    items: items.slice(from, next),
    response_metadata: {
      next_cursor: next < items.length ? Buffer.from(`at:${next}`).toString('base64url') : '',
    },
  }
}
