// Past executions run once more on another version: on the real engine, over a real store that remembers what records
// were. Python is a function of the test; a story has the real one.
import { describe, expect, it } from 'vitest'
import type { HttpClient, PythonHost } from '../../src/actions/ports.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { play } from '../../src/scenarios/play.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { ana } from '../support/workflow.ts'
import {
  code,
  countOf,
  countThenTell,
  lines,
  past,
  tell,
  versionOf,
  type Work,
  weeks,
} from './past-executions.ts'
import { fakePython, sample } from './support.ts'

const countStock: Work = { count: (_request, host) => countOf(host) }

describe('a replay', () => {
  it('finds executions the same on the version that ran, and on one that changes nothing', async () => {
    const { ran, others, replay } = await past(countStock)
    const v1 = await versionOf(1, countThenTell('{{ outputs.count }} items'))
    await others('a', { id: 'a' })
    await ran(v1)
    await others('b', { id: 'b' })
    await ran(v1)
    await others('c', { id: 'c' })
    const refactored = await versionOf(2, countThenTell('{{ outputs[\\"count\\"] }} items'))
    for (const version of [v1, refactored]) {
      const report = await replay(version)
      expect(report.totals).toEqual({ executions: 2, same: 2, different: 0, unrepeatable: 0 })
      expect(lines(report)).toEqual([])
    }
  })

  it('says what each execution would have done differently, on the records of its time', async () => {
    const { ran, others, replay, store } = await past(countStock)
    const v1 = await versionOf(1, countThenTell('{{ outputs.count }} items'))
    await others('a', { id: 'a' })
    await ran(v1)
    await others('b', { id: 'b' })
    await others('a', null)
    await others('c', { id: 'c' })
    await ran(v1)
    await others('b', null)
    const before = JSON.stringify([...store.records.all('stock')])
    const report = await replay(await versionOf(2, countThenTell('There are {{ outputs.count }} items')))
    expect(report.totals).toEqual({ executions: 2, same: 0, different: 2, unrepeatable: 0 })
    expect(lines(report)).toEqual([
      'messages messages[0].text: "2 items" -> "There are 2 items"',
      'messages messages[0].text: "1 items" -> "There are 1 items"',
    ])
    expect(JSON.stringify([...store.records.all('stock')])).toBe(before)
  })

  it('leaves out of the records what the execution itself had changed', async () => {
    const insert = (host: PythonHost, id: string) =>
      host.call('records.insert', { collection: 'stock', record: { id } })
    const add: Work = {
      async count(_request, host) {
        const found = await countOf(host)
        await insert(host, `n${found + 1}`)
        return found + 1
      },
    }
    const { ran, replay } = await past(add)
    const v1 = await versionOf(1, countThenTell('{{ outputs.count }} items'))
    expect([(await ran(v1)).status, (await ran(v1)).status]).toEqual(['succeeded', 'succeeded'])
    const report = await replay(await versionOf(2, countThenTell('{{ outputs.count }} items now')))
    expect(lines(report)).toEqual([
      'messages messages[0].text: "2 items" -> "2 items now"',
      'messages messages[0].text: "1 items" -> "1 items now"',
    ])
  })

  it('says which records would be written in another way', async () => {
    const { ran, replay } = await past({
      count: async ({ code }, host) => {
        const record = { id: 'order', packs: code.includes('2') ? 20 : 10 }
        await host.call('records.insert', { collection: 'stock', record })
        if (code.includes('2'))
          await host.call('records.insert', { collection: 'stock', record: { id: 'another' } })
        return null
      },
    })
    const v1 = await versionOf(1, countThenTell('x'))
    await ran(v1)
    const report = await replay(await versionOf(2, countThenTell('x').replace('return 1', 'return 2')))
    expect(lines(report)).toEqual([
      'records records.stock["order"].packs: 10 -> 20',
      'records records.stock["another"]: nothing -> {"id":"another"}',
    ])
  })

  it('gives each step the records as they were when it ran, not when the execution began', async () => {
    const approval = sample(
      `  - { name: ask, type: approval, to: "#ops", text: Sure? }\n${code('count')}`,
      '  - { from: start, to: ask }\n  - { from: ask, to: count, when: outputs.ask.approved }',
      weeks,
    )
    const { store, clock, executions, replay } = await past(countStock)
    const v1 = await versionOf(1, approval)
    const trigger = triggerOf(v1, undefined)
    await clock.advance(1000)
    const startAt = clock.now()
    // While people thought about it for an hour, somebody added a record.
    await clock.advance(1_800_000)
    await store.records.apply('somebody/1', [
      { kind: 'insert', collection: 'stock', key: 'a', value: { id: 'a' } },
    ])
    const { report } = await play({
      ...{ version: v1, python: fakePython(countStock), records: store.records, trigger, inputs: {} },
      ...{ startedBy: ana, playId: 'r', executionId: 'r', startAt, stopwatch: () => 0 },
      answers: {
        http: [],
        workflows: {},
        approvals: { ask: [{ decide: 'approve', by: { id: 'U0BEN' }, groups: [], after: '1h', form: {} }] },
      },
    })
    expect(report.nodes.find(({ name }) => name === 'count')).toMatchObject({ output: 1 })
    executions.unshift({ report, version: v1 })
    await clock.advance(10_000_000)
    expect(lines(await replay(v1))).toEqual([])
    expect((await replay(v1)).totals).toMatchObject({ same: 1 })
  })

  it('takes what others wrote while a step ran for read, where the result shows that it was', async () => {
    const { ran, others, replay, clock } = await past(countStock)
    const v1 = await versionOf(1, countThenTell('{{ outputs.count }} items'))
    const startedAt = new Date(clock.now()).toISOString()
    await others('a', { id: 'a' })
    const began = (report: FinishedReport) => ({
      ...report,
      startedAt,
      nodes: report.nodes.map((node) => ({ ...node, startedAt })),
    })
    expect(await ran(v1, { change: (report) => began(report) as FinishedReport })).toMatchObject({
      nodes: [{}, { output: 1 }, {}],
    })
    expect(lines(await replay(v1))).toEqual([])
    expect(lines(await replay(await versionOf(2, countThenTell('{{ outputs.count }}'))))).toEqual([
      'messages messages[0].text: "1 items" -> "1"',
    ])
  })

  it('sets aside what does not come to the same result again, and says why', async () => {
    let turn = 0
    const { ran, replay } = await past({ count: () => ++turn })
    const v1 = await versionOf(1, countThenTell('{{ outputs.count }} items'))
    await ran(v1)
    const report = await replay(await versionOf(2, countThenTell('{{ outputs.count }}')))
    expect(report.totals).toEqual({ executions: 1, same: 0, different: 0, unrepeatable: 1 })
    expect(lines(report)).toEqual(['steps outputs.count: 1 -> 2'])
  })

  it('does not take chance for the work of the new version', async () => {
    const said = ['', 'a', 'b', 'c', 'd']
    let turn = 0
    const { ran, replay } = await past({
      count: async (_request, host) => {
        await host.call('notify', { to: '#ops', text: said[++turn] ?? 'e', title: null })
        return null
      },
    })
    const only = (more: string) => sample(code('count'), '  - { from: start, to: count }', more)
    await ran(await versionOf(1, only('')))
    const report = await replay(await versionOf(2, only('context: { unused: 1 }')))
    expect(report.totals).toMatchObject({ unrepeatable: 1 })
  })

  it('leaves out what a person stopped, rollbacks and repetitions from the middle, and counts them', async () => {
    const { ran, replay } = await past()
    const v1 = await versionOf(1, countThenTell('x'))
    await ran(v1, { change: (report) => ({ ...report, rollbackOf: { executionId: 'other' } }) })
    await ran(v1, { change: (report) => ({ ...report, rerunOf: { executionId: 'other', from: 'tell' } }) })
    await ran(v1, { change: (report) => ({ ...report, rerunOf: { executionId: 'other', from: 'tell' } }) })
    await ran(v1, {
      change: (report) =>
        ({ ...report, status: 'cancelled', success: false, cancelledBy: ana }) as FinishedReport,
    })
    await ran(v1)
    const report = await replay(v1)
    expect(report.totals.executions).toBe(1)
    expect(report.leftOut).toEqual([
      { why: 'cancelled by a person', count: 1 },
      { why: 'a repetition from a step in the middle', count: 2 },
      { why: 'a rollback', count: 1 },
    ])
  })

  it('leaves out executions whose records nobody knows any more', async () => {
    const { ran, others, replay, store } = await past(countStock)
    const v1 = await versionOf(1, countThenTell('x'))
    await ran(v1)
    for (let n = 0; n < 5_010; n++)
      await store.records.apply(`bulk/${n}`, [
        { kind: 'insert', collection: 'bulk', key: `${n}`, value: { n } },
      ])
    await others('a', { id: 'a' })
    await ran(v1)
    const report = await replay(v1)
    expect(report.totals).toMatchObject({ executions: 1, same: 1 })
    expect(report.leftOut).toEqual([{ why: 'nobody knows the records of that time any more', count: 1 }])
  })
})

