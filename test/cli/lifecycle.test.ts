// Replays, versions, tests and how workflows stand, as a terminal shows them.
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type {
  Activated,
  SavedScenarioAnswer,
  TestList,
  VersionList,
  Workflow,
  WorkflowList,
} from '../../src/cli/answers.ts'
import { replayListText, replayText } from '../../src/cli/text/replay.ts'
import { testListText } from '../../src/cli/text/tests.ts'
import { versionsText } from '../../src/cli/text/versions.ts'
import { workflowsText, workflowText } from '../../src/cli/text/workflows.ts'
import type { ReplayReport, TestReport } from '../../src/scenarios/index.ts'
import { type } from './terminal.ts'

const at = '2026-03-02T08:00:00.000Z'
const ana = { kind: 'slack', id: 'U0ANA', name: 'Ana \u001b[31mLima' } as const
const hash = 'a'.repeat(64)

const replay: ReplayReport = {
  id: 'p1',
  workflow: { id: 'reorder', name: 'Reorder' },
  version: { number: 3, hash },
  startedBy: ana,
  startedAt: at,
  durationMs: 4200,
  totals: { executions: 25, same: 23, different: 1, unrepeatable: 1 },
  executions: [
    {
      id: 'x3',
      version: 2,
      createdAt: at,
      status: 'succeeded',
      outcome: 'different',
      differences: [
        { about: 'status', at: 'status', before: 'succeeded', now: 'failed' },
        { about: 'messages', at: 'messages[0].text', before: '5 are low', now: 'two\nlines \u001b[2J' },
      ],
      differs: 4,
    },
    {
      id: 'x2',
      version: 2,
      createdAt: at,
      status: 'succeeded',
      outcome: 'same',
      differences: [],
      differs: 0,
    },
    {
      id: 'x1',
      version: 1,
      createdAt: at,
      status: 'timed_out',
      outcome: 'unrepeatable',
      differences: [{ about: 'output', at: 'output', before: '1', now: '2' }],
      differs: 1,
    },
  ],
  leftOut: [
    { why: 'they were rollbacks', count: 2 },
    { why: 'its records of that time are not kept', count: 1 },
  ],
}

const test: TestReport = {
  id: 't1',
  workflow: { id: 'reorder', name: 'Reorder' },
  version: { number: 3, hash },
  startedBy: ana,
  startedAt: at,
  durationMs: 1200,
  passed: false,
  totals: { scenarios: 3, passed: 2, executions: 3 },
  scenarios: [],
  criteria: [],
  coverage: { nodes: { total: 1, reached: 1, missing: [] }, edges: { total: 0, reached: 0, missing: [] } },
  compared: {
    with: { id: 't0', version: 2, at },
    better: ['"Good" passes now'],
    worse: ['"Bad" does not pass any more'],
  },
}

describe('a replay', () => {
  it('says first how many are the same, then what differs, then what was left out', () => {
    expect(replayText(replay)).toBe(
      [
        '! 23 of 25 the same, 1 different, 1 does not repeat itself',
        'Version 3 of Reorder (reorder) over 25 real executions, in 4.2 s',
        [
          '✗ x3 is different',
          '    ran 2026-03-02 08:00:00 UTC on version 2: succeeded',
          '    status',
          '      before  succeeded',
          '      now     failed',
          '    messages[0].text',
          '      before  5 are low',
          '      now     two lines ·[2J',
          '    and 2 differences more',
        ].join('\n'),
        [
          '? x1 does not repeat itself: the version that ran then comes to another result now',
          '    ran 2026-03-02 08:00:00 UTC on version 1: timed out',
          '    output',
          '      before  1',
          '      now     2',
        ].join('\n'),
        'Left out\n  2 executions: they were rollbacks\n  1 execution: its records of that time are not kept',
      ].join('\n\n'),
    )
  })

  it('that comes to the same is short', () => {
    const same = { ...replay, totals: { executions: 1, same: 1, different: 0, unrepeatable: 0 }, leftOut: [] }
    expect(replayText({ ...same, executions: replay.executions.slice(1, 2) })).toBe(
      '✓ 1 of 1 the same\n\nVersion 3 of Reorder (reorder) over 1 real execution, in 4.2 s',
    )
  })

  it('over nothing says so', () => {
    const totals = { executions: 0, same: 0, different: 0, unrepeatable: 0 }
    expect(replayText({ ...replay, totals, executions: [] })).toMatch(/^There was no execution to replay\.\n/)
  })

  it('stands in a line in the list of replays', () => {
    expect(replayListText({ replays: [replay] })).toBe(
      '2026-03-02 08:00:00 UTC  version 3  ! 23 of 25 the same, 1 different, 1 does not repeat itself  Ana ·[31mLima',
    )
  })

  it.each([
    [{ executions: 3, same: 3, different: 0, unrepeatable: 0 }, 0],
    [{ executions: 3, same: 2, different: 1, unrepeatable: 0 }, 1],
    [{ executions: 3, same: 2, different: 0, unrepeatable: 1 }, 1],
  ])('of %j ends with status %i', async (totals, status) => {
    const ask = async () => Response.json({ ...replay, totals })
    expect((await type(['replay', 'reorder'], { ask })).status).toBe(status)
  })

  it('explains its exit status in the help', async () => {
    expect((await type(['help', 'replay'])).out).toContain('exit status 1: nothing failed, but look')
    expect((await type(['help'])).out).toContain('1 it failed or was refused (replay: something differs)')
  })
})

