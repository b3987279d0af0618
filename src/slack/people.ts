// Who belongs to which user group, as Slack tells it; asked at most every five minutes for each group.
import type { People } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { SlackClients } from './clients.ts'
import type { Log } from './ports.ts'

const freshMs = 5 * 60_000

/** A group that cannot be read has no members: nobody gains a right because Slack did not answer. */
export function createPeople({ answers }: SlackClients, { clock, log }: { clock: Clock; log: Log }): People {
  const known = new Map<string, { at: number; users: Set<string> }>()
  return {
    async isMember(userId, groupId) {
      const cached = known.get(groupId)
      if (cached && clock.now() - cached.at < freshMs) return cached.users.has(userId)
      try {
        const { users = [] } = await answers.usergroups.users.list({ usergroup: groupId })
        known.set(groupId, { at: clock.now(), users: new Set(users) })
        return users.includes(userId)
      } catch (thrown) {
        log.warn({ group: groupId, error: String(thrown) }, 'the members of a user group could not be read')
        return cached?.users.has(userId) ?? false
      }
    },
  }
}
