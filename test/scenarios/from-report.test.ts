// An execution as a scenario: it loads, it passes, it grows the workflow's own file, and nothing personal is in it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import type { Json, JsonObject } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { scenarioText } from '../../src/scenarios/from-report.ts'
import { appendScenario, createSaving, loadScenarios } from '../../src/scenarios/index.ts'
import { createMasker } from '../../src/scenarios/mask.ts'
import { play } from '../../src/scenarios/play.ts'
import { CopiedRecords } from '../../src/scenarios/records.ts'
import { triggerOf } from '../../src/scenarios/run.ts'
import { scenarioSchema } from '../../src/scenarios/schema.ts'
import { MemoryRecords } from '../support/memory-records.ts'
import { fakePython, folderOf, sample, testWorkflow, workflowsDir } from './support.ts'

const workflow = sample(
  `  - { name: rates, type: http, url: "https://rates.example.com/{{ inputs.base }}?x=1" }
  - { name: check, type: code, code: return 1 }
  - { name: sign off, type: approval, to: "#ops", text: "OK?", approvers: { users: [U0BEN0001] } }
  - { name: child, type: workflow, workflow: other }
  - { name: tell, type: notify, to: "#ops", text: "Done for {{ inputs.email }}" }
  - { name: refuse, type: notify, to: "#ops", text: "No" }`,
  `  - { from: start, to: rates }
  - { from: rates, to: check }
  - { from: check, to: sign off }
  - { from: sign off, to: child, when: 'outputs["sign off"].approved' }
  - { from: sign off, to: refuse, else: true }
  - { from: child, to: tell }`,
  'settings: { timeout: 30d }',
).replace('type: manual }', 'type: manual, inputs: { base: { type: string }, email: { type: string } } }')

const python = fakePython({
  check: (request) => ({
    id: 'x-17',
    at: '2026-05-04T10:00:00Z',
    low: [{ sku: 'A-1', stock: 3 }],
    for: (request.inputs as JsonObject).email as Json,
  }),
})

async function definitionIn(dir: string) {
  const { workflows } = await loadWorkflows(dir, nodeKinds())
  const found = workflows.find(({ id }) => id === 'sample')
  if (!found?.good) throw new Error((found?.faults ?? []).map(describeFault).join('\n'))
  return found.good
}

/** The workflow as it really ran, with a person, a service and a sub-workflow. */
async function ran(): Promise<{ dir: string; report: FinishedReport; scenario: JsonObject }> {
  const other = sample('  - { name: pause, type: wait, for: 1s }', '  - { from: start, to: pause }')
  const dir = await folderOf({
    'workflow.yaml': workflow,
    'other/workflow.yaml': other.replace('id: sample', 'id: other'),
  })
  const { definition, hash } = await definitionIn(dir)
  const answers = scenarioSchema.parse({
    name: 'Real',
    http: [{ url: { $any: true }, json: { USD: 1.08, owner: 'Ana Lima <ana@corp.test>' } }],
    approvals: {
      'sign off': [{ decide: 'approve', by: { id: 'U0BEN0001', name: 'Ben Okafor' }, after: '90s' }],
    },
    workflows: { other: { output: { token: 'tok-abcdef' } } },
  })
  const { report } = await play({
    version: { number: 3, hash, definition },
    python,
    playId: 'real',
    records: new CopiedRecords({}),
    trigger: triggerOf({ number: 3, hash, definition }, 'start'),
    inputs: { base: 'EUR', email: 'ana@corp.test' },
    startedBy: { kind: 'slack', id: 'U0ANA0001', name: 'Ana Lima' },
    startAt: Date.parse('2026-05-04T10:00:00Z'),
    answers,
    stopwatch: () => 0,
  })
  expect(report.errors).toEqual([])
  return { dir, report, scenario: (await make(dir, report)).scenario }
}

/** `again` is what runs it once more. */
async function make(dir: string, report: FinishedReport, again = python) {
  const { definition, hash } = await definitionIn(dir)
  const saving = createSaving({
    ...{ dir, shown: 'workflows', python: again },
    records: new MemoryRecords(),
    past: { since: () => '', changes: () => [] },
    ids: { execution: () => 'try' },
    stopwatch: () => 0,
  })
  return saving.make(report, { number: 3, hash, definition }, [])
}