const web = (url: string, more = '') =>
  sample(
    `  - { name: ask, type: http, url: "${url}"${more} }\n${tell('{{ outputs.ask.body.rate }}')}`,
    '  - { from: start, to: ask }\n  - { from: ask, to: tell }',
  )

describe('the outside of a replay', () => {
  const rates = { url: 'https://rates.test/today', status: 200, headers: {}, json: { rate: 7 } }

  it('answers requests as it answered then, under other names of steps, too', async () => {
    const { ran, replay } = await past()
    const v1 = await versionOf(1, web('https://rates.test/today'))
    await ran(v1, { answers: { http: [rates], workflows: {}, approvals: {} } })
    const renamed = web('https://rates.test/today').replaceAll('ask', 'fetch').replace('}}', '}} EUR')
    const report = await replay(await versionOf(2, renamed))
    expect(lines(report)).toEqual(['messages messages[0].text: "7" -> "7 EUR"'])
  })

  it('has no answer to what nobody asked then, and says so', async () => {
    const { ran, replay } = await past()
    const v1 = await versionOf(1, web('https://rates.test/today'))
    await ran(v1, { answers: { http: [rates], workflows: {}, approvals: {} } })
    const report = await replay(await versionOf(2, web('https://rates.test/tomorrow')))
    expect(report.totals).toMatchObject({ different: 1 })
    expect(lines(report)).toEqual([
      'status status: "succeeded" -> "failed"',
      expect.stringMatching(
        /^errors errors\[0\]: nothing -> .*replay\.not_recorded.*GET https:\/\/rates\.test\/tomorrow would have answered/,
      ),
      expect.stringMatching(/^messages messages: .*"text":"7".* -> nothing$/),
      expect.stringMatching(/^requests requests: .*today.* -> nothing$/),
      expect.stringMatching(/^requests requests\[0\]: nothing -> .*tomorrow/),
      'steps steps.ask: succeeded -> failed',
      expect.stringMatching(/^steps steps\.tell: succeeded -> skipped: /),
    ])
  })

  it('fails as it failed then: statuses that were not expected, and services that did not answer', async () => {
    const { ran, replay } = await past()
    const asking = (more = '') => web('https://rates.test/today', more).replace('.body.rate', '.status')
    const v1 = await versionOf(1, asking())
    const failing = async (http: HttpClient) => ran(v1, { outside: () => ({ http }) })
    await failing({ send: async () => ({ status: 503, headers: {}, body: 'later' }) })
    await failing({
      send: async () => {
        throw new WorkflowError('http.timeout', 'It takes too long.')
      },
    })
    expect((await replay(v1)).totals).toMatchObject({ same: 2 })
    const patient = await versionOf(2, asking(', expect: [2xx, 503]'))
    const report = await replay(patient)
    expect(report.executions.map(({ outcome }) => outcome)).toEqual(['same', 'different'])
    expect(report.executions[1]?.differences[0]).toMatchObject({ about: 'status' })
  })

  it('answers the items of a list each as then', async () => {
    const { ran, replay } = await past()
    const each = (text: string) =>
      sample(
        `  - { name: ask, type: http, url: "https://x.test/{{ item }}", for_each: { items: "[1, 2, 3]", on_error: continue } }\n${tell(text)}`,
        '  - { from: start, to: ask }\n  - { from: ask, to: tell, on: always }',
      )
    const v1 = await versionOf(1, each('{{ size(outputs.ask) }}'))
    const http: HttpClient = {
      send: async ({ url }) => ({ status: url.endsWith('2') ? 500 : 200, headers: {}, body: url }),
    }
    await ran(v1, { outside: () => ({ http }) })
    expect(lines(await replay(v1))).toEqual([])
    expect(lines(await replay(await versionOf(2, each('{{ size(outputs.ask) }} answers'))))).toEqual([
      'messages messages[0].text: "3" -> "3 answers"',
    ])
  })

  it('lets people decide as they did, and says whose decision no longer counts', async () => {
    const { ran, replay } = await past()
    const asking = (more: string) =>
      sample(
        `  - { name: ask, type: approval, to: "#ops", text: Sure?${more} }`,
        '  - { from: start, to: ask }',
        weeks,
      )
    const v1 = await versionOf(1, asking(''))
    await ran(v1, {
      answers: {
        http: [],
        workflows: {},
        approvals: {
          ask: [{ decide: 'approve', by: { id: 'U0BEN', name: 'Ben' }, groups: [], after: '20m', form: {} }],
        },
      },
    })
    expect((await replay(v1)).totals).toMatchObject({ same: 1 })
    const report = await replay(await versionOf(2, asking(', approvers: { users: [U0CHIARA] }')))
    expect(lines(report)[0]).toMatch(/^approvals approvals\[0\]: nothing -> .*approval\.not_yours/)
  })

  it('gives what sub-workflows gave, for the same inputs', async () => {
    const { ran, replay } = await past()
    const calling = (inputs: string, more = '') =>
      sample(
        `  - { name: call, type: workflow, workflow: other, inputs: { n: ${inputs} } }\n${tell('{{ outputs.call.output }}', `#ops${more}`)}`,
        '  - { from: start, to: call }\n  - { from: call, to: tell }',
      )
    const v1 = await versionOf(1, calling('1'))
    const answers = { http: [], approvals: {}, workflows: { other: { output: 'well' } } }
    await ran(v1, { answers })
    await ran(v1, { answers: { ...answers, workflows: { other: { fails: 'no' } } } })
    expect((await replay(v1)).totals).toMatchObject({ same: 2 })
    const elsewhere = await replay(await versionOf(2, calling('1', '-2')))
    expect(elsewhere.totals).toMatchObject({ same: 1, different: 1 })
    const otherwise = await replay(await versionOf(3, calling('2')))
    expect(otherwise.totals).toMatchObject({ different: 2 })
    expect(lines(otherwise).join('\n')).toContain('replay.not_recorded')
  })

  it('does not deliver what was not delivered then', async () => {
    const { ran, replay } = await past()
    const v1 = await versionOf(1, countThenTell('x'))
    const answers = { http: [], approvals: {}, workflows: {}, undeliverable: ['#ops'] }
    await ran(v1, { answers })
    expect((await replay(v1)).totals).toMatchObject({ same: 1 })
    const handled = countThenTell('x').replace('type: notify', 'type: notify, continue_on_error: true')
    expect(lines(await replay(await versionOf(2, handled)))[0]).toBe('status status: "failed" -> "warning"')
  })
})

