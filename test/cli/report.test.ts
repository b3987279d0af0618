// A report in the terminal: what each state of a node looks like.
import { expect, it } from 'vitest'
import { reportText } from '../../src/cli/text/report.ts'
import { type Report, reportSchema } from '../../src/engine/report.ts'

const at = '2026-03-02T08:00:00.000Z'
const ended = { attempts: 1, startedAt: at, printed: [], endedAt: at, durationMs: 65_000 }
const base = {
  id: 'x1',
  workflow: { id: 'sample', name: 'Sample' },
  version: { number: 3, hash: 'f' },
  trigger: { node: 'start', type: 'manual' },
  startedBy: { kind: 'cli' as const, id: 'ana', name: 'ana' },
  inputs: {},
  context: {},
  createdAt: at,
  startedAt: at,
}

function reportOf(nodes: unknown[], more: object = {}): Report {
  return reportSchema.parse({ ...base, status: 'running', success: null, nodes, errors: [], ...more })
}

it('tells attempts, items, printed lines and where code failed', () => {
  const report = reportOf([
    {
      name: 'count',
      type: 'code',
      role: 'action',
      status: 'failed',
      ...ended,
      attempts: 3,
      items: { total: 5, succeeded: 4, failed: 1, shown: [] },
      printed: [
        { stream: 'stdout', text: 'o' },
        { stream: 'stdout', text: 'ne\n' },
        { stream: 'log', text: 'two' },
        { stream: 'stdout', text: 'three' },
      ],
      handled: false,
      error: {
        code: 'python.exception',
        message: "KeyError: 'stock'",
        file: 'workflows/sample/workflow.yaml',
        line: 12,
        source: "  x = item['stock']",
      },
    },
    { name: 'tell', type: 'notify', role: 'action', status: 'skipped', reason: '"count" failed' },
  ])
  expect(reportText(report)).toBe(
    [
      '▸ running: Sample (sample, version 3)',
      '',
      'Execution:  x1',
      'Started:    2026-03-02 08:00:00 UTC by ana (manual)',
      '',
      '  ✗ failed   count  1 min 5 s  3 attempts',
      '      5 items: 4 succeeded, 1 failed',
      '      | one',
      '      | two',
      '      | three',
      "      python.exception – KeyError: 'stock'",
      "        workflows/sample/workflow.yaml:12: x = item['stock']",
      '  – skipped  tell              "count" failed',
    ].join('\n'),
  )
})

it('shows the first lines of what was printed and counts the rest', () => {
  const text = Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join('')
  const node = { name: 'count', type: 'code', role: 'action', status: 'succeeded', ...ended, output: null }
  const shown = reportText(reportOf([{ ...node, printed: [{ stream: 'stdout', text }] }]))
  expect(shown).toContain('| line 19\n      … 30 lines more, see --json')
  expect(shown).not.toContain('line 20')
})

it.each([
  [{ kind: 'time', until: at }, 'until 2026-03-02 08:00:00 UTC'],
  [{ kind: 'retry', attempt: 2, until: at }, 'for attempt 2 at 2026-03-02 08:00:00 UTC'],
  [{ kind: 'execution', executionId: 'x9' }, 'for execution x9'],
])('says what a node waits for: %j', (waitingFor, words) => {
  const node = {
    name: 'wait',
    type: 'wait',
    role: 'action',
    status: 'waiting',
    attempts: 1,
    startedAt: at,
    printed: [],
  }
  expect(reportText(reportOf([{ ...node, waitingFor }]))).toContain(`… waiting  wait\n      ${words}`)
})

it('says who stopped an execution, and shows errors that belong to no node', () => {
  const report = reportOf([], {
    status: 'cancelled',
    success: false,
    endedAt: at,
    durationMs: 4_000_000,
    cancelledBy: { kind: 'slack', id: 'U0BEN', name: 'Ben' },
    reason: 'not today',
    errors: [{ code: 'engine.odd', message: 'Something.' }],
  })
  const text = reportText(report)
  expect(text).toContain('× cancelled in 1 h 6 min: Sample')
  expect(text).toContain('Stopped:    by Ben not today')
  expect(text).toContain('engine.odd – Something.')
})
