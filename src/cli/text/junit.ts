// A test report as JUnit XML, which most CI systems show: one suite of scenarios, one of criteria. Keeps to what Jenkins'
// xUnit plugin accepts (junit-10.xsd), the strictest of those who read it: no `file` or `line` on a case. Reporters find
// them in the suite and in the text of the failure, of which GitLab shows nothing else.
import { valueText } from '../../scenarios/index.ts'
import type { TestReport } from '../answers.ts'
import { visible } from './table.ts'

interface Case {
  classname: string
  name: string
  durationMs: number
  failure?: { type: string; message: string; text: string[] }
  /** Lines that were printed. */
  printed: string[]
}

export function junit(report: TestReport): string {
  const { id } = report.workflow
  const scenarios = report.scenarios.map((scenario) => scenarioCase(id, scenario))
  const criteria = report.criteria.map((criterion) => criterionCase(id, criterion))
  const file = report.scenarios[0]?.file
  const all = [...scenarios, ...criteria]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: id, ...counts(all), time: seconds(report.durationMs) })}>`,
    suite(`${id} scenarios`, scenarios, report, file),
    ...(criteria.length > 0 ? [suite(`${id} criteria`, criteria, report, undefined)] : []),
    '</testsuites>',
    '',
  ].join('\n')
}

function scenarioCase(id: string, scenario: TestReport['scenarios'][number]): Case {
  const { name, file, line, passed, durationMs, differences, errors, printed } = scenario
  const base = { classname: id, name, durationMs, printed }
  if (passed) return base
  const [first] = differences
  const text = [
    ` at ${file}:${line}`,
    ...differences.map(({ at, expected, actual }) => `${at}\n  expected ${expected}\n  but was  ${actual}`),
    ...errors.map(
      (error) =>
        `${error.code} – ${error.message}${error.file ? `\n  in ${error.file}:${error.line ?? 1}` : ''}${error.source ? `: ${error.source.trim()}` : ''}`,
    ),
  ]
  const message = first
    ? `${first.at}: expected ${first.expected}, but was ${first.actual}`
    : (errors[0]?.message ?? 'failed')
  return { ...base, failure: { type: 'scenario', message, text } }
}

function criterionCase(id: string, criterion: TestReport['criteria'][number]): Case {
  const { name, kind, met, measures, details, why } = criterion
  const base = { classname: `${id}.criteria`, name, durationMs: 0, printed: [] }
  if (met) return base
  const values = measures.map(
    ({ what, value, threshold, unit, better }) =>
      `${what} is ${valueText({ value, unit })}, ${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })} is needed`,
  )
  return { ...base, failure: { type: kind, message: values.join('; '), text: [...values, ...details, why] } }
}

function suite(name: string, cases: Case[], report: TestReport, file: string | undefined): string {
  const durationMs = cases.reduce((sum, one) => sum + one.durationMs, 0)
  const head = attributes({
    name,
    ...counts(cases),
    skipped: '0',
    time: seconds(durationMs),
    timestamp: report.startedAt,
    ...(file === undefined ? {} : { file }),
  })
  return [`  <testsuite ${head}>`, ...cases.map(caseText), '  </testsuite>'].join('\n')
}

function caseText({ classname, name, durationMs, failure, printed }: Case): string {
  const open = `    <testcase ${attributes({ classname, name, time: seconds(durationMs) })}`
  if (!failure) return `${open}/>`
  const { type, message, text } = failure
  return [
    `${open}>`,
    `      <failure ${attributes({ type, message })}>${escaped(text.join('\n'))}</failure>`,
    ...(printed.length > 0 ? [`      <system-out>${escaped(printed.join('\n'))}</system-out>`] : []),
    '    </testcase>',
  ].join('\n')
}

const counts = (cases: Case[]) => ({
  tests: String(cases.length),
  failures: String(cases.filter(({ failure }) => failure).length),
  errors: '0',
})

const seconds = (ms: number) => (ms / 1000).toFixed(3)

function attributes(values: { [name: string]: string }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join(' ')
}

/**
 * XML 1.0 has no place for most control characters, halves of surrogate pairs and two more, not even as references. Marks
 * that turn the direction of text could make a failure look like another one.
 */
function escaped(text: string): string {
  return visible(text)
    .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '·')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