describe('a scenario from an execution', () => {
  it('loads without a fault and passes', async () => {
    const { dir, scenario } = await ran()
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), scenarioText(scenario))
    const tested = await testWorkflow(python, 'sample', () => {}, dir)
    expect(tested.scenarios.map(({ name, differences }) => ({ name, differences }))).toEqual([
      { name: 'From execution scenario', differences: [] },
    ])
  })

  it('notices when the workflow does something else', async () => {
    const { dir, scenario } = await ran()
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), scenarioText(scenario))
    const tested = await testWorkflow(fakePython({ check: () => ({ low: [] }) }), 'sample', () => {}, dir)
    const places = tested.scenarios[0]?.differences.map(({ at }) => at)
    expect(places).toContainEqual(expect.stringContaining('outputs.check.low'))
  })

  it('lets a sub-workflow answer what it gave for the first item of a list, and nothing that was cut', async () => {
    const { dir, report } = await ran()
    const gave = async (output: Json) => {
      const nodes = report.nodes.map((node) =>
        node.name === 'child' && node.status === 'succeeded' ? { ...node, output } : node,
      )
      return (await make(dir, { ...report, nodes })).scenario.workflows
    }
    const one = { executionId: 'c1', status: 'succeeded', output: { count: 3 } }
    expect(await gave([one, { ...one, output: { count: 4 } }])).toEqual({ other: { output: { count: 3 } } })
    expect(await gave({ cut: 'It was long.', length: 300_000, begins: '{"output":' })).toBeUndefined()
  })

  it('holds what was given, answered and decided, and how it ended', async () => {
    const { scenario } = await ran()
    expect(scenario).toMatchObject({
      trigger: 'start',
      now: '2026-05-04T10:00:00.000Z',
      inputs: { base: 'EUR' },
      http: [{ method: 'GET', status: 200, times: 1, json: { USD: 1.08 } }],
      approvals: { 'sign off': [{ decide: 'approve', by: { id: 'U0BEN0001' }, after: '90s' }] },
      expect: {
        status: 'succeeded',
        nodes: { ran: ['rates', 'check', 'sign off', 'child', 'tell'], skipped: ['refuse'] },
        outputs: { check: { id: 'x-17', at: '2026-05-04T10:00:00Z', low: [{ sku: 'A-1', stock: 3 }] } },
      },
    })
  })

  it('says nothing of secrets and people, but who stands in the workflow itself', async () => {
    const { scenario } = await ran()
    const text = scenarioText(scenario)
    expect(text).not.toMatch(/Ana Lima|ana@corp|U0ANA0001|tok-abcdef|Ben Okafor/)
    expect(text).toContain('U0BEN0001')
  })

  it('takes any text for what it is', async () => {
    const { dir, report } = await ran()
    const { definition } = await definitionIn(dir)
    const hostile = '{{ inputs.base }}\n- name: x\r\n\u0000\u2028: &a *a !!js/function "\' # <!channel>'
    const output = { [hostile]: hostile, odd: { $where: 'true', x: 1 }, fake: { $any: true } }
    const nodes = report.nodes.map((node) =>
      node.name === 'check' && node.status === 'succeeded' ? { ...node, output } : node,
    )
    const odd = { ...report, nodes, inputs: { base: hostile, email: '' } } as FinishedReport
    const { scenario } = await make(dir, odd, fakePython({ check: () => output }))
    await writeFile(join(dir, 'sample', 'scenarios.yaml'), scenarioText(scenario))
    const loaded = await loadScenarios({ folder: join(dir, 'sample'), shown: 'workflows/sample' }, definition)
    expect(loaded).toMatchObject({
      ok: true,
      scenarios: [
        {
          scenario: {
            inputs: { base: hostile },
            expect: {
              outputs: {
                check: {
                  [hostile]: hostile,
                  odd: { $exactly: { $where: 'true', x: 1 } },
                  fake: { $exactly: { $any: true } },
                },
              },
            },
          },
        },
      ],
    })
  })

  it('is refused of executions that were cancelled', async () => {
    const { dir, report } = await ran()
    const cancelled = { ...report, status: 'cancelled', success: false } as FinishedReport
    await expect(make(dir, cancelled)).rejects.toMatchObject({ code: 'scenario.not_repeatable' })
  })
})

