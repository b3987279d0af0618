// `npm run workflow -- <command>`: gives the command line its process, its settings and its files.
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { loadClientConfig } from '../config.ts'
import type { Fault } from '../definition/fault.ts'
import { loadWorkflows } from '../definition/load.ts'
import { nodeKinds } from '../kinds.ts'
import { loadScenarios } from '../scenarios/index.ts'
import { testFromFiles } from '../test-from-files.ts'
import { runCli } from './cli.ts'
import type { Validation } from './command.ts'

/** Reads no setting when the folder is named, so that files can be checked anywhere. */
async function validate(dir: string | undefined): Promise<Validation> {
  const folder = dir === undefined ? loadClientConfig().workflowsDir : resolve(dir)
  const { workflows, faults } = await loadWorkflows(folder, nodeKinds(), { root: process.cwd() })
  const scenarioFaults = new Map<string, Fault[]>()
  for (const { id, good } of workflows) {
    const place = { folder: join(folder, id), shown: relative(process.cwd(), join(folder, id)) }
    const loaded = good && (await loadScenarios(place, good.definition))
    if (loaded?.ok === false) scenarioFaults.set(id, loaded.faults)
  }
  return {
    valid: workflows.filter(({ id, good }) => good && !scenarioFaults.has(id)).map(({ id }) => id),
    faults: [
      ...faults,
      ...workflows.flatMap((workflow) => workflow.faults),
      ...[...scenarioFaults.values()].flat(),
    ],
  }
}

/** Some accounts have no name, in containers for example. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return 'terminal'
  }
}

// Whoever reads only the first lines (`| head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runCli(process.argv.slice(2), {
  config: () => loadClientConfig(),
  validate,
  test: (workflowId, progress) => {
    const { workflowsDir, cacheDir } = loadClientConfig()
    const startedBy = { kind: 'cli', id: accountName(), name: accountName() } as const
    return testFromFiles({ workflowsDir, cacheDir, workflowId, startedBy, progress })
  },
  cwd: process.cwd(),
  write: (path, text) => writeFile(resolve(path), text),
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  user: accountName(),
  fetch,
})
