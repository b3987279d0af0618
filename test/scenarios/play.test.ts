// Scenarios on the real engine: people decide, services answer, time passes, and nothing of it is real.
import { describe, expect, it } from 'vitest'
import { fakePython, sample, testSample } from './support.ts'

/** The differences of the only scenario. */
async function differences(...given: Parameters<typeof testSample>) {
  const report = await testSample(...given)
  return report.scenarios.flatMap((one) =>
    one.differences.map(({ at, expected, actual }) => `${at}: ${expected} / ${actual}`),
  )
}

const wait = sample(
  '  - { name: pause, type: wait, for: 30d }\n  - { name: tell, type: notify, to: "#ops", text: "Now {{ outputs.pause.woke }}" }',
  '  - { from: start, to: pause }\n  - { from: pause, to: tell }',
  'settings: { timeout: 60d }',
)

describe('time', () => {
  it('of a wait of a month passes at once, and always the same', async () => {
    const scenarios = `scenarios:
  - name: A
    now: 2026-01-01T00:00:00Z
    expect:
      messages: [{ to: "#ops", text: "Now 2026-01-31T00:00:00.000Z" }]
      that: [duration_ms == 30 * 86400000]
`
    expect(await differences(wait, scenarios)).toEqual([])
    expect(await differences(wait, scenarios.replace('01-31', '01-30'))).toEqual([
      'messages[0].text: "Now 2026-01-30T00:00:00.000Z" / "Now 2026-01-31T00:00:00.000Z"',
    ])
  })

  it('stands still while Python works, however many limits would run out', async () => {
    const python = fakePython({
      async slow() {
        for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
        return 'done'
      },
    })
    const workflow = sample(
      '  - { name: slow, type: code, code: return 1, timeout: 1s }',
      '  - { from: start, to: slow }',
      'settings: { timeout: 2s }',
    )
    const report = await testSample(
      workflow,
      'scenarios: [{ name: A, expect: { outputs: { slow: done } } }]',
      { python },
    )
    expect(report.scenarios[0]?.differences).toEqual([])
  })

  it('runs out when everything waits', async () => {
    const short = wait
      .replace('for: 30d', 'until: "{{ inputs.when }}"')
      .replace('60d', '1h')
      .replace('type: manual', 'type: manual, inputs: { when: { type: string } }')
    const scenario =
      'scenarios: [{ name: A, inputs: { when: 2026-04-01 }, expect: { status: timed_out, errors: [workflow.timed_out], messages: [] } }]'
    expect(await differences(short, scenario)).toEqual([])
  })

  it('between attempts is skipped too', async () => {
    let calls = 0
    const python = fakePython({
      flaky() {
        calls++
        if (calls < 3) throw new Error('not yet')
        return calls
      },
    })
    const workflow = sample(
      '  - { name: flaky, type: code, code: return 1, retry: { attempts: 3, delay: 10m, jitter: false } }',
      '  - { from: start, to: flaky }',
    )
    const scenario =
      'scenarios: [{ name: A, expect: { outputs: { flaky: 3 }, that: [duration_ms == 600000] } }]'
    expect((await testSample(workflow, scenario, { python })).scenarios[0]?.differences).toEqual([])
  })
})

const approval = (more: string) =>
  sample(
    `  - { name: ask, type: approval, to: "#leads", title: 'Grant it?', text: 'For {{ inputs.who }}', expires: 2d${more} }
  - { name: grant, type: notify, to: "#ops", text: granted }
  - { name: refuse, type: notify, to: "#ops", text: '{{ outputs.ask.outcome }}' }`,
    `  - { from: start, to: ask }
  - { from: ask, to: grant, when: outputs.ask.approved }
  - { from: ask, to: refuse, else: true }`,
    'settings: { timeout: 7d }',
  ).replace('type: manual', 'type: manual, inputs: { who: { type: string, default: Ana } }')

