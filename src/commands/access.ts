// Who may do what: judges an actor by the lists of a workflow, and by the configuration where a workflow says nothing.
// It is asked in one place, execute.ts; commands say what they need, surfaces ask nobody.
import { type Access, type AccessRight, accessRights, type WorkflowDefinition } from '../definition/schema.ts'
import type { Actor } from '../engine/report.ts'
import type { Person, Services } from './types.ts'

/** What holds where a workflow's `access` says nothing. */
export interface AccessPolicy {
  /** Ids of users (U…) and user groups (S…); when there are none: those who administer the Slack workspace. */
  admins: string[]
  /** Lists as in a workflow: `everyone`, U…, S…, C…; an empty one leaves it to admins. */
  defaults: { [right in AccessRight]: string[] }
}

/** A right on a workflow, or being an admin. */
export type Needs = AccessRight | 'admin'

/** Everybody who is a full member may do everything but say which version answers. */
export const openPolicy: AccessPolicy = {
  admins: [],
  defaults: {
    see: ['everyone'],
    run: ['everyone'],
    approve: ['everyone'],
    cancel: ['everyone'],
    test: ['everyone'],
    activate: [],
  },
}

/** A right that is left out follows another one that is there: who may not run something should not stop it either. */
const follows: { [right in AccessRight]?: AccessRight } = { cancel: 'run', test: 'run' }

/** Who has this right by the workflow's own words; undefined when it says nothing about it. */
export function ownList(access: Access | undefined, right: AccessRight): string[] | undefined {
  const leader = follows[right]
  return access?.[right] ?? (leader && access?.[leader])
}

/** What one actor may do, as far as it was asked; each answer is found once for each request. */
export interface Rights {
  isAdmin(): Promise<boolean>
  /** False for workflows that nobody knows. A right that is not `see` is only ever given with it. */
  may(right: AccessRight, workflowId: string): Promise<boolean>
  /** On any workflow; full members may look around even when there is none. */
  mayAnywhere(right: AccessRight): Promise<boolean>
  /** Whether one of these ids of people and user groups means the actor. */
  isAmong(users: string[], groups: string[]): Promise<boolean>
}

type Asked = Pick<Services, 'people' | 'access' | 'catalog' | 'versions' | 'activation'>

/**
 * Its methods reject `access.cannot_check` when Slack does not say who somebody is. Clients of the API and the terminal
 * are admins, unless they ask with the rights of a person.
 */
export function rightsOf(actor: Actor, services: Asked): Rights {
  const { people, access: policy, catalog } = services
  const personId = personOf(actor)
  const once = remembering()

  const person = (): Promise<Person> =>
    once('person', async () => (personId === undefined ? nobody : people.person(personId)))

  async function matches(entry: string): Promise<boolean> {
    const { standing } = await person()
    if (personId === undefined || standing === 'nobody') return false
    if (entry === 'everyone') return standing === 'member'
    if (entry === 'admins') return isAdmin()
    if (/^[UW]/.test(entry)) return entry === personId
    if (entry.startsWith('S')) return once(entry, () => people.isMember(personId, entry))
    // Channels hold guests and other organisations too: they come in by their own name or a user group alone.
    return standing === 'member' && once(entry, () => people.inChannel(personId, entry))
  }

  async function isOn(list: string[]): Promise<boolean> {
    for (const entry of list) if (await matches(entry)) return true
    return false
  }

  const isAdmin = (): Promise<boolean> =>
    once('admin', async () => {
      if (isTrusted(actor)) return true
      const { standing, isAdmin } = await person()
      if (standing !== 'member') return false
      return policy.admins.length > 0 ? isOn(policy.admins) : isAdmin
    })

  const may = (right: AccessRight, workflowId: string): Promise<boolean> =>
    once(`${right} ${workflowId}`, async () => {
      if (await isAdmin()) return true
      if (isDefined(actor)) return right === 'run'
      const definition = await governing(services, workflowId)
      if (!definition) return false
      const { access } = definition
      const isMeant = () => isOn(access?.see ?? policy.defaults.see)
      if (right === 'see') {
        return (await isMeant()) || isOn(accessRights.flatMap((other) => access?.[other] ?? []))
      }
      const own = ownList(access, right)
      if (own) return isOn(own)
      // Who was named for one thing may see it, but gets no more by default than strangers to the workflow.
      return (await isOn(policy.defaults[right])) && isMeant()
    })

  return {
    isAdmin,
    may,
    mayAnywhere: (right) =>
      once(`any ${right}`, async () => {
        if (await isAdmin()) return true
        if (right === 'see' && (await person()).standing === 'member') return true
        for (const { id } of catalog.list()) if (await may(right, id)) return true
        return false
      }),
    async isAmong(users, groups) {
      if (actor.kind !== 'slack') return false
      return isOn([...users, ...groups])
    },
  }
}

/**
 * What a workflow says of itself: as it is in service, or as it was when it last was. Only of one that never answered
 * the latest edit counts.
 */
export async function governing(
  { catalog, versions, activation }: Pick<Services, 'catalog' | 'versions' | 'activation'>,
  workflowId: string,
): Promise<(Pick<WorkflowDefinition, 'access'> & { metadata?: WorkflowDefinition['metadata'] }) | undefined> {
  const entry = catalog.get(workflowId)
  const known = entry?.version ?? entry?.draft
  if (known) return known.definition
  const latest = activation.of(workflowId)?.versions.at(-1) ?? (await versions.list(workflowId)).at(-1)
  const version = latest && (await versions.get(workflowId, latest.hash))
  return version?.definition ?? (entry && {})
}

const nobody: Person = { standing: 'nobody', isAdmin: false }

/** The person whose rights count: who asks in Slack, or in whose name a program asks (`slack:U…`). */
export function personOf({ kind, id }: Actor): string | undefined {
  if (kind === 'slack') return id
  return kind === 'api' || kind === 'cli' ? /^slack:(.+)$/.exec(id)?.[1] : undefined
}

/** Whoever holds the token of the API, or sits at the machine, could change the files themselves. */
function isTrusted(actor: Actor): boolean {
  return (actor.kind === 'api' || actor.kind === 'cli') && personOf(actor) === undefined
}

/** Asked for by a definition: what it starts was agreed on when it was written. */
function isDefined({ kind }: Actor): boolean {
  return kind === 'workflow' || kind === 'schedule' || kind === 'webhook'
}

function remembering(): <T>(key: string, find: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<unknown>>()
  return <T>(key: string, find: () => Promise<T>) => {
    const promise = (known.get(key) as Promise<T> | undefined) ?? find()
    known.set(key, promise)
    return promise
  }
}
