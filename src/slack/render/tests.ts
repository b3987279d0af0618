// Tests as messages: each criterion against its threshold, and what does not pass.
import type { CommandResult } from '../../commands/types.ts'
import { valueText } from '../../scenarios/index.ts'
import { context, section } from './blocks.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { note } from './notes.ts'
import { age, duration, person } from './words.ts'

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>
type TestReport = Result<'tested'>['report']

const scenariosShown = 8
const differencesShown = 4

export function renderTested({ report }: Result<'tested'>): Message {
  const name = escapeLine(report.workflow.name)
  const failing = firstOf(
    report.scenarios.filter((one) => !one.passed),
    scenariosShown,
  )
  const text = `${report.passed ? ':white_check_mark:' : ':x:'} *${name}* version ${report.version.number} ${report.passed ? 'passes its tests' : 'does not pass its tests'}`
  const criteria = report.criteria.map(criterionLine).join('\n')
  return fitMessage({
    text,
    blocks: [
      section(`${text}\n${countText(report)}`),
      ...(criteria === '' ? [] : [section(criteria)]),
      ...failing.shown.map((one) =>
        section(
          clamp(
            [
              `:x: *${escapeLine(clamp(one.name, 200))}*`,
              ...one.differences
                .slice(0, differencesShown)
                .map(
                  ({ at, expected, actual }) =>
                    `${code(clamp(at, 150))}\n      expected ${escapeLine(clamp(expected, 200))}\n      but was ${escapeLine(clamp(actual, 200))}`,
                ),
            ].join('\n'),
            2800,
          ),
        ),
      ),
      ...(failing.more > 0 ? [context(`and ${failing.more} more`)] : []),
      ...(report.compared ? comparedBlocks(report.compared) : []),
    ],
  })
}

export function renderTests({ workflowId, reports }: Result<'tests'>, now: number): Message {
  if (reports.length === 0) return note(`${code(workflowId)} has never been tested.`)
  const lines = reports.map(
    (report) =>
      `${report.passed ? ':white_check_mark:' : ':x:'} version ${report.version.number}, ${age(report.startedAt, now)}: ${countText(report)}`,
  )
  return note(clamp([`*Tests of ${code(workflowId)}*`, ...lines].join('\n'), 2800))
}

export function renderActivated(result: Result<'activated'>): Message {
  const { workflow, version, from, by, how, reason } = result
  const words = {
    overridden: ', although it does not pass its tests',
    rolled_back: ' again',
    activated: '',
    first: '',
    edited: '',
  }[how]
  const why = reason ? `: ${escapeLine(clamp(reason, 300))}` : ''
  const instead = from === version ? ' again' : `${words}, instead of version ${from}`
  return note(
    `:white_check_mark: Version ${version} of *${escapeLine(workflow.name)}* answers from now on${instead}. By ${person(by)}${why}`,
  )
}

export function renderProposed({ workflow, version, by }: Result<'activation_proposed'>): Message {
  return note(
    `${person(by)} wants version ${version} of *${escapeLine(workflow.name)}* to answer. Somebody else has to activate it: ${code(`/workflow activate ${workflow.id}`)}`,
  )
}

function countText({ totals, durationMs, coverage }: TestReport): string {
  const missing = coverage.nodes.missing.length + coverage.edges.missing.length
  return `${totals.passed} of ${totals.scenarios} scenarios pass, in ${duration(durationMs)}${missing > 0 ? `; no scenario reaches ${missing} steps or branches` : ''}`
}

function criterionLine({ name, met, measures }: TestReport['criteria'][number]): string {
  const values = measures
    .map(({ what, value, threshold, better, unit }) => {
      const bound = `${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })}`
      return `${what} ${valueText({ value, unit })} (${bound})`
    })
    .join(', ')
  return clamp(`${met ? ':white_check_mark:' : ':x:'} ${escapeLine(name)}: ${escapeLine(values)}`, 400)
}

function comparedBlocks({ better, worse, with: before }: NonNullable<TestReport['compared']>) {
  const lines = [
    ...worse.slice(0, 3).map((line) => `:small_red_triangle_down: ${escapeLine(clamp(line, 200))}`),
    ...better.slice(0, 3).map((line) => `:small_red_triangle: ${escapeLine(clamp(line, 200))}`),
  ]
  return lines.length === 0 ? [] : [context(`Since version ${before.version}:\n${lines.join('\n')}`)]
}
