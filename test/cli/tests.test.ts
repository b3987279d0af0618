// Tests of workflows as a terminal and as CI shows them, and the exit status that goes with them.
import { describe, expect, it } from 'vitest'
import { runCli, type Terminal } from '../../src/cli/cli.ts'
import { junit } from '../../src/cli/text/junit.ts'
import { testText } from '../../src/cli/text/tests.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { TestReport } from '../../src/scenarios/index.ts'

const passing: TestReport = {
  id: 't1',
  workflow: { id: 'sample', name: 'Sample' },
  version: { number: 0, hash: 'abcdef012345'.repeat(5) },
  startedBy: { kind: 'cli', id: 'ana', name: 'ana' },
  startedAt: '2026-03-02T08:00:00.000Z',
  durationMs: 1234,
  passed: true,
  totals: { scenarios: 1, passed: 1, executions: 2 },
  scenarios: [
    {
      name: 'Good',
      file: 'workflows/sample/scenarios.yaml',
      line: 3,
      passed: true,
      status: 'succeeded',
      durationMs: 12,
      differences: [],
      errors: [],
      printed: [],
    },
  ],
  criteria: [],
  coverage: { nodes: { total: 2, reached: 2, missing: [] }, edges: { total: 1, reached: 1, missing: [] } },
  compared: null,
}

const failing: TestReport = {
  ...passing,
  passed: false,
  totals: { scenarios: 2, passed: 1, executions: 4 },
  scenarios: [
    ...passing.scenarios,
    {
      name: 'Bad <one> & "two"\u001b[31m',
      file: 'workflows/sample/scenarios.yaml',
      line: 9,
      passed: false,
      status: 'failed',
      durationMs: 2500,
      differences: [{ at: 'outputs.count', expected: '3', actual: '2' }],
      errors: [
        {
          code: 'python.exception',
          message: 'KeyError',
          file: 'workflows/sample/work.py',
          line: 7,
          source: 'x["y"]',
        },
      ],
      printed: ['counting \u0000 \ud800'],
    },
  ],
  criteria: [
    {
      name: 'All found',
      why: 'Because.',
      kind: 'accuracy',
      met: false,
      measures: [
        { what: 'recall', value: 0.9995, threshold: 1, better: 'higher', unit: 'share', met: false },
        { what: '95th percentile', value: 80, threshold: 2000, better: 'lower', unit: 'ms', met: true },
      ],
      details: ['A-1 is missing'],
    },
  ],
  coverage: {
    nodes: { total: 3, reached: 2, missing: ['last resort'] },
    edges: { total: 2, reached: 1, missing: [{ from: 'one', to: 'last resort', on: 'failure' }] },
  },
  compared: {
    with: { id: 't0', version: 4, at: '2026-03-01T08:00:00.000Z' },
    better: [],
    worse: ['"Bad" does not pass any more'],
  },
}

describe('a test report in a terminal', () => {
  it('is short when all is well', () => {
    expect(testText(passing)).toBe(
      [
        'Sample (sample, abcdef012345)',
        '  ✓ Good',
        'Reached: 2 of 2 nodes, 1 of 1 edge',
        '✓ 1 of 1 scenario passed, 0 of 0 criteria met: 2 executions in 1.2 s',
      ].join('\n\n'),
    )
  })

  it('says of what fails where it stands, what was expected, and what was', () => {
    const text = testText(failing)
    expect(text).toContain(
      [
        '✗ Bad <one> & "two"·[31m',
        '    workflows/sample/scenarios.yaml:9',
        '    outputs.count',
        '      expected  3',
        '      but was   2',
        '    python.exception – KeyError',
        '      workflows/sample/work.py:7: x["y"]',
      ].join('\n'),
    )
    // Nearly all is not all.
    expect(text).toContain('✗ recall: 99.9 % (at least 100 %)')
    expect(text).toContain('✓ 95th percentile: 80 ms (at most 2000 ms)')
    expect(text).toContain('A-1 is missing')
    expect(text).toContain('"last resort" runs in no scenario')
    expect(text).toContain('"one" leads to "last resort" in no scenario (on failure)')
    expect(text).toContain('Since the test of version 4\n  ▼ "Bad" does not pass any more')
    expect(text).not.toContain('\u001b')
  })
})

describe('the command test', () => {
  const terminal = (report: TestReport | WorkflowError) => {
    const seen = { out: '', err: '', files: {} as { [path: string]: string } }
    const given: Terminal = {
      config: () => ({ api: { host: '127.0.0.1', port: 1 }, workflowsDir: '', cacheDir: '', dataFile: '' }),
      validate: async () => ({ valid: [], faults: [] }),
      async test() {
        if (report instanceof WorkflowError) throw report
        return report
      },
      async write(path, text) {
        if (path === 'nowhere/x.xml') throw Object.assign(new Error('no'), { code: 'ENOENT' })
        seen.files[path] = text
      },
      out: (text) => {
        seen.out += text
      },
      err: (text) => {
        seen.err += text
      },
      user: 'ana',
      cwd: '.',
      fetch: async () => {
        throw new Error('no bot is asked')
      },
    }
    return { given, seen }
  }

  it('asks no bot, and ends with 0 when all is met, with 1 when something is not', async () => {
    const good = terminal(passing)
    expect(await runCli(['test', 'sample'], good.given)).toBe(0)
    expect(good.seen.out).toContain('✓ 1 of 1 scenario passed')
    expect(await runCli(['test', 'sample'], terminal(failing).given)).toBe(1)
  })

  it('prints the report as JSON, and writes JUnit XML beside it', async () => {
    const { given, seen } = terminal(failing)
    expect(await runCli(['test', 'sample', '--json', '--junit', 'out.xml'], given)).toBe(1)
    expect(JSON.parse(seen.out)).toEqual(JSON.parse(JSON.stringify(failing)))
    expect(seen.files['out.xml']).toBe(junit(failing))
  })

  it('says what keeps it from testing', async () => {
    const none = terminal(new WorkflowError('scenario.none', 'The workflow "sample" has no scenarios.'))
    expect(await runCli(['test', 'sample'], none.given)).toBe(1)
    expect(none.seen.err).toContain('has no scenarios')
    expect(await runCli(['test'], terminal(passing).given)).toBe(2)
    const unwritable = terminal(passing)
    expect(await runCli(['test', 'sample', '--junit', 'nowhere/x.xml'], unwritable.given)).toBe(2)
    expect(unwritable.seen.err).toContain('"nowhere/x.xml" cannot be written (ENOENT)')
  })
})
