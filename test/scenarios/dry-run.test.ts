// Dry runs: what a workflow would do now, over a copy of the real records, answered from what was recorded.
import { describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { Version } from '../../src/definition/schema.ts'
import type { FinishedReport, NodeResult } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { type DryRun, dryRun, dryRunSchema } from '../../src/scenarios/dry-run.ts'
import type { PastExecution } from '../../src/scenarios/index.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { ana } from '../support/workflow.ts'
import { fakePython, folderOf, sample } from './support.ts'

interface Around {
  /** Workflow files beside the one that is run, by id. */
  others?: { [id: string]: string }
  /** Why a sub-workflow cannot be started, by id. */
  refused?: { [id: string]: string }
  /** What each workflow really did, newest first. */
  past?: { [workflowId: string]: FinishedReport[] }
  records?: MemoryRecords
  python?: PythonSandbox
  inputs?: JsonObject
  /** Sub-workflows that who asks may not see. */
  secret?: string[]
}

async function run(workflow: string, around: Around = {}): Promise<DryRun> {
  const others = Object.entries(around.others ?? {}).map(([id, text]) => [`${id}/workflow.yaml`, text])
  // A step that no edge leads to is none.
  const whole = /to: mourn,/.test(workflow) ? workflow : workflow.replace(/\n {2}- \{ name: mourn,.*/, '')
  const dir = await folderOf({ 'workflow.yaml': whole, ...Object.fromEntries(others) })
  const { workflows } = await loadWorkflows(dir, nodeKinds())
  const versions = new Map(
    workflows.map(({ id, good, faults }): [string, Version] => {
      if (!good) throw new Error(faults.map(describeFault).join('\n'))
      return [id, { number: 7, hash: good.hash, definition: good.definition }]
    }),
  )
  let id = 0
  const result = await dryRun({
    version: versions.get('sample') as Version,
    answering: 6,
    inputs: around.inputs ?? {},
    startedBy: ana,
    records: around.records ?? new MemoryRecords(),
    python: around.python ?? fakePython({}),
    ids: { execution: () => `t${++id}` },
    clock: new ManualClock(),
    stopwatch: () => 0,
    shows: (workflowId) => !around.secret?.includes(workflowId),
    ports: {
      async subWorkflow(workflowId, depth) {
        const refusal = depth > 5 ? 'workflow.too_deep' : around.refused?.[workflowId]
        if (refusal) throw new WorkflowError(refusal, `Refused: ${refusal}.`)
        return versions.get(workflowId) as Version
      },
      async *latest(workflowId, limit) {
        const reports = (around.past?.[workflowId] ?? []).slice(0, limit)
        for (const report of reports) yield { report, version: undefined } satisfies PastExecution
      },
      hasSecret: (name) => name === 'SHOP',
    },
  })
  // The API promises this shape.
  expect(dryRunSchema.parse(result)).toEqual(result)
  return result
}

const at = (day: number) => `2026-02-${String(day).padStart(2, '0')}T09:00:00.000Z`

/** An execution of the past: what its nodes gave, or the code that they failed with. */
function past(day: number, nodes: { [name: string]: { type: string; gave?: Json; failed?: string } }) {
  return {
    id: `e${day}`,
    nodes: Object.entries(nodes).map(([name, { type, gave, failed }]): NodeResult => {
      const ran = { name, type, role: 'action' as const, attempts: 1, printed: [], durationMs: 5 }
      const times = { startedAt: at(day), endedAt: at(day) }
      return failed
        ? {
            ...{ ...ran, ...times, status: 'failed', handled: true },
            error: { code: failed, message: 'The answer has the status 503.' },
          }
        : { ...ran, ...times, status: 'succeeded', output: gave ?? null }
    }),
  } as FinishedReport
}

const json = (body: Json, status = 200): Json => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
})