describe('versions', () => {
  const version = { hash, at, proposed: null, test: null, outdated: false, replay: null }
  const list: VersionList = {
    workflow: { id: 'reorder', name: 'Reorder' },
    versions: [
      {
        ...version,
        number: 4,
        state: 'tested',
        activated: null,
        proposed: { by: ana, at },
        test: { ...test, passed: true, totals: { scenarios: 3, passed: 3, executions: 3 } },
      },
      { ...version, number: 3, state: 'retired', activated: null, test, outdated: true, replay },
      {
        ...version,
        number: 2,
        state: 'active',
        activated: { at, by: ana, how: 'overridden', reason: 'sale\nends' },
      },
      { ...version, number: 1, state: 'retired', activated: { at, how: 'first' } },
    ],
    deactivation: null,
  }

  it('say of each how it stands, how it came to answer, and how good it is', () => {
    expect(versionsText(list)).toBe(
      [
        'Reorder (reorder)',
        '',
        '✓ version 4: tested, first seen 2026-03-02 08:00:00 UTC',
        '    proposed 2026-03-02 08:00:00 UTC by Ana ·[31mLima; somebody else has to activate it',
        '    ✓ 3 of 3 scenarios, 2026-03-02 08:00:00 UTC',
        '    next: activate reorder',
        '– version 3: retired, first seen 2026-03-02 08:00:00 UTC',
        '    ✗ 2 of 3 scenarios, 2026-03-02 08:00:00 UTC',
        '    the scenarios have changed since, so that this test no longer counts',
        '    replayed: 23 of 25 the same, 1 different, 1 does not repeat itself, 2026-03-02 08:00:00 UTC',
        '▸ version 2: active, activated in spite of its tests 2026-03-02 08:00:00 UTC by Ana ·[31mLima: sale ends',
        '    not tested',
        '– version 1: retired, the first 2026-03-02 08:00:00 UTC',
        '    not tested',
      ].join('\n'),
    )
  })

  it('say why none answers', () => {
    const deactivation = {
      version: 2,
      criterion: 'Nearly all go well',
      reason: 'the success rate is 50 %\u0007',
      executionId: 'x9',
      at,
    }
    const text = versionsText({ ...list, deactivation })
    expect(text).toContain(
      'It does not answer: version 2 stopped itself 2026-03-02 08:00:00 UTC.\n  the success rate is 50 %·',
    )
    expect(versionsText({ ...list, versions: [] })).toContain('No version of it was ever loaded.')
    expect(text).toBe(stripVTControlCharacters(text))
  })
})

describe('tests', () => {
  it('stand in a line each, the newest first, with what got worse and better', () => {
    const tests: TestList['tests'] = [test, { ...test, id: 't0', passed: true, compared: null }]
    expect(testListText({ tests })).toBe(
      [
        '2026-03-02 08:00:00 UTC  version 3  ✗ 2 of 3 scenarios  in 1.2 s  by Ana ·[31mLima',
        '    Since the test of version 2',
        '      ▼ "Bad" does not pass any more',
        '      ▲ "Good" passes now',
        '2026-03-02 08:00:00 UTC  version 3  ✓ 2 of 3 scenarios  in 1.2 s  by Ana ·[31mLima',
      ].join('\n'),
    )
    expect(testListText({ tests: [] })).toBe('It was never tested.')
  })
})

