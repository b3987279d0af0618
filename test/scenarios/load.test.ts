// Scenario files by their mistakes, each at its place; and what becomes of good ones.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeFault } from '../../src/definition/fault.ts'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { loadScenarios } from '../../src/scenarios/index.ts'
import { folderOf } from './support.ts'

const definition: WorkflowDefinition = {
  metadata: { id: 'sample', name: 'Sample', description: '', tags: [] },
  settings: { mode: 'sequential', timeout: '1h' },
  context: {},
  collections: {
    items: { key: 'sku', seed: 'items.csv', fields: { stock: 'number' } },
    empty: { key: 'id', fields: {} },
  },
  nodes: [
    { name: 'start', type: 'manual' },
    { name: 'find low stock', type: 'code' },
  ],
  edges: [{ from: 'start', to: 'find low stock', on: 'success' }],
}

const seed = 'sku,name,stock\nA-1,Bolt,4\nA-2,Nut,\n'

async function load(text: string, files: { [name: string]: string } = {}) {
  const dir = await folderOf({ 'scenarios.yaml': text, 'items.csv': seed, ...files })
  return loadScenarios({ folder: join(dir, 'sample'), shown: 'workflows/sample' }, definition)
}

async function faultsOf(text: string, files: { [name: string]: string } = {}): Promise<string[]> {
  const loaded = await load(text, files)
  return loaded.ok ? [] : loaded.faults.map(describeFault)
}

async function scenariosOf(text: string, files: { [name: string]: string } = {}) {
  const loaded = await load(text, files)
  if (!loaded.ok) throw new Error(loaded.faults.map(describeFault).join('\n'))
  return loaded.scenarios
}

describe('a scenarios file', () => {
  it('may be missing: then there are none', async () => {
    const dir = await folderOf({})
    const place = { folder: join(dir, 'sample'), shown: 'workflows/sample' }
    expect(await loadScenarios(place, definition)).toEqual({ ok: true, scenarios: [] })
  })

  it('names every fault at once, with its line, its scenario and the nearest right word', async () => {
    const faults = await faultsOf(
      [
        'scenarios:',
        '  - name: First',
        '    expcet: {}',
        '    now: yesterday',
        '  - name: Second',
        '    expect:',
        '      status: done',
        '      outputs:',
        '        find low stok: 1',
        '      that: ["outputs.x >", "output + 1"]',
        '  - expect: {}',
      ].join('\n'),
    )
    expect(faults).toEqual([
      expect.stringContaining(
        'scenario.unknown_field – workflows/sample/scenarios.yaml:3, scenario "First" (scenarios[0].expcet): There is no field "expcet" here. Hint: did you mean "expect"?',
      ),
      expect.stringContaining('scenario.invalid_field – workflows/sample/scenarios.yaml:4, scenario "First"'),
      expect.stringContaining('scenarios.yaml:7, scenario "Second" (scenarios[1].expect.status)'),
      expect.stringContaining('scenarios.yaml:11, scenario 3'),
    ])
  })

  it('is checked against the workflow: its nodes, and what expressions can look at', async () => {
    const faults = await faultsOf(
      [
        'scenarios:',
        '  - name: First',
        '    trigger: begin',
        '    expect:',
        '      outputs:',
        '        find low stok: { $siez: 1 }',
        '      nodes: { skipped: [start, nowhere] }',
        '      that:',
        '        - outputs.x >',
        '        - output + 1 == recrods',
      ].join('\n'),
    )
    expect(faults.map((fault) => /^(\S+) – \S+:(\d+)/.exec(fault)?.slice(1))).toEqual([
      ['scenario.unknown_node', '3'],
      ['scenario.unknown_node', '6'],
      ['scenario.matcher', '6'],
      ['scenario.unknown_node', '7'],
      ['expression.syntax', '9'],
      ['expression.unknown_name', '10'],
    ])
    expect(faults[1]).toContain('did you mean "find low stock"?')
    expect(faults[5]).toContain('did you mean "records"?')
  })

  it('with two scenarios of one name, or none at all, is faulty', async () => {
    expect(await faultsOf('scenarios: [{ name: A }, { name: A }]')).toEqual([
      expect.stringContaining('scenario.duplicate'),
    ])
    expect(await faultsOf('scenarios: []')).toEqual([expect.stringContaining('at least 1 entry')])
    expect(await faultsOf('scenarios: [1]')).toEqual([expect.stringContaining('scenario.invalid_field')])
    expect(await faultsOf('- a\n- b')).toHaveLength(1)
    expect(await faultsOf('scenarios: [')).toHaveLength(1)
  })

  it('reads no file outside the folder of the workflow, not even through a link', async () => {
    const outside = await faultsOf(
      'scenarios: [{ name: A, records: { items: { file: ../secret.csv } }, labels: { x: { file: /etc/passwd, key: a, column: b } } }]',
    )
    expect(outside).toEqual([
      expect.stringContaining('scenario.file_outside'),
      expect.stringContaining('scenario.file_outside'),
    ])
    const dir = await folderOf({
      'scenarios.yaml': 'scenarios: [{ name: A, records: { items: { file: link.csv } } }]',
    })
    await mkdir(join(dir, 'other'))
    await writeFile(join(dir, 'other', 'secret.csv'), seed)
    await symlink(join(dir, 'other', 'secret.csv'), join(dir, 'sample', 'link.csv'))
    const linked = await loadScenarios({ folder: join(dir, 'sample'), shown: 'workflows/sample' }, definition)
    expect(linked).toMatchObject({ ok: false, faults: [{ code: 'scenario.file_outside' }] })
  })
})

