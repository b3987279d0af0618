// Tests as messages: each criterion against its threshold, what does not pass and where it parts from what was
// expected, what got better or worse; and the tests that were.
import type { Button, KnownBlock } from '@slack/types'
import type { CommandResult } from '../../commands/types.ts'
import { actions, button, context, preformatted, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { criteriaBlocks } from './criteria.ts'
import { differenceBox } from './differences.ts'
import { code, escapeLine } from './escape.ts'
import {
  activateButton,
  type ReportValue,
  replayButton,
  testButton,
  versionsButton,
} from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { passMark, testFigures } from './test-figures.ts'
import { age, count, duration, named, unbroken } from './words.ts'

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>
type TestReport = Result<'tested'>['report']
type ScenarioResult = TestReport['scenarios'][number]

const scenariosShown = 4
const differencesShown = 3
const missingShown = 3
const changesShown = 4
const testsShown = 10

export interface TestedOptions {
  /** Set when the version that was tested waits to be activated: `from` answers until then. */
  draft?: { from: number | null } | undefined
}

export function renderTested(
  { report }: Result<'tested'>,
  now: number,
  { draft }: TestedOptions = {},
): Message {
  const { workflow, version, passed } = report
  const failing = firstOf(
    report.scenarios.filter((one) => !one.passed),
    scenariosShown,
  )
  const headline = `*${escapeLine(workflow.name)}* version ${version.number} ${passed ? 'passes its tests' : 'does not pass its tests'}`
  const blocks: KnownBlock[] = [
    section(`${passMark(passed)} ${headline}\n${testFigures(report)}, in ${duration(report.durationMs)}`),
    ...criteriaBlocks(report.criteria),
    ...failing.shown.flatMap(failure),
    ...(failing.more > 0 ? [context(`And ${count(failing.more, 'more scenario')} that do not pass.`)] : []),
    ...coverage(report),
    ...compared(report, now),
    context(origin(report, draft)),
    actions('test_actions', testedButtons(report, draft)),
  ]
  return fitMessage({ text: spoken(report), blocks }, '_Send as file_ has everything.')
}

/** What a notification and a screen reader say: the outcome, and by name what does not pass. */
function spoken(report: TestReport): string {
  const { workflow, version, passed, scenarios, criteria } = report
  const unmet = criteria.filter(({ met }) => !met).map(({ name }) => name)
  const failing = scenarios.filter((one) => !one.passed).map(({ name }) => name)
  const list = (what: string, names: string[]) => {
    const { shown, more } = firstOf(names, 5)
    const all = [
      ...shown.map((name) => `“${escapeLine(clamp(name, 100))}”`),
      ...(more > 0 ? [`${more} more`] : []),
    ]
    return names.length === 0 ? '' : ` ${what}: ${all.join(', ')}.`
  }
  return (
    `${passMark(passed)} ${escapeLine(workflow.name)} version ${version.number} ${passed ? 'passes' : 'does not pass'} its tests: ${testFigures(report)}.` +
    `${list('Not met', unmet)}${list('Not passing', failing)}`
  )
}

function failure({ name, file, line, differences, errors, status }: ScenarioResult): KnownBlock[] {
  const title = section(
    `:x: ${scenarioName(clamp(name, 200))}  ${code(`${clamp(file.split('/').at(-1) ?? file, 60)}:${line}`)}`,
  )
  if (differences.length > 0) return [title, preformatted(differenceBox(differences, differencesShown).text)]
  const [error] = errors
  const why = error ? `${error.code}: ${error.message}` : `it ended as ${status}`
  return [title, preformatted(clamp(why, 500))]
}

/** What a variant fills in stands behind its name, and is not as loud. */
function scenarioName(name: string): string {
  const [, title = name, variant = ''] = /^(.+?)( \([^()]+=[^()]*\))$/s.exec(name) ?? []
  return `*${escapeLine(title)}*${variant === '' ? '' : ` ${escapeLine(variant)}`}`
}

function coverage({ coverage: { nodes, edges } }: TestReport): KnownBlock[] {
  const ways = edges.missing.map(({ from, to, on, when }) => {
    const how = when ? ` when ${when}` : { failure: ' if it fails', always: ' in any case' }[on]
    return `the way ${from} → ${to}${how ?? ''}`
  })
  const all = [...nodes.missing.map((name) => `the step ${name}`), ...ways]
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, missingShown)
  const words = shown.map((one) => `_${escapeLine(clamp(one, 160)).replace(/_/g, '\u02cd')}_`)
  return [section(`:mag: *No scenario reaches* ${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`)]
}