describe('a dry run', () => {
  const workflow = sample(
    '  - { name: count, type: code, code: return 1 }\n  - { name: tell, type: notify, to: "#ops", title: Stock, text: "{{ outputs.count }} items", fields: [{ label: Left, value: "{{ outputs.count }}" }], buttons: [{ label: Details, does: open_execution }] }',
    '  - { from: start, to: count }\n  - { from: count, to: tell }',
    'collections: { items: { key: id } }',
  )
  const python = fakePython({
    async count(_request, host) {
      await host.call('records.insert', { collection: 'items', record: { id: 'b' } })
      await host.call('records.update', { collection: 'items', key: 'a', changes: { n: 2 } })
      await host.call('records.delete', { collection: 'items', key: 'c' })
      return host.call('records.count', { collection: 'items', where: null })
    },
  })
  const stock = () =>
    new MemoryRecords({
      items: { key: 'id', records: [{ id: 'a', n: 1 }, { id: 'c' }] },
    })

  it('works on a copy of the real records, says what it would do, and does none of it', async () => {
    const records = stock()
    const result = await run(workflow, { records, python })
    expect(result).toMatchObject({
      report: { status: 'succeeded', version: { number: 7 } },
      answering: 6,
      requests: [],
      workflows: [],
      assumed: [],
    })
    expect(result.records).toEqual({
      items: {
        key: 'id',
        created: [{ id: 'b' }],
        changed: { a: { id: 'a', n: 2 } },
        deleted: ['c'],
        before: { a: { id: 'a', n: 1 }, c: { id: 'c' } },
        by: {},
      },
    })
    expect([...records.all('items')].map(({ value }) => value)).toEqual([{ id: 'a', n: 1 }, { id: 'c' }])
  })

  it('shows messages whole, as they would look', async () => {
    const { messages } = await run(workflow, { records: stock(), python })
    expect(messages).toEqual([
      {
        to: '#ops',
        title: 'Stock',
        text: '2 items',
        fields: [{ label: 'Left', value: '2' }],
        buttons: [{ label: 'Details', does: 'open_execution' }],
        node: 'tell',
      },
    ])
  })

  it('starts from the same records each time', async () => {
    const around = { records: stock(), python }
    expect((await run(workflow, around)).records).toEqual((await run(workflow, around)).records)
  })

  it('is refused for inputs that do not fit', async () => {
    await expect(run(workflow, { inputs: { x: 1 } })).rejects.toMatchObject({ code: 'inputs.invalid' })
  })

  it('says which waits it passes over', async () => {
    const waiting = sample('  - { name: pause, type: wait, for: 45m }', '  - { from: start, to: pause }')
    expect((await run(waiting)).assumed).toEqual(['The wait of 45 min at "pause" takes no time.'])
  })
})

const fetching = (more = '', node = '') =>
  sample(
    `  - { name: fetch, type: http, url: "https://api.example.com/items?token={{ secrets.SHOP }}"${node} }\n  - { name: tell, type: notify, to: "#ops", text: "{{ outputs.fetch.body }}" }\n  - { name: mourn, type: notify, to: "#ops", text: It is down }`,
    `  - { from: start, to: fetch }\n  - { from: fetch, to: tell }\n${more}`,
  )
const mourning = '  - { from: fetch, to: mourn, on: failure }'
const statusOf = (result: DryRun, name: string) =>
  result.report.nodes.find((node) => node.name === name)?.status

