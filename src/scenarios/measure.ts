// Measures each criterion over what the scenarios did, and holds it against its threshold. Pure.
import type { Criterion } from '../definition/criteria.ts'
import { durationMs } from '../definition/duration.ts'
import { evaluateExpression } from '../definition/expression.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { coverageOf } from './coverage.ts'
import type { Outcome } from './expect.ts'
import type { LoadedScenario } from './load.ts'
import type { CriterionResult, Measure } from './report.ts'

/** One scenario with all that its repetitions did. */
export interface Tried {
  loaded: LoadedScenario
  outcomes: Outcome[]
  passed: boolean
}

type Measured = { measures: Measure[]; details: string[] }
type Kind<K extends Criterion['kind']> = Extract<Criterion, { kind: K }>

const mostDetails = 10

export function measure(
  criterion: Criterion,
  tried: Tried[],
  definition: WorkflowDefinition,
): CriterionResult {
  const { name, why, kind } = criterion
  const { measures, details } = measured(criterion, tried, definition)
  const shown = details.slice(0, mostDetails)
  if (details.length > mostDetails) shown.push(`and ${details.length - mostDetails} more`)
  return { name, why, kind, met: measures.every((one) => one.met), measures, details: shown }
}

function measured(criterion: Criterion, tried: Tried[], definition: WorkflowDefinition): Measured {
  switch (criterion.kind) {
    case 'scenarios': {
      const failed = tried.filter((one) => !one.passed)
      return {
        measures: [
          atLeast(
            'scenarios that pass',
            share(tried.length - failed.length, tried.length),
            criterion.at_least,
          ),
        ],
        details: failed.map(({ loaded }) => `"${loaded.name}" does not pass`),
      }
    }
    case 'success_rate': {
      const all = executions(tried)
      const wrong = all.filter(({ loaded, outcome }) => !endedAsExpected(loaded, outcome))
      return {
        measures: [
          atLeast(
            'executions that end as expected',
            share(all.length - wrong.length, all.length),
            criterion.at_least,
          ),
        ],
        details: wrong.map(
          ({ loaded, outcome }) => `"${loaded.name}" ended as ${outcome.played.report.status}`,
        ),
      }
    }
    case 'accuracy':
      return accuracy(criterion, tried)
    case 'exact_match':
      return exactMatch(criterion, tried)
    case 'numeric_error':
      return numericError(criterion, tried)
    case 'error_frequency':
      return errorFrequency(criterion, tried)
    case 'duration': {
      const times = executions(tried)
        .map(({ outcome }) => outcome.played.tookMs)
        .sort((a, b) => a - b)
      const place = Math.max(0, Math.ceil((times.length * criterion.percentile) / 100) - 1)
      return {
        measures: [
          atMost(
            `${criterion.percentile}th percentile`,
            times[place] ?? null,
            durationMs(criterion.at_most),
            'ms',
          ),
        ],
        details: [],
      }
    }
    case 'flakiness': {
      const flaky = tried.filter(({ outcomes }) => new Set(outcomes.map(fingerprint)).size > 1)
      return {
        measures: [
          atMost('scenarios that vary', share(flaky.length, tried.length), criterion.at_most, 'share'),
        ],
        details: flaky.map(({ loaded }) => `"${loaded.name}" does not do the same each time`),
      }
    }
    case 'coverage': {
      const outcomes = executions(tried).map(({ outcome }) => outcome)
      const { nodes, edges } = coverageOf(definition, outcomes, criterion.without)
      const { reached, total } = criterion.of === 'nodes' ? nodes : edges
      const details =
        criterion.of === 'nodes'
          ? nodes.missing.map((name) => `"${name}" runs in no scenario`)
          : edges.missing.map(({ from, to }) => `"${from}" leads to "${to}" in no scenario`)
      return {
        measures: [atLeast(`${criterion.of} reached`, share(reached, total), criterion.at_least)],
        details,
      }
    }
  }
}