describe('starting records', () => {
  it('are the seed, changed and without what is removed', async () => {
    const [one] = await scenariosOf(
      'scenarios: [{ name: A, records: { items: { seed: true, change: { A-1: { stock: 9 } }, remove: [A-2] } } }]',
    )
    expect(one?.collections).toEqual({
      items: { key: 'sku', records: [{ sku: 'A-1', name: 'Bolt', stock: 9 }] },
      empty: { key: 'id', records: [] },
    })
  })

  it('come from rows with common fields, and from files, in the types of the collection', async () => {
    const [one] = await scenariosOf(
      'scenarios: [{ name: A, records: { items: { file: more.csv, fill: { stock: 1, name: x }, rows: [{ sku: B-1 }, { sku: B-2, name: y }] } } }]',
      { 'more.csv': 'sku,stock\nC-1,0.5\n' },
    )
    expect(one?.collections.items?.records).toEqual([
      { sku: 'C-1', stock: 0.5 },
      { sku: 'B-1', stock: 1, name: 'x' },
      { sku: 'B-2', stock: 1, name: 'y' },
    ])
  })

  it('that cannot be are faults: no seed, no such record, no key or one twice, bad values of a file', async () => {
    const faults = await faultsOf(
      [
        'scenarios:',
        '  - { name: A, records: { empty: { seed: true } } }',
        '  - { name: B, records: { items: { seed: true, change: { A-9: {} }, remove: [A-8] } } }',
        '  - { name: C, records: { items: [{ sku: A }, { sku: A }] } }',
        '  - { name: D, records: { items: [{ name: x }] } }',
        '  - { name: E, records: { items: { file: bad.csv } } }',
      ].join('\n'),
      { 'bad.csv': 'sku,stock\nC-1,many\n' },
    )
    expect(faults.map((fault) => /^(\S+) – (\S+),/.exec(fault)?.slice(1).join(' '))).toEqual([
      'scenario.no_seed workflows/sample/scenarios.yaml:2',
      'scenario.unknown_record workflows/sample/scenarios.yaml:3',
      'scenario.unknown_record workflows/sample/scenarios.yaml:3',
      'scenario.key workflows/sample/scenarios.yaml:4',
      'scenario.key workflows/sample/scenarios.yaml:5',
      undefined,
    ])
    expect(faults[5]).toContain('seed.invalid_value – workflows/sample/bad.csv:2')
  })
})

describe('variants', () => {
  it('are one scenario for each row, with values rather than their texts', async () => {
    const all = await scenariosOf(
      'scenarios: [{ name: A, cases: [{ n: 1 }, { n: 2 }], inputs: { a: "{{ case.n }}", b: "n is {{ case.n }}" } }]',
    )
    expect(all.map(({ name, scenario }) => [name, scenario.inputs])).toEqual([
      ['A (n=1)', { a: 1, b: 'n is 1' }],
      ['A (n=2)', { a: 2, b: 'n is 2' }],
    ])
  })

  it('are every combination of columns, and of columns with rows', async () => {
    const all = await scenariosOf(
      'scenarios: [{ name: "{{ case.r }}{{ case.a }}{{ case.b }}", cases: [{ r: x }, { r: y }], each: { a: [1, 2], b: [3, 4] } }]',
    )
    expect(all.map(({ name }) => name)).toEqual(['x13', 'x14', 'x23', 'x24', 'y13', 'y14', 'y23', 'y24'])
  })

  it('go around a limit, and through values that trouble code', async () => {
    const around = await scenariosOf(
      'scenarios: [{ name: A, each: { n: { around: 5, step: 0.5 } }, inputs: { n: "{{ case.n }}" } }]',
    )
    expect(around.map(({ scenario }) => scenario.inputs.n)).toEqual([4.5, 5, 5.5, 0, -0.5, -5000, 5000])
    const texts = await scenariosOf(
      'scenarios: [{ name: A, each: { t: { edge: text } }, inputs: { t: "{{ case.t }}" } }]',
    )
    expect(texts.map(({ scenario }) => scenario.inputs.t)).toContain('')
    expect(texts.map(({ scenario }) => scenario.inputs.t)).toContain('<script>alert(1)</script> & <!channel>')
  })

  it('may make up fields of any type; one that does not fit is a fault, said once', async () => {
    const good = await scenariosOf(
      'scenarios: [{ name: A, cases: [{ s: failed }], expect: { status: "{{ case.s }}" } }]',
    )
    expect(good[0]?.scenario.expect.status).toBe('failed')
    const bad = await faultsOf(
      'scenarios: [{ name: A, each: { n: [1, 2, 3] }, expect: { status: "{{ case.n }}", that: ["{{ case.x.y }}"] } }]',
    )
    expect(bad).toEqual([expect.stringContaining('expression.failed')])
    const wrong = await faultsOf(
      'scenarios: [{ name: A, each: { n: [1, 1] }, expect: { messages: "{{ case.n }}" } }]',
    )
    expect(wrong).toEqual([expect.stringContaining('Should be a list, not 1')])
  })

  it('beyond a thousand are refused', async () => {
    const values = JSON.stringify(Array.from({ length: 40 }, (_, index) => index))
    expect(await faultsOf(`scenarios: [{ name: A, each: { a: ${values}, b: ${values} } }]`)).toEqual([
      expect.stringContaining('1600 variants'),
    ])
  })

  it('leave braces alone in a scenario without variants', async () => {
    const [one] = await scenariosOf('scenarios: [{ name: A, inputs: { text: "{{ inputs.x }}" } }]')
    expect(one?.scenario.inputs).toEqual({ text: '{{ inputs.x }}' })
  })
})
