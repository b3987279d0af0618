// What changed since the last good execution, how well workflows do, and what the next shift has to know.
import { describe, expect, it } from 'vitest'
import type { Diff, Handover, Stats } from '../../src/commands/answers.ts'
import { definitionChanges } from '../../src/commands/definition-changes.ts'
import { changesBetween } from '../../src/commands/values.ts'
import type { FinishedReport, NodeResult } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import { edge } from '../support/workflow.ts'
import { ana, asking, type Office, openOffice, program, versionOf } from './office.ts'

const at = (time: string) => `2026-03-${time}:00.000Z`

function node(name: string, more: Partial<NodeResult> = {}): NodeResult {
  return {
    name,
    type: 'work',
    role: 'action',
    status: 'succeeded',
    attempts: 1,
    startedAt: at('01T08:00'),
    endedAt: at('01T08:00'),
    durationMs: 1000,
    printed: [],
    output: null,
    ...more,
  } as NodeResult
}

const error = { code: 'python.exception', message: "KeyError: 'price'" }

/** An execution that ended; failed when a node did. */
function report(id: string, more: Partial<FinishedReport> = {}): FinishedReport {
  const { nodes = [node('work')] } = more
  const failed = nodes.filter((one) => one.status === 'failed')
  const createdAt = more.createdAt ?? at('01T08:00')
  const durationMs = more.durationMs ?? 4000
  return {
    id,
    workflow: { id: 'open', name: 'The open' },
    version: { number: 1, hash: 'f'.repeat(64) },
    trigger: { node: 'start', type: 'manual' },
    startedBy: ana,
    inputs: {},
    context: {},
    nodes,
    errors: failed.map((one) => ({ ...(one.status === 'failed' ? one.error : error), node: one.name })),
    startedAt: createdAt,
    endedAt: new Date(Date.parse(createdAt) + durationMs).toISOString(),
    ...(failed.length > 0 ? { status: 'failed', success: false } : { status: 'succeeded', success: true }),
    ...more,
    createdAt,
    durationMs,
  } as FinishedReport
}

const failedNode = (name = 'work', code = error.code) =>
  node(name, { status: 'failed', error: { ...error, code }, handled: false } as Partial<NodeResult>)

async function diff(reports: FinishedReport[], id: string, office?: Office): Promise<Diff> {
  const result = await (office ?? openOffice({ reports })).ask(ana, 'diff', { executionId: id })
  if (result.kind !== 'diff') throw new Error(result.kind)
  return result
}

