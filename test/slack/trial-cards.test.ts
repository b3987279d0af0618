// How tests, replays, versions and activations read: what does not pass, what would be different, and what to press next.
import type { KnownBlock } from '@slack/types'
import { describe, expect, it } from 'vitest'
import { renderActivated, renderProposed, renderRefused } from '../../src/slack/render/activation.ts'
import { differenceBox, excerpt } from '../../src/slack/render/differences.ts'
import { renderError } from '../../src/slack/render/error.ts'
import { waitingVersionRow } from '../../src/slack/render/home-versions.ts'
import { renderResult } from '../../src/slack/render/index.ts'
import { replayWords } from '../../src/slack/render/replay-words.ts'
import { replayFile, testFile } from '../../src/slack/render/report-files.ts'
import { workflowRow } from '../../src/slack/render/workflows.ts'
import {
  activated,
  criterion,
  now,
  replayed,
  replayReport,
  scenario,
  testReport,
  version,
  workflow,
} from './trial-reports.ts'

const words = (blocks: KnownBlock[]) => JSON.stringify(blocks)
const buttons = (blocks: KnownBlock[]) =>
  blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.map((one) => ('text' in one && one.text ? one.text.text : one.type))
      : [],
  )

describe('what was expected beside what came out', () => {
  it('stands aligned below the place where it was', () => {
    const { text } = differenceBox([{ at: 'outputs.low.count', expected: '3', actual: '2' }], 4)
    expect(text).toBe('outputs.low.count\n  expected  3\n  but was   2')
  })

  it('a long text is cut around the place where the two part', () => {
    const same = 'All the articles of the supplier in the north '.repeat(5)
    const { text, cut } = differenceBox(
      [{ at: 'messages[0].text', expected: `"${same}were ordered"`, actual: `"${same}are missing"` }],
      4,
    )
    const [, expected, actual] = text.split('\n')
    expect(expected).toMatch(/^ {2}expected {2}….+were ordered"$/)
    expect(actual).toMatch(/^ {2}but was {3}….+are missing"$/)
    expect(cut).toBe(true)
  })

  it('no character is cut in half', () => {
    expect(excerpt('👩‍👩‍👧‍👦'.repeat(60), 'x').shown).not.toMatch(/[\ud800-\udfff](?![\udc00-\udfff])$/)
  })

  it('entries that a list lacks or has too many are named as such', () => {
    const { text } = differenceBox(
      [
        { at: 'outputs.low[1]', expected: '"FAS-0002"', actual: 'missing' },
        { at: 'outputs.low[3]', expected: 'nothing more', actual: '"FAS-0009"' },
        { at: 'outputs.low[4]', expected: 'nothing more', actual: '"FAS-0010"' },
      ],
      4,
    )
    expect(text).toBe('outputs.low\n  missing   "FAS-0002"\n  too many  "FAS-0009"\n  too many  "FAS-0010"')
  })

  it('of two whole lists only the entries in which they differ are told', () => {
    const box = (expected: string, actual: string) =>
      differenceBox([{ at: 'output', expected, actual }], 4).text
    expect(box('["a","b","c"]', '["a","c","d"]')).toBe('output\n  missing   "b"\n  too many  "d"')
    expect(box('["a","b"]', '["b","a"]')).toContain('the same entries in another order')
  })

  it('what does not fit is counted', () => {
    const many = Array.from({ length: 7 }, (_, n) => ({ at: `output.f${n}`, expected: '1', actual: '2' }))
    expect(differenceBox(many, 3)).toMatchObject({ cut: true, text: expect.stringMatching(/and 4 more$/) })
  })
})

describe('the card of a test', () => {
  const draft = [version(2, 'tested'), version(1, 'active')]
  const red = testReport(2, {
    scenarios: [
      scenario('finds what is low', [{ at: 'output.count', expected: '3', actual: '2' }]),
      scenario('is quiet otherwise'),
    ],
    criteria: [criterion('Flags what is low', 0.5, ['FAS-0001 is missing']), criterion('Is exact', 1)],
    coverage: {
      nodes: { total: 3, reached: 2, missing: ['notify buyers'] },
      edges: { total: 1, reached: 0, missing: [{ from: 'check', to: 'notify buyers', on: 'failure' }] },
    },
    compared: {
      with: { id: 'test-1', version: 1, at: new Date(now - 7_200_000).toISOString() },
      better: ['Is exact: recall went from 98 % to 100 %'],
      worse: ['"finds what is low" does not pass any more'],
    },
  })
  const card = renderResult({ kind: 'tested', report: red }, now, { versions: draft })

  it('puts what is not met first, against its threshold, with what it suffers from and why it matters', () => {
    const text = words(card.blocks)
    expect(text).toContain(':x: *Flags what is low*\\n> recall *50\u00a0%* (≥\u00a0100\u00a0%)')
    expect(text).toContain('> • FAS-0001 is missing')
    expect(text).toContain('> Why it matters: A missed item stops an assembly line.')
    expect(text.indexOf('Flags what is low')).toBeLessThan(text.indexOf('Is exact'))
  })

  it('says what no scenario reaches, and what got better and worse since which version', () => {
    const text = words(card.blocks)
    expect(text).toContain(
      'No scenario reaches* _the step notify buyers_, _the way check → notify buyers if it fails_',
    )
    expect(text).toContain('*Since version 1, tested 2 h ago*')
    expect(text).toContain(':arrow_lower_right: worse: 1 scenario does not pass any more')
    expect(text).toContain(':arrow_upper_right: better: Is exact')
  })

  it('offers another test and the whole as a file while it is red', () => {
    expect(buttons(card.blocks)).toEqual(['Test again', 'Send as file', 'Versions'])
  })

  it('says in its notification what does not pass, by name', () => {
    expect(card.text).toContain('Not met: “Flags what is low”.')
    expect(card.text).toContain('Not passing: “finds what is low”.')
  })

  it('offers to activate a green draft, and asks before it does', () => {
    const { blocks } = renderResult({ kind: 'tested', report: testReport(2) }, now, { versions: draft })
    expect(buttons(blocks)).toEqual(['Activate', 'Replay', 'Versions'])
    expect(words(blocks)).toContain('version 2 is to answer from now on instead of version 1')
  })

  it('offers no activation of what answers already, nor of what others have edited since', () => {
    const { blocks } = renderResult({ kind: 'tested', report: testReport(1) }, now, { versions: draft })
    expect(buttons(blocks)).toEqual(['Test again', 'Versions'])
  })

  it('its file has everything, one line for each fact', () => {
    const { filename, content } = testFile(red)
    expect(filename).toBe('reorder-check-v2-test.txt')
    expect(content).toContain(
      '- NOT MET: Flags what is low\n    recall: 50 % (at least 100 %)\n    FAS-0001 is missing',
    )
    expect(content).toContain('    output.count\n      expected  3\n      but was   2')
    expect(content).toContain('- the way check -> notify buyers (on failure)')
  })
})

describe('a replay in words', () => {
  const difference = (
    about: 'messages' | 'records' | 'status' | 'steps' | 'requests',
    at: string,
    before: string,
    is: string,
  ) => ({
    about,
    at,
    before,
    now: is,
  })
  const message = (text: string) => JSON.stringify({ to: '#purchasing', text })

  it('tells of messages as people would', () => {
    expect(
      replayWords([
        difference('messages', 'messages[0].text', '"9 orders are ready"', '"8 orders are ready"'),
        difference('messages', 'messages[1]', 'nothing', message('Two more')),
        difference('messages', 'messages', message('All is well'), 'nothing'),
      ]),
    ).toEqual([
      'Would send “8 orders are ready”, instead of “9 orders are ready”',
      'Would also send to #purchasing: “Two more”',
      'Would not send to #purchasing: “All is well”',
    ])
  })

  it('counts records that would be there or not, by their collection', () => {
    const record = (key: string, before: string, is: string) =>
      difference('records', `records.purchase_orders[${JSON.stringify(key)}]`, before, is)
    expect(replayWords([record('PO-1', 'nothing', '{}'), record('PO-2', 'nothing', '{}')])).toEqual([
      'Would write 2 more records to `purchase_orders`: PO-1, PO-2',
    ])
    expect(replayWords([record('PO-1', '{}', 'nothing'), record('PO-3', 'nothing', '{}')])).toEqual([
      'Would write 1 other record to `purchase_orders` (PO-3) instead of 1 (PO-1)',
    ])
  })

  it('puts what others notice first, and counts what only shows inside', () => {
    expect(
      replayWords([
        difference('steps', 'outputs["plan orders"].total', '1', '2'),
        difference(
          'requests',
          'requests',
          JSON.stringify({ method: 'POST', url: 'https://x.example/a' }),
          'nothing',
        ),
        difference('status', 'status', '"succeeded"', '"failed"'),
      ]),
    ).toEqual([
      'Would end as *failed* instead of *succeeded*',
      'Would not request `POST https://x.example/a`',
      'Inside: 1 other value of its steps',
    ])
  })

  it('shows what is inside where nobody else would notice anything', () => {
    expect(replayWords([difference('steps', 'outputs.total', '1', '2')])).toEqual([
      '`outputs.total`: `2` instead of `1`',
    ])
  })

  const texts = [difference('messages', 'messages[0].text', '"a"', '"b"')]
  const report = replayReport(2, [
    replayed('x1', 'same'),
    replayed('x2', 'different', texts),
    replayed('x3', 'different', texts),
    replayed('x4', 'unrepeatable', [difference('steps', 'outputs.roll', '3', '5')]),
  ])

  it('the card counts, links what it can, and says once what is the same of several', () => {
    const links = new Map([['x2', 'https://harbour.example/x2']])
    const { text, blocks } = renderResult({ kind: 'replayed', report }, now, { links, versions: [] })
    const said = words(blocks)
    expect(text).toBe(
      'Reorder check version 2, replayed: 1 of 4 the same, 2 differ, 1 does not repeat itself. Would send “b”, instead of “a”',
    )
    expect(said).toContain(
      '*2 executions*, worked then: <https://harbour.example/x2|1 h ago> `x2`, 1 h ago `x3`',
    )
    expect(said.match(/Would send/g)).toHaveLength(1)
    expect(said).toContain('Version 1, which ran then, does not come to the same again')
    expect(buttons(blocks)).toEqual(['Details', 'Versions'])
  })

  it('offers to activate a draft that passed its tests', () => {
    const versions = [version(2, 'tested'), version(1, 'active')]
    expect(buttons(renderResult({ kind: 'replayed', report }, now, { versions }).blocks)[0]).toBe('Activate')
  })

  it('its file has every execution', () => {
    const { content } = replayFile(report)
    expect(content).toContain('- x3 of')
    expect(content).toContain('    messages[0].text\n      then  "a"\n      now   "b"')
  })
})

describe('versions', () => {
  const versions = [
    version(4, 'tested', { test: testReport(4), replay: replayReport(4, [replayed('x1', 'same')]) }),
    version(3, 'active', { activated: activated('activated'), test: testReport(3) }),
    version(2, 'retired', { test: testReport(2, { criteria: [criterion('Flags', 0.5)] }) }),
    version(1, 'retired', { activated: activated('first', '2026-02-01T08:00:00.000Z') }),
  ]
  const shown = renderResult({ kind: 'versions', workflow, versions, deactivation: null }, now)

  it('say of each how it stands, with a mark and a word, by whom and how, and its test and replay', () => {
    const text = words(shown.blocks)
    expect(text).toContain(':test_tube: *Version 4* · tested')
    expect(text).toContain(':arrow_forward: *Version 3* · *active* · activated 1 h ago by Ana')
    expect(text).toContain(':file_cabinet: *Version 2* · retired')
    expect(text).toContain(':x: 1 of 1 scenario, 0 of 1 criterion')
    expect(text).toContain('replayed: 1 of 1 the same')
    expect(shown.text).toContain(
      'version 4 is tested (1 of 1 scenario, 1 of 1 criterion; replayed: 1 of 1 the same), version 3 is active',
    )
  })

  it('lead on with the draft, and back to the one that answered before', () => {
    expect(buttons(shown.blocks)).toEqual(['Activate version 4', 'Test again', 'Replay', 'Back to version 1'])
  })

  it('a deactivated workflow says why, and offers to bring it back', () => {
    const deactivation = {
      workflowId: 'reorder-check',
      version: 3,
      criterion: 'Runs to its end',
      reason: 'only 60 % of the last 10 executions went well',
      executionId: 'x9',
      at: new Date(now - 300_000).toISOString(),
      over: null,
    }
    const { blocks } = renderResult({ kind: 'versions', workflow, versions, deactivation }, now)
    expect(words(blocks)).toContain('Version 3 stopped itself 5 min ago: only 60 % of the last 10')
    expect(buttons(blocks)[0]).toBe('Bring back version 3')
  })

  it('on the home tab each waits with the buttons of those who may do something about it', () => {
    const waiting = { workflow, draft: versions[0] ?? null, active: 3, deactivation: null, isOwn: false }
    const row = (mayTest: boolean, mayActivate: boolean) =>
      buttons(waitingVersionRow({ ...waiting, mayTest, mayActivate }, 0, now))
    expect(row(true, true)).toEqual(['Activate version 4', 'Test again', 'Replay', 'Versions'])
    expect(row(true, false)).toEqual(['Test again', 'Replay', 'Versions'])
    expect(row(false, true)).toEqual(['Activate version 4', 'Versions'])
  })
})

describe('activation', () => {
  const by = { kind: 'slack', id: 'U0ANALIMA', name: 'Ana' } as const

  it('says from which to which version, and leads back with one click that asks first', () => {
    const card = renderActivated({
      ...{ kind: 'activated', workflow, version: 3, from: 2, previous: 2, by, how: 'activated' },
    })
    expect(card.text).toBe(
      ':white_check_mark: Version 3 of Reorder check answers from now on, instead of version 2. By Ana',
    )
    expect(buttons(card.blocks)).toEqual(['Back to version 2', 'Versions'])
    expect(words(card.blocks)).toContain('"confirm"')
  })

  it('offers no way back where no other version ever answered', () => {
    const card = renderActivated({
      ...{ kind: 'activated', workflow, version: 1, from: null, previous: null, by, how: 'activated' },
    })
    expect(buttons(card.blocks)).toEqual(['Versions'])
    expect(card.text).not.toContain('instead')
  })

  it('a proposal stands with the figures of its test and its replay', () => {
    const state = version(3, 'tested', {
      test: testReport(3),
      replay: replayReport(3, [replayed('x1', 'same'), replayed('x2', 'different')]),
    })
    const card = renderProposed({ kind: 'activation_proposed', workflow, version: 3, by }, now, {
      state,
      from: 2,
    })
    const text = words(card.blocks)
    expect(text).toContain('Tested 1 h ago: 1 of 1 scenario, 1 of 1 criterion')
    expect(text).toContain('Replayed 1 h ago: 1 of 2 the same')
    expect(buttons(card.blocks)).toEqual(['Activate', 'Versions'])
  })

  it('a refusal says what is lacking and leads to the test', () => {
    const error = { code: 'activation.not_met', message: 'Version 2 cannot be activated.' }
    const report = testReport(2, {
      scenarios: [scenario('finds what is low', [{ at: 'output', expected: '1', actual: '2' }])],
      criteria: [criterion('Flags what is low', 0.5)],
    })
    const card = renderRefused(error, { workflow, version: 2, report })
    expect(words(card.blocks)).toContain(':x: finds what is low')
    expect(buttons(card.blocks)).toEqual(['Test again', 'Versions'])
    const untested = renderRefused(
      { ...error, code: 'activation.not_tested' },
      { workflow, version: 2, report: null },
    )
    expect(buttons(untested.blocks)).toEqual(['Test now', 'Versions'])
  })

  it('a command that a hint ends with is told as it is typed here', () => {
    const refusal = (hint: string) => words(renderError({ code: 'a.b', message: 'No.', hint }).blocks)
    expect(refusal('Once it is mended, bring it back: activate flaky version=1')).toContain(
      'bring it back: `/workflow activate flaky version=1`',
    )
    for (const hint of [
      'It takes: test, list.',
      'Nothing like: activated `x`',
      'Write it like this: /workflow list',
    ])
      expect(refusal(hint)).toContain(hint)
  })

  it('what is so already is no warning', () => {
    const { blocks } = renderError({ code: 'activation.already', message: 'It answers already.' }, workflow)
    expect(words(blocks)).toContain(':information_source:')
    expect(buttons(blocks)).toEqual(['Versions'])
  })
})

describe('a workflow in the list', () => {
  const summary = {
    ...workflow,
    description: '',
    version: 1,
    draft: null,
    deactivated: false,
    testing: false,
    faults: [],
    running: 0,
    last: undefined,
  }
  const row = (given: Partial<typeof summary> | object) => words([workflowRow({ ...summary, ...given }, now)])

  it('can be run while a newer version waits', () => {
    expect(row({ draft: 2 })).toMatch(
      /Version 2 waits to be activated; version 1 answers until then.*run_workflow/,
    )
  })

  it('can be run while its first version is being tested, and says that this comes first', () => {
    const text = row({ version: null, draft: 1, testing: true })
    expect(text).toMatch(/Being tested for the first time; a run waits for that.*run_workflow/)
  })

  it('has no Run button, but says why, while no version answers', () => {
    const text = row({ version: null, draft: 1 })
    expect(text).toContain('Does not answer yet: version 1 waits to be tested and activated')
    expect(text).not.toContain('run_workflow')
  })

  it('has no Run button, but says why, after it stopped itself', () => {
    const text = row({ deactivated: true })
    expect(text).toContain('it stopped itself')
    expect(text).not.toContain('run_workflow')
    expect(text).toContain('show_versions')
  })
})