function accuracy(criterion: Kind<'accuracy'>, tried: Tried[]): Measured {
  const count = { right: 0, wrong: 0, missed: 0, labelled: 0 }
  const details: string[] = []
  for (const { loaded, outcome } of firstTries(tried)) {
    const labels = loaded.labels[criterion.labels]
    if (!labels) continue
    count.labelled += labels.items.size
    const found = listed(criterion, outcome)
    for (const [key, label] of labels.items) {
      const belongs = label === criterion.is
      const entries = found.get(key)?.length ?? 0
      if (belongs && entries > 0) count.right++
      if (belongs && entries === 0) {
        count.missed++
        details.push(`${key} is missing`)
      }
      const tooMany = belongs ? Math.max(0, entries - 1) : entries
      count.wrong += tooMany
      if (tooMany > 0)
        details.push(belongs ? `${key} is there ${entries} times` : `${key} does not belong there`)
    }
    for (const [key, entries] of found) {
      if (labels.items.has(key)) continue
      count.wrong += entries.length
      details.push(`${key} is not labelled`)
    }
  }
  const { right, wrong, missed } = count
  const precision = count.labelled === 0 ? null : share(right, right + wrong)
  const recall = count.labelled === 0 ? null : share(right, right + missed)
  const sum = (precision ?? 0) + (recall ?? 0)
  const f1 = precision === null || recall === null ? null : sum === 0 ? 0 : (2 * precision * recall) / sum
  const measures = [
    ...(criterion.precision === undefined ? [] : [atLeast('precision', precision, criterion.precision)]),
    ...(criterion.recall === undefined ? [] : [atLeast('recall', recall, criterion.recall)]),
    ...(criterion.f1 === undefined ? [] : [atLeast('F1', f1, criterion.f1)]),
    ...enoughItems(criterion, count.labelled),
  ]
  return { measures, details }
}

function exactMatch(criterion: Kind<'exact_match'>, tried: Tried[]): Measured {
  const details: string[] = []
  let labelled = 0
  let right = 0
  for (const { key, label, value } of labelledValues(criterion, tried)) {
    labelled++
    if (value !== undefined && sameText(value, label)) right++
    else details.push(`${key}: ${JSON.stringify(value ?? null)} instead of ${label}`)
  }
  const measures = [
    atLeast(
      'items that are exactly right',
      labelled === 0 ? null : share(right, labelled),
      criterion.at_least,
    ),
    ...enoughItems(criterion, labelled),
  ]
  return { measures, details }
}

function numericError(criterion: Kind<'numeric_error'>, tried: Tried[]): Measured {
  const details: string[] = []
  const errors: number[] = []
  for (const { key, label, value } of labelledValues(criterion, tried)) {
    const [wanted, got] = [Number(label), value === null || value === undefined ? Number.NaN : Number(value)]
    const absolute = Math.abs(got - wanted)
    const error =
      criterion.measure === 'mean_relative' ? absolute / Math.max(Math.abs(wanted), 1e-9) : absolute
    // An item without a number is as wrong as can be.
    errors.push(Number.isNaN(error) ? Number.MAX_VALUE : error)
    if (!(error <= criterion.at_most))
      details.push(`${key}: ${JSON.stringify(value ?? null)} instead of ${label}`)
  }
  const mean = errors.reduce((sum, error) => sum + error / errors.length, 0)
  const value = errors.length === 0 ? null : criterion.measure === 'max' ? Math.max(...errors) : mean
  const what = { max: 'largest error', mean: 'mean error', mean_relative: 'mean relative error' }[
    criterion.measure
  ]
  return {
    measures: [atMost(what, value, criterion.at_most, 'number'), ...enoughItems(criterion, errors.length)],
    details,
  }
}

