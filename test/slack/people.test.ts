// Who belongs to a user group: for rules that name one.
import { expect, it } from 'vitest'
import { createPeople, createSlackClients } from '../../src/slack/index.ts'
import { ManualClock } from '../support/clock.ts'
import { ana, workspace } from './bot.ts'
import { logInto } from './fakes.ts'

it('members of a group are read once in a while; a group that cannot be read has none', async () => {
  const simulator = await workspace()
  const { slackApiUrl: apiUrl, botToken, appToken } = simulator
  const log = logInto([])
  const clock = new ManualClock()
  const people = createPeople(createSlackClients({ mode: 'socket', botToken, appToken, apiUrl }, log), {
    clock,
    log,
  })
  const asked = () =>
    simulator.control.requests().filter(({ method }) => method === 'usergroups.users.list').length
  expect(await people.isMember(ana, 'S0BUYERS')).toBe(true)
  expect(await people.isMember(ana, 'S0BUYERS')).toBe(true)
  expect(asked()).toBe(1)
  expect(await people.isMember(ana, 'S0MANAGERS')).toBe(false)
  simulator.control.change({ what: 'remove_scope', scope: 'usergroups:read' })
  expect(await people.isMember(ana, 'S0NOBODY')).toBe(false)
  await simulator.close()
})