describe('a request in a dry run', () => {
  it('gets the answer that the latest real execution got, and is not sent', async () => {
    const result = await run(fetching(), {
      past: {
        sample: [
          past(9, { fetch: { type: 'http', gave: json('new') } }),
          past(8, { fetch: { type: 'http', gave: json('old') } }),
        ],
      },
    })
    expect(result.messages.map(({ text }) => text)).toEqual(['new'])
    expect(result.requests).toEqual([
      {
        method: 'GET',
        url: 'https://api.example.com/items?token=secret-SHOP',
        body: null,
        node: 'fetch',
        answeredFrom: { executionId: 'e9', at: at(9) },
      },
    ])
  })

  it('goes further back for a good answer, past failures, cut ones and nodes of another kind', async () => {
    const result = await run(fetching(), {
      past: {
        sample: [
          past(9, { fetch: { type: 'http', failed: 'http.status' } }),
          past(8, { fetch: { type: 'http', gave: { cut: 'Too long', length: 9, begins: '{' } } }),
          past(7, { fetch: { type: 'code', gave: json('not a service') } }),
          past(6, {}),
          past(5, { fetch: { type: 'http', gave: json('good') } }),
        ],
      },
    })
    expect(result.requests[0]?.answeredFrom?.executionId).toBe('e5')
  })

  it('looks through twenty executions and no more', async () => {
    const empty = Array.from({ length: 20 }, () => past(9, {}))
    const good = past(1, { fetch: { type: 'http', gave: json('long ago') } })
    const stopped = await run(fetching(), { past: { sample: [...empty, good] } })
    expect(stopped.requests[0]?.answeredFrom).toBeNull()
    const found = await run(fetching(), { past: { sample: [...empty.slice(1), good] } })
    expect(found.requests[0]?.answeredFrom?.executionId).toBe('e1')
  })

  it('that writes is answered in the same way, and shows what it would say', async () => {
    const ordering = sample(
      '  - { name: order, type: http, method: POST, url: "https://api.example.com/orders", body: { n: 3, key: "{{ secrets.SHOP }}" } }',
      '  - { from: start, to: order }',
    )
    const result = await run(ordering, {
      past: { sample: [past(9, { order: { type: 'http', gave: json({ id: 4 }, 201) } })] },
    })
    expect(result.report.status).toBe('succeeded')
    expect(result.requests).toMatchObject([
      { method: 'POST', body: '{"n":3,"key":"secret-SHOP"}', answeredFrom: { executionId: 'e9' } },
    ])
  })

  it('fails where nobody has set the secret that it needs, as it really would', async () => {
    const result = await run(fetching(mourning).replace('secrets.SHOP', 'secrets.BANK'), {
      past: { sample: [past(9, { fetch: { type: 'http', gave: json('new') } })] },
    })
    expect(result.report.errors).toMatchObject([{ code: 'http.unknown_secret', node: 'fetch' }])
    expect(result.messages.map(({ text }) => text)).toEqual(['It is down'])
    expect(result.requests).toEqual([])
  })

  it('without a recorded answer stops there, and says what to do', async () => {
    const result = await run(fetching())
    expect(result.report.errors).toMatchObject([
      {
        code: 'dry_run.not_asked',
        message: expect.stringContaining('no answer is on record'),
        hint: expect.stringContaining('Run the workflow once'),
        node: 'fetch',
      },
    ])
    expect(result.requests).toMatchObject([{ method: 'GET', answeredFrom: null }])
  })

  it('without a recorded answer is no failure that the workflow deals with', async () => {
    for (const [edges, node] of [
      [mourning, ''],
      ['  - { from: fetch, to: mourn, on: always }', ''],
      ['', ', continue_on_error: true'],
      ['', ', retry: { attempts: 3, delay: 1s }'],
      ['', ', for_each: { items: "[1, 2]", on_error: continue }'],
    ] as const) {
      const result = await run(fetching(edges, node))
      expect(result.report.status, edges + node).toBe('failed')
      expect(result.messages).toEqual([])
      expect(statusOf(result, 'fetch')).toBe('failed')
      expect(result.requests).toHaveLength(1)
    }
  })

  it('that is answered keeps its failure edges: a status that is no longer expected takes them', async () => {
    const result = await run(fetching(mourning, ', expect: [204], retry: { attempts: 3, delay: 1s }'), {
      past: { sample: [past(9, { fetch: { type: 'http', gave: json(1) } })] },
    })
    expect(result.report).toMatchObject({ status: 'warning', errors: [{ code: 'http.status' }] })
    expect(result.messages.map(({ text }) => text)).toEqual(['It is down'])
    // Three attempts are one request to people.
    expect(result.requests).toHaveLength(1)
  })

  it('for each entry of a list gets the answer of the same place, or says that there was none', async () => {
    const each = sample(
      '  - { name: ask, type: http, url: "https://api.example.com/{{ item }}", for_each: { items: "[1, 2, 3]" } }',
      '  - { from: start, to: ask }',
    )
    const result = await run(each, {
      past: { sample: [past(9, { ask: { type: 'http', gave: [json('one'), null] } })] },
    })
    const asked = result.report.nodes.find((node) => node.name === 'ask')
    expect(asked).toMatchObject({ output: [{ body: 'one' }, { body: 'one' }, { body: 'one' }] })
    expect(result.requests.map(({ url }) => url.slice(-1))).toEqual(['1', '2', '3'])
    expect(result.assumed).toEqual([
      '"ask" gets one answer of execution e9 where that one had none of its own.',
    ])
  })
})

