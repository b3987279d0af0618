// Who and where: `#name`, `@name` and ids to what the Web API wants. Lists are read page by page, at most once in ten
// minutes, or anew when a name is not in them.

import { suggestion } from '../definition/nearest.ts'
import type { Clock } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import { persist } from './call.ts'
import type { SlackClients } from './clients.ts'

export interface Directory {
  /**
   * A channel id, or a user id (which Slack takes as the direct message with that person).
   * Throws `notify.channel_not_found`, `notify.user_not_found`, `notify.bad_recipient`; Slack's own refusals pass through.
   */
  resolve(to: string): Promise<{ id: string; kind: 'channel' | 'user' }>
  /** The name people know, or the id when it cannot be found out. Never throws. */
  userName(id: string): Promise<string>
}

interface Listing {
  readAt: number
  ids: Map<string, string>
}

const keepMs = 10 * 60_000
/** A name that is not there may have been made a moment ago, but a wrong name must not cost a listing each time. */
const rereadMs = 15_000
const pageSize = 200
const pages = 50

export function createDirectory({ answers }: SlackClients, clock: Clock): Directory {
  const known: { channel?: Listing; user?: Listing } = {}
  const names = new Map<string, string>()
  const reading: { channel?: Promise<Listing>; user?: Promise<Listing> } = {}

  async function readChannels(): Promise<Map<string, string>> {
    const ids = new Map<string, string>()
    let cursor: string | undefined
    for (let page = 0; page < pages; page += 1) {
      const at = cursor
      const answer = await persist(
        () =>
          answers.conversations.list({
            types: 'public_channel,private_channel',
            exclude_archived: false,
            limit: pageSize,
            ...(at ? { cursor: at } : {}),
          }),
        { clock, attempts: 4, idempotent: true },
      )
      for (const { id, name } of answer.channels ?? []) if (id && name) ids.set(name.toLowerCase(), id)
      cursor = answer.response_metadata?.next_cursor
      if (!cursor) break
    }
    return ids
  }

  async function readUsers(): Promise<Map<string, string>> {
    const ids = new Map<string, string>()
    let cursor: string | undefined
    for (let page = 0; page < pages; page += 1) {
      const at = cursor
      const answer = await persist(
        () => answers.users.list({ limit: pageSize, ...(at ? { cursor: at } : {}) }),
        { clock, attempts: 4, idempotent: true },
      )
      for (const { id, name, deleted, profile } of answer.members ?? []) {
        if (!id || deleted) continue
        if (profile?.display_name) ids.set(profile.display_name.toLowerCase(), id)
        if (name) ids.set(name.toLowerCase(), id)
        names.set(id, profile?.display_name || name || id)
      }
      cursor = answer.response_metadata?.next_cursor
      if (!cursor) break
    }
    return ids
  }

  /** One reading at a time, whoever asks. */
  function read(kind: 'channel' | 'user'): Promise<Listing> {
    reading[kind] ??= (kind === 'channel' ? readChannels() : readUsers())
      .then((ids) => {
        const listing = { readAt: clock.now(), ids }
        known[kind] = listing
        return listing
      })
      .finally(() => {
        delete reading[kind]
      })
    return reading[kind]
  }

  async function find(kind: 'channel' | 'user', name: string): Promise<string> {
    const wanted = name.toLowerCase()
    let listing = known[kind]
    const age = listing ? clock.now() - listing.readAt : Number.POSITIVE_INFINITY
    if (!listing || age > keepMs || (!listing.ids.has(wanted) && age > rereadMs)) listing = await read(kind)
    const id = listing.ids.get(wanted)
    if (id !== undefined) return id
    const sign = kind === 'channel' ? '#' : '@'
    const near = suggestion(wanted, listing.ids.keys())
    throw new WorkflowError(
      kind === 'channel' ? 'notify.channel_not_found' : 'notify.user_not_found',
      kind === 'channel'
        ? `There is no channel ${sign}${name} that I can see.`
        : `There is nobody called ${sign}${name}.`,
      {
        hint: near
          ? `${near.charAt(0).toUpperCase()}${near.slice(1)}`
          : kind === 'channel'
            ? 'Check the spelling. If the channel is private, invite the bot there: /invite @workflow'
            : 'Check the name: it is the @name, not the full name.',
      },
    )
  }

  return {
    async resolve(to) {
      const target = to.trim().replace(/^<([@#])([A-Z0-9]+)(?:\|[^>]*)?>$/, '$2')
      if (/^[CGD][A-Z0-9]{6,}$/.test(target)) return { id: target, kind: 'channel' }
      if (/^[UW][A-Z0-9]{4,}$/.test(target)) return { id: target, kind: 'user' }
      if (/^#[^\s#]+$/.test(target)) return { id: await find('channel', target.slice(1)), kind: 'channel' }
      if (/^@[^\s@]+$/.test(target)) return { id: await find('user', target.slice(1)), kind: 'user' }
      throw new WorkflowError('notify.bad_recipient', `“${to}” is neither a channel nor a person.`, {
        hint: 'Write #channel or @person.',
      })
    },

    async userName(id) {
      const name = names.get(id)
      if (name !== undefined) return name
      try {
        const { user } = await answers.users.info({ user: id })
        const found = user?.profile?.display_name || user?.name || id
        names.set(id, found)
        return found
      } catch {
        return id
      }
    },
  }
}
