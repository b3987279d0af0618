// Says what got better or worse from one test to the next. Pure.
import type { Comparison, CriterionResult, Measure, ScenarioResult, TestReport } from './report.ts'

/** Differences of time are noise below this share. */
const noticeableTime = 0.25

export function compareReports(before: TestReport, after: TestReport): Comparison {
  const better: string[] = []
  const worse: string[] = []
  const changed: string[] = []
  const earlier = new Map(before.scenarios.map((one): [string, ScenarioResult] => [one.name, one]))
  for (const { name, passed, hash } of after.scenarios) {
    const was = earlier.get(name)
    if (!was) (passed ? better : worse).push(`"${name}" is new and ${passed ? 'passes' : 'does not pass'}`)
    else if (was.passed !== passed)
      (passed ? better : worse).push(`"${name}" ${passed ? 'passes now' : 'does not pass any more'}`)
    if (was?.hash !== undefined && was.hash !== hash) changed.push(name)
    earlier.delete(name)
  }
  for (const name of earlier.keys()) worse.push(`"${name}" is gone`)

  const asked = new Map(before.criteria.map((one): [string, CriterionResult] => [one.name, one]))
  for (const criterion of after.criteria) {
    const was = asked.get(criterion.name)
    asked.delete(criterion.name)
    for (const measure of criterion.measures) {
      const old = was?.measures.find((one) => one.what === measure.what)
      if (!old) continue
      const what = `${criterion.name}: ${measure.what}`
      const turn = turnOf(old, measure)
      if (turn)
        (turn === 'better' ? better : worse).push(
          `${what} went from ${valueText(old)} to ${valueText(measure)}`,
        )
      // Whoever decides on the version should see when it is held to less than the one before.
      if (old.threshold !== measure.threshold) {
        const [from, to] = [old, measure].map(({ threshold: value, unit }) => valueText({ value, unit }))
        const stricter = measure.threshold > old.threshold === (measure.better === 'higher')
        ;(stricter ? better : worse).push(`${what} is held to ${to} instead of ${from}`)
      }
    }
  }
  for (const name of asked.keys()) worse.push(`the criterion "${name}" is gone`)
  const { id, version, startedAt } = before
  return {
    with: { id, version: version.number, at: startedAt },
    better,
    worse,
    ...(changed.length > 0 ? { changed } : {}),
  }
}

function turnOf(old: Measure, now: Measure): 'better' | 'worse' | undefined {
  if (old.value === now.value) return undefined
  if (old.value === null || now.value === null) return old.value === null ? 'better' : 'worse'
  const change = now.value - old.value
  if (now.unit === 'ms' && Math.abs(change) < noticeableTime * old.value && old.met === now.met)
    return undefined
  return change > 0 === (now.better === 'higher') ? 'better' : 'worse'
}

/** `98.5 %`, `120 ms`, `3 items`, `0.25`; `nothing` when there was nothing to measure. */
export function valueText({ value, unit }: Pick<Measure, 'value' | 'unit'>): string {
  if (value === null) return 'nothing'
  switch (unit) {
    case 'share':
      // Rounded down, so that 100 % means all.
      return `${Math.floor(value * 1000) / 10} %`
    case 'ms':
      return `${Math.round(value)} ms`
    case 'items':
      return `${value} items`
    case 'number':
      return String(Number(value.toPrecision(4)))
  }
}
