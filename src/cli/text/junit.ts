// A test report as JUnit XML, which most CI systems show: one suite of scenarios, one of criteria.
import { valueText } from '../../scenarios/index.ts'
import type { TestReport } from '../answers.ts'

export function junit(report: TestReport): string {
  const { id } = report.workflow
  const scenarios = report.scenarios.map(({ name, file, line, passed, durationMs, differences, printed }) => {
    const open = `<testcase ${attributes({ classname: id, name, file, line: String(line), time: seconds(durationMs) })}`
    if (passed) return `${open}/>`
    const [first] = differences
    const told = differences.map(
      ({ at, expected, actual }) => `${at}\n  expected ${expected}\n  but was  ${actual}`,
    )
    const message = first ? `${first.at}: expected ${first.expected}, but was ${first.actual}` : 'failed'
    const out = printed.length > 0 ? `<system-out>${escaped(printed.join('\n'))}</system-out>` : ''
    return `${open}><failure ${attributes({ message })}>${escaped(told.join('\n'))}</failure>${out}</testcase>`
  })
  const criteria = report.criteria.map(({ name, met, measures, details, why }) => {
    const open = `<testcase ${attributes({ classname: `${id}.criteria`, name, time: '0' })}`
    if (met) return `${open}/>`
    const values = measures.map(
      ({ what, value, threshold, unit, better }) =>
        `${what} is ${valueText({ value, unit })}, ${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })} is needed`,
    )
    return `${open}><failure ${attributes({ message: values.join('; ') })}>${escaped([...details, why].join('\n'))}</failure></testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: id, time: seconds(report.durationMs) })}>`,
    suite(`${id} scenarios`, scenarios, report),
    ...(criteria.length > 0 ? [suite(`${id} criteria`, criteria, report)] : []),
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(name: string, cases: string[], { startedAt }: TestReport): string {
  const failures = cases.filter((one) => one.includes('<failure ')).length
  const counts = {
    name,
    tests: String(cases.length),
    failures: String(failures),
    errors: '0',
    timestamp: startedAt,
  }
  return [`  <testsuite ${attributes(counts)}>`, ...cases.map((one) => `    ${one}`), '  </testsuite>'].join(
    '\n',
  )
}

const seconds = (ms: number) => (ms / 1000).toFixed(3)

function attributes(values: { [name: string]: string }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('\n', '&#10;')}"`)
    .join(' ')
}

/** XML 1.0 has no place for most control characters and for halves of surrogate pairs, not even as references. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '·')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
