// `npm run workflow -- <command>`: gives the command line its process, its settings and its files.
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { loadClientConfig } from '../config.ts'
import { testFromFiles } from '../test-from-files.ts'
import { checkingSandbox, validateFiles } from '../validate-files.ts'
import { runCli } from './cli.ts'
import type { Validation } from './command.ts'

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Reads no setting that matters when the folder is named, so that files can be checked anywhere. */
function validate(dir: string | undefined): Promise<Validation> {
  return validateFiles({
    dir: dir === undefined ? loadClientConfig().workflowsDir : resolve(dir),
    root: process.cwd(),
    python: () => checkingSandbox({ cacheDir: cacheDir(), progress: tell }),
    tell,
  })
}

/** Settings that are wrong elsewhere are no reason not to check files. */
function cacheDir(): string {
  try {
    return loadClientConfig().cacheDir
  } catch {
    return resolve('.cache')
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
  err: tell,
  user: accountName(),
  fetch,
})
