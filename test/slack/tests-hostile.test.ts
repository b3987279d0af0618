// Saved scenarios and repeated failures, over hostile names and texts: what we send is accepted.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FinishedReport } from '../../src/engine/report.ts'
import { renderFirstFailure, renderRecurrence } from '../../src/slack/render/incident.ts'
import type { Message } from '../../src/slack/render/limits.ts'
import { renderScenario } from '../../src/slack/render/scenario.ts'
import { judge, judged, messageFaults } from './acceptance.ts'
import * as hostile from './hostile.ts'

const { text, time } = hostile
const count = fc.nat(400)
const workflow = fc.record({ id: text, name: text })

const messages: { [what: string]: fc.Arbitrary<Message> } = {
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
    .chain((one) => fc.boolean().map((inFile) => renderScenario(one, { inFile }))),
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

describe('whatever names and texts scenarios and failures have', () => {
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
