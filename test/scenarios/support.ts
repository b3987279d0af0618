// Loads a workflow with its scenarios and tests it, for tests of testing.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PythonSandbox } from '../../src/actions/ports.ts'
import { builtinErrors, builtinSpecs } from '../../src/builtins/index.ts'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { createPythonSandbox } from '../../src/python/index.ts'
import { loadScenarios, runScenarios, type TestReport } from '../../src/scenarios/index.ts'
import { ManualClock } from '../support/clock.ts'
import { ana } from '../support/workflow.ts'

export const workflowsDir = new URL('../../workflows', import.meta.url).pathname

/** Its snapshot is shared by all test files of one machine user, so that it is built once. */
export async function startPython(): Promise<PythonSandbox> {
  const python = createPythonSandbox({
    builtins: builtinSpecs,
    errors: builtinErrors,
    cacheDir: join(tmpdir(), `workflow-bot-test-scenarios-${process.getuid?.() ?? 0}`),
    poolSize: 2,
    log: () => {},
  })
  await python.ready()
  return python
}

let plays = 0

/** Tests a workflow of a folder, the shipped ones unless told; `change` makes something else of its definition first. */
export async function testWorkflow(
  python: PythonSandbox,
  id: string,
  change: (definition: WorkflowDefinition) => void = () => {},
  dir: string = workflowsDir,
): Promise<TestReport> {
  const { workflows, faults } = await loadWorkflows(dir, nodeKinds())
  const found = workflows.find((workflow) => workflow.id === id)
  if (!found?.good) throw new Error([...faults, ...(found?.faults ?? [])].map(describeFault).join('\n'))
  const { definition, hash } = found.good
  const loaded = await loadScenarios({ folder: join(dir, id), shown: `workflows/${id}` }, definition)
  if (!loaded.ok) throw new Error(loaded.faults.map(describeFault).join('\n'))
  change(definition)
  return runScenarios({
    version: { number: 1, hash, definition },
    scenarios: loaded.scenarios,
    python,
    startedBy: ana,
    ids: { execution: () => `play-${process.pid}-${++plays}` },
    clock: new ManualClock(),
    stopwatch: () => performance.now(),
  })
}
