// The shipped workflows keep what they promise: every scenario passes, every criterion is met, on real Python, and what
// is promised of real executions tells somebody in time.
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { type Ended, judge } from '../../src/commands/watch-production.ts'
import { isWatched, type WatchedCriterion } from '../../src/definition/criteria.ts'
import { subjectOf } from '../bench/mutation/trial.ts'
import { startPython, testWorkflow } from './support.ts'

const shipped = readdirSync(new URL('../../workflows', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

let python: PythonSandbox

beforeAll(async () => {
  python = await startPython()
})

afterAll(() => python?.close())

describe.each(shipped)('%s', (id) => {
  it('has scenarios and criteria, and passes them', async () => {
    const report = await testWorkflow(python, id)
    expect(report.scenarios.filter((one) => !one.passed)).toEqual([])
    expect(report.criteria.filter((one) => !one.met)).toEqual([])
    expect(report.scenarios.length).toBeGreaterThan(0)
    expect(report.criteria.length).toBeGreaterThan(0)
    expect(report.passed).toBe(true)
    expect(report.coverage.nodes.missing).toEqual([])
    expect(report.coverage.edges.missing).toEqual([])
  })
})

describe('in production', () => {
  const watched = async (id: string) =>
    (await subjectOf(id)).definition.criteria?.filter((criterion) => isWatched(criterion)) ?? []
  const ended = (status: Ended['status'], codes: string[] = []): Ended => ({
    id: 'x',
    status,
    errors: codes.map((code) => ({ code })),
  })
  const times = (count: number, one: Ended) => Array.from({ length: count }, () => one)

  it.each(shipped)('%s is watched, and a channel is told', async (id) => {
    const criteria = await watched(id)
    expect(criteria.length).toBeGreaterThan(0)
    for (const { watch } of criteria) expect(watch).toMatchObject({ channel: expect.stringMatching(/^#/) })
  })

  it.each([
    { id: 'reorder-check', last: 10, deactivates: false },
    { id: 'daily-digest', last: 10, deactivates: false },
    { id: 'access-request', last: 10, deactivates: true },
    { id: 'incident-opener', last: 20, deactivates: false },
  ])('one of the last $last of $id may fail, and not two', async ({ id, last, deactivates }) => {
    const rate = (await watched(id)).find(({ kind }) => kind === 'success_rate') as WatchedCriterion
    const [fine, failed] = [ended('succeeded'), ended('failed')]
    expect(judge(rate, [failed, ...times(last - 1, fine)])?.met).toBe(true)
    expect(judge(rate, [failed, failed, ...times(last - 2, fine)])?.met).toBe(false)
    expect(judge(rate, times(last - 1, failed))).toBeUndefined()
    expect(rate.watch).toMatchObject({ deactivate: deactivates })
  })

  it('the source of the daily digest may be silent on two mornings of five, and not on three', async () => {
    const rates = (await watched('daily-digest')).find(
      ({ kind }) => kind === 'error_frequency',
    ) as WatchedCriterion
    const [fine, silent] = [ended('succeeded'), ended('warning', ['http.status'])]
    expect(judge(rates, [...times(2, silent), ...times(3, fine)])?.met).toBe(true)
    expect(judge(rates, [...times(3, silent), ...times(2, fine)])?.met).toBe(false)
    expect(judge(rates, times(5, ended('failed', ['notify.channel_not_found'])))?.met).toBe(true)
  })
})

describe('the reorder check', () => {
  it('flags exactly the items that are below their threshold, among at least 200 labelled ones', async () => {
    const { criteria } = await testWorkflow(python, 'reorder-check')
    const flagged = criteria.find((one) => one.name.startsWith('Correctly flag reorder items'))
    expect(flagged?.measures).toMatchObject([
      { what: 'precision', value: 1, threshold: 1 },
      { what: 'recall', value: 1, threshold: 1 },
      { what: 'labelled items', value: 225, threshold: 200 },
    ])
  })

  it('is found out when it takes an item at its threshold for low', async () => {
    const report = await testWorkflow(python, 'reorder-check', (definition) => {
      const node = definition.nodes.find((one) => one.name === 'find low stock')
      if (node) node.code = String(node.code).replace('item["stock"] >= item', 'item["stock"] > item')
    })
    expect(report.passed).toBe(false)
    const failing = report.scenarios.filter((one) => !one.passed)
    expect(failing.map((one) => one.name)).toContain(
      'An item is low strictly below its threshold (stock=5, threshold=5, low=0)',
    )
    expect(failing.find((one) => one.name.includes('stock=5, threshold=5'))?.differences).toContainEqual({
      at: 'outputs["find low stock"].count',
      expected: '0',
      actual: '1',
    })
    const [flagged] = report.criteria
    expect(flagged?.met).toBe(false)
    expect(flagged?.measures[0]).toMatchObject({ what: 'precision', met: false })
    expect(flagged?.details).toEqual([
      'OFF-0001 does not belong there',
      'ELE-0021 does not belong there',
      'SAF-0029 does not belong there',
    ])
  })
})
