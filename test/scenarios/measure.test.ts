// Criteria: each value as it would be computed by hand.
import { describe, expect, it } from 'vitest'
import type { CriterionResult } from '../../src/scenarios/report.ts'
import { fakePython, sample, testSample } from './support.ts'

const labels = 'sku,verdict,amount\nA,low,10\nB,low,20\nC,fine,\nD,fine,\nE,low,4\n'

/** What one criterion says of a workflow whose only node gives this list. */
async function measured(criterion: string, list: unknown, scenarios = 1): Promise<CriterionResult> {
  const workflow = sample(
    '  - { name: find, type: code, code: return 1 }',
    '  - { from: start, to: find }',
    `criteria: [{ name: C, why: It matters, ${criterion} }]`,
  )
  const one = (name: string) =>
    `{ name: ${name}, labels: { all: { file: labels.csv, key: sku, column: verdict }, amounts: { file: labels.csv, key: sku, column: amount } } }`
  const names = Array.from({ length: scenarios }, (_, index) => one(`S${index + 1}`))
  const report = await testSample(workflow, `scenarios: [${names.join(', ')}]`, {
    python: fakePython({ find: () => list as never }),
    files: { 'labels.csv': labels },
  })
  return report.criteria[0] as CriterionResult
}

const values = ({ measures }: CriterionResult) =>
  Object.fromEntries(measures.map(({ what, value }) => [what, value]))

describe('accuracy', () => {
  const criterion =
    'kind: accuracy, list: outputs.find, key: sku, labels: all, is: low, precision: 0.6, recall: 0.7, f1: 0.5'

  it('is precision, recall and F1 of a list against the labels, and says which items are wrong', async () => {
    const result = await measured(criterion, [{ sku: 'A' }, { sku: 'B' }, { sku: 'C' }])
    expect(values(result)).toEqual({ precision: 2 / 3, recall: 2 / 3, F1: 2 / 3 })
    expect(result.measures.map(({ met }) => met)).toEqual([true, false, true])
    expect(result.met).toBe(false)
    expect(result.details).toEqual(['C does not belong there', 'E is missing'])
  })

  it('counts an item that is there twice, and one that nobody labelled, as wrong', async () => {
    const result = await measured(criterion, [
      { sku: 'A' },
      { sku: 'A' },
      { sku: 'B' },
      { sku: 'E' },
      { sku: 'X' },
    ])
    expect(values(result)).toMatchObject({ precision: 3 / 5, recall: 1 })
    expect(result.details).toEqual(['A is there 2 times', 'X is not labelled'])
  })

  it('of an empty list misses all that belongs there', async () => {
    expect(values(await measured(criterion, []))).toEqual({ precision: 1, recall: 0, F1: 0 })
    expect((await measured(criterion, { not: 'a list' })).details).toEqual([
      'A is missing',
      'B is missing',
      'E is missing',
    ])
  })

  it('takes plain keys and lists of lists', async () => {
    expect(values(await measured(criterion, [['A', 'B'], ['E']]))).toEqual({ precision: 1, recall: 1, F1: 1 })
  })

  it('without labels is not met: there was nothing to measure', async () => {
    const result = await measured(criterion.replace('labels: all', 'labels: none'), [{ sku: 'A' }])
    expect(result.met).toBe(false)
    expect(values(result)).toEqual({ precision: null, recall: null, F1: null })
  })

  it('on too few items is not met', async () => {
    const result = await measured(`${criterion}, items: 6`, [{ sku: 'A' }, { sku: 'B' }, { sku: 'E' }])
    expect(result.measures.at(-1)).toMatchObject({
      what: 'labelled items',
      value: 5,
      threshold: 6,
      met: false,
    })
  })

  it('sums over scenarios', async () => {
    const result = await measured(`${criterion}, items: 10`, [{ sku: 'A' }, { sku: 'B' }, { sku: 'E' }], 2)
    expect(result.met).toBe(true)
    expect(values(result)['labelled items']).toBe(10)
  })
})

