// Who may do what with a workflow: members, admins, guests and people from elsewhere, whatever surface they come from.
import { describe, expect, it } from 'vitest'
import { type Rights, rightsOf } from '../../src/commands/access.ts'
import { type AccessRight, accessRights, accessSchema } from '../../src/definition/schema.ts'
import type { Actor } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { ana, ben, chiara, gil, gone, openOffice, program, sam, slack, terminal } from './office.ts'

const everyRight = [...accessRights]

async function held(rights: Rights, workflowId: string): Promise<AccessRight[]> {
  const given: AccessRight[] = []
  for (const right of accessRights) if (await rights.may(right, workflowId)) given.push(right)
  return given
}

function of(actor: Actor, access: object | undefined, options: Parameters<typeof openOffice>[0] = {}) {
  const parsed = access === undefined ? {} : { access: accessSchema.parse(access) }
  const { services } = openOffice({ workflows: { secret: parsed }, ...options })
  return held(rightsOf(actor, services), 'secret')
}

describe('a workflow that says nothing', () => {
  const forMembers = ['see', 'run', 'approve', 'cancel', 'test']

  it.each([
    ['a member', ana, forMembers],
    ['an admin', chiara, everyRight],
    ['a guest', gil, []],
    ['somebody from another organisation', sam, []],
    ['somebody who has left', gone, []],
    ['a client of the API', program, everyRight],
    ['somebody at the terminal', terminal, everyRight],
    ['a schedule', { kind: 'schedule', id: 's', name: 's' } as Actor, ['run']],
    ['a webhook', { kind: 'webhook', id: 'w', name: 'w' } as Actor, ['run']],
    ['a workflow above', { kind: 'workflow', id: 'w', name: 'w' } as Actor, ['run']],
  ])('gives %s what the configuration says', async (_who, actor, rights) => {
    expect(await of(actor, undefined)).toEqual(rights)
  })

  it('follows the defaults of the configuration', async () => {
    const defaults = { see: ['S0BUYERS'], run: ['U0ANA'], approve: [], cancel: [], test: [], activate: [] }
    expect(await of(ana, undefined, { policy: { defaults } })).toEqual(['see', 'run'])
    expect(await of(ben, undefined, { policy: { defaults } })).toEqual([])
  })
})

describe('a workflow that says who', () => {
  it.each(accessRights)('gives %s to those on its list, and to nobody else but admins', async (right) => {
    const access = { see: [], [right]: ['U0ANA'] }
    expect(await of(ana, access)).toContain(right)
    expect(await of(ben, access)).not.toContain(right)
    expect(await of(chiara, access)).toEqual(everyRight)
  })

  it('lets whoever is named for something see it, too', async () => {
    expect(await of(ana, { see: ['U0BEN'], approve: ['U0ANA'] })).toEqual(['see', 'approve'])
  })

  it('gives nothing by default to those who may not see it', async () => {
    expect(await of(ana, { see: ['U0BEN'] })).toEqual([])
    expect(await of(ben, { see: ['U0BEN'] })).toEqual(['see', 'run', 'approve', 'cancel', 'test'])
  })

  it('lets nobody stop or test what they may not run, unless it says so', async () => {
    expect(await of(ana, { run: ['U0BEN'] })).toEqual(['see', 'approve'])
    expect(await of(ana, { run: ['U0BEN'], cancel: ['everyone'] })).toEqual(['see', 'approve', 'cancel'])
  })

  it('may leave something to admins alone', async () => {
    for (const run of [[], ['admins']]) {
      expect(await of(ana, { run })).not.toContain('run')
      expect(await of(chiara, { run })).toContain('run')
    }
  })

  it.each([
    ['a user group', ['S0BUYERS'], [ana], [ben]],
    ['a channel', ['C0BUYING'], [ana], [ben]],
    ['everyone', ['everyone'], [ana, ben], [gil, sam]],
    ['several', ['U0BEN', 'S0BUYERS'], [ana, ben], []],
  ])('understands %s', async (_what, run, those, others) => {
    for (const actor of those) expect(await of(actor, { run })).toContain('run')
    for (const actor of others) expect(await of(actor, { run })).not.toContain('run')
  })

  it('lets guests and other organisations in by their own name or a user group, never by a channel', async () => {
    for (const actor of [gil, sam]) {
      expect(await of(actor, { run: [actor.id] })).toEqual(['see', 'run', 'cancel', 'test'])
      expect(await of(actor, { run: ['S0BUYERS'] })).toContain('run')
      expect(await of(actor, { run: ['C0BUYING', 'everyone'] })).toEqual([])
    }
  })

  it('gives nothing to people who have left, though they are still named', async () => {
    expect(await of(gone, { run: ['U0GONE', 'S0BUYERS'] })).toEqual([])
  })

  it.each([['everybody'], ['@ana'], ['#purchasing'], ['U0'], ['u0ana'], ['S0BUYERS '], ['W'.repeat(40)]])(
    'refuses %s as an entry',
    (entry) => {
      expect(accessSchema.safeParse({ run: [entry] }).success).toBe(false)
    },
  )

  it('refuses rights that do not exist', () => {
    expect(accessSchema.safeParse({ runn: ['everyone'] }).success).toBe(false)
  })
})

