// Puts a shipped workflow to its own scenarios and criteria with a fault in it, and says whether they notice. Gives up
// at the first scenario that fails: more of them would say nothing new.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PythonSandbox } from '../../../src/actions/ports.ts'
import { type CheckedWorkflow, checkWorkflow } from '../../../src/definition/assemble.ts'
import { describeFault } from '../../../src/definition/fault.ts'
import type { WorkflowDefinition } from '../../../src/definition/schema.ts'
import { nodeKinds } from '../../../src/kinds.ts'
import { type LoadedScenario, loadScenarios, runScenarios } from '../../../src/scenarios/index.ts'
import { workflowsDir } from '../../scenarios/support.ts'
import { ManualClock } from '../../support/clock.ts'
import { ana } from '../../support/workflow.ts'

/** A mistake that somebody could make in a file of a workflow: `from`, which stands there once, becomes `to`. */
export interface Fault {
  /** `workflow.yaml`, or a file of Python beside it. */
  file: string
  from: string
  to: string
}

/** Names the file once for several faults in it. */
export const inFile =
  (file: string) =>
  (from: string, to: string): Fault => ({ file, from, to })

export interface Subject {
  id: string
  /** As shipped, by the name of the file. */
  files: ReadonlyMap<string, string>
  definition: WorkflowDefinition
  scenarios: readonly LoadedScenario[]
}

/** Code that a fault makes go round for ever is stopped after this much work; what is right takes a tenth of it. */
const cpuMs = 3000
/** One interpreter each. */
export const atOnce = 2

/** Rejects with every fault of the files, when there is one. */
export async function subjectOf(id: string): Promise<Subject> {
  const text = await readFile(join(workflowsDir, id, 'workflow.yaml'), 'utf8')
  const definition = await definitionOf(id, text)
  const loaded = await loadScenarios({ folder: join(workflowsDir, id), shown: `workflows/${id}` }, definition)
  if (!loaded.ok) throw new Error(loaded.faults.map(describeFault).join('\n'))
  const beside = definition.nodes.flatMap(({ code, source }) => {
    const { file } = (source ?? { file: 'yaml' }) as { file: string }
    return file.endsWith('.py') ? [[file.split('/').at(-1) ?? '', String(code)] as const] : []
  })
  return {
    id,
    files: new Map([['workflow.yaml', text], ...beside]),
    definition,
    scenarios: loaded.scenarios,
  }
}

/**
 * The workflow with this fault in it. Rejects when the fault no longer fits the file, or is one that would be refused
 * when the file is loaded: no scenario is needed to find that.
 */
export async function withFault(
  { id, files, definition }: Subject,
  { file, from, to }: Fault,
): Promise<WorkflowDefinition> {
  const text = files.get(file)
  const found = (text ?? '').split(from).length - 1
  if (text === undefined || found !== 1)
    throw new Error(`${id}/${file} has ${found} times what a fault is to change: ${from}`)
  const faulty = text.replace(from, () => to)
  if (file === 'workflow.yaml') return definitionOf(id, faulty)
  return withCode(definition, (node) => (String(node.code) === text ? faulty : undefined))
}

/** A copy in which nodes have the code that `change` gives them. */
export function withCode(
  definition: WorkflowDefinition,
  change: (node: WorkflowDefinition['nodes'][number]) => string | undefined,
): WorkflowDefinition {
  const copy = structuredClone(definition)
  for (const node of copy.nodes) {
    const code = change(node)
    if (code !== undefined) node.code = code
  }
  return copy
}

/** What the loader says of this text, as if it stood in the file of the workflow. */
export function checkedText(id: string, text: string): Promise<CheckedWorkflow> {
  return checkWorkflow(text, {
    folder: join(workflowsDir, id),
    file: `workflows/${id}/workflow.yaml`,
    shown: (path) => path.slice(workflowsDir.length - 'workflows'.length),
    kinds: nodeKinds(),
    checkCode: undefined,
  })
}

async function definitionOf(id: string, text: string): Promise<WorkflowDefinition> {
  const checked = await checkedText(id, text)
  if (!checked.ok) throw new Error(checked.faults.map(describeFault).join('\n'))
  return checked.definition
}

/** What noticed the fault: the name of a scenario or a criterion; undefined when nothing did. */
export type Trial = (definition: WorkflowDefinition) => Promise<string | undefined>

let plays = 0

/**
 * Tries faulty versions of one workflow, one after the other. The scenario that noticed the last fault looks first at
 * the next, which is often of the same kind.
 */
export function trialOf(python: PythonSandbox, subject: Subject): Trial {
  const hurried = hurriedPython(python)
  let order = [...subject.scenarios]

  const run = (definition: WorkflowDefinition, scenarios: readonly LoadedScenario[]) =>
    runScenarios({
      version: { number: 1, hash: 'f'.repeat(64), definition },
      scenarios,
      python: hurried,
      startedBy: ana,
      ids: { execution: () => `fault-${process.pid}-${++plays}` },
      clock: new ManualClock(),
      stopwatch: () => performance.now(),
      atOnce,
    })

  return async (definition) => {
    // Criteria are measured over all scenarios, so they are only asked of what every scenario lets pass.
    const uncounted = { ...definition, criteria: [] }
    for (let at = 0; at < order.length; at += atOnce) {
      const { scenarios } = await run(uncounted, order.slice(at, at + atOnce))
      const failed = scenarios.find((one) => !one.passed)
      if (!failed) continue
      order = [
        ...order.filter(({ name }) => name === failed.name),
        ...order.filter(({ name }) => name !== failed.name),
      ]
      return failed.name
    }
    const report = await run(definition, subject.scenarios)
    return report.criteria.find((one) => !one.met)?.name
  }
}

function hurriedPython(python: PythonSandbox): PythonSandbox {
  return {
    run: (request, host, signal) =>
      python.run({ ...request, limits: { ...request.limits, cpuMs } }, host, signal),
    release: (executionId) => python.release(executionId),
    check: (code, source) => python.check(code, source),
    ready: () => python.ready(),
    close: async () => {},
  }
}
