// Who people are, as Slack tells it: for rules that name people, user groups and channels.
import { afterEach, expect, it } from 'vitest'
import type { People } from '../../src/commands/types.ts'
import type { Simulator } from '../../src/simulator/index.ts'
import { createPeople, createSlackClients } from '../../src/slack/index.ts'
import { ManualClock } from '../support/clock.ts'
import { ana, operations, workspace } from './bot.ts'
import { logInto } from './fakes.ts'

let simulator: Simulator
afterEach(() => simulator.close())

async function office(): Promise<{ people: People; clock: ManualClock; asked(method: string): number }> {
  simulator = await workspace()
  const { slackApiUrl: apiUrl, botToken, appToken } = simulator
  const log = logInto([])
  const clock = new ManualClock()
  const clients = createSlackClients({ mode: 'socket', botToken, appToken, apiUrl }, log)
  const asked = (wanted: string) =>
    simulator.control.requests().filter(({ method }) => method === wanted).length
  return { people: createPeople(clients, { clock, log }), clock, asked }
}

it('members of a group are read once in a while; a group that cannot be read has none', async () => {
  const { people, clock, asked } = await office()
  expect(await people.isMember(ana, 'S0BUYERS')).toBe(true)
  expect(await people.isMember(ana, 'S0BUYERS')).toBe(true)
  expect(asked('usergroups.users.list')).toBe(1)
  await clock.advance(5 * 60_000)
  expect(await people.isMember(ana, 'S0BUYERS')).toBe(true)
  expect(asked('usergroups.users.list')).toBe(2)
  expect(await people.isMember(ana, 'S0MANAGERS')).toBe(false)
  expect(await people.isMember(ana, 'S0GONE')).toBe(false)
  simulator.control.change({ what: 'remove_scope', scope: 'usergroups:read' })
  expect(await people.isMember(ana, 'S0NOBODY')).toBe(false)
})

it('members, admins, guests, people from elsewhere and bots are told apart', async () => {
  const { people } = await office()
  expect(await people.person(ana)).toEqual({ standing: 'member', isAdmin: false })
  expect(await people.person('U0CHIARARO')).toEqual({ standing: 'member', isAdmin: true })
  expect(await people.person('U0GILGUEST')).toEqual({ standing: 'guest', isAdmin: false })
  expect(await people.person('U0SAMOTHER')).toEqual({ standing: 'stranger', isAdmin: false })
  expect(await people.person('U0NEVERWAS')).toEqual({ standing: 'nobody', isAdmin: false })
  expect(await people.person('USLACKBOT')).toEqual({ standing: 'nobody', isAdmin: false })
})

it('a person is asked about once, however many ask at the same time', async () => {
  const { people, clock, asked } = await office()
  await Promise.all(Array.from({ length: 20 }, () => people.person(ana)))
  expect(asked('users.info')).toBe(1)
  await clock.advance(5 * 60_000)
  await people.person(ana)
  expect([asked('users.info'), asked('auth.test')]).toEqual([2, 1])
})

it('when Slack does not say who somebody is, nobody guesses; what was known before stands in', async () => {
  const { people, clock } = await office()
  expect((await people.person(ana)).standing).toBe('member')
  simulator.control.change({ what: 'remove_scope', scope: 'users:read' })
  await clock.advance(5 * 60_000)
  expect((await people.person(ana)).standing).toBe('member')
  await expect(people.person('U0BENOKAFO')).rejects.toMatchObject({
    code: 'access.cannot_check',
    hint: 'The app lacks the permission users:read; whoever runs it has to add it.',
  })
})

it('members of a channel are read page by page; a channel that is not there has none', async () => {
  const { people, asked } = await office()
  expect(await people.inChannel(ana, operations)).toBe(true)
  expect(await people.inChannel('U0NEVERWAS', operations)).toBe(false)
  expect(asked('conversations.members')).toBe(1)
  expect(await people.inChannel(ana, 'C0NEVERWAS')).toBe(false)
})
