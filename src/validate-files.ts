// Checks the workflow files of a folder without a running bot: definitions, scenarios, and the syntax of their Python,
// which is brought up only when there is any.
import { join, relative } from 'node:path'
import type { PythonSandbox } from './actions/ports.ts'
import { builtinErrors, builtinSpecs } from './builtins/index.ts'
import type { Fault } from './definition/fault.ts'
import { type LoadedWorkflow, type LoadOptions, type LoadResult, loadWorkflows } from './definition/load.ts'
import { WorkflowError } from './errors.ts'
import { nodeKinds } from './kinds.ts'
import { createPythonSandbox } from './python/index.ts'
import { loadScenarios } from './scenarios/index.ts'

export interface ValidateFilesOptions {
  /** Absolute path of the folder of workflows. */
  dir: string
  /** Paths in faults are relative to this folder. */
  root: string
  /** Brings up Python; called only when there is some to check, and closed then. See `checkingSandbox`. */
  python(): Pick<PythonSandbox, 'ready' | 'check' | 'close'>
  /** Told what is neither a fault nor keeps from finding others. */
  tell(text: string): void
}

export interface ValidatedFiles {
  /** Ids of the workflows without a fault. */
  valid: string[]
  faults: Fault[]
}

/**
 * All faults at once. Throws `python.unavailable` when there is Python that cannot be checked, unless there are faults to
 * tell of, too.
 */
export async function validateFiles(options: ValidateFilesOptions): Promise<ValidatedFiles> {
  const { dir, root } = options
  let hasPython = false
  const { workflows, faults } = await loadWorkflows(dir, nodeKinds(), {
    root,
    checkCode: async () => {
      hasPython = true
      return null
    },
  })
  // Scenarios are read with the definition, which a mistake in Python does not change.
  const scenarios = await scenarioFaults(workflows, options)
  const checked = hasPython ? await withPython(options) : { workflows, faults }
  const all = [
    ...checked.faults,
    ...checked.workflows.flatMap((workflow) => workflow.faults),
    ...[...scenarios.values()].flat(),
  ]
  const python = 'unchecked' in checked ? checked.unchecked : undefined
  if (python && all.length === 0) throw python
  if (python) options.tell(`Python was not checked: ${python.message}`)
  return {
    valid: checked.workflows.filter(({ id, good }) => good && !scenarios.has(id)).map(({ id }) => id),
    faults: all,
  }
}

/** By workflow, of those whose scenarios have faults. */
async function scenarioFaults(
  workflows: LoadedWorkflow[],
  { dir, root }: ValidateFilesOptions,
): Promise<Map<string, Fault[]>> {
  const found = new Map<string, Fault[]>()
  for (const { id, good } of workflows) {
    if (!good) continue
    const folder = join(dir, id)
    const loaded = await loadScenarios({ folder, shown: relative(root, folder) }, good.definition)
    if (!loaded.ok) found.set(id, loaded.faults)
  }
  return found
}

/** Real Python, with one interpreter. `cacheDir`: where it keeps its snapshot. */
export function checkingSandbox(options: { cacheDir: string; progress(text: string): void }): PythonSandbox {
  const given = { builtins: builtinSpecs, errors: builtinErrors, poolSize: 1, log: () => {} }
  return createPythonSandbox({ ...given, ...options })
}

/** Reads the files once more, with Python to judge their code. `unchecked`: why it could not. */
async function withPython({
  dir,
  root,
  python: start,
}: ValidateFilesOptions): Promise<LoadResult & { unchecked?: WorkflowError }> {
  const python = start()
  try {
    await python.ready()
    const checkCode: LoadOptions['checkCode'] = (code, source) => python.check(code, source)
    return await loadWorkflows(dir, nodeKinds(), { root, checkCode })
  } catch (thrown) {
    if (!(thrown instanceof WorkflowError)) throw thrown
    return { ...(await loadWorkflows(dir, nodeKinds(), { root })), unchecked: thrown }
  } finally {
    await python.close()
  }
}
