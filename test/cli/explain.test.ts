// The commands that explain, count and hand over, as a terminal shows them.
import { describe, expect, it } from 'vitest'
import { auditText, verdictText } from '../../src/cli/text/audit.ts'
import { diffText } from '../../src/cli/text/diff.ts'
import { handoverText } from '../../src/cli/text/handover.ts'
import { statsText } from '../../src/cli/text/stats.ts'
import { whyText } from '../../src/cli/text/why.ts'
import type { Diff, ExecutionHead, Handover, Stats, Why } from '../../src/commands/answers.ts'

const at = '2026-03-02T08:00:00.000Z'
const ana = { kind: 'slack', id: 'U0ANA', name: 'Ana \u001b[31mLima' } as const
const head: ExecutionHead = {
  id: 'x2',
  workflow: { id: 'reorder', name: 'Reorder' },
  version: 2,
  status: 'failed',
  startedBy: ana,
  createdAt: at,
  durationMs: 2000,
}
const none = { shown: [], more: 0 }

describe('why', () => {
  const why: Why = {
    execution: head,
    node: 'tell',
    status: 'skipped',
    summary: '"tell" was skipped: "order" failed.',
    join: 'all',
    edges: [
      {
        from: 'order',
        fromStatus: 'failed',
        on: 'success',
        when: 'outputs["order"].low > 0',
        else: false,
        taken: 'no',
        why: '"order" failed',
        values: [{ read: 'outputs["order"].low' }, { read: 'context.factor', value: 2, late: true }],
      },
    ],
    causes: [
      { node: 'tell', status: 'skipped', why: '"tell" was skipped: "order" failed.' },
      {
        node: 'order',
        status: 'failed',
        why: '"order" failed: KeyError',
        error: {
          code: 'python.exception',
          message: 'KeyError',
          file: 'w.yaml',
          line: 7,
          source: '  a["b"]',
          hint: 'Look.',
        },
      },
    ],
  }

  it('leads from the step to its root cause and its line', () => {
    expect(whyText(why)).toBe(
      [
        '– skipped: tell, in execution x2 of Reorder',
        '',
        '"tell" was skipped: "order" failed.',
        '',
        'Because:',
        '  ← ✗ failed  "order" failed: KeyError',
        '',
        'w.yaml:7: a["b"]',
        'Hint: Look.',
        '',
        'It takes all of these edges:',
        '  – from order, ✗ failed: "order" failed',
        '      outputs["order"].low  is missing',
        '      context.factor        = 2         (as it was at the end)',
      ].join('\n'),
    )
  })
})

describe('diff', () => {
  const diff: Diff = {
    execution: head,
    against: { ...head, id: 'x1', status: 'succeeded', version: 1 },
    definition: {
      from: 1,
      to: 2,
      known: true,
      changes: [
        {
          part: 'node',
          name: 'order',
          change: 'changed',
          fields: { shown: [{ path: 'code', line: 2, before: 'b = 2', after: 'b = 3\nc = 4' }], more: 3 },
        },
        { part: 'edge', name: 'a -> b', change: 'removed', fields: none },
      ],
    },
    inputs: { shown: [{ path: 'week', before: 9, after: 10 }], more: 0 },
    context: none,
    nodes: [
      {
        node: 'order',
        before: 'succeeded',
        after: 'failed',
        output: none,
        durationMs: { before: 900, after: 9000 },
        error: { code: 'python.exception', message: 'KeyError \u001b[2J' },
      },
    ],
    durationMs: { before: 1000, after: 2000 },
  }

  it('shows definition, inputs and steps, side by side', () => {
    expect(diffText(diff)).toBe(
      [
        '✗ failed: Reorder, execution x2',
        '',
        'Compared with x1, which succeeded 2026-03-02 08:00:00 UTC',
        '',
        'Definition: version 1 → 2:',
        '  changed node order',
        '    code, from line 2:',
        '      - b = 2',
        '      + b = 3',
        '      + c = 4',
        '    … 3 changes more',
        '  removed edge a -> b',
        '',
        'Inputs:',
        '  week: 9 → 10',
        '',
        'Steps:',
        '  order: ✓ succeeded → ✗ failed, 0.9 s → 9.0 s',
        '      KeyError ·[2J',
        '',
        'It took 2.0 s, before 1.0 s.',
      ].join('\n'),
    )
  })

  it('says when nothing differs, and when there is nothing to compare with', () => {
    const same: Diff = { ...diff, definition: null, inputs: none, nodes: [], durationMs: null }
    expect(diffText(same)).toContain('Nothing that is worth a word differs.')
    expect(diffText({ ...same, against: null })).toContain('There is no good execution before it')
  })
})

