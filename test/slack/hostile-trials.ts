// Arbitrary tests, replays, versions and activations, with everything in them that could break a Slack message.
import fc from 'fast-check'
import type { CommandResult, VersionState } from '../../src/commands/types.ts'
import {
  type ReplayReport,
  replayReportSchema,
  type TestReport,
  testReportSchema,
} from '../../src/scenarios/index.ts'
import * as hostile from './hostile.ts'

const { text, ms, time, actor } = hostile
const count = fc.nat(400)
/** As long as an id can be. */
const id = fc.constantFrom('reorder-check', `x${'-y'.repeat(60)}`)
const workflow = fc.record({ id, name: text })
const texts = fc.array(text, { maxLength: 30 })

const scenario = fc.record({
  name: text,
  file: text,
  line: count,
  passed: fc.boolean(),
  status: fc.constantFrom('succeeded', 'failed'),
  durationMs: ms,
  differences: fc.array(fc.record({ at: text, expected: text, actual: text }), { maxLength: 20 }),
  errors: fc.array(hostile.error, { maxLength: 5 }),
  printed: texts,
})
const measure = fc.record({
  what: text,
  value: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  threshold: fc.double({ min: 0, max: 1, noNaN: true }),
  better: fc.constantFrom('higher', 'lower'),
  unit: fc.constantFrom('share', 'ms', 'number', 'items'),
  met: fc.boolean(),
})
const criterion = fc.record({
  name: text,
  why: text,
  kind: text,
  met: fc.boolean(),
  measures: fc.array(measure, { maxLength: 6 }),
  details: texts,
})
const reached = { total: count, reached: count }
export const testReport = fc.record({
  id,
  workflow,
  version: fc.record({ number: count, hash: text }),
  startedBy: actor,
  startedAt: time,
  durationMs: ms,
  passed: fc.boolean(),
  totals: fc.record({ scenarios: count, passed: count, executions: count }),
  scenarios: fc.array(scenario, { maxLength: 40 }),
  criteria: fc.array(criterion, { maxLength: 30 }),
  coverage: fc.record({
    nodes: fc.record({ ...reached, missing: texts }),
    edges: fc.record({
      ...reached,
      missing: fc.array(fc.record({ from: text, to: text, on: text }), { maxLength: 30 }),
    }),
  }),
  compared: fc.option(
    fc.record({ with: fc.record({ id: text, version: count, at: time }), better: texts, worse: texts }),
  ),
})

const difference = fc.record({
  about: fc.constantFrom(
    'start',
    'status',
    'errors',
    'records',
    'messages',
    'requests',
    'workflows',
    'approvals',
    'output',
    'context',
    'steps',
  ),
  at: fc.oneof(
    text,
    fc.constantFrom('records.orders["PO-1"]', 'messages[0].text', 'messages', 'outputs["a"].b'),
  ),
  before: fc.oneof(
    text,
    text.map((one) => JSON.stringify({ to: one, text: one })),
    fc.constant('nothing'),
  ),
  now: fc.oneof(
    text,
    text.map((one) => JSON.stringify(one)),
    fc.constant('nothing'),
  ),
})
export const replayReport = fc.record({
  id,
  workflow,
  version: fc.record({ number: count, hash: text }),
  startedBy: actor,
  startedAt: time,
  durationMs: ms,
  totals: fc.record({ executions: count, same: count, different: count, unrepeatable: count }),
  executions: fc.array(
    fc.record({
      id: text,
      version: count,
      createdAt: time,
      status: fc.oneof(fc.constant('succeeded'), text),
      outcome: fc.constantFrom('same', 'different', 'unrepeatable'),
      differences: fc.array(difference, { maxLength: 20 }),
      differs: count,
    }),
    { maxLength: 40 },
  ),
  leftOut: fc.array(fc.record({ why: text, count }), { maxLength: 12 }),
})

/** Whether the generators make what commands can answer. */
export const isTestReport = (value: unknown) => testReportSchema.safeParse(value).success
export const isReplayReport = (value: unknown) => replayReportSchema.safeParse(value).success

export const versionState = fc.record({
  number: count,
  hash: text,
  at: time,
  state: fc.constantFrom('draft', 'tested', 'active', 'retired'),
  activated: fc.option(
    fc.record({
      at: time,
      by: fc.option(actor, { nil: undefined }),
      how: fc.constantFrom('first', 'edited', 'activated', 'overridden', 'rolled_back'),
      reason: fc.option(text, { nil: undefined }),
    }),
  ),
  proposed: fc.option(fc.record({ by: actor, at: time })),
  test: fc.option(testReport),
  outdated: fc.boolean(),
  replay: fc.option(replayReport),
}) as unknown as fc.Arbitrary<VersionState>

export const deactivation = fc.record({
  workflowId: text,
  version: count,
  criterion: text,
  reason: text,
  executionId: text,
  at: time,
  over: fc.constant(null),
})

/** A line of the home tab. */
export const waitingVersion = fc.record({
  workflow,
  draft: fc.option(versionState),
  active: fc.option(count),
  deactivation: fc.option(deactivation),
  isOwn: fc.boolean(),
  mayTest: fc.boolean(),
  mayActivate: fc.boolean(),
})

type Of<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>
const of = <Kind extends CommandResult['kind']>(kind: Kind, arbitrary: fc.Arbitrary<object>) =>
  arbitrary.map((value) => ({ kind, ...value }) as unknown as Of<Kind>)

/** Texts are arbitrary; the shapes are those of the results. */
export const results: { [what: string]: fc.Arbitrary<CommandResult> } = {
  'the card of a test': of('tested', fc.record({ report: testReport })),
  'the tests that were': of(
    'tests',
    fc.record({ workflowId: id, reports: fc.array(testReport, { maxLength: 12 }) }),
  ),
  'the card of a replay': of('replayed', fc.record({ report: replayReport })),
  'the replays that were': of(
    'replays',
    fc.record({ workflowId: id, reports: fc.array(replayReport, { maxLength: 12 }) }),
  ),
  'the versions of a workflow': of(
    'versions',
    fc.record({
      workflow,
      versions: fc.array(versionState, { maxLength: 30 }),
      deactivation: fc.option(deactivation),
    }),
  ),
  'an activation': of(
    'activated',
    fc.record({
      workflow,
      version: count,
      from: fc.option(count),
      previous: fc.option(count),
      by: actor,
      how: fc.constantFrom('first', 'activated', 'overridden', 'rolled_back'),
      reason: text,
    }),
  ),
  'a proposed activation': of('activation_proposed', fc.record({ workflow, version: count, by: actor })),
}

export const testReports = testReport as unknown as fc.Arbitrary<TestReport>
export const replayReports = replayReport as unknown as fc.Arbitrary<ReplayReport>
