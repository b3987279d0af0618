// Executions of every shape come to the same again on a version that changes nothing: people, time, branches, failures
// and lists.
import { expect, it } from 'vitest'
import type { HttpClient } from '../../src/actions/ports.ts'
import { WorkflowError } from '../../src/errors.ts'
import { code, lines, past, tell, versionOf, type Work } from './past-executions.ts'
import { sample } from './support.ts'

const none = { http: [], workflows: {}, approvals: {} }
const approves = (id: string, after: string) => ({
  decide: 'approve' as const,
  by: { id },
  groups: [],
  after,
  form: {},
})
const asking = (more: string, timeout = '14d', edge = ', when: "true"') =>
  sample(
    `  - { name: ask, type: approval, to: "#ops", text: Sure?${more} }\n${tell('x')}`,
    `  - { from: start, to: ask }\n  - { from: ask, to: tell${edge} }`,
    `settings: { timeout: ${timeout} }`,
  )
const then = (node: string, more = '') =>
  sample(`${node}\n${tell('x')}`, '  - { from: start, to: work }\n  - { from: work, to: tell }', more)
const fails = () => {
  throw new WorkflowError('python.exception', 'No.')
}
const third: HttpClient = {
  send: async ({ url }) => ({ status: url.endsWith('3') ? 500 : 200, headers: {}, body: url }),
}
const each = (more: string) =>
  `  - { name: work, type: http, url: "https://x.test/{{ item }}", for_each: { items: "[1, 2, 3, 4]", at_once: 3${more} } }`

interface Shape {
  text: string
  status: string
  more?: Parameters<Awaited<ReturnType<typeof past>>['ran']>[1]
  work?: Work
}

const shapes: { [title: string]: Shape } = {
  'two people, reminded and escalated': {
    text: asking(', needed: 2, remind_every: 1h, escalate: { after: 3h, to: "#boss" }'),
    more: { answers: { ...none, approvals: { ask: [approves('U0BEN', '2h'), approves('U0CHIARA', '5h')] } } },
    status: 'succeeded',
  },
  'a question that half of the people answered in time': {
    text: asking(', needed: 2, expires: 2h'),
    more: { answers: { ...none, approvals: { ask: [approves('U0BEN', '1h')] } } },
    status: 'succeeded',
  },
  'a question that expired, and the way for that': {
    text: asking(', expires: 2h, on_expiry: fail', '14d', ', on: failure'),
    status: 'warning',
  },
  'an execution that ran out of time': { text: asking(', expires: 2h', '2h'), status: 'timed_out' },
  'a wait until a moment': {
    text: then('  - { name: work, type: wait, until: "2026-03-03T09:00:00Z" }', 'settings: { timeout: 14d }'),
    status: 'succeeded',
  },
  'branches side by side that one of is enough': {
    text: sample(
      `${code('a')}\n${code('b')}\n${tell('x').replace('type: notify', 'type: notify, join: any')}`,
      ['start, to: a', 'start, to: b', 'a, to: tell', 'b, to: tell']
        .map((one) => `  - { from: ${one} }`)
        .join('\n'),
      'settings: { mode: parallel }',
    ),
    status: 'succeeded',
  },
  'failures that were meant': {
    text: sample(
      `${code('a')}\n${code('b').replace('type: code', 'type: code, continue_on_error: true')}\n${tell('x')}`,
      '  - { from: start, to: a }\n  - { from: a, to: b, on: failure }\n  - { from: b, to: tell }',
    ),
    work: { a: fails, b: fails },
    status: 'warning',
  },
  'a list of requests of which one failed': {
    text: then(each(', on_error: continue')),
    more: { outside: () => ({ http: third }) },
    status: 'warning',
  },
  'a list of sub-workflows': {
    text: then(
      '  - { name: work, type: workflow, workflow: other, inputs: { n: item }, for_each: { items: "[1, 2, 3]", at_once: 2 } }',
    ),
    more: { answers: { ...none, workflows: { other: { output: 'well' } } } },
    status: 'succeeded',
  },
  'a list of messages, side by side': {
    text: then(code('work').replace(' }', ', for_each: { items: "[1, 2, 3]", at_once: 3 } }')),
    work: { work: (_request, host) => host.call('notify', { to: '#ops', text: 'hi', title: null }) },
    status: 'succeeded',
  },
}

const unchanged = (text: string) => versionOf(2, text.replace('name: Sample', 'name: The sample'))

it.each(Object.entries(shapes))('%s', async (_title, { text, more = {}, work = {}, status }) => {
  const { ran, replay } = await past(work)
  const v1 = await versionOf(1, text)
  expect((await ran(v1, more)).status).toBe(status)
  // As a whole once more, which is an execution like any other.
  await ran(v1, {
    ...more,
    change: (report) => ({ ...report, rerunOf: { executionId: 'real1', from: null } }),
  })
  const report = await replay(await unchanged(text))
  expect(lines(report)).toEqual([])
  expect(report.totals).toMatchObject({ same: 2 })
})

it('a list that stopped at a failed item is set aside: what the others gave is in no report', async () => {
  const { ran, replay } = await past()
  await ran(await versionOf(1, then(each(''))), { outside: () => ({ http: third }) })
  const report = await replay(await unchanged(then(each(''))))
  expect(report.totals).toMatchObject({ unrepeatable: 1 })
})