describe('values of items', () => {
  const list = [
    { sku: 'A', n: 10 },
    { sku: 'B', n: 25 },
    { sku: 'C', n: 1 },
  ]
  const of = 'list: outputs.find, key: sku, labels: amounts, field: n'

  it('are exactly right or not; items without a label do not count', async () => {
    const result = await measured(`kind: exact_match, ${of}, at_least: 0.3`, list)
    expect(values(result)).toEqual({ 'items that are exactly right': 1 / 3 })
    expect(result.met).toBe(true)
    expect(result.details).toEqual(['B: 25 instead of 20', 'E: null instead of 4'])
  })

  it('are so far from what they should be', async () => {
    const found = [...list, { sku: 'E', n: 5 }]
    expect(values(await measured(`kind: numeric_error, ${of}, at_most: 5`, found))).toEqual({
      'largest error': 5,
    })
    expect(values(await measured(`kind: numeric_error, ${of}, measure: mean, at_most: 2`, found))).toEqual({
      'mean error': 2,
    })
    const relative = await measured(
      `kind: numeric_error, ${of}, measure: mean_relative, at_most: 0.16`,
      found,
    )
    expect(values(relative)['mean relative error']).toBeCloseTo((0.25 + 0.25) / 3)
    expect(relative.met).toBe(false)
  })

  it('that are missing are as wrong as can be', async () => {
    expect((await measured(`kind: numeric_error, ${of}, at_most: 1000000`, list)).met).toBe(false)
  })
})

describe('what executions do', () => {
  const workflow = (criterion: string) =>
    sample(
      '  - { name: one, type: code, code: return 1 }\n  - { name: two, type: code, code: return 1 }',
      '  - { from: start, to: one, when: inputs.go }\n  - { from: one, to: two, on: failure }',
      `criteria: [{ name: C, why: It matters, ${criterion} }]`,
    ).replace('type: manual', 'type: manual, inputs: { go: { type: boolean, default: true } }')
  const criterionOf = async (
    criterion: string,
    scenarios: string,
    work: Parameters<typeof fakePython>[0] = {},
  ) =>
    (await testSample(workflow(criterion), `scenarios: [${scenarios}]`, { python: fakePython(work) }))
      .criteria[0] as CriterionResult
  const fails = {
    one() {
      throw new Error('no')
    },
  }

  it('is a success when they end as their scenario expects', async () => {
    const result = await criterionOf(
      'kind: success_rate, at_least: 0.6',
      '{ name: A, expect: { status: warning } }, { name: B }',
      fails,
    )
    expect(values(result)).toEqual({ 'executions that end as expected': 0.5 })
    expect(result.met).toBe(false)
  })

  it('is an error when no scenario expects it; expected ones, and those of other kinds, do not count', async () => {
    const scenarios =
      '{ name: A, expect: { status: warning, errors: [python.exception] } }, { name: B, expect: { status: warning } }'
    expect(values(await criterionOf('kind: error_frequency, at_most: 0', scenarios, fails))).toEqual({
      'errors for each execution': 0.5,
    })
    const others = 'kind: error_frequency, codes: [http., python.timed_out], at_most: 0'
    expect((await criterionOf(others, scenarios, fails)).met).toBe(true)
    expect((await criterionOf(others.replace('http.', 'python.'), scenarios, fails)).met).toBe(false)
  })

  it('reaches nodes and edges, or does not', async () => {
    const nodes = await criterionOf('kind: coverage, of: nodes, at_least: 0.6', '{ name: A }')
    expect([values(nodes), nodes.met]).toEqual([{ 'nodes reached': 2 / 3 }, true])
    expect(nodes.details).toEqual(['"two" runs in no scenario'])
    const edges = await criterionOf('kind: coverage, of: edges, at_least: 1', '{ name: A }')
    expect([values(edges), edges.met]).toEqual([{ 'edges reached': 0.5 }, false])
    expect(edges.details).toEqual(['"one" leads to "two" in no scenario'])
    const without = await criterionOf('kind: coverage, of: edges, at_least: 1, without: [two]', '{ name: A }')
    expect(without.met).toBe(true)
    const none = await criterionOf(
      'kind: coverage, of: nodes, at_least: 1',
      '{ name: A, inputs: { go: false } }',
    )
    expect(values(none)).toEqual({ 'nodes reached': 1 / 3 })
  })

  it('varies when it is not the same each time', async () => {
    let count = 0
    const criterion = 'kind: flakiness, repetitions: 3'
    const steady = await criterionOf(criterion, '{ name: A }, { name: B }')
    expect([values(steady), steady.met]).toEqual([{ 'scenarios that vary': 0 }, true])
    const flaky = await criterionOf(criterion, '{ name: A }', { one: () => count++ })
    expect([values(flaky), flaky.met]).toEqual([{ 'scenarios that vary': 1 }, false])
  })

  it('takes a time that really passes', async () => {
    const result = await criterionOf('kind: duration, percentile: 50, at_most: 1h', '{ name: A }')
    expect(result).toMatchObject({
      met: true,
      measures: [{ what: '50th percentile', unit: 'ms', threshold: 3_600_000 }],
    })
    const never = await criterionOf('kind: duration, at_most: 0.000001ms', '{ name: A }')
    expect(never.met).toBe(false)
  })
})
