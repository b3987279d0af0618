// Reports of tests and replays as text files, for what was too long for a message: everything, in the order of the card.
import { type ReplayReport, type TestReport, valueText } from '../../scenarios/index.ts'
import { clean } from './escape.ts'
import { replayFigures, testFigures } from './test-figures.ts'

export interface NamedFile {
  filename: string
  title: string
  content: string
}

export function testFile(report: TestReport): NamedFile {
  const { id, workflow, version, passed, criteria, scenarios, coverage, compared } = report
  const lines = [
    `${workflow.name}, version ${version.number}: ${passed ? 'passes its tests' : 'does not pass its tests'}`,
    `${testFigures(report)}; ${report.startedAt}, test ${id}`,
    ...titled('Criteria', criteria.flatMap(criterionLines)),
    ...titled('Scenarios that do not pass', scenarios.filter((one) => !one.passed).flatMap(scenarioLines)),
    ...titled(
      'Scenarios that pass',
      scenarios.filter((one) => one.passed).map(({ name, file, line }) => `- ${name} (${file}:${line})`),
    ),
    ...titled('No scenario reaches', [
      ...coverage.nodes.missing.map((name) => `- the step ${name}`),
      ...coverage.edges.missing.map(
        ({ from, to, on, when }) => `- the way ${from} -> ${to} (${when ? `when ${when}` : `on ${on}`})`,
      ),
    ]),
    ...(compared
      ? titled(`Since version ${compared.with.version}, tested ${compared.with.at}`, [
          ...compared.worse.map((line) => `- worse: ${line}`),
          ...compared.better.map((line) => `- better: ${line}`),
          ...(compared.changed ?? []).map((name) => `- says something else: ${name}`),
        ])
      : []),
  ]
  return {
    filename: `${workflow.id}-v${version.number}-test.txt`,
    title: `Test of ${workflow.name}, version ${version.number}`,
    content: text(lines),
  }
}

function criterionLines({ name, why, met, measures, details }: TestReport['criteria'][number]): string[] {
  return [
    `- ${met ? 'met' : 'NOT MET'}: ${name}`,
    ...measures.map(({ what, value, threshold, better, unit }) => {
      const bound = `${better === 'higher' ? 'at least' : 'at most'} ${valueText({ value: threshold, unit })}`
      return `    ${what}: ${valueText({ value, unit })} (${bound})`
    }),
    ...details.map((detail) => `    ${detail}`),
    `    Why: ${why}`,
  ]
}

function scenarioLines(scenario: TestReport['scenarios'][number]): string[] {
  const { name, file, line, status, differences, errors, printed } = scenario
  return [
    `- ${name} (${file}:${line}), ended as ${status}`,
    ...differences.flatMap(({ at, expected, actual }) => [
      `    ${at}`,
      `      expected  ${expected}`,
      `      but was   ${actual}`,
    ]),
    ...errors.map((error) => `    error ${error.code}: ${error.message}`),
    ...printed.map((one) => `    printed: ${one}`),
  ]
}

export function replayFile(report: ReplayReport): NamedFile {
  const { id, workflow, version, executions, leftOut } = report
  const lines = [
    `${workflow.name}, version ${version.number}, replayed: ${replayFigures(report)}`,
    `${report.startedAt}, replay ${id}`,
    ...(['different', 'unrepeatable', 'same'] as const).flatMap((outcome) =>
      titled(
        { different: 'Would go another way', unrepeatable: 'Cannot be told', same: 'The same' }[outcome],
        executions
          .filter((one) => one.outcome === outcome)
          .flatMap((one) => [
            `- ${one.id} of ${one.createdAt}, ${one.status} on version ${one.version}`,
            ...one.differences.flatMap(({ at, before, now }) => [
              `    ${at}`,
              `      then  ${before}`,
              `      now   ${now}`,
            ]),
            ...(one.differs > one.differences.length
              ? [`    and ${one.differs - one.differences.length} more`]
              : []),
          ]),
      ),
    ),
    ...titled(
      'Left out',
      leftOut.map(({ why, count }) => `- ${count}: ${why}`),
    ),
  ]
  return {
    filename: `${workflow.id}-v${version.number}-replay.txt`,
    title: `Replay of ${workflow.name}, version ${version.number}`,
    content: text(lines),
  }
}

function titled(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

/** A line of data stays one line. */
function text(lines: string[]): string {
  return `${lines.map((one) => clean(one).replace(/\n/g, ' ')).join('\n')}\n`
}