describe('stats', () => {
  const stats: Stats = {
    since: at,
    until: at,
    workflowId: 'reorder',
    workflows: [
      {
        workflow: { id: 'reorder', name: 'Reorder' },
        executions: 2500,
        succeeded: 2499,
        warning: 0,
        failed: 1,
        timedOut: 0,
        cancelled: 0,
        successRate: 2499 / 2500,
        durationMs: { p50: 1000, p95: 61_000 },
        failures: [{ node: 'order', code: 'python.exception', count: 1, lastAt: at, lastExecutionId: 'x2' }],
        days: [
          { day: '2026-03-01', executions: 0, succeeded: 0, failed: 0, cancelled: 0, durationMs: null },
          {
            day: '2026-03-02',
            executions: 2500,
            succeeded: 2499,
            failed: 1,
            cancelled: 0,
            durationMs: { p50: 1000, p95: 61_000 },
          },
        ],
      },
    ],
  }

  it('never rounds up to perfection, and leaves out empty days', () => {
    const text = statsText(stats)
    expect(text).toContain('99.9 % good')
    expect(text).toContain('half within 1.0 s, 95 % within 1 min 1 s')
    expect(text).toMatch(/1 × +order +python\.exception +last x2/)
    expect(text).toContain('2026-03-02')
    expect(text).not.toContain('2026-03-01')
  })

  it('says when nothing has run', () => {
    expect(statsText({ ...stats, workflows: [] })).toContain('nothing has run')
  })
})

describe('handover', () => {
  const handover: Handover = {
    since: at,
    until: at,
    pending: [],
    failing: [
      { workflow: head.workflow, last: { ...head, error: 'KeyError' }, failedSince: 2, succeededSince: 0 },
    ],
    locks: [{ workflowId: 'reorder', by: ana, reason: 'stocktake', since: at, until: at }],
    changes: [{ workflow: head.workflow, version: 2, at, first: false }],
    broken: [{ file: 'w.yaml', message: 'workflow.invalid – w.yaml:3' }],
    running: 1,
    executions: { succeeded: 3, failed: 2, cancelled: 0 },
  }

  it('shows what the next shift has to know, without letting names play with the screen', () => {
    const text = handoverText(handover)
    expect(text).toContain('3 went well, 2 failed, 0 cancelled; 1 under way')
    expect(text).toMatch(/reorder {2}failed 2 × in this shift {2}last x2 {2}KeyError/)
    expect(text).toContain('by Ana ·[31mLima')
    expect(text).toContain('1 fault in files:\n  workflow.invalid – w.yaml:3')
    expect(text).not.toContain('Waits for a decision')
  })

  it('says when there is nothing to know', () => {
    const calm = { ...handover, failing: [], locks: [], changes: [], broken: [] }
    expect(handoverText(calm)).toContain('Nothing waits, fails, is locked or has changed.')
  })
})

describe('audit', () => {
  it('shows who did what, when and from where, in a line each', () => {
    const entry = {
      number: 1,
      at,
      actor: ana,
      action: 'workflow.locked',
      subject: 'reorder',
      details: { reason: 'stock\ntake', from: { surface: 'slack', place: 'C0OPS' } },
      previous: '',
      hash: '',
    }
    expect(auditText({ entries: [entry] })).toBe(
      '2026-03-02 08:00:00 UTC  Ana ·[31mLima  slack C0OPS  workflow.locked  reorder  {"reason":"stock\\ntake"}',
    )
    expect(auditText({ entries: [], search: 'x' })).toBe('No entry has all these words.')
  })

  it('tells whether the log is whole', () => {
    expect(verdictText({ ok: true, entries: 1 })).toBe('The log is whole: 1 entry.')
    expect(verdictText({ ok: false, line: 7, why: 'it was changed' })).toBe(
      'The log cannot be trusted from line 7 on: it was changed.',
    )
  })
})
