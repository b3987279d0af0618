// Tests, replays, versions and activations over hostile names and texts: what we send is accepted, and says nothing that
// would wake anybody up.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TestReport } from '../../src/scenarios/index.ts'
import { renderRefused } from '../../src/slack/render/activation.ts'
import { renderResult } from '../../src/slack/render/index.ts'
import { renderReplayDetails } from '../../src/slack/render/replay-details.ts'
import { replayFile, testFile } from '../../src/slack/render/report-files.ts'
import { renderTrialProgress } from '../../src/slack/render/trial-progress.ts'
import { judge, judged, messageFaults, viewFaults } from './acceptance.ts'
import { text } from './hostile.ts'
import {
  isReplayReport,
  isTestReport,
  replayReports,
  results,
  testReports,
  versionState,
} from './hostile-trials.ts'

const now = Date.parse('2026-03-02T10:00:00Z')
const runs = { numRuns: 40 }

const messages = {
  ...Object.fromEntries(
    Object.entries(results).map(([what, arbitrary]) => [
      what,
      fc
        .tuple(arbitrary, fc.array(versionState, { maxLength: 4 }))
        .map(([result, versions]) => renderResult(result, now, { versions })),
    ]),
  ),
  'a refused activation': fc
    .record({ name: text, message: text, hint: text, report: fc.option(testReports) })
    .map(({ name, message, hint, report }) =>
      renderRefused(
        { code: 'activation.not_met', message, hint },
        { workflow: { id: 'reorder-check', name }, version: 3, report },
      ),
    ),
  'the progress of a test': fc
    .record({ name: text, done: fc.nat(50), total: fc.nat(50), failed: fc.nat(3) })
    .map(({ name, ...progress }) => renderTrialProgress({ kind: 'test', name }, progress)),
}
const details = fc
  .tuple(replayReports, fc.boolean())
  .map(([report, hidden]) => renderReplayDetails(report, { channel: 'C0OPERATNS' }, now, { hidden }))

describe('whatever names and texts tests, replays and versions have', () => {
  it('the generated reports are real reports', () => {
    const samples = <T>(arbitrary: fc.Arbitrary<T>) => fc.sample(arbitrary, { numRuns: 20, seed: 3 })
    expect(samples(testReports).filter((one) => !isTestReport(JSON.parse(JSON.stringify(one))))).toEqual([])
    expect(samples(replayReports).filter((one) => !isReplayReport(JSON.parse(JSON.stringify(one))))).toEqual(
      [],
    )
  })

  for (const [what, arbitrary] of Object.entries(messages)) {
    it(`${what} is a message that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(messageFaults(message)).toEqual([])
        }),
        runs,
      )
    })
  }

  it('the details of a replay are a view that Slack accepts', () => {
    fc.assert(
      fc.property(details, (view) => {
        expect(viewFaults(view)).toEqual([])
      }),
      runs,
    )
  })

  it('no text of a test or a replay begins a line of its own in their files', () => {
    const forged: Partial<TestReport> = { workflow: { id: 'x', name: 'one\nCriteria\n- met: forged' } }
    fc.assert(
      fc.property(testReports, replayReports, (test, replay) => {
        expect(testFile({ ...test, ...forged }).content.split('\n')).not.toContain('- met: forged')
        const count = replay.executions.filter(({ outcome }) => outcome === 'same').length
        const lines = replayFile({ ...replay, leftOut: [] }).content.split('\n')
        expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(replay.executions.length)
        expect(count).toBeLessThanOrEqual(replay.executions.length)
      }),
      runs,
    )
  })

  it.skipIf(!judge)(
    'an independent judge finds nothing either (skipped where none is kept beside the project)',
    () => {
      const samples = Object.values(messages).flatMap((arbitrary) =>
        fc.sample(arbitrary, { numRuns: 12, seed: 7 }),
      )
      expect(judged(samples)).toBe('')
      expect(judged(fc.sample(details, { numRuns: 12, seed: 7 }))).toBe('')
    },
  )
})
