// Results of tests, activations, dry runs, saved scenarios and repeated failures, over hostile names and texts: what we
// send is accepted.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from '../../src/commands/types.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { renderDryRun } from '../../src/slack/render/dry-run.ts'
import { renderFirstFailure, renderRecurrence } from '../../src/slack/render/incident.ts'
import type { Message } from '../../src/slack/render/limits.ts'
import { renderScenario } from '../../src/slack/render/scenario.ts'
import { renderActivated, renderProposed, renderTested, renderTests } from '../../src/slack/render/tests.ts'
import { judge, judged, messageFaults } from './acceptance.ts'
import * as hostile from './hostile.ts'

const now = Date.parse('2026-03-02T10:00:00Z')
const { text, ms, time, actor } = hostile
const count = fc.nat(400)
const workflow = fc.record({ id: text, name: text })
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
const report = fc.record({
  id: text,
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
const changes = fc.record({
  created: fc.array(fc.dictionary(text, text, { maxKeys: 5 }), { maxLength: 20 }),
  changed: fc.dictionary(text, fc.dictionary(text, text, { maxKeys: 5 }), { maxKeys: 20 }),
  deleted: texts,
})
const dryRun = fc.record({
  report: hostile.report.filter((one) => 'endedAt' in one),
  records: fc.dictionary(text, changes, { maxKeys: 12 }),
  messages: fc.array(hostile.outgoing, { maxLength: 12 }),
  requests: fc.array(fc.record({ method: text, url: text, headers: fc.constant({}), body: text }), {
    maxLength: 12,
  }),
})

/** Texts are arbitrary; the shapes are those of the results. */
type Of<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>

const messages: { [what: string]: fc.Arbitrary<Message> } = {
  'the card of a test': report.map((one) => renderTested({ kind: 'tested', report: one } as Of<'tested'>)),
  'the tests that were': fc
    .tuple(text, fc.array(report, { maxLength: 12 }))
    .map(([workflowId, reports]) => renderTests({ kind: 'tests', workflowId, reports } as Of<'tests'>, now)),
  'an activation': fc
    .record({
      workflow,
      version: count,
      from: count,
      by: actor,
      how: fc.constantFrom('first', 'activated', 'overridden', 'rolled_back'),
      reason: text,
    })
    .map((one) => renderActivated({ kind: 'activated', ...one } as Of<'activated'>)),
  'a proposed activation': fc
    .record({ workflow, version: count, by: actor })
    .map((one) => renderProposed({ kind: 'activation_proposed', ...one } as Of<'activation_proposed'>)),
  'a dry run': dryRun.map((run) => renderDryRun({ kind: 'dry_run', run } as unknown as Of<'dry_run'>)),
  'a saved scenario': fc
    .record({
      executionId: fc.constant('1f3k9ab-x7q2m'),
      workflow,
      file: text,
      text: fc.array(text).map((all) => all.join('\n')),
      written: fc.option(text),
    })
    .map((one) => renderScenario({ kind: 'scenario', ...one })),
  'the first failure of its kind': hostile.report
    .filter((one) => 'endedAt' in one)
    .map((one) => renderFirstFailure(one as FinishedReport, { hidden: false, owner: 'U0ANALIMA' })),
  'a repeated failure': fc
    .record({
      one: hostile.report.filter((made) => 'endedAt' in made),
      count,
      fresh: count,
      at: time,
      id: text,
    })
    .map(({ one, at, ...counts }) => renderRecurrence(one as FinishedReport, { ...counts, first: at })),
}

describe('whatever names and texts tests and failures have', () => {
  for (const [what, arbitrary] of Object.entries(messages)) {
    it(`${what} is a message that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(messageFaults(message)).toEqual([])
        }),
        { numRuns: 40 },
      )
    })
  }

  it.skipIf(!judge)(
    'an independent judge finds nothing either (skipped where none is kept beside the project)',
    () => {
      const samples = Object.values(messages).flatMap((arbitrary) =>
        fc.sample(arbitrary, { numRuns: 15, seed: 7 }),
      )
      expect(judged(samples)).toBe('')
    },
  )
})
