// Answers that explain and compare: Slack accepts them whatever they hold, and they say what a person wants to know.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from '../../src/commands/types.ts'
import { renderResult } from '../../src/slack/render/index.ts'
import { judge, judged, messageFaults } from './acceptance.ts'
import { startTime } from './fakes.ts'
import { described, isAnswer, results } from './hostile-answers.ts'

const now = Date.parse('2026-03-02T10:00:00Z')
const shown = (result: unknown) => JSON.stringify(renderResult(result as CommandResult, now))

describe('whatever stands in them', () => {
  it('the generated answers are real answers', () => {
    for (const kind of ['why', 'diff', 'stats', 'handover'] as const) {
      fc.assert(
        fc.property(described[kind] as fc.Arbitrary<unknown>, (value) => isAnswer(kind, value)),
        { numRuns: 30 },
      )
    }
  })

  for (const [what, arbitrary] of Object.entries(results)) {
    it(`${what} is a message that Slack accepts`, () => {
      fc.assert(
        fc.property(arbitrary, (result) => {
          expect(messageFaults(renderResult(result, now))).toEqual([])
        }),
        { numRuns: 80 },
      )
    })
  }

  it.skipIf(!judge)(
    'an independent judge finds nothing (skipped where none is kept beside the project)',
    () => {
      const samples = Object.values(results).flatMap((arbitrary) =>
        fc.sample(arbitrary, { numRuns: 20, seed: 11 }).map((result) => renderResult(result, now)),
      )
      expect(judged(samples)).toBe('')
    },
  )
})

const execution = {
  id: 'x9',
  workflow: { id: 'reorder-check', name: 'Reorder check' },
  version: 4,
  status: 'failed',
  startedBy: { kind: 'slack', id: 'U0ANALIMA', name: 'ana' },
  createdAt: startTime,
  durationMs: 4200,
}
const nothing = { shown: [], more: 0 }

describe('what a person reads', () => {
  it('why a step was skipped: the condition, and what it saw', () => {
    const text = shown({
      kind: 'why',
      execution,
      node: 'notify buyers',
      status: 'skipped',
      summary: 'It was skipped because its condition did not hold.',
      join: 'all',
      edges: [
        {
          from: 'check stock',
          fromStatus: 'succeeded',
          on: 'success',
          when: 'outputs["check stock"].low > 0',
          else: false,
          taken: 'no',
          why: '',
          values: [{ read: 'outputs["check stock"].low', value: 0 }],
        },
      ],
      causes: [{ node: 'notify buyers', status: 'skipped', why: 'nothing was low' }],
    })
    expect(text).toContain('its condition did not hold')
    expect(text).toContain('was `0`')
  })

  it('what changed: definition, inputs, outputs and time beside the last good execution', () => {
    const text = shown({
      kind: 'diff',
      execution,
      against: { ...execution, id: 'x5', status: 'succeeded' },
      definition: {
        from: 3,
        to: 4,
        known: true,
        changes: [
          {
            part: 'node',
            name: 'check stock',
            change: 'changed',
            fields: { shown: [{ path: 'code', before: 'a', after: 'b', line: 7 }], more: 0 },
          },
        ],
      },
      inputs: { shown: [{ path: 'limit', before: 3, after: 30 }], more: 0 },
      context: nothing,
      nodes: [
        { node: 'check stock', before: 'succeeded', after: 'failed', output: nothing, durationMs: null },
      ],
      durationMs: { before: 1000, after: 4200 },
    })
    for (const words of [
      'version 3 → 4',
      'from line 7',
      '`limit` `3` → `30`',
      'succeeded → failed',
      '1.0 s → 4.2 s',
    ]) {
      expect(text).toContain(words)
    }
  })

  it('a success rate is never rounded up to all', () => {
    const stats = {
      workflow: execution.workflow,
      executions: 1000,
      succeeded: 999,
      warning: 0,
      failed: 1,
      timedOut: 0,
      cancelled: 0,
      successRate: 0.999,
      durationMs: { p50: 900, p95: 4000 },
      failures: [
        { node: 'check stock', code: 'python.exception', count: 1, lastAt: startTime, lastExecutionId: 'x9' },
      ],
      days: [],
    }
    const text = shown({ kind: 'stats', since: startTime, until: startTime, workflows: [stats] })
    expect(text).toContain('99 % of 1000 executions went well')
    expect(text).toContain('1× _check stock_')
  })

  it('a calm handover says that it is calm', () => {
    const handover = {
      kind: 'handover',
      since: startTime,
      until: startTime,
      pending: [],
      failing: [],
      locks: [],
      changes: [],
      broken: [],
      running: 0,
      executions: { succeeded: 3, failed: 0, cancelled: 0 },
    }
    expect(shown(handover)).toContain('Nothing waits, fails or is locked')
  })

  it('a log that was tampered with is said loudly, with the line', () => {
    const verdict = { ok: false, line: 7, why: 'the hash does not match' }
    expect(shown({ kind: 'audit_verified', verdict })).toContain('cannot be trusted from line 7')
  })
})
