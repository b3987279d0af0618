// Replays where a wrong answer is near: defaults that change, answers that look alike, steps with new names, and values
// that the history has cut.
import { describe, expect, it } from 'vitest'
import type { HttpClient, Messenger } from '../../src/actions/ports.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import { play } from '../../src/scenarios/play.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { defaultCaps } from '../../src/store/caps.ts'
import { ana } from '../support/workflow.ts'
import { code, countOf, lines, past, tell, versionOf, type Work, weeks } from './past-executions.ts'
import { fakePython, sample } from './support.ts'

const noAnswers = { http: [], workflows: {}, approvals: {} }

describe('the inputs of a replay', () => {
  const asking = (input: string) =>
    sample(tell('{{ inputs.most }}'), '  - { from: start, to: tell }').replace(
      'type: manual',
      `type: manual, inputs: { most: { type: integer, ${input} } }`,
    )

  it('are the new defaults where nobody had said anything but the old ones', async () => {
    const { ran, replay } = await past()
    await ran(await versionOf(1, asking('default: 10')), { inputs: { most: 10 } })
    await ran(await versionOf(1, asking('default: 10')), { inputs: { most: 7 } })
    const report = await replay(await versionOf(2, asking('default: 20')))
    expect(lines(report)).toEqual(['messages messages[0].text: "10" -> "20"'])
    expect(report.totals).toMatchObject({ same: 1, different: 1 })
  })

  it('are missing where the new version has no default any more', async () => {
    const { ran, replay } = await past()
    await ran(await versionOf(1, asking('default: 10')), { inputs: { most: 10 } })
    const report = await replay(await versionOf(2, asking('required: true')))
    expect(lines(report)).toEqual(['start start: succeeded -> inputs.invalid – "most" is needed.'])
  })

  it('are those of the new schedule where a schedule had started it', async () => {
    const scheduled = (most: number) =>
      asking('default: 10')
        .replace(
          'nodes:',
          `nodes:\n  - { name: daily, type: schedule, cron: "0 7 * * *", inputs: { most: ${most} } }`,
        )
        .replace('edges:', 'edges:\n  - { from: daily, to: tell }')
        .replace('type: notify', 'type: notify, join: any')
    const { ran, replay } = await past()
    const v1 = await versionOf(1, scheduled(5))
    const daily = v1.definition.nodes.find(({ name }) => name === 'daily')
    if (!daily) throw new Error('there is no schedule')
    await ran(v1, { trigger: daily, inputs: { most: 5 } })
    expect((await replay(v1)).totals).toMatchObject({ same: 1 })
    expect(lines(await replay(await versionOf(2, scheduled(8))))).toEqual([
      'messages messages[0].text: "5" -> "8"',
    ])
  })

  it('have to be whole: an execution whose inputs the history has cut is left out', async () => {
    const { ran, replay } = await past()
    const cut = { cut: 'The inputs had 300000 characters.', length: 300_000, begins: '{"most":' }
    const v1 = await versionOf(1, asking('default: 10'))
    await ran(v1, { inputs: { most: 10 }, change: (report) => ({ ...report, inputs: cut }) })
    await ran(v1, { inputs: { most: 10 } })
    const report = await replay(v1)
    expect(report.totals).toMatchObject({ executions: 1, same: 1 })
    expect(report.leftOut).toEqual([{ why: 'its inputs were too large to be kept', count: 1 }])
  })
})

