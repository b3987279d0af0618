// Loads a workflow with its scenarios and tests it, for tests of testing.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PythonHost, PythonRequest, PythonSandbox } from '../../src/actions/ports.ts'
import { builtinErrors, builtinSpecs } from '../../src/builtins/index.ts'
import { describeFault } from '../../src/definition/fault.ts'
import { loadWorkflows } from '../../src/definition/load.ts'
import type { WorkflowDefinition } from '../../src/definition/schema.ts'
import { WorkflowError } from '../../src/errors.ts'
import type { Json } from '../../src/json.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { createPythonSandbox } from '../../src/python/index.ts'
import { type DryRunPorts, loadScenarios, runScenarios, type TestReport } from '../../src/scenarios/index.ts'
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

/** Stands for Python where a test is about something else: answers what the test says for the name of a node. */
export function fakePython(work: {
  [node: string]: (request: PythonRequest, host: PythonHost) => Promise<Json> | Json
}): PythonSandbox {
  return {
    async run(request, host) {
      const ended = { node: request.node, printed: [], durationMs: 0 }
      try {
        const output = (await work[request.nodeName]?.(request, host)) ?? null
        return { status: 'succeeded', output, context: request.context, ...ended }
      } catch (thrown) {
        const { code = 'python.exception', message } = thrown as Error & { code?: string }
        return { status: 'failed', error: { code, message }, ...ended }
      }
    },
    release: () => {},
    check: async () => null,
    ready: async () => {},
    close: async () => {},
  }
}

/** A folder of workflows in which `sample` has these files, or others (`other/workflow.yaml`); it vanishes after the test. */
export async function folderOf(files: { [name: string]: string }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'scenarios-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'sample'))
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name.includes('/') ? '.' : 'sample', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  return dir
}

/** Tests the workflow `sample` on these scenarios. */
export async function testSample(
  workflow: string,
  scenarios: string,
  options: { python?: PythonSandbox; files?: { [name: string]: string } } = {},
): Promise<TestReport> {
  const dir = await folderOf({ 'workflow.yaml': workflow, 'scenarios.yaml': scenarios, ...options.files })
  return testWorkflow(options.python ?? fakePython({}), 'sample', () => {}, dir)
}

/** A workflow file: the given nodes and edges after a trigger called start. */
export function sample(nodes: string, edges: string, more = ''): string {
  return `metadata: { id: sample, name: Sample }\n${more}\nnodes:\n  - { name: start, type: manual }\n${nodes}\nedges:\n${edges}\n`
}

/** What dry runs go by where there is only one workflow, and it has never run. */
export const nothingToGoBy: DryRunPorts = {
  async subWorkflow(workflowId) {
    throw new WorkflowError('workflow.unknown', `There is no workflow "${workflowId}".`)
  },
  async *latest() {},
  hasSecret: () => false,
}
