// What the bot and the command line ask for: test this workflow, show its tests, run it dry. Finds the files, keeps the
// reports.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PythonSandbox, RecordStore } from '../actions/ports.ts'
import { describeFault, type Fault } from '../definition/fault.ts'
import type { Version } from '../definition/schema.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { appendScenario } from './append.ts'
import type { DryRunPorts } from './dry-play.ts'
import { type DryRun, type DryRunOptions, dryRun } from './dry-run.ts'
import { inTurn } from './in-turn.ts'
import { keptReports } from './kept-reports.ts'
import { hashOfScenarios, loadScenarios, scenariosFile } from './load.ts'
import { type TestReport, testReportSchema } from './report.ts'
import { runScenarios, type TestProgress } from './run.ts'

export interface Tests {
  /**
   * Tries a version on the scenarios beside its workflow and keeps the report. Tests run one after the other, so that
   * they leave interpreters to real executions. `answering`: the version that answers, and since when (ISO 8601); the
   * test of another one is compared with the test that let it answer, or with its latest one, or else with the test
   * before. Throws `scenario.none`, `scenario.broken`, and the reason of `signal`.
   */
  run(
    version: Version,
    options: {
      startedBy: Actor
      answering?: { hash: string; since: string } | undefined
      progress?: ((progress: TestProgress) => void) | undefined
      signal?: AbortSignal | undefined
    },
  ): Promise<TestReport>
  /** What there is to try a version on now; undefined while the files of the scenarios have faults. */
  scenarios(version: Version): Promise<{ count: number; hash: string } | undefined>
  /** Reports that are kept, newest first; of one version only, when its hash is given. */
  list(workflowId: string, hash?: string): TestReport[]
  /** What the version would do now. Throws `inputs.invalid`. */
  dryRun(
    version: Version,
    options: Pick<DryRunOptions, 'startedBy' | 'inputs' | 'answering' | 'shows'>,
  ): Promise<DryRun>
  /**
   * Adds a scenario to the file beside the workflow and answers where, as people know it. Throws `scenario.duplicate`,
   * `scenario.cannot_append`, and `scenario.not_writable` where the folder is not ours to write to.
   */
  keep(workflowId: string, scenario: JsonObject): Promise<string>
}

export interface TestsOptions {
  /** Absolute path of the folder of workflows. */
  dir: string
  /** The same as people know it: `workflows`. */
  shown: string
  python: PythonSandbox
  records: RecordStore
  ids: Ids
  clock: Clock
  stopwatch(): number
  /** How many scenarios run side by side; 2, when left out. */
  atOnce?: number
  /** What dry runs go by. */
  dryRuns: DryRunPorts
}

export function createTests(options: TestsOptions): Tests {
  const { dir, shown, python, records, ids, clock, stopwatch, atOnce } = options
  const history = keptReports(records, { collection: '_test_reports', schema: testReportSchema, kept: 30 })
  const next = inTurn()

  const placeOf = ({ definition: { metadata } }: Version) => ({
    folder: join(dir, metadata.id),
    shown: `${shown}/${metadata.id}`,
  })

  async function runNow(
    version: Version,
    { startedBy, answering, progress, signal }: Parameters<Tests['run']>[1],
  ): Promise<TestReport> {
    const { id } = version.definition.metadata
    const place = placeOf(version)
    signal?.throwIfAborted()
    const loaded = await loadScenarios(place, version.definition)
    if (!loaded.ok) throw brokenScenarios(loaded.faults)
    if (loaded.scenarios.length === 0) throw noScenarios(id, place.shown)
    const ofAnswering = answering ? history.list(id, answering.hash) : []
    // What was tested since on weaker scenarios is no measure for the next version.
    const isAnother = answering !== undefined && answering.hash !== version.hash
    const earned = isAnother ? ofAnswering.find((one) => one.startedAt <= answering.since) : undefined
    const previous = earned ?? ofAnswering[0] ?? history.list(id)[0]
    const report: TestReport = await runScenarios({
      ...{ version, scenarios: loaded.scenarios, python, startedBy, ids, clock, stopwatch, previous },
      ...(atOnce === undefined ? {} : { atOnce }),
      ...(progress ? { progress } : {}),
      ...(signal ? { signal } : {}),
    })
    report.scenariosHash = hashOfScenarios(loaded.scenarios)
    await history.save(report)
    return report
  }

  return {
    run: (version, given) => next(() => runNow(version, given)),
    async scenarios(version) {
      const loaded = await loadScenarios(placeOf(version), version.definition)
      if (!loaded.ok) return undefined
      return { count: loaded.scenarios.length, hash: hashOfScenarios(loaded.scenarios) }
    },
    list: (workflowId, hash) => history.list(workflowId, hash),
    // Of two that were written at once only one would stay.
    async keep(workflowId, scenario) {
      await next(() => addToFile(join(dir, workflowId, scenariosFile), scenario, ids.execution()))
      return `${shown}/${workflowId}/${scenariosFile}`
    },
    dryRun: (version, given) =>
      dryRun({ version, ...given, records, python, ids, clock, stopwatch, ports: options.dryRuns }),
  }
}

/** Nobody ever reads half a file: it is written beside, then takes the place of the old one. */
async function addToFile(path: string, scenario: JsonObject, unique: string): Promise<void> {
  const fresh = `${path}.${unique}.tmp`
  try {
    const before = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return ''
      throw thrown
    })
    await writeFile(fresh, appendScenario(before, scenario), { flag: 'wx' })
    await rename(fresh, path)
  } catch (thrown) {
    await rm(fresh, { force: true }).catch(() => undefined)
    if (thrown instanceof WorkflowError) throw thrown
    throw new WorkflowError('scenario.not_writable', 'The folder of the workflow cannot be written to.', {
      hint: 'Take the scenario as a file and put it there yourself.',
      cause: thrown,
    })
  }
}

/** `shown`: the folder of the workflow, as people know it. */
export function noScenarios(workflowId: string, shown: string): WorkflowError {
  return new WorkflowError('scenario.none', `The workflow "${workflowId}" has no scenarios.`, {
    hint: `Write ${shown}/${scenariosFile}: what it is given, and what is expected.`,
  })
}

function brokenScenarios(faults: Fault[]): WorkflowError {
  const [first] = faults
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
  return new WorkflowError(
    'scenario.broken',
    `The scenarios have ${faults.length === 1 ? 'a fault' : 'faults'}: ${first ? describeFault(first) : ''}${more}`,
    { hint: 'npm run workflow -- validate shows all of them.' },
  )
}