describe('diff', () => {
  it('compares with the last execution before it that succeeded, not with one that only warned', async () => {
    const reports = [
      report('old', { createdAt: at('01T06:00') }),
      report('good', { createdAt: at('01T07:00') }),
      report('warned', { createdAt: at('01T07:30'), status: 'warning' } as Partial<FinishedReport>),
      report('elsewhere', { createdAt: at('01T07:40'), workflow: { id: 'other', name: 'Other' } }),
      report('undone', { createdAt: at('01T07:45'), rollbackOf: { executionId: 'good' } }),
      report('bad', { nodes: [failedNode()] }),
      report('later', { createdAt: at('01T09:00') }),
    ]
    expect((await diff(reports, 'bad')).against?.id).toBe('good')
    expect((await diff(reports, 'old')).against).toBeNull()
  })

  it('shows inputs, outputs, states, errors and notable times, node by node', async () => {
    const good = report('good', {
      createdAt: at('01T07:00'),
      inputs: { week: 9, buyers: ['ana'] },
      nodes: [
        node('count', {
          output: {
            low: 3,
            items: [
              { sku: 'A', price: 1 },
              { sku: 'B', price: 2 },
            ],
          },
        }),
        node('order', { durationMs: 900 }),
        node('tell'),
        node('old step'),
      ],
    })
    const bad = report('bad', {
      inputs: { week: 10, buyers: ['ana', 'ben'] },
      nodes: [
        node('count', {
          output: {
            low: 3,
            items: [
              { sku: 'B', price: 5 },
              { sku: 'C', price: 2 },
            ],
          },
        }),
        node('order', { durationMs: 9000 }),
        failedNode('tell'),
        node('same'),
      ],
    })
    const answer = await diff([good, bad], 'bad')
    expect(answer.inputs.shown).toEqual([
      { path: 'week', before: 9, after: 10 },
      { path: 'buyers[1]', after: 'ben' },
    ])
    expect(answer.nodes).toMatchObject([
      {
        node: 'count',
        output: {
          shown: [
            { path: 'items[sku="A"]', before: { sku: 'A', price: 1 } },
            { path: 'items[sku="B"].price', before: 2, after: 5 },
            { path: 'items[sku="C"]', after: { sku: 'C', price: 2 } },
          ],
        },
      },
      { node: 'order', before: 'succeeded', after: 'succeeded', durationMs: { before: 900, after: 9000 } },
      { node: 'tell', before: 'succeeded', after: 'failed', error },
      { node: 'same', before: null, after: 'succeeded' },
      { node: 'old step', before: 'succeeded', after: null },
    ])
    expect(answer.definition).toBeNull()
    expect(answer.durationMs).toEqual({ before: 4000, after: 4000 })
  })

  it('says when a version is not kept any more, and marks what is not for everybody', async () => {
    const good = report('good', { createdAt: at('01T07:00'), version: { number: 1, hash: 'a'.repeat(64) } })
    const bad = report('bad', { version: { number: 2, hash: 'b'.repeat(64) }, redact: true })
    expect(await diff([good, bad], 'bad')).toMatchObject({
      redact: true,
      definition: { from: 1, to: 2, known: false, changes: [] },
    })
  })

  it('of an execution under way compares what there is', async () => {
    const office = openOffice({
      reports: [
        report('good', {
          createdAt: at('01T07:00'),
          nodes: [node('start', { durationMs: 0 }), node('work')],
        }),
      ],
      work: { work: asking({}) },
    })
    const started = await office.ask(program, 'run', { workflowId: 'open' })
    const id = started.kind === 'started' ? started.executionId : ''
    while (office.engine.engine.info(id)?.status !== 'waiting') await office.engine.clock.advance(0)
    const answer = await diff([], id, office)
    expect(answer.against?.id).toBe('good')
    expect(answer.durationMs).toBeNull()
    expect(answer.nodes).toMatchObject([{ node: 'work', before: 'succeeded', after: 'waiting' }, {}])
    await office.ask(program, 'cancel', { executionId: id })
  })
})

describe('changes of a definition', () => {
  it('are told node by node, edge by edge, field by field, and code by its lines', () => {
    const before = versionOf('open', {
      nodes: [
        { name: 'count', code: 'a = 1\nb = 2\nc = 3\n', timeout: '10s' },
        { name: 'order' },
        { name: 'gone' },
      ],
      edges: [
        edge('start -> count'),
        edge('count -> order', { when: 'inputs.x > 1' }),
        edge('count -> gone'),
      ],
    }).definition
    const after = versionOf('open', {
      nodes: [
        { name: 'count', code: 'a = 1\nb = 20\nb2 = 1\nc = 3\n', timeout: '20s' },
        { name: 'order' },
        { name: 'fresh' },
      ],
      edges: [
        edge('start -> count'),
        edge('count -> order', { when: 'inputs.x > 2' }),
        edge('count -> fresh', { on: 'failure' }),
      ],
    }).definition
    after.settings = { ...after.settings, timeout: '2h' }
    after.metadata = { ...after.metadata, owner: 'U0ANA' }
    expect(definitionChanges(before, after)).toEqual([
      {
        part: 'metadata',
        name: '',
        change: 'changed',
        fields: { shown: [{ path: 'owner', after: 'U0ANA' }], more: 0 },
      },
      {
        part: 'settings',
        name: '',
        change: 'changed',
        fields: { shown: [{ path: 'timeout', before: '1h', after: '2h' }], more: 0 },
      },
      {
        part: 'node',
        name: 'count',
        change: 'changed',
        fields: {
          shown: [
            { path: 'code', line: 2, before: 'b = 2', after: 'b = 20\nb2 = 1' },
            { path: 'timeout', before: '10s', after: '20s' },
          ],
          more: 0,
        },
      },
      { part: 'node', name: 'gone', change: 'removed', fields: { shown: [], more: 0 } },
      { part: 'node', name: 'fresh', change: 'added', fields: { shown: [], more: 0 } },
      {
        part: 'edge',
        name: 'count -> order',
        change: 'changed',
        fields: { shown: [{ path: 'when', before: 'inputs.x > 1', after: 'inputs.x > 2' }], more: 0 },
      },
      { part: 'edge', name: 'count -> gone', change: 'removed', fields: { shown: [], more: 0 } },
      { part: 'edge', name: 'count -> fresh on failure', change: 'added', fields: { shown: [], more: 0 } },
    ])
  })

  it('are none between a definition and itself; another order of nodes is one', () => {
    const one = versionOf('open', { nodes: ['a', 'b'], edges: [] }).definition
    const two = versionOf('open', { nodes: ['b', 'a'], edges: [] }).definition
    expect(definitionChanges(one, structuredClone(one))).toEqual([])
    expect(definitionChanges(one, two)).toMatchObject([{ part: 'order', change: 'changed' }])
  })
})

