// Which answers are for everybody in a channel, and which for the one who asked.
import { expect, it } from 'vitest'
import { isOpen } from '../../src/commands/openness.ts'
import { chiara, openOffice } from './office.ts'

const workflows = {
  open: {},
  secret: { access: { see: ['U0CHIARA'] } },
  buyers: { access: { run: ['S0BUYERS'] } },
}

it.each([
  ['show', { workflowId: 'open' }, true],
  ['show', { workflowId: 'buyers' }, true],
  ['show', { workflowId: 'secret' }, false],
  ['list', {}, false],
  ['list', { search: 'the open' }, true],
  ['stats', { workflowId: 'open' }, true],
  ['history', {}, false],
  ['history', { workflowId: 'open' }, true],
  ['lock', { workflowId: 'secret' }, false],
  ['tests', { workflowId: 'secret' }, false],
  ['tests', { workflowId: 'open' }, true],
  ['versions', { workflowId: 'secret' }, false],
  ['versions', { workflowId: 'buyers' }, true],
  ['replays', { workflowId: 'secret' }, false],
  ['audit', {}, false],
  ['audit', { verify: true }, false],
  ['help', {}, true],
])('the answer to %s %o is open: %s', async (name, input, open) => {
  const { ask, ran, services } = openOffice({ workflows })
  await ran('secret')
  await ran('open')
  expect(await isOpen(await ask(chiara, name, input), services)).toBe(open)
})

it('reports, explanations and comparisons are as open as their workflow', async () => {
  const { ask, ran, services } = openOffice({ workflows })
  for (const [id, open] of [
    ['secret', false],
    ['open', true],
  ] as const) {
    const executionId = await ran(id)
    for (const name of ['report', 'why', 'diff']) {
      const answer = await ask(chiara, name, { executionId, node: 'work' })
      expect([id, name, await isOpen(answer, services)]).toEqual([id, name, open])
    }
  }
})