describe('what is answered in a replay', () => {
  it('belongs to what was sent, where several requests go to one address', async () => {
    const posting = (items: string) =>
      sample(
        `  - { name: order, type: http, method: POST, url: "https://shop.test/orders", body: { item: "{{ item }}" }, for_each: { items: "${items}" } }\n${tell('{{ outputs.order[size(outputs.order) - 1].body.id }}')}`,
        '  - { from: start, to: order }\n  - { from: order, to: tell }',
      )
    const http: HttpClient = {
      send: async ({ body }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: `order of ${JSON.parse(String(body)).item}` }),
      }),
    }
    const { ran, replay } = await past()
    await ran(await versionOf(1, posting("['a', 'b', 'c']")), { outside: () => ({ http }) })
    const report = await replay(await versionOf(2, posting("['c', 'b', 'a']")))
    expect(lines(report)[0]).toBe('messages messages[0].text: "order of c" -> "order of a"')
    const fewer = await replay(await versionOf(3, posting("['b', 'c']")))
    expect(lines(fewer).filter((line) => line.startsWith('messages'))).toEqual([])
  })

  it('is unknown where the history has cut what a sub-workflow gave', async () => {
    const calling = (text: string) =>
      sample(
        `  - { name: call, type: workflow, workflow: other, inputs: { n: 1 } }\n${tell(text)}`,
        '  - { from: start, to: call }\n  - { from: call, to: tell }',
      )
    const { ran, replay } = await past()
    const long = 'x'.repeat(defaultCaps.valueLength)
    const cut = (report: FinishedReport): FinishedReport => ({
      ...report,
      nodes: report.nodes.map((node) =>
        node.name === 'call' && node.status === 'succeeded'
          ? { ...node, output: { cut: 'The output was long.', length: 300_000, begins: '{"output":"x' } }
          : node,
      ),
    })
    await ran(await versionOf(1, calling('done')), {
      answers: { ...noAnswers, workflows: { other: { output: long } } },
      change: cut,
    })
    const report = await replay(await versionOf(2, calling('{{ outputs.call.output }}')))
    expect(report.totals).toMatchObject({ unrepeatable: 1 })
    expect(lines(report).join('\n')).toContain('replay.not_recorded')
  })

  it('reaches a channel with one message although another one did not get there', async () => {
    const twice = (text: string) =>
      sample(
        `${tell('first').replace('type: notify', 'type: notify, continue_on_error: true')}\n${tell(text).replace('name: tell', 'name: again')}`,
        '  - { from: start, to: tell }\n  - { from: tell, to: again }',
      )
    const messenger: Messenger = {
      post: async ({ origin }) => {
        if (origin.node === 'tell') throw new WorkflowError('notify.unreachable', 'Slack does not answer.')
        return { channel: 'C0OPS', messageId: '1' }
      },
    }
    const { ran, replay } = await past()
    await ran(await versionOf(1, twice('second')), { outside: () => ({ messenger }) })
    const report = await replay(await versionOf(2, twice('{{ \\"sec\\" + \\"ond\\" }}')))
    expect(lines(report)).toEqual([])
    expect(report.totals).toMatchObject({ same: 1 })
  })
})

describe('the records of a replay', () => {
  it('are as late for a step with a new name as for the one that it replaces', async () => {
    const asking = (name: string) =>
      sample(
        `  - { name: ask, type: approval, to: "#ops", text: Sure? }\n${code(name)}\n${tell(`{{ outputs.${name} }}`)}`,
        `  - { from: start, to: ask }\n  - { from: ask, to: ${name}, when: outputs.ask.approved }\n  - { from: ${name}, to: tell }`,
        weeks,
      )
    const count: Work[string] = (_request, host) => countOf(host)
    const work = { count, tally: count }
    const { store, clock, executions, replay } = await past(work)
    const v1 = await versionOf(1, asking('count'))
    await clock.advance(1000)
    const startAt = clock.now()
    await clock.advance(1_800_000)
    await store.records.apply('somebody/1', [
      { kind: 'insert', collection: 'stock', key: 'a', value: { id: 'a' } },
    ])
    const { report } = await play({
      ...{ version: v1, python: fakePython(work), records: store.records, inputs: {} },
      ...{ trigger: triggerOf(v1, undefined), startedBy: ana, playId: 'r', executionId: 'r', startAt },
      stopwatch: () => 0,
      answers: {
        ...noAnswers,
        approvals: { ask: [{ decide: 'approve', by: { id: 'U0BEN' }, groups: [], after: '1h', form: {} }] },
      },
    })
    executions.unshift({ report, version: v1 })
    await clock.advance(10_000_000)
    const renamed = await replay(await versionOf(2, asking('tally')))
    expect(lines(renamed)).toEqual([])
    expect(renamed.totals).toMatchObject({ same: 1 })
  })
})

describe('a repeated request', () => {
  it('that got through at the second attempt counts as answered', async () => {
    const patient = (text: string) =>
      sample(
        `  - { name: ask, type: http, url: "https://x.test", retry: { attempts: 3 } }\n${tell(text)}`,
        '  - { from: start, to: ask }\n  - { from: ask, to: tell }',
      )
    let turn = 0
    const http: HttpClient = {
      send: async () => ({ status: ++turn === 1 ? 503 : 200, headers: {}, body: 'well' }),
    }
    const { ran, replay } = await past()
    await ran(await versionOf(1, patient('{{ outputs.ask.body }}')), { outside: () => ({ http }) })
    expect(lines(await replay(await versionOf(2, patient('so {{ outputs.ask.body }}'))))).toEqual([
      'messages messages[0].text: "well" -> "so well"',
    ])
  })
})