describe('a question in a dry run', () => {
  const asking = (more: string) =>
    sample(
      `  - { name: ask, type: approval, to: "#leads", title: Grant it?, text: For Ana${more} }\n  - { name: grant, type: notify, to: "#ops", text: "granted {{ outputs.ask.form }}" }\n  - { name: refuse, type: notify, to: "#ops", text: "{{ outputs.ask.outcome }}" }`,
      '  - { from: start, to: ask }\n  - { from: ask, to: grant, when: outputs.ask.approved }\n  - { from: ask, to: refuse, else: true }',
      'settings: { timeout: 30d }',
    )
  const form = ', form: { amount: { type: integer, required: true }, note: { type: string, default: None } }'
  const filledIn = past(9, {
    ask: {
      type: 'approval',
      gave: { outcome: 'approved', approved: true, decisions: [], form: { amount: 12, note: 'Then' } },
    },
  })

  it('counts as approved, is told from other messages, and is named among what is taken for granted', async () => {
    const result = await run(asking(', needed: 2, approvers: { users: [U0BEN], groups: [S0LEADS] }'))
    expect(result.messages).toMatchObject([
      {
        to: '#leads',
        title: 'Grant it?',
        question: { rules: { needed: 2, users: ['U0BEN'], groups: ['S0LEADS'] } },
      },
      { text: expect.stringContaining('granted') },
    ])
    expect(result.messages[1]?.question).toBeUndefined()
    expect(result.assumed).toEqual(['"ask" is approved by 2 people.'])
  })

  it('is not approved by who asks it, though named first', async () => {
    const result = await run(asking(', approvers: { users: [U0ANA, U0BEN] }').replaceAll('U0ANA', ana.id))
    expect(statusOf(result, 'grant')).toBe('succeeded')
  })

  it('that nobody may decide expires, as it really would', async () => {
    const result = await run(asking(', approvers: { users: [U0ANA] }').replaceAll('U0ANA', ana.id))
    expect(result.messages.at(-1)?.text).toBe('expired')
    expect(result.assumed).toEqual([
      'Nobody decides "ask": it takes somebody besides who starts it, and there are not as many among those who may.',
    ])
  })

  it('with a form is filled in with defaults, and with what was filled in last', async () => {
    const result = await run(asking(form), { past: { sample: [filledIn] } })
    expect(result.messages.at(-1)?.text).toBe('granted {"amount":12,"note":"None"}')
    expect(result.assumed).toEqual(['"ask" is approved, with amount = 12 as in execution e9.'])
  })

  it('with a form that nobody has filled in yet, or not so that it fits, stops there', async () => {
    for (const reports of [
      [],
      [
        past(9, {
          ask: {
            type: 'approval',
            gave: { outcome: 'expired', approved: false, decisions: [], form: { amount: 12 } },
          },
        }),
      ],
      [
        past(9, {
          ask: { type: 'approval', gave: { approved: true, decisions: [], form: { amount: 'x' } } },
        }),
      ],
    ]) {
      const result = await run(asking(form), { past: { sample: reports } })
      expect(result.report.errors).toMatchObject([
        { code: 'dry_run.not_asked', message: expect.stringContaining('amount'), node: 'ask' },
      ])
      expect(result.messages.map(({ text }) => text)).toEqual(['For Ana'])
    }
  })
})