describe('people', () => {
  it('decide what the scenario says, after as long as it says', async () => {
    const scenario = `scenarios:
  - name: A
    approvals: { ask: [{ decide: approve, by: { id: U0BEN, name: Ben }, after: 5h }] }
    expect:
      outputs: { ask: { outcome: approved, decisions: [{ by: { id: U0BEN, name: Ben }, at: "2026-03-02T13:00:00.000Z" }] } }
      nodes: { ran: [grant], skipped: [refuse] }
      messages: [{ to: "#leads", title: Grant it?, text: For Ana, node: ask }, { to: "#ops", text: granted }]
`
    expect(await differences(approval(''), scenario)).toEqual([])
  })

  it('who do not decide let the question expire', async () => {
    const scenario =
      'scenarios: [{ name: A, expect: { outputs: { ask: { outcome: expired } }, nodes: { ran: [refuse] }, that: [duration_ms == 2 * 86400000] } }]'
    expect(await differences(approval(''), scenario)).toEqual([])
  })

  it('decide two, where it takes two, and none of them twice', async () => {
    const scenario = `scenarios:
  - name: A
    approvals:
      ask:
        - { decide: approve, by: { id: U0BEN } }
        - { decide: approve, by: { id: U0BEN }, after: 2m, refused: approval.decided_before }
        - { decide: approve, by: { id: U0CLEO }, after: 3m }
    expect: { outputs: { ask: { outcome: approved, decisions: { $size: 2 } } } }
`
    expect(await differences(approval(', needed: 2'), scenario)).toEqual([])
  })

  it('may not decide for themselves, nor without being asked, nor reject without a reason', async () => {
    const scenario = `scenarios:
  - name: A
    by: { id: U0ANA }
    approvals:
      ask:
        - { decide: approve, by: { id: U0ANA }, refused: approval.own_request }
        - { decide: approve, by: { id: U0EVE }, refused: approval.not_yours }
        - { decide: reject, by: { id: U0BEN }, refused: approval.reason_needed }
        - { decide: reject, by: { id: U0CLEO }, groups: [S0LEADS], reason: Too much., after: 2h }
    expect: { outputs: { ask: { outcome: rejected, decisions: [{ reason: Too much. }] } } }
`
    const rules = ', approvers: { users: [U0BEN, U0ANA], groups: [S0LEADS] }, reason: required'
    expect(await differences(approval(rules), scenario)).toEqual([])
  })

  it('who are refused against expectation fail the scenario, and so do those who are not refused', async () => {
    const scenario = `scenarios:
  - name: A
    by: { id: U0ANA }
    approvals:
      ask:
        - { decide: approve, by: { id: U0ANA } }
        - { decide: approve, by: { id: U0BEN }, after: 2m, refused: approval.not_yours }
`
    expect(await differences(approval(''), scenario)).toEqual([
      'approvals.ask: a decision / refused: approval.own_request – You started this yourself, so somebody else has to decide.',
      'approvals.ask: refused: approval.not_yours / it was accepted',
    ])
  })
})

const fetching = sample(
  `  - name: fetch
    type: http
    url: https://api.example.com/items?page={{ inputs.page }}
    headers: { Authorization: "Bearer {{ secrets.SHOP }}" }
    retry: { attempts: 2, delay: 1s, on: [http.] }`,
  '  - { from: start, to: fetch }',
).replace('type: manual', 'type: manual, inputs: { page: { type: integer, default: 1 } }')

describe('web services', () => {
  it('answer what the scenario says, in turn, and are never really asked', async () => {
    const scenario = `scenarios:
  - name: A
    http:
      - { url: "https://api.example.com/items?page=1", status: 503, times: 1 }
      - { method: GET, url: { $matches: "/items" }, json: [{ id: 7 }] }
    expect:
      outputs: { fetch: { status: 200, body: [{ id: 7 }] } }
      requests: [{ method: GET, url: "https://api.example.com/items?page=1", headers: { authorization: Bearer secret-SHOP }, count: 2 }]
`
    expect(await differences(fetching, scenario)).toEqual([])
  })

  it('that the scenario does not know fail the node and say what to write', async () => {
    const report = await testSample(fetching, 'scenarios: [{ name: A }]')
    expect(report.passed).toBe(false)
    expect(report.scenarios[0]?.errors).toMatchObject([
      {
        code: 'scenario.unanswered',
        hint: expect.stringContaining('url: "https://api.example.com/items?page=1"'),
      },
    ])
  })

  it('may be out of reach', async () => {
    const scenario =
      'scenarios: [{ name: A, http: [{ url: { $any: true }, fails: http.timeout }], expect: { status: failed, errors: [http.timeout], nodes: { failed: [fetch] } } }]'
    expect(await differences(fetching, scenario)).toEqual([])
  })
})

