// Reads a folder of workflows: each file is parsed, checked and completed by itself, so that a broken one stops no other.
// All faults come at once, with file, line and field.
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { checkWorkflow } from './assemble.ts'
import { readText } from './beside.ts'
import { type Call, calledBy, checkCalls } from './calls.ts'
import type { Fault } from './fault.ts'
import { versionHash } from './hash.ts'
import type { NodeKind, SourceLocation, WorkflowDefinition } from './schema.ts'
import type { Seed } from './seed.ts'

/** A mistake in code, as far as it shows without running it. */
export interface CodeProblem {
  code: string
  message: string
  hint?: string
  file?: string
  line?: number
}

export interface LoadOptions {
  /** Paths in faults are relative to this folder; the parent of the workflows' folder, when left out. */
  root?: string
  /** Called for each code node, so that mistakes in code show when the file is saved. */
  checkCode?: (code: string, source: SourceLocation) => Promise<CodeProblem | null>
  /** What is in service now: of several files whose workflows call one another, the changed one is at fault. */
  inService?: (id: string) => WorkflowDefinition | undefined
}

/** One folder of a workflow. */
export interface LoadedWorkflow {
  /** The name of the folder, which is the id of the workflow in it. */
  id: string
  /** The workflow file as people know it: `workflows/reorder-check/workflow.yaml`. */
  file: string
  faults: Fault[]
  /** Present exactly when there are no faults. */
  good: { definition: WorkflowDefinition; hash: string; seeds: Seed[] } | undefined
}

export interface LoadResult {
  /** Sorted by id. */
  workflows: LoadedWorkflow[]
  /** Faults of the folder itself; null workflows were read then. */
  faults: Fault[]
}

/** What is known of a workflow until all are read: the id that its file claims, and what its nodes call. */
type ReadWorkflow = LoadedWorkflow & { claimed: string | undefined; calls: Call[] }

const fileNames = ['workflow.yaml', 'workflow.yml', 'workflow.json']

/** Loads every workflow of a folder. Never throws for what is in the files; all of that is faults. */
export async function loadWorkflows(
  dir: string,
  kinds: NodeKind[],
  options: LoadOptions = {},
): Promise<LoadResult> {
  const root = resolve(options.root ?? dirname(resolve(dir)))
  const shown = (path: string) => relative(root, path).split(sep).join('/') || basename(path)
  let folders: string[]
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    folders = entries
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !/^[._]/.test(entry.name))
      .map((entry) => entry.name)
      .sort()
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
    const message = `The folder of workflows cannot be read (${code}).`
    return {
      workflows: [],
      faults: [{ code: 'workflow.no_folder', message, file: shown(resolve(dir)), line: 1 }],
    }
  }
  const workflows: ReadWorkflow[] = []
  for (const folder of folders) {
    const loaded = await loadFolder(resolve(dir, folder), kinds, shown, options.checkCode)
    if (loaded) workflows.push(loaded)
  }
  const callsNow = (id: string) => {
    const definition = options.inService?.(id)
    return definition ? calledBy(definition, kinds) : []
  }
  const called = withCalls(withUniqueIds(workflows), callsNow)
  return { workflows: called.map(({ claimed: _, calls: __, ...workflow }) => workflow), faults: [] }
}

async function loadFolder(
  folder: string,
  kinds: NodeKind[],
  shown: (path: string) => string,
  checkCode: LoadOptions['checkCode'],
): Promise<ReadWorkflow | undefined> {
  const id = basename(folder)
  const names = await readdir(folder).catch(() => [] as string[])
  const found = fileNames.filter((name) => names.includes(name))
  const [name] = found
  // A folder of something else; a misspelt file name would go unnoticed, though.
  if (!name && !names.some((one) => /^workflow|\.ya?ml$/i.test(one))) return undefined
  const file = shown(join(folder, name ?? 'workflow.yaml'))
  const broken = (fault: Omit<Fault, 'file' | 'line'>) => ({
    id,
    file,
    faults: [{ ...fault, file, line: 1 }],
    good: undefined,
    claimed: undefined,
    calls: [],
  })
  if (!name) {
    const message = `the folder has ${names
      .map((one) => `"${one}"`)
      .slice(0, 5)
      .join(', ')}, but no workflow.yaml.`
    return broken({ code: 'workflow.no_file', message, hint: 'call the file workflow.yaml' })
  }
  if (found.length > 1) {
    const message = `the folder has ${found.join(' and ')}.`
    return broken({ code: 'workflow.two_files', message, hint: 'keep one of them' })
  }
  const read = await readText(join(folder, name), name)
  if (!read.ok) return broken(read.problem)
  const checked = await checkWorkflow(read.text, { folder, file, shown, kinds, checkCode })
  const { calls } = checked
  if (!checked.ok) return { id, file, faults: checked.faults, good: undefined, claimed: checked.id, calls }
  const { definition, seeds } = checked
  const hash = versionHash(definition)
  return { id, file, faults: [], good: { definition, hash, seeds }, claimed: id, calls }
}

/** Two folders may claim one id; the folder of that name keeps it, and each other is told of both. */
function withUniqueIds(workflows: ReadWorkflow[]): ReadWorkflow[] {
  return workflows.map((workflow) => {
    const { claimed } = workflow
    const twin = workflows.find((other) => other.file !== workflow.file && other.claimed === claimed)
    if (claimed === undefined || claimed === workflow.id || !twin) return workflow
    const faults = workflow.faults.map((fault) =>
      fault.code === 'workflow.wrong_folder'
        ? {
            ...fault,
            code: 'workflow.duplicate_id',
            message: `${workflow.file} and ${twin.file} both have the id "${claimed}".`,
            hint: `give this one the id "${workflow.id}", like its folder`,
          }
        : fault,
    )
    return { ...workflow, faults }
  })
}

/** Whom a workflow calls shows only when all are read. */
function withCalls(workflows: ReadWorkflow[], callsNow: (id: string) => string[]): ReadWorkflow[] {
  const callers = workflows.map(({ id, good, calls }) => ({ id, calls, good: good !== undefined }))
  const faults = checkCalls(callers, callsNow)
  return workflows.map((workflow) => {
    const own = faults.get(workflow.id)
    return own ? { ...workflow, faults: [...workflow.faults, ...own], good: undefined } : workflow
  })
}