describe('changes between values', () => {
  it.each<[string, Json | undefined, Json | undefined, object[]]>([
    ['nothing', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['the whole', 1, 'one', [{ path: '', before: 1, after: 'one' }]],
    ['null and nothing', { a: null }, {}, [{ path: 'a', before: null }]],
    [
      'odd keys',
      { 'a b': 1, __proto__x: 1 },
      { 'a b': 2, __proto__x: 1 },
      [{ path: '["a b"]', before: 1, after: 2 }],
    ],
    ['lists of other lengths', [1, 2], [1], [{ path: '[1]', before: 2 }]],
    ['a list and an object', [1], { 0: 1 }, [{ path: '', before: [1], after: { 0: 1 } }]],
  ])('tells %s', (_what, before, after, shown) => {
    expect(changesBetween(before, after)).toEqual({ shown, more: 0 })
  })

  it('sees keys that reach into prototypes as keys', () => {
    const before = JSON.parse('{"__proto__": {"x": 1}, "constructor": 1}') as Json
    const after = JSON.parse('{"__proto__": {"x": 2}}') as Json
    expect(changesBetween(before, after).shown).toEqual([
      { path: '__proto__.x', before: 1, after: 2 },
      { path: 'constructor', before: 1 },
    ])
  })

  it('stay short whatever the values are, and say how much is left out', () => {
    const before = Array.from({ length: 5000 }, (_, index) => index)
    const { shown, more } = changesBetween(
      before,
      before.map((one) => one + 1),
    )
    expect([shown.length, more]).toEqual([20, 4980])
    const long = changesBetween('🦆'.repeat(100_000), 'x'.repeat(100_000))
    expect(JSON.stringify(long).length).toBeLessThan(1000)
    let deep: Json = 1
    for (let depth = 0; depth < 500; depth++) deep = [deep]
    expect(changesBetween({ deep: [[deep]] }, { deep: 2 }).shown).toHaveLength(1)
  })
})

async function stats(reports: FinishedReport[], input: object = {}): Promise<Stats> {
  const result = await openOffice({ reports }).ask(ana, 'stats', input)
  if (result.kind !== 'stats') throw new Error(result.kind)
  return result
}

describe('stats', () => {
  const many = (count: number, more: (index: number) => Partial<FinishedReport>) =>
    Array.from({ length: count }, (_, index) => report(`r${index}`, more(index)))

  it('count what ended, how well and how fast; cancelled ones are neither good nor bad', async () => {
    const reports = [
      ...many(18, (index) => ({ durationMs: (index + 1) * 1000 })),
      report('warned', { status: 'warning', durationMs: 19_000 } as Partial<FinishedReport>),
      report('failed', { nodes: [failedNode()], durationMs: 99_000 }),
      report('stopped', {
        status: 'cancelled',
        success: false,
        cancelledBy: ana,
        durationMs: 50,
      } as Partial<FinishedReport>),
    ]
    const { workflows } = await stats(reports)
    expect(workflows).toMatchObject([
      {
        workflow: { id: 'open' },
        executions: 21,
        succeeded: 18,
        warning: 1,
        failed: 1,
        timedOut: 0,
        cancelled: 1,
        successRate: 0.95,
        durationMs: { p50: 10_000, p95: 19_000 },
      },
    ])
  })

  it('tell failures apart by node and error code, the most frequent first, without those that were handled', async () => {
    const handled = { ...failedNode('fetch', 'http.refused'), handled: true } as NodeResult
    const reports = [
      report('a', { nodes: [failedNode('tell')] }),
      report('b', { nodes: [handled, failedNode('tell')] }),
      report('c', { nodes: [failedNode('tell', 'notify.archived')], createdAt: at('02T07:00') }),
      report('d', {
        status: 'timed_out',
        success: false,
        errors: [{ code: 'workflow.timed_out', message: 'It took too long.' }],
      } as Partial<FinishedReport>),
    ]
    const { workflows } = await stats(reports)
    expect(workflows[0]?.failures).toMatchObject([
      { node: 'tell', code: 'python.exception', count: 2, lastExecutionId: 'b' },
      { node: null, code: 'workflow.timed_out', count: 1 },
      { node: 'tell', code: 'notify.archived', count: 1, lastAt: '2026-03-02T07:00:04.000Z' },
    ])
  })

  it('go day by day, empty days too, and no further back than asked', async () => {
    const reports = [
      report('long ago', { createdAt: '2026-02-20T08:00:00.000Z' }),
      report('early', { createdAt: at('01T23:59') }),
      report('today', { createdAt: at('02T07:00'), nodes: [failedNode()] }),
    ]
    const { since, workflows } = await stats(reports, { days: 3 })
    expect(since).toBe('2026-02-28T00:00:00.000Z')
    const none = { executions: 0, succeeded: 0, failed: 0, cancelled: 0, durationMs: null }
    expect(workflows[0]?.days).toEqual([
      { ...none, day: '2026-02-28' },
      { ...none, day: '2026-03-01', executions: 1, succeeded: 1, durationMs: { p50: 4000, p95: 4000 } },
      { ...none, day: '2026-03-02', executions: 1, failed: 1 },
    ])
  })

  it('of one workflow are about that one; an unknown one is refused', async () => {
    const reports = [report('a'), report('b', { workflow: { id: 'other', name: 'Other' } })]
    expect((await stats(reports, { workflowId: 'open' })).workflows).toMatchObject([{ executions: 1 }])
    expect((await openOffice().refused(ana, 'stats', { workflowId: 'opne' })).code).toBe('workflow.unknown')
  })

  it('of nothing are empty', async () => {
    expect((await stats([])).workflows).toEqual([])
  })

  it('of workflows that only were cancelled have no rate', async () => {
    const stopped = { status: 'cancelled', success: false, cancelledBy: ana } as Partial<FinishedReport>
    expect((await stats([report('a', stopped)])).workflows).toMatchObject([
      { successRate: null, durationMs: null },
    ])
  })
})

describe('handover', () => {
  async function handover(office: Office, input: object = {}): Promise<Handover> {
    const result = await office.ask(ana, 'handover', input)
    if (result.kind !== 'handover') throw new Error(result.kind)
    return result
  }

  it('tells what waits, fails, is locked, is new and is broken', async () => {
    const office = openOffice({
      workflows: { open: {}, broken: { broken: true }, asks: {} },
      work: { work: asking({}) },
      reports: [
        report('before', { createdAt: at('01T10:00'), nodes: [failedNode()] }),
        report('good', { createdAt: at('02T06:00') }),
        report('bad', { createdAt: at('02T07:00'), nodes: [failedNode()] }),
      ],
    })
    const started = await office.ask(program, 'run', { workflowId: 'asks' })
    const executionId = started.kind === 'started' ? started.executionId : ''
    while (office.engine.engine.info(executionId)?.status !== 'waiting') await office.engine.clock.advance(0)
    await office.ask(ana, 'lock', { workflowId: 'open', duration: '2h', reason: 'stocktake' })
    expect(await handover(office)).toMatchObject({
      since: '2026-03-01T20:00:00.000Z',
      until: '2026-03-02T08:00:00.000Z',
      pending: [{ executionId, what: 'Order 12 pallets?' }],
      failing: [{ workflow: { id: 'open' }, last: { id: 'bad' }, failedSince: 1, succeededSince: 1 }],
      locks: [{ workflowId: 'open', reason: 'stocktake' }],
      changes: [{ version: 1, first: true }, {}, {}],
      broken: [{ file: 'workflows/broken/workflow.yaml' }],
      running: 1,
      executions: { succeeded: 1, failed: 1, cancelled: 0 },
    })
    expect((await handover(office, { duration: '24h' })).executions).toMatchObject({ failed: 2 })
    expect((await handover(office, { duration: '30m' })).changes).toEqual([])
    await office.ask(program, 'cancel', { executionId })
  })

  it('does not tell of a lock that is over, nor of one on a workflow that is hidden', async () => {
    const office = openOffice({ workflows: { open: {}, secret: { access: { see: ['U0BEN'] } } } })
    await office.ask(program, 'lock', { workflowId: 'secret', duration: '2h' })
    await office.ask(program, 'lock', { workflowId: 'open', duration: '1h' })
    expect((await handover(office)).locks).toHaveLength(1)
    await office.engine.clock.advance(3_600_000)
    expect((await handover(office)).locks).toEqual([])
  })

  it('reaches back 14 days at most', async () => {
    expect((await openOffice().refused(ana, 'handover', { duration: '15d' })).code).toBe('handover.too_long')
    expect((await openOffice().refused(ana, 'handover', { duration: 'yesterday' })).code).toBe(
      'command.bad_input',
    )
  })
})

describe('post', () => {
  it('posts a message with a Run button, where it was asked or where it is wanted', async () => {
    const { ask, messenger } = openOffice()
    expect(await ask(ana, 'post', { workflowId: 'open' }, 'C0HERE')).toMatchObject({
      kind: 'posted',
      to: 'C0HERE',
    })
    await ask(ana, 'post', { workflowId: 'open', to: '#ops' }, 'C0HERE')
    expect(messenger.posted.map(({ message }) => message)).toMatchObject([
      {
        to: 'C0HERE',
        title: 'The open',
        text: 'What open does.',
        buttons: [{ label: 'Run', does: 'run_workflow', workflowId: 'open' }],
        footer: 'Posted by ana',
      },
      { to: '#ops' },
    ])
  })

  it('asks where, when there is no here', async () => {
    const { code, hint } = await openOffice().refused(ana, 'post', { workflowId: 'open' })
    expect({ code, hint }).toEqual({
      code: 'post.nowhere',
      hint: 'Name a channel: post open #channel',
    })
  })

  it('disarms markup in a description', async () => {
    const version = versionOf('open')
    version.definition.metadata.description = '<!channel> & <https://x|y>'
    const { ask, messenger } = openOffice({ workflows: { open: { version } } })
    await ask(ana, 'post', { workflowId: 'open', to: '#ops' })
    expect(messenger.posted[0]?.message.text).toBe('&lt;!channel&gt; &amp; &lt;https://x|y&gt;')
  })

  it('passes on what Slack says, and writes nothing down then', async () => {
    const messenger = {
      post: () => Promise.reject(new WorkflowError('notify.archived', 'The channel is archived.')),
    }
    const { refused, audit } = openOffice({ services: { messenger } })
    expect((await refused(ana, 'post', { workflowId: 'open', to: '#old' })).code).toBe('notify.archived')
    expect(audit.entries).toEqual([])
  })
})