describe('admins', () => {
  it('are those of the configuration, and then no longer those of the workspace', async () => {
    const policy = { admins: ['U0BEN'] }
    expect(await of(ben, { see: [] }, { policy })).toEqual(everyRight)
    expect(await of(chiara, { see: [] }, { policy })).toEqual([])
  })

  it('may be a user group, of which guests are no admins', async () => {
    const policy = { admins: ['S0BUYERS'] }
    expect(await of(ana, { see: [] }, { policy })).toEqual(everyRight)
    expect(await of(gil, { see: [] }, { policy })).toEqual([])
  })
})

describe('a program that asks for a person', () => {
  it.each(['api', 'cli'] as const)('has the rights of that person over the %s', async (kind) => {
    const asks = (id: string): Actor => ({ kind, id: `slack:${id}`, name: 'portal' })
    expect(await of(asks('U0ANA'), undefined)).not.toContain('activate')
    expect(await of(asks('U0GIL'), undefined)).toEqual([])
    expect(await of(asks('U0CHIARA'), undefined)).toEqual(everyRight)
    expect(await of(asks('U0NOBODY'), { run: ['U0NOBODY'] })).toEqual([])
  })
})

describe('what cannot be found out', () => {
  it('is no right: a request is refused when Slack does not say who somebody is', async () => {
    const unreachable = async () => {
      throw new WorkflowError('access.cannot_check', 'Slack does not say just now who you are.')
    }
    const { services } = openOffice({ people: { person: unreachable } })
    await expect(rightsOf(ana, services).may('see', 'open')).rejects.toMatchObject({
      code: 'access.cannot_check',
    })
    expect(await rightsOf(program, services).may('see', 'open')).toBe(true)
  })

  it('is asked once for each request, however often it matters', async () => {
    let asked = 0
    const workflows = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`w${index}`, { access: { see: ['S0BUYERS'] } }]),
    )
    const isMember = async () => {
      asked += 1
      return true
    }
    const { services } = openOffice({ workflows, people: { isMember } })
    const rights = rightsOf(slack('U0ANA'), services)
    for (const id of Object.keys(workflows)) expect(await rights.may('see', id)).toBe(true)
    expect(asked).toBe(1)
  })
})

describe('a workflow whose file is broken or gone', () => {
  it('stays as closed as it was when it was last in order', async () => {
    const workflows = { secret: { access: { see: ['U0BEN'] }, broken: true } }
    const { services, entries } = openOffice({ workflows })
    expect(await rightsOf(ana, services).may('see', 'secret')).toBe(false)
    expect(await rightsOf(ben, services).may('see', 'secret')).toBe(true)
    entries.pop()
    expect(await rightsOf(ana, services).may('see', 'secret')).toBe(false)
    expect(await rightsOf(ben, services).may('see', 'secret')).toBe(true)
  })

  it('is for nobody when it never existed', async () => {
    const { services } = openOffice()
    expect(await rightsOf(ana, services).may('see', 'never')).toBe(false)
  })
})
