// Tests as text for the terminal. `--json` has all of it.
import { valueText } from '../../scenarios/index.ts'
import type { TestList, TestReport } from '../answers.ts'
import { duration, indent, line, plural, time, visible } from './table.ts'
import { testFigures } from './versions.ts'

const differencesShown = 10

export function testText(report: TestReport): string {
  const { scenarios, criteria, totals } = report
  const failing = scenarios.filter((one) => !one.passed)
  const version =
    report.version.number > 0 ? `version ${report.version.number}` : report.version.hash.slice(0, 12)
  const parts = [
    `${line(report.workflow.name)} (${report.workflow.id}, ${version})`,
    scenarios
      .map(({ passed, name, durationMs }) => `  ${sign(passed)} ${line(name)}${slow(durationMs)}`)
      .join('\n'),
    failing.map(failureText).join('\n\n'),
    criteria.length > 0 ? `Criteria\n${criteria.map(criterionText).join('\n')}` : '',
    coverageText(report.coverage),
    comparedText(report.compared),
    `${sign(report.passed)} ${totals.passed} of ${plural(totals.scenarios, 'scenario')} passed, ` +
      `${criteria.filter((one) => one.met).length} of ${criteria.length} criteria met: ` +
      `${plural(totals.executions, 'execution')} in ${duration(report.durationMs)}`,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** Kept tests, newest first: the figures of each, and what got worse or better since the one that it was compared with. */
export function testListText({ tests }: TestList): string {
  if (tests.length === 0) return 'It was never tested.'
  return tests
    .map((report) => {
      const { startedAt, version, startedBy, durationMs } = report
      const head = [
        time(startedAt),
        `version ${version.number}`,
        testFigures(report),
        `in ${duration(durationMs)}`,
        `by ${line(startedBy.name, 30)}`,
      ].join('  ')
      const compared = comparedText(report.compared)
      return compared === '' ? head : `${head}\n${indent(compared, '    ')}`
    })
    .join('\n')
}

function failureText({
  name,
  file,
  line: number,
  differences,
  errors,
  printed,
}: TestReport['scenarios'][number]) {
  const more = differences.length - differencesShown
  return [
    `${sign(false)} ${line(name)}`,
    `    ${file}:${number}`,
    ...differences
      .slice(0, differencesShown)
      .flatMap(({ at, expected, actual }) => [
        `    ${visible(at)}`,
        `      expected  ${line(expected, 400)}`,
        `      but was   ${line(actual, 400)}`,
      ]),
    ...(more > 0 ? [`    and ${plural(more, 'difference')} more`] : []),
    ...errors
      .slice(0, 3)
      .map((error) =>
        indent(
          visible(
            `${error.code} – ${error.message}${error.file ? `\n  ${error.file}:${error.line ?? ''}` : ''}${error.source ? `: ${error.source.trim()}` : ''}`,
          ),
          '    ',
        ),
      ),
    ...printed.map((text) => `    | ${line(text)}`),
  ].join('\n')
}

function criterionText({ name, met, measures, details, why }: TestReport['criteria'][number]): string {
  const values = measures.map(({ what, value, threshold, better, unit, met: reached }) => {
    const bound = `${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })}`
    return `      ${sign(reached)} ${what}: ${valueText({ value, unit })} (${bound})`
  })
  const reasons = met
    ? []
    : [...details.map((detail) => `        ${line(detail)}`), `      Why it matters: ${line(why, 500)}`]
  return [`  ${sign(met)} ${line(name)}`, ...values, ...reasons].join('\n')
}

function coverageText({ nodes, edges }: TestReport['coverage']): string {
  const missing = [
    ...nodes.missing.map((name) => `  "${line(name)}" runs in no scenario`),
    ...edges.missing.map(
      ({ from, to, on, when }) =>
        `  "${line(from)}" leads to "${line(to)}" in no scenario (${when ? `when ${line(when)}` : `on ${on}`})`,
    ),
  ]
  const head = `Reached: ${nodes.reached} of ${plural(nodes.total, 'node')}, ${edges.reached} of ${plural(edges.total, 'edge')}`
  return [head, ...missing].join('\n')
}

function comparedText(compared: TestReport['compared']): string {
  const { changed = [] } = compared ?? {}
  if (!compared || compared.better.length + compared.worse.length + changed.length === 0) return ''
  const lines = [
    ...compared.worse.map((one) => `  ▼ ${line(one, 300)}`),
    ...compared.better.map((one) => `  ▲ ${line(one, 300)}`),
    ...changed.map((name) => `  ~ ${line(`"${name}" says something else now`, 300)}`),
  ]
  return `Since the test of version ${compared.with.version}\n${lines.join('\n')}`
}

const sign = (good: boolean) => (good ? '✓' : '✗')
const slow = (ms: number) => (ms >= 1000 ? ` (${duration(ms)})` : '')
