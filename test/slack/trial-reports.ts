// Tests, replays and versions as commands answer them, for tests of how they look: each taken as it is, but for what is
// given.
import type { VersionState } from '../../src/commands/types.ts'
import type { ReplayedExecution, ReplayReport, TestReport } from '../../src/scenarios/index.ts'
import { startTime } from './fakes.ts'

const at = new Date(startTime).toISOString()
export const now = Date.parse(at) + 3_600_000
const anna = { kind: 'slack', id: 'U0ANALIMA', name: 'Ana' } as const

export const workflow = { id: 'reorder-check', name: 'Reorder check' }

type Scenario = TestReport['scenarios'][number]
type Criterion = TestReport['criteria'][number]

export const scenario = (name: string, differences: Scenario['differences'] = []): Scenario => ({
  name,
  file: 'workflows/reorder-check/scenarios.yaml',
  line: 31,
  passed: differences.length === 0,
  status: 'succeeded',
  durationMs: 20,
  differences,
  errors: [],
  printed: [],
})

export const criterion = (name: string, value: number, details: string[] = []): Criterion => ({
  name,
  why: 'A missed item stops an assembly line.',
  kind: 'accuracy',
  met: value >= 1,
  measures: [{ what: 'recall', value, threshold: 1, better: 'higher', unit: 'share', met: value >= 1 }],
  details,
})

export function testReport(number: number, given: Partial<TestReport> = {}): TestReport {
  const scenarios = given.scenarios ?? [scenario('finds what is low')]
  const criteria = given.criteria ?? [criterion('Flags what is low', 1)]
  const passed = scenarios.filter((one) => one.passed).length
  return {
    id: `test-${number}`,
    workflow,
    version: { number, hash: `hash-${number}` },
    startedBy: anna,
    startedAt: at,
    durationMs: 1400,
    passed: passed === scenarios.length && criteria.every(({ met }) => met),
    totals: { scenarios: scenarios.length, passed, executions: scenarios.length },
    coverage: {
      nodes: { total: 3, reached: 3, missing: [] },
      edges: { total: 2, reached: 2, missing: [] },
    },
    compared: null,
    ...given,
    scenarios,
    criteria,
  }
}

export const replayed = (
  id: string,
  outcome: ReplayedExecution['outcome'],
  differences: ReplayedExecution['differences'] = [],
): ReplayedExecution => ({
  id,
  version: 1,
  createdAt: at,
  status: 'succeeded',
  outcome,
  differences,
  differs: differences.length,
})

export function replayReport(number: number, executions: ReplayedExecution[]): ReplayReport {
  const count = (outcome: ReplayedExecution['outcome']) =>
    executions.filter((one) => one.outcome === outcome).length
  return {
    id: `replay-${number}`,
    workflow,
    version: { number, hash: `hash-${number}` },
    startedBy: anna,
    startedAt: at,
    durationMs: 900,
    totals: {
      executions: executions.length,
      same: count('same'),
      different: count('different'),
      unrepeatable: count('unrepeatable'),
    },
    executions,
    leftOut: [],
  }
}

export const version = (
  number: number,
  state: VersionState['state'],
  given: Partial<VersionState> = {},
): VersionState => ({
  number,
  hash: `hash-${number}`,
  at,
  state,
  activated: null,
  proposed: null,
  test: null,
  outdated: false,
  replay: null,
  ...given,
})

export const activated = (how: 'first' | 'activated', when = at) => ({ at: when, by: anna, how })
