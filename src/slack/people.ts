// Who people are, as Slack tells it: members, guests or strangers, in which user groups and channels. Each is asked at
// most every five minutes.
import type { People, Person } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Log } from './ports.ts'

const freshMs = 5 * 60_000
/** So many people, groups and channels are remembered. */
const remembered = 5000
const pageSize = 1000
/** A channel of more members than this many pages is taken as far as it was read. */
const pages = 20

const nobody: Person = { standing: 'nobody', isAdmin: false }
/** Slack's words for people whom it does not show us. */
const unknownPeople = ['user_not_found', 'user_not_visible', 'users_not_found', 'invalid_user_id']

/** A group or channel that cannot be read has no members: nobody gains a right because Slack did not answer. */
export function createPeople({ answers }: SlackClients, { clock, log }: { clock: Clock; log: Log }): People {
  const again = { clock, attempts: 2, idempotent: true }
  const groups = createCache<Set<string>>(clock)
  const channels = createCache<Set<string>>(clock)
  const persons = createCache<Person>(clock)
  /** It never changes for one token. */
  let ours: Promise<{ team: string | undefined; organisation: string | undefined }> | undefined

  async function readGroup(group: string): Promise<Set<string>> {
    const ask = () => answers.usergroups.users.list({ usergroup: group })
    const answer = await unlessGone(persist(ask, again), ['no_such_subteam'])
    return new Set(answer?.users)
  }

  async function readChannel(channel: string): Promise<Set<string>> {
    const members = new Set<string>()
    let cursor: string | undefined
    for (let page = 0; page < pages; page += 1) {
      const at = cursor ? { cursor } : {}
      const ask = () => answers.conversations.members({ channel, limit: pageSize, ...at })
      const answer = await unlessGone(persist(ask, again), ['channel_not_found'])
      for (const member of answer?.members ?? []) members.add(member)
      cursor = answer?.response_metadata?.next_cursor
      if (!cursor) break
    }
    return members
  }

  function readOurs() {
    ours ??= persist(() => answers.auth.test(), again).then(({ team_id, enterprise_id }) => ({
      team: team_id,
      organisation: enterprise_id,
    }))
    ours.catch(() => {
      ours = undefined
    })
    return ours
  }

  async function readPerson(id: string): Promise<Person> {
    const ask = () => answers.users.info({ user: id })
    const [answer, { team, organisation }] = await Promise.all([
      unlessGone(persist(ask, again), unknownPeople),
      readOurs(),
    ])
    const user = answer?.user
    // Slackbot is no bot by its own words.
    if (!user || user.deleted || user.is_bot || id === 'USLACKBOT') return nobody
    // People of a shared channel carry the team that they come from; `is_stranger` alone does not tell.
    const isColleague =
      user.team_id === undefined ||
      user.team_id === team ||
      (organisation !== undefined && user.enterprise_user?.enterprise_id === organisation)
    if (user.is_stranger || !isColleague) return { standing: 'stranger', isAdmin: false }
    if (user.is_restricted || user.is_ultra_restricted) return { standing: 'guest', isAdmin: false }
    return { standing: 'member', isAdmin: user.is_admin === true || user.is_owner === true }
  }

  const isIn =
    (cache: Cache<Set<string>>, read: (id: string) => Promise<Set<string>>, what: string) =>
    async (userId: string, id: string) => {
      try {
        return (await cache.get(id, read)).has(userId)
      } catch (thrown) {
        log.warn({ id, error: String(thrown) }, `the members of a ${what} could not be read`)
        return false
      }
    }

  return {
    isMember: isIn(groups, readGroup, 'user group'),
    inChannel: isIn(channels, readChannel, 'channel'),
    async person(userId) {
      try {
        return await persons.get(userId, readPerson)
      } catch (thrown) {
        log.warn({ user: userId, error: String(thrown) }, 'it could not be found out who somebody is')
        throw new WorkflowError('access.cannot_check', 'Slack does not say just now who you are.', {
          hint:
            slackError(thrown) === 'missing_scope'
              ? 'The app lacks the permission users:read; whoever runs it has to add it.'
              : 'Try again in a moment.',
          cause: thrown,
        })
      }
    },
  }
}

/** Undefined when Slack says that there is no such thing (any more): that is an answer, unlike silence. */
async function unlessGone<T>(asked: Promise<T>, refusals: string[]): Promise<T | undefined> {
  try {
    return await asked
  } catch (thrown) {
    if (refusals.includes(slackError(thrown) ?? '')) return undefined
    throw thrown
  }
}

interface Cache<Value> {
  /** What was read last stands in for what cannot be read now. */
  get(id: string, read: (id: string) => Promise<Value>): Promise<Value>
}

/** One reading of each at a time, whoever asks. */
function createCache<Value>(clock: Clock): Cache<Value> {
  const known = new Map<string, { at: number; value: Value }>()
  const reading = new Map<string, Promise<Value>>()
  return {
    async get(id, read) {
      const cached = known.get(id)
      if (cached && clock.now() - cached.at < freshMs) return cached.value
      const started =
        reading.get(id) ??
        read(id)
          .then((value) => {
            known.delete(id)
            known.set(id, { at: clock.now(), value })
            if (known.size > remembered) known.delete(known.keys().next().value ?? '')
            return value
          })
          .finally(() => reading.delete(id))
      reading.set(id, started)
      try {
        return await started
      } catch (thrown) {
        if (cached) return cached.value
        throw thrown
      }
    },
  }
}