function compared({ compared: change, version, scenarios }: TestReport, now: number): KnownBlock[] {
  if (!change) return []
  const { better, worse, with: before } = change
  if (better.length + worse.length === 0) return []
  const since =
    before.version === version.number
      ? `the test before, ${age(before.at, now)}`
      : `version ${before.version}, tested ${age(before.at, now)}`
  return [
    section(
      [
        `*Since ${since}*`,
        ...changes(':arrow_lower_right: worse:', told(worse, scenarios, false)),
        ...changes(':arrow_upper_right: better:', told(better, scenarios, true)),
      ].join('\n'),
    ),
  ]
}

/** Scenarios are counted where there are several: what does not pass stands above by its name. */
function told(lines: string[], scenarios: ScenarioResult[], passed: boolean): string[] {
  const words = passed ? 'passes now' : 'does not pass any more'
  const turned = new Set(scenarios.map(({ name }) => `"${name}" ${words}`))
  const counted = lines.filter((line) => turned.has(line))
  if (counted.length < 2 && passed) return lines
  if (counted.length === 0) return lines
  const many = passed ? 'scenarios pass now' : 'scenarios do not pass any more'
  const sum = counted.length === 1 ? `1 scenario ${words}` : `${counted.length} ${many}`
  return [sum, ...lines.filter((line) => !turned.has(line))]
}

function changes(mark: string, all: string[]): string[] {
  const { shown, more } = firstOf(all, changesShown)
  return [
    ...shown.map((line) => `${mark} ${unbroken(escapeLine(clamp(line, 250)))}`),
    ...(more > 0 ? [`${mark} ${more} more`] : []),
  ]
}

function origin({ startedBy, totals }: TestReport, draft: TestedOptions['draft']): string {
  const repeated = totals.executions > totals.scenarios ? ` · ${totals.executions} executions` : ''
  const answers =
    draft?.from === null ? 'nothing answers until it is activated' : `version ${draft?.from} answers`
  return `Tested by ${named(startedBy)}${repeated} · nothing was sent or changed${draft ? ` · a draft, ${answers}` : ''}`
}

function testedButtons(
  { id, workflow, version, passed }: TestReport,
  draft: TestedOptions['draft'],
): Button[] {
  const value: ReportValue = { workflowId: workflow.id, id }
  if (passed) {
    return [
      ...(draft ? [activateButton(workflow, version.number, { from: draft.from })] : []),
      ...(draft ? [replayButton(workflow, version.number)] : [testButton(workflow, { label: 'Test again' })]),
      versionsButton(workflow),
    ]
  }
  return [
    testButton(workflow, { label: 'Test again', style: 'primary' }),
    button('Send as file', {
      action: `${actionIds.testFile}:${id}`,
      value: JSON.stringify(value),
      label: 'Send everything that does not pass as a file',
    }),
    versionsButton(workflow),
  ]
}

export function renderTests({ workflowId, reports }: Result<'tests'>, now: number): Message {
  const [latest] = reports
  const workflow = latest?.workflow ?? { id: workflowId, name: workflowId }
  const title = latest
    ? `Tests of ${escapeLine(workflow.name)}`
    : `${escapeLine(workflowId)} has never been tested.`
  const { shown, more } = firstOf(reports, testsShown)
  const lines = shown.map((report) => testLine(report, now))
  const text = latest ? `${title}: ${lines.slice(0, 3).join('; ')}` : title
  return fitMessage(
    {
      text,
      blocks: [
        section(latest ? `*${title}*  ${code(workflow.id)}` : `${code(workflowId)} has never been tested.`),
        ...(latest ? [section(lines.join('\n'))] : []),
        ...(more > 0 ? [context(`And ${more} older ones.`)] : []),
        actions('tests_actions', [
          testButton(workflow, { label: latest ? 'Test again' : 'Test' }),
          versionsButton(workflow),
        ]),
      ],
    },
    'Older tests are in the versions.',
  )
}

function testLine(report: TestReport, now: number): string {
  const { passed, version, startedAt, compared: change } = report
  const turns = [
    ...(change && change.worse.length > 0 ? [`:arrow_lower_right: ${change.worse.length} worse`] : []),
    ...(change && change.better.length > 0 ? [`:arrow_upper_right: ${change.better.length} better`] : []),
  ]
  return [
    `${passMark(passed)} *Version ${version.number}*, ${age(startedAt, now)}: ${testFigures(report)}`,
    ...turns,
  ].join(' · ')
}