const calling = sample(
  '  - { name: call, type: workflow, workflow: other, inputs: { n: 3 } }',
  '  - { from: start, to: call }',
)

const files = {
  'other/workflow.yaml':
    'metadata: { id: other, name: Other }\nnodes: [{ name: start, type: manual, inputs: { n: { type: integer } } }]\n',
}

describe('sub-workflows', () => {
  it('are not run: they answer what the scenario says', async () => {
    const scenario =
      "scenarios: [{ name: A, workflows: { other: { output: [1] } }, expect: { outputs: { call: { output: [1] } }, that: [\"workflows == [{'workflow': 'other', 'inputs': {'n': 3}}]\"] } }]"
    expect(await differences(calling, scenario, { files })).toEqual([])
  })

  it('may fail, or be forgotten by the scenario', async () => {
    const failing =
      'scenarios: [{ name: A, workflows: { other: { fails: No paper } }, expect: { status: failed, errors: [workflow.child_failed] } }]'
    expect(await differences(calling, failing, { files })).toEqual([])
    const forgotten = 'scenarios: [{ name: A, expect: { status: failed, errors: [scenario.unanswered] } }]'
    expect(await differences(calling, forgotten, { files })).toEqual([])
  })
})

describe('what a scenario expects of the rest', () => {
  const python = fakePython({
    async write(_request, host) {
      await host.call('records.insert', { collection: 'items', record: { id: 'c', n: 1 } })
      await host.call('records.update', { collection: 'items', key: 'a', changes: { n: 2 } })
      await host.call('records.delete', { collection: 'items', key: 'b' })
      return { n: 1 }
    },
  })
  const workflow = sample(
    '  - { name: write, type: code, code: return 1 }',
    '  - { from: start, to: write }',
    'collections: { items: { key: id } }',
  )
  const given = 'records: { items: [{ id: a, n: 1 }, { id: b, n: 1 }, { id: d }] }'
  const expecting = (expect: string) => `scenarios: [{ name: A, ${given}, expect: { ${expect} } }]`
  const told = async (expect: string) =>
    (await testSample(workflow, expecting(expect), { python })).scenarios[0]?.differences ?? []

  it('records created, changed and deleted, each of them', async () => {
    expect(
      await told(
        'records: { items: { count: 3, created: [{ id: c }], changed: { a: { n: 2 } }, deleted: [b] } }',
      ),
    ).toEqual([])
    const wrong = await told(
      'records: { items: { count: 4, created: 2, changed: { d: { n: 2 } }, deleted: [] } }',
    )
    expect(wrong.map(({ at }) => at)).toEqual([
      'records.items.count',
      'records.items.created',
      'records.items.changed.d',
      'records.items.changed.a',
      'records.items.deleted[0]',
    ])
  })

  it('expressions, with the values that they read when they do not hold', async () => {
    expect(
      await told('that: ["size(created.items) == 1", "records.items.all(item, item.id != \'b\')"]'),
    ).toEqual([])
    expect(await told('that: ["outputs.write.n == 2"]')).toEqual([
      { at: 'that', expected: 'outputs.write.n == 2', actual: 'not so: outputs.write.n = 1' },
    ])
  })

  it('a status: an execution that failed says why', async () => {
    const broken = fakePython({
      write() {
        throw Object.assign(new Error('no such key'), { code: 'python.exception' })
      },
    })
    const report = await testSample(workflow, expecting('status: succeeded'), { python: broken })
    expect(report.scenarios[0]?.differences[0]).toEqual({
      at: 'status',
      expected: 'succeeded',
      actual: 'failed: python.exception – no such key',
    })
  })

  it('a refused start, by its code', async () => {
    const numbered = workflow.replace(
      'type: manual',
      'type: manual, inputs: { n: { type: integer, max: 5 } }',
    )
    const scenario = (more: string) => `scenarios: [{ name: A, inputs: { n: 6 }, expect: { ${more} } }]`
    const refused = await testSample(numbered, scenario('errors: [inputs.invalid]'), { python })
    expect(refused.passed).toBe(true)
    const unforeseen = await testSample(numbered, scenario(''), { python })
    expect(unforeseen.scenarios[0]).toMatchObject({ passed: false, status: 'refused' })
  })
})
