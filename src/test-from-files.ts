// Tests a workflow as its files are now, without a running bot: brings its own Python, and leaves nothing behind.
import { basename, dirname, join } from 'node:path'
import { builtinErrors, builtinSpecs } from './builtins/index.ts'
import { createIds, systemClock } from './clock.ts'
import { describeFault, type Fault } from './definition/fault.ts'
import { loadWorkflows } from './definition/load.ts'
import { suggestion } from './definition/nearest.ts'
import type { Actor } from './engine/report.ts'
import { WorkflowError } from './errors.ts'
import { nodeKinds } from './kinds.ts'
import { createPythonSandbox } from './python/index.ts'
import { loadScenarios, noScenarios, runScenarios, type TestReport } from './scenarios/index.ts'

export interface TestFromFilesOptions {
  workflowsDir: string
  /** Where Python keeps its snapshot. */
  cacheDir: string
  workflowId: string
  startedBy: Actor
  progress(text: string): void
}

/** Throws `workflow.unknown`, `workflow.broken`, `scenario.broken`, `scenario.none`, `python.unavailable`. */
export async function testFromFiles(options: TestFromFilesOptions): Promise<TestReport> {
  const { workflowsDir, workflowId, progress } = options
  const { workflows, faults } = await loadWorkflows(workflowsDir, nodeKinds(), {
    root: dirname(workflowsDir),
  })
  const found = workflows.find((workflow) => workflow.id === workflowId)
  if (!found) {
    const near = suggestion(
      workflowId,
      workflows.map(({ id }) => id),
    )
    const [fault] = faults
    throw new WorkflowError('workflow.unknown', fault?.message ?? `There is no workflow "${workflowId}".`, {
      hint: near ?? `Workflows are looked for in ${workflowsDir}.`,
    })
  }
  if (!found.good) throw broken('workflow.broken', `"${workflowId}" cannot run:`, found.faults)
  const { definition, hash } = found.good
  const shown = `${basename(workflowsDir)}/${workflowId}`
  const loaded = await loadScenarios({ folder: join(workflowsDir, workflowId), shown }, definition)
  if (!loaded.ok) throw broken('scenario.broken', 'The scenarios have faults:', loaded.faults)
  if (loaded.scenarios.length === 0) throw noScenarios(workflowId, shown)
  const python = createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir: options.cacheDir,
    log: () => {},
    progress,
  })
  try {
    await python.ready()
    return await runScenarios({
      version: { number: 0, hash, definition },
      scenarios: loaded.scenarios,
      python,
      startedBy: options.startedBy,
      ids: createIds(systemClock),
      clock: systemClock,
      stopwatch: () => performance.now(),
    })
  } finally {
    await python.close()
  }
}

function broken(code: string, what: string, faults: Fault[]): WorkflowError {
  return new WorkflowError(code, [what, ...faults.map(describeFault)].join('\n'))
}