describe('a sub-workflow in a dry run', () => {
  const other = (nodes: string, edges: string, id = 'other') =>
    `metadata: { id: ${id}, name: Other ${id} }\ncollections: { items: { key: id } }\nnodes:\n  - { name: start, type: manual, inputs: { n: { type: integer, max: 5 } } }\n${nodes}\nedges:\n${edges}\n`
  const writing = other(
    '  - { name: write, type: code, code: return 1 }\n  - { name: pause, type: wait, for: 30m }\n  - { name: tell, type: notify, to: "#below", text: "wrote {{ inputs.n }}" }',
    '  - { from: start, to: write }\n  - { from: write, to: pause }\n  - { from: pause, to: tell }',
  )
  const calling = (edges = '', node = '') =>
    sample(
      `  - { name: write, type: code, code: return 1 }\n  - { name: call, type: workflow, workflow: other, inputs: { n: 3 }${node} }\n  - { name: count, type: code, code: return 1 }\n  - { name: mourn, type: notify, to: "#ops", text: It failed }`,
      `  - { from: start, to: write }\n  - { from: write, to: call }\n  - { from: call, to: count }\n${edges}`,
      'collections: { items: { key: id } }',
    )
  const python = fakePython({
    async write({ workflowId }, host) {
      await host.call('records.insert', { collection: 'items', record: { id: `by ${workflowId}` } })
      if (workflowId === 'other')
        await host.call('records.update', { collection: 'items', key: 'by sample', changes: { seen: true } })
      return 1
    },
    count: (_request, host) => host.call('records.count', { collection: 'items', where: null }),
  })
  const around = {
    others: { other: writing },
    python,
    records: new MemoryRecords({ items: { key: 'id', records: [] } }),
  }

  it('runs dry, over the same records: what it changes, the workflow above sees', async () => {
    const result = await run(calling(), around)
    expect(result.report).toMatchObject({ status: 'succeeded', durationMs: 1_800_000 })
    expect(result.report.nodes.find(({ name }) => name === 'count')).toMatchObject({ output: 2 })
    expect(result.records.items).toMatchObject({
      created: [{ id: 'by sample', seen: true }, { id: 'by other' }],
      by: { 'by sample': ['sample', 'other'], 'by other': ['other'] },
    })
    expect(result.messages).toMatchObject([{ text: 'wrote 3', node: 'tell', workflow: 'other' }])
    expect(result.assumed).toEqual(['The wait of 30 min at "pause" takes no time (in "other").'])
    expect(result.workflows).toEqual([
      {
        workflow: { id: 'other', name: 'Other other' },
        ...{ version: 7, calledBy: 'sample', node: 'call', inputs: { n: 3 }, status: 'succeeded' },
      },
    ])
    expect([...around.records.all('items')]).toEqual([])
  })

  it('runs once for each entry of a list, each with its own step names', async () => {
    const each = calling('', ', for_each: { items: "[1, 2]", at_once: 2 }').replace('n: 3', 'n: "{{ item }}"')
    const telling = other(
      '  - { name: tell, type: notify, to: "#below", text: "for {{ inputs.n }}" }',
      '  - { from: start, to: tell }',
    )
    const result = await run(each, { ...around, others: { other: telling } })
    expect(result.messages.map(({ text }) => text).sort()).toEqual(['for 1', 'for 2'])
    expect(result.workflows).toHaveLength(2)
  })

  it('that cannot be started, or refuses its inputs, fails the step as it really would', async () => {
    for (const code of ['workflow.unknown', 'workflow.locked', 'workflow.deactivated']) {
      const result = await run(calling('  - { from: call, to: mourn, on: failure }'), {
        ...around,
        refused: { other: code },
      })
      expect(result.report.errors).toMatchObject([{ code, node: 'call' }])
      expect(result.messages.map(({ text }) => text)).toEqual(['It failed'])
      expect(result.workflows).toEqual([])
    }
    const refused = await run(calling().replace('n: 3', 'n: 6'), around)
    expect(refused.report.errors).toMatchObject([{ code: 'inputs.invalid', node: 'call' }])
  })

  it('that fails, fails the step, which says where', async () => {
    const failing = fakePython({
      write({ workflowId }) {
        if (workflowId === 'other') throw Object.assign(new Error('No paper'), { code: 'python.exception' })
        return 1
      },
    })
    const result = await run(calling('  - { from: call, to: mourn, on: failure }'), {
      ...around,
      python: failing,
    })
    expect(result.report.errors).toMatchObject([
      {
        code: 'workflow.child_failed',
        message: '"other" ended as failed: No paper',
        hint: 'It failed at its step "write".',
      },
    ])
    expect(result.messages.map(({ text }) => text)).toEqual(['It failed'])
  })

  it('that stops for want of an answer stops the one above, too, whatever that does about failures', async () => {
    const middle = other(
      '  - { name: call, type: workflow, workflow: deepest, continue_on_error: true }\n  - { name: tell, type: notify, to: "#below", text: hello }',
      '  - { from: start, to: call }\n  - { from: call, to: tell }',
    )
    const deepest = other(
      '  - { name: fetch, type: http, url: "https://api.example.com/" }',
      '  - { from: start, to: fetch }',
      'deepest',
    )
    const edges = '  - { from: call, to: mourn, on: failure }'
    const result = await run(calling(edges), { ...around, others: { other: middle, deepest } })
    expect(result.report.status).toBe('failed')
    expect(result.report.errors).toMatchObject([
      {
        code: 'dry_run.not_asked',
        message: expect.stringContaining('"other": "deepest": GET https://'),
        node: 'call',
      },
    ])
    expect(result.messages).toEqual([])
    expect(result.requests).toMatchObject([{ workflow: 'deepest', answeredFrom: null }])
    // Also when something else went wrong in it before, and was dealt with.
    const troubled = middle
      .replace(
        'nodes:\n',
        'nodes:\n  - { name: stumble, type: workflow, workflow: absent, continue_on_error: true }\n',
      )
      .replace('edges:\n', 'edges:\n  - { from: start, to: stumble }\n')
    const again = await run(calling(edges), {
      ...around,
      others: { other: troubled, deepest, absent: other('', '  []', 'absent') },
      refused: { absent: 'workflow.locked' },
    })
    expect(again.report.errors).toMatchObject([{ code: 'dry_run.not_asked', node: 'call' }])
    expect(again.messages).toEqual([])
    // Answered from its own executions, it goes on.
    const answered = await run(calling(edges), {
      ...around,
      others: { other: middle, deepest },
      past: { deepest: [past(9, { fetch: { type: 'http', gave: json(1) } })] },
    })
    expect(answered.report.status).toBe('succeeded')
    expect(answered.messages.map(({ text }) => text)).toEqual(['hello'])
  })

  it('that who asks may not see takes part; what it would do is left out', async () => {
    const result = await run(calling(), { ...around, secret: ['other'] })
    expect(result.report.status).toBe('succeeded')
    expect(result.records.items).toMatchObject({ created: [{ id: 'by sample' }], by: {} })
    expect([result.messages, result.requests, result.workflows]).toEqual([[], [], []])
    expect(result.assumed).toEqual([
      'A workflow that you may not see takes part; what it would do is left out.',
    ])
  })

  it('stands in others no deeper than it really may', async () => {
    const level = (id: string, below: string) =>
      other(
        `  - { name: tell, type: notify, to: "#below", text: here }\n  - { name: call, type: workflow, workflow: ${below} }`,
        '  - { from: start, to: tell }\n  - { from: tell, to: call }',
        id,
      )
    const others = {
      other: level('other', 'level2'),
      ...Object.fromEntries([2, 3, 4, 5].map((n) => [`level${n}`, level(`level${n}`, `level${n + 1}`)])),
      level6: other('', '  []', 'level6'),
    }
    const result = await run(calling(), { ...around, others })
    expect(result.report.errors).toMatchObject([
      { code: 'workflow.child_failed', message: expect.stringContaining('Refused: workflow.too_deep.') },
    ])
    expect(result.messages).toHaveLength(5)
  })
})