function errorFrequency({ codes, at_most }: Kind<'error_frequency'>, tried: Tried[]): Measured {
  const all = executions(tried)
  const unexpected = all.flatMap(({ loaded, outcome }) => {
    const expected = [...(loaded.scenario.expect.errors ?? [])]
    return outcome.played.report.errors.flatMap(({ code, message }) => {
      const at = expected.indexOf(code)
      if (at >= 0) expected.splice(at, 1)
      const counts = !codes || codes.some((one) => (one.endsWith('.') ? code.startsWith(one) : code === one))
      return at < 0 && counts ? [`"${loaded.name}": ${code} – ${message}`] : []
    })
  })
  const value = all.length === 0 ? null : unexpected.length / all.length
  return { measures: [atMost('errors for each execution', value, at_most, 'number')], details: unexpected }
}

type OfLabels = Kind<'accuracy'> | Kind<'exact_match'> | Kind<'numeric_error'>

/** Items that have a label, with the value that the workflow gave them; undefined when it gave none. */
function labelledValues(criterion: Kind<'exact_match'> | Kind<'numeric_error'>, tried: Tried[]) {
  return firstTries(tried).flatMap(({ loaded, outcome }) => {
    const labels = loaded.labels[criterion.labels]
    if (!labels) return []
    const found = listed(criterion, outcome)
    return [...labels.items].flatMap(([key, label]) =>
      label === null ? [] : [{ key, label, value: found.get(key)?.[0]?.[criterion.field] }],
    )
  })
}

/** The entries of the list by their key. */
function listed({ list, key }: OfLabels, { scope }: Outcome): Map<string, JsonObject[]> {
  const { inputs, context, outputs, output = null } = scope
  const found = new Map<string, JsonObject[]>()
  let entries: Json
  try {
    entries = evaluateExpression(list, { inputs, context, outputs, output })
  } catch (thrown) {
    if (thrown instanceof WorkflowError) return found
    throw thrown
  }
  // A list of lists, such as the lines of several orders, is taken as one.
  for (const entry of Array.isArray(entries) ? (entries.flat() as Json[]) : []) {
    const isRecord = typeof entry === 'object' && entry !== null && !Array.isArray(entry)
    const id = String(isRecord ? entry[key] : entry)
    found.set(id, [...(found.get(id) ?? []), isRecord ? entry : {}])
  }
  return found
}

function enoughItems({ items }: OfLabels, labelled: number): Measure[] {
  if (items === undefined) return []
  const met = labelled >= items
  return [{ what: 'labelled items', value: labelled, threshold: items, better: 'higher', unit: 'items', met }]
}

const executions = (tried: Tried[]) =>
  tried.flatMap(({ loaded, outcomes }) => outcomes.map((outcome) => ({ loaded, outcome })))

/** Repetitions of a scenario have the same labels, and would only count them again. */
const firstTries = (tried: Tried[]) =>
  tried.flatMap(({ loaded, outcomes: [outcome] }) => (outcome ? [{ loaded, outcome }] : []))

const endedAsExpected = ({ scenario }: LoadedScenario, { played }: Outcome) =>
  played.report.status === scenario.expect.status

/** What an execution did, without how long it took. */
function fingerprint({ scope, played }: Outcome): string {
  const { duration_ms: _, ...rest } = scope
  const printed = played.report.nodes.map((node) => ('printed' in node ? node.printed : []))
  return JSON.stringify([rest, printed])
}

const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole)

const sameText = (value: Json, label: string) =>
  String(value) === label || (typeof value === 'number' && label.trim() !== '' && value === Number(label))

/** What could not be measured is not met. */
function atLeast(what: string, value: number | null, threshold: number): Measure {
  return {
    what,
    value,
    threshold,
    better: 'higher',
    unit: 'share',
    met: value !== null && value >= threshold,
  }
}

function atMost(what: string, value: number | null, threshold: number, unit: Measure['unit']): Measure {
  return { what, value, threshold, better: 'lower', unit, met: value !== null && value <= threshold }
}
