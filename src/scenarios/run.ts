// Runs all scenarios of a workflow, measures its criteria, and makes the test report.
import type { PythonSandbox, RecordStore } from '../actions/ports.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { startInputs } from '../triggers/start-inputs.ts'
import { compareReports } from './compare.ts'
import { coverageOf } from './coverage.ts'
import { judge, type Outcome, outcomeOf } from './expect.ts'
import { hashOfScenario, type LoadedScenario } from './load.ts'
import type { Difference } from './match.ts'
import { measure, type Tried } from './measure.ts'
import { type PlayOptions, play } from './play.ts'
import { CopiedRecords } from './records.ts'
import type { ScenarioResult, TestReport } from './report.ts'
import type { Scenario } from './schema.ts'

export interface TestProgress {
  /** Scenarios that are through. */
  done: number
  total: number
  failed: number
}

export interface RunScenariosOptions {
  version: Version
  scenarios: readonly LoadedScenario[]
  python: PythonSandbox
  startedBy: Actor
  /** Names the test and, for the sandbox, each of its executions. */
  ids: Ids
  /** For the time of the test itself; scenarios have clocks of their own. */
  clock: Clock
  /** Milliseconds that really pass, from any start: `performance.now`. */
  stopwatch(): number
  /** How many scenarios run side by side; 2, when left out. */
  atOnce?: number
  /** The test before this one, to compare with. */
  previous?: TestReport | undefined
  progress?(progress: TestProgress): void
  /** Stops between scenarios: rejects with its reason. */
  signal?: AbortSignal
}

const defaultActor = { kind: 'slack', id: 'U0SCENARIO', name: 'Somebody' } as const
const printedLines = 20

/**
 * Runs each scenario on the real engine and the given Python. Nothing leaves the process, and no execution shows in the
 * history. Failing scenarios and criteria that are not met are part of the report; rejects only with mistakes of ours.
 */
export async function runScenarios(options: RunScenariosOptions): Promise<TestReport> {
  const { version, scenarios, clock, stopwatch, progress, signal } = options
  const { definition } = version
  const criteria = definition.criteria ?? []
  const repetitions = Math.max(1, ...criteria.map((one) => (one.kind === 'flakiness' ? one.repetitions : 1)))
  const startedAt = new Date(clock.now()).toISOString()
  const began = stopwatch()
  const results: ({ tried: Tried; result: ScenarioResult } | undefined)[] = scenarios.map(() => undefined)
  let next = 0
  let done = 0
  let failed = 0
  const worker = async () => {
    while (next < scenarios.length) {
      signal?.throwIfAborted()
      const index = next++
      const finished = await tryScenario(scenarios[index] as LoadedScenario, options, repetitions)
      results[index] = finished
      done++
      if (!finished.result.passed) failed++
      progress?.({ done, total: scenarios.length, failed })
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.atOnce ?? 2, scenarios.length) }, worker))

  const all = results.flatMap((one) => one ?? [])
  const tried = all.map((one) => one.tried)
  const measured = criteria.map((criterion) => measure(criterion, tried, definition))
  const outcomes = tried.flatMap((one) => one.outcomes)
  const report: TestReport = {
    id: options.ids.execution(),
    workflow: { id: definition.metadata.id, name: definition.metadata.name },
    version: { number: version.number, hash: version.hash },
    startedBy: options.startedBy,
    startedAt,
    durationMs: stopwatch() - began,
    passed: failed === 0 && measured.every((one) => one.met),
    totals: { scenarios: all.length, passed: all.length - failed, executions: outcomes.length },
    scenarios: all.map((one) => one.result),
    criteria: measured,
    coverage: coverageOf(definition, outcomes),
    compared: null,
  }
  return options.previous ? { ...report, compared: compareReports(options.previous, report) } : report
}

/** All repetitions of one scenario. It passes when each of them does. */
async function tryScenario(
  loaded: LoadedScenario,
  options: RunScenariosOptions,
  repetitions: number,
): Promise<{ tried: Tried; result: ScenarioResult }> {
  const outcomes: Outcome[] = []
  let differences: Difference[] = []
  let tookMs = 0
  for (let turn = 0; turn < repetitions; turn++) {
    const tried = await tryOnce(loaded, options)
    if ('refused' in tried) {
      differences = tried.refused
      break
    }
    outcomes.push(tried.outcome)
    tookMs += tried.outcome.played.tookMs
    if (differences.length === 0) differences = judge(loaded.scenario.expect, tried.outcome)
  }
  const passed = differences.length === 0
  const report = outcomes[0]?.played.report
  const printed = report?.nodes.flatMap((node) => ('printed' in node ? node.printed : [])) ?? []
  return {
    tried: { loaded, outcomes, passed },
    result: {
      name: loaded.name,
      file: loaded.file,
      line: loaded.line,
      hash: hashOfScenario(loaded),
      passed,
      status: report?.status ?? 'refused',
      durationMs: outcomes.length > 0 ? tookMs / outcomes.length : 0,
      differences,
      errors: report?.errors ?? [],
      printed: passed ? [] : lastLines(printed.map(({ text }) => text)),
    },
  }
}

function tryOnce({ scenario, collections }: LoadedScenario, options: RunScenariosOptions): Promise<Attempt> {
  return playScenario(scenario, new CopiedRecords(collections), options)
}

export type Attempt = { outcome: Outcome } | { refused: Difference[] }

/**
 * `records` are those that it starts with; they are written to. `seen` is what the workflow sees of them: the same, or
 * what stands around them.
 */
export async function playScenario(
  scenario: Scenario,
  records: CopiedRecords,
  options: Pick<RunScenariosOptions, 'version' | 'python' | 'ids' | 'stopwatch'> &
    Pick<PlayOptions, 'outside'> & { seen?: RecordStore },
): Promise<Attempt> {
  const { version, python, ids, stopwatch, outside, seen = records } = options
  const trigger = triggerOf(version, scenario.trigger)
  try {
    const inputs = startInputs(version.definition, trigger, scenario.inputs, seen)
    const played = await play({
      version,
      python,
      playId: `test ${ids.execution()}`,
      records: seen,
      trigger,
      inputs,
      ...(Object.keys(scenario.context).length > 0 ? { context: scenario.context } : {}),
      startedBy: scenario.by
        ? { kind: 'slack', id: scenario.by.id, name: scenario.by.name ?? scenario.by.id }
        : defaultActor,
      startAt: Date.parse(scenario.now),
      answers: scenario,
      ...(outside ? { outside } : {}),
      stopwatch,
    })
    return { outcome: outcomeOf(played, records) }
  } catch (thrown) {
    // A start that is refused is a result like any other; what nobody foresaw is not.
    if (!(thrown instanceof WorkflowError)) throw thrown
    const { expect } = scenario
    if (expect.errors?.includes(thrown.code)) return { refused: [] }
    const actual = `${thrown.code} – ${thrown.message}`
    return { refused: [{ at: 'start', expected: expect.status, actual }] }
  }
}

/** The trigger of this name, or the first that is started by hand, or the first. */
export function triggerOf({ definition }: Version, name: string | undefined): WorkflowNode {
  const { nodes, edges } = definition
  const wanted =
    name === undefined
      ? (nodes.find((node) => node.type === 'manual') ??
        nodes.find((node) => !edges.some((edge) => edge.to === node.name)))
      : nodes.find((node) => node.name === name)
  if (wanted) return wanted
  throw new Error(`${definition.metadata.id} has no trigger`)
}

function lastLines(texts: string[]): string[] {
  return texts
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-printedLines)
}