describe('masking', () => {
  const mask = () => createMasker({ people: [{ id: 'U1', name: 'Ana Lima' }], written: 'to: ops@corp.test' })

  it('gives the same value the same placeholder, and other values others', () => {
    expect(
      mask().value({
        password: 'hunter2',
        copy: { apiKey: 'hunter2', api_token: 'else' },
        text: 'Write to ana@corp.test or +49 170 1234567, not ops@corp.test',
        again: ['ana@corp.test'],
        customer_phone: 4912345,
      }),
    ).toEqual({
      password: 'masked-1',
      copy: { apiKey: 'masked-1', api_token: 'masked-2' },
      text: 'Write to masked-3@example.com or masked-4, not ops@corp.test',
      again: ['masked-3@example.com'],
      customer_phone: 5,
    })
  })

  it('hides everything beneath a name that is sensitive, and people wherever they stand', () => {
    expect(mask().value({ shipping_address: { lines: ['1 High St', 'York'], po: null, ok: true } })).toEqual({
      shipping_address: { lines: ['masked-1', 'masked-2'], po: null, ok: true },
    })
    expect(mask().text('<@U0XYZ> and Ana Lima asked W012345678')).toBe(
      '<@U0MASKED2> and masked-1 asked U0MASKED3',
    )
  })

  it.each([
    '2026-03-02',
    'PO-20260302-001',
    '2026-03-02T08:00:00Z',
    'W3C',
    '1234567890123',
    'A-1',
    '3.14159265',
  ])('leaves %s as it is', (text) => {
    expect(mask().value({ sku: text, stock: 12, tokenizer: text })).toEqual({
      sku: text,
      stock: 12,
      tokenizer: text,
    })
  })

  it('leaves people and addresses that a long file shows, however many there are', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `p${index}@corp.test U${index}TEAM99`)
    const known = createMasker({ people: [], written: many.join(', ') })
    expect(known.text(many.join(' '))).toBe(many.join(' '))
    expect(known.masked).toBe(0)
    expect(known.text('p1@corp.tests UX1TEAM99 xp1@corp.test')).toBe(
      'masked-1@example.com U0MASKED2 masked-3@example.com',
    )
  })

  it('of a long text without end takes no longer than reading it', () => {
    const text = '0 '.repeat(50_000) + 'a.'.repeat(50_000)
    expect(mask().text(text)).toBe(text)
  })
})

describe('a file of scenarios that grows', () => {
  const scenario = { name: 'From execution x1', inputs: { a: 'two\nlines' } }

  it.each(['access-request', 'daily-digest', 'incident-opener', 'reorder-check'])(
    'keeps every line of that of %s',
    async (id) => {
      const before = await readFile(join(workflowsDir, id, 'scenarios.yaml'), 'utf8')
      const after = appendScenario(before, scenario)
      expect(after.startsWith(before.trimEnd())).toBe(true)
      expect(after.slice(before.trimEnd().length)).toContain('\n  - name: From execution x1\n')
    },
  )

  it('refuses a second one of the same name, and lists that it cannot add to', () => {
    const once = appendScenario('', scenario)
    const code = (text: string) => {
      try {
        return appendScenario(text, scenario)
      } catch (thrown) {
        return (thrown as { code?: string }).code
      }
    }
    expect(code(once)).toBe('scenario.duplicate')
    expect(code('scenarios: [{ name: A }]')).toBe('scenario.cannot_append')
    expect(code('scenarios: {')).toBe('scenario.cannot_append')
    expect(code('just text')).toBe('scenario.cannot_append')
  })

  it('stays in its place when more follows the list', () => {
    const after = appendScenario('scenarios:\n- name: A\n\n# end\nmore: 1\n', scenario)
    expect(after).toContain('- name: From execution x1')
    expect(after).toContain('# end\nmore: 1')
  })
})