describe('the start of a replay', () => {
  const asking = (inputs: string) =>
    sample(tell('{{ inputs.who }}'), '  - { from: start, to: tell }').replace(
      'type: manual',
      `type: manual, inputs: { who: { type: string }${inputs} }`,
    )

  it('gives the new version what the old one was given, with defaults for what is new', async () => {
    const { ran, replay } = await past()
    await ran(await versionOf(1, asking(', old: { type: string }')), { inputs: { who: 'Ana', old: null } })
    const report = await replay(await versionOf(2, asking(', more: { type: number, default: 3 }')))
    expect(report.totals).toMatchObject({ same: 1 })
  })

  it('is different when the new version would have refused it', async () => {
    const { ran, replay } = await past()
    await ran(await versionOf(1, asking('')), { inputs: { who: 'Ana' } })
    const report = await replay(await versionOf(2, asking(', more: { type: number, required: true }')))
    expect(lines(report)).toEqual(['start start: succeeded -> inputs.invalid – "more" is needed.'])
  })

  it('is different when nothing like its trigger is left', async () => {
    const { ran, replay } = await past()
    const v1 = await versionOf(1, countThenTell('x'))
    await ran(v1)
    const hooked = countThenTell('x').replace('type: manual', 'type: schedule, cron: "0 7 * * *"')
    const report = await replay(await versionOf(2, hooked))
    expect(lines(report)).toEqual([
      'start start: succeeded -> replay.no_trigger – Version 2 has no trigger of type manual, which started the execution.',
    ])
  })
})
