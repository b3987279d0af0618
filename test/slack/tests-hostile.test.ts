// Dry runs, saved scenarios and repeated failures, over hostile names and texts: what we
// send is accepted.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from '../../src/commands/types.ts'
import type { FinishedReport } from '../../src/engine/report.ts'
import { renderDryRun } from '../../src/slack/render/dry-run.ts'
import { renderFirstFailure, renderRecurrence } from '../../src/slack/render/incident.ts'
import type { Message } from '../../src/slack/render/limits.ts'
import { renderScenario } from '../../src/slack/render/scenario.ts'
import { judge, judged, messageFaults } from './acceptance.ts'
import * as hostile from './hostile.ts'

const { text, time } = hostile
const count = fc.nat(400)
const workflow = fc.record({ id: text, name: text })

const changes = fc.record({
  created: fc.array(fc.dictionary(text, text, { maxKeys: 5 }), { maxLength: 20 }),
  changed: fc.dictionary(text, fc.dictionary(text, text, { maxKeys: 5 }), { maxKeys: 20 }),
  deleted: fc.array(text, { maxLength: 30 }),
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
  'a dry run': dryRun.map((run) => renderDryRun({ kind: 'dry_run', run } as unknown as Of<'dry_run'>)),
  'a saved scenario': fc
    .record({
      executionId: fc.constant('1f3k9ab-x7q2m'),
      workflow,
      file: text,
      text: fc.array(text).map((all) => all.join('\n')),
      written: fc.option(text),
      place: text,
      addable: fc.constantFrom('yes', 'there', 'no'),
      masked: count,
      records: fc.constantFrom('found', 'seed'),
      left: fc.array(text),
      open: count,
      tried: fc.option(
        fc.record({
          passed: fc.boolean(),
          differences: fc.array(fc.record({ at: text, expected: text, actual: text })),
        }),
      ),
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

describe('whatever names and texts dry runs and failures have', () => {
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