describe('a saved scenario', () => {
  const saved: SavedScenarioAnswer = {
    executionId: 'x1',
    workflow: { id: 'reorder', name: 'Reorder' },
    file: 'reorder-x1.scenarios.yaml',
    text: 'scenarios:\n  - name: From execution x1\n',
    written: null,
    place: 'workflows/reorder/scenarios.yaml',
    addable: 'yes',
    masked: 2,
    records: 'found',
    left: [],
    open: 1,
    tried: { passed: true, differences: [] },
  }
  const typed = (more: Partial<SavedScenarioAnswer>, ...line: string[]) =>
    type(['save', 'x1', ...line], { ask: async () => Response.json({ ...saved, ...more }) })

  it('is printed as it goes into a file, with what is to be known of it beside', async () => {
    expect(await typed({})).toEqual({
      status: 0,
      out: saved.text,
      err: [
        'It passes on the version that ran.',
        'It starts with the records that the execution found.',
        '1 value may be anything, since they differ each time.',
        '2 values masked; look through it for what else nobody should read.',
        'Add it to workflows/reorder/scenarios.yaml: save x1 --write',
        '',
      ].join('\n'),
    })
  })

  it('says what keeps it from being relied on', async () => {
    const { err } = await typed({
      tried: { passed: false, differences: [{ at: 'output', expected: '1', actual: '2\u001b[2J\n3' }] },
      records: 'seed',
      left: ['inventory', 'orders'],
      open: 0,
      masked: 0,
      addable: 'there',
    })
    expect(err).toBe(
      [
        'It does not pass on the version that ran, so look at it before you rely on it:',
        '  output: expected 1, but was 2·[2J 3',
        'It starts with the seed: what the records were then is not known any more.',
        'Too many records to write down: inventory, orders.',
        'Nothing was masked; look through it for what else nobody should read.',
        'One of its name stands in workflows/reorder/scenarios.yaml already.',
        '',
      ].join('\n'),
    )
    expect((await typed({ tried: null })).err).toContain('It was not tried')
  })

  it('that was written says where it stands', async () => {
    const { out, err } = await typed({ written: saved.place, addable: 'there' }, '--write')
    expect(out).toBe('It stands in workflows/reorder/scenarios.yaml now.\n')
    expect(err).not.toContain('already')
  })
})

describe('how a workflow stands', () => {
  const summary: WorkflowList['workflows'][number] = {
    id: 'reorder',
    name: 'Reorder',
    description: '',
    version: 2,
    draft: null,
    deactivated: false,
    testing: false,
    faults: [],
    running: 0,
    last: null,
  }

  it.each([
    [{}, 'version 2'],
    [{ draft: 3 }, 'version 2, draft 3'],
    [{ version: null, draft: 1 }, 'draft 1, none answers yet'],
    [{ deactivated: true }, 'version 2, deactivated'],
  ])('with %j is said in the list: %s', (more, words) => {
    expect(workflowsText({ workflows: [{ ...summary, ...more }], broken: [] })).toBe(
      `reorder  Reorder  ${words}  never ran`,
    )
  })

  it('is said with the way back while it has stopped itself', () => {
    const workflow: Workflow = {
      id: 'reorder',
      file: 'workflows/reorder/workflow.yaml',
      version: { number: 2, hash },
      draft: null,
      testing: false,
      deactivation: { version: 2, criterion: 'c', reason: 'the success rate is 50 %', executionId: 'x9', at },
      definition: {
        metadata: { id: 'reorder', name: 'Reorder', description: '', tags: [] },
        settings: { mode: 'sequential', timeout: '1h' },
        context: {},
        collections: {},
        nodes: [{ name: 'start', type: 'manual' }],
        edges: [],
      },
      faults: [],
      last: null,
    }
    expect(workflowText(workflow)).toContain(
      [
        'It does not answer: version 2 stopped itself 2026-03-02 08:00:00 UTC.',
        '  the success rate is 50 %',
        '  Once it is mended: activate reorder --version 2',
      ].join('\n'),
    )
  })

  it.each<[Partial<Extract<Activated, { status: 'activated' }>>, string]>([
    [
      { version: 3, from: 2, previous: 2 },
      'From now on version 3 of Reorder answers, instead of version 2.\n' +
        'Back to version 2: activate reorder --version previous\n',
    ],
    [{ version: 1, from: null, previous: null }, 'From now on version 1 of Reorder answers.\n'],
    [{ version: 2, from: 2, previous: 1 }, 'From now on version 2 of Reorder answers again.\n'],
  ])('after an activation with %j is said', async (more, words) => {
    const workflow = { id: 'reorder', name: 'Reorder' }
    const ask = async () => Response.json({ status: 'activated', workflow, how: 'activated', ...more })
    expect((await type(['activate', 'reorder'], { ask })).out).toBe(words)
  })
})
