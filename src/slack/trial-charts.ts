// From versions or tests of a workflow to the picture of them: the oldest on the left, one row for each measure. Pure.
import type { CommandResult, VersionState } from '../commands/types.ts'
import type { TrialRow, TrialsPicture } from '../pictures/index.ts'
import { type TestReport, valueText } from '../scenarios/index.ts'
import { age } from './render/words.ts'

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>

/** As many as are legible beside one another. */
const columnsShown = 8

/** Undefined when fewer than two were tested: there is nothing to compare. */
export function chartOfVersions({ workflow, versions }: Result<'versions'>): TrialsPicture | undefined {
  const shown = versions.slice(0, columnsShown).reverse()
  const tested = shown.map(({ test }) => test)
  if (tested.filter(Boolean).length < 2) return undefined
  return {
    title: `Versions of ${workflow.name}`,
    subtitle: 'The latest test of each version, oldest first',
    columns: shown.map((version) => ({
      label: `v${version.number}`,
      note: noteOf(version),
      passed: version.test?.totals.passed ?? null,
      total: version.test?.totals.scenarios ?? 0,
    })),
    rows: rowsOf(tested),
  }
}

function noteOf({ state, outdated }: VersionState): string {
  return outdated ? `${state}, outdated` : state
}

/** As `chartOfVersions`, one column for each test. */
export function chartOfTests({ reports }: Result<'tests'>, now: number): TrialsPicture | undefined {
  const shown = reports.slice(0, columnsShown).reverse()
  const [first] = shown
  if (!first || shown.length < 2) return undefined
  return {
    title: `Tests of ${first.workflow.name}`,
    subtitle: 'One column for each test, oldest first',
    columns: shown.map(({ version, startedAt, totals }) => ({
      label: `v${version.number}`,
      note: age(startedAt, now),
      passed: totals.passed,
      total: totals.scenarios,
    })),
    rows: rowsOf(shown),
  }
}

/** What the newest test measures comes first; what only older ones measured follows. */
function rowsOf(tests: (TestReport | null)[]): TrialRow[] {
  const rows = new Map<string, TrialRow>()
  for (const test of [...tests].reverse()) {
    for (const { name, measures } of test?.criteria ?? []) {
      for (const { what, threshold, better, unit } of measures) {
        const key = JSON.stringify([name, what])
        if (rows.has(key)) continue
        const bound = `${better === 'higher' ? '≥' : '≤'} ${valueText({ value: threshold, unit })}`
        const values = tests.map((one) => measured(one, name, what))
        rows.set(key, { label: name, detail: `${what} ${bound}`, threshold, better, values })
      }
    }
  }
  return [...rows.values()]
}

function measured(test: TestReport | null, name: string, what: string): TrialRow['values'][number] {
  const criterion = test?.criteria.find((one) => one.name === name)
  const measure = criterion?.measures.find((one) => one.what === what)
  return measure ? { value: measure.value, text: valueText(measure), met: measure.met } : null
}
