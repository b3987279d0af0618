// Reads a command line, runs its command, and prints the answer for people or as JSON. The process itself is main.ts.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ClientConfig } from '../config.ts'
import { createDataFiles } from '../data-files.ts'
import { type ErrorInfo, errorInfo, WorkflowError } from '../errors.ts'
import type { TestReport } from '../scenarios/index.ts'
import { createClient } from './client.ts'
import type { CliCommand, CliContext, CliValues, Validation } from './command.ts'
import { unknownCommand } from './commands/help.ts'
import { cliCommands } from './commands/index.ts'
import { visible } from './text/table.ts'

/** What the command line touches of the outside. */
export interface Terminal {
  /** Throws `config.…` when the settings are wrong. */
  config(): ClientConfig
  /** Loads the workflow files of a folder. */
  validate(dir: string | undefined): Promise<Validation>
  /** Tests a workflow from its files. `progress` is told now and then. */
  test(workflowId: string, progress: (text: string) => void): Promise<TestReport>
  write(path: string, text: string): Promise<void>
  /** Where people are; relative paths start there. */
  cwd: string
  out(text: string): void
  err(text: string): void
  user: string
  fetch: typeof fetch
}

/** Resolves the exit status: 0 all is well, 1 it failed or was refused, 2 it could not be asked. */
export async function runCli(argv: string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const json = argv.includes('--json')
  try {
    const { command, words, values } = read(argv)
    const answer = await command.run(words, values, contextOf(terminal))
    terminal.out(json ? JSON.stringify(answer.json, null, 2) : answer.text)
    return answer.ok ? 0 : 1
  } catch (thrown) {
    const error = thrown instanceof WorkflowError ? errorInfo(thrown) : unexpected(thrown)
    if (json) terminal.out(JSON.stringify({ error }, null, 2))
    else terminal.err(visible(`${error.message}${error.hint ? `\n${error.hint}` : ''}`))
    return couldNotAsk(error.code) ? 2 : 1
  }
}

function read(argv: string[]): { command: CliCommand; words: string[]; values: CliValues } {
  const [word = 'help', ...rest] = argv.filter((argument) => argument !== '--json')
  if (word === '--help' || word === '-h') return read(['help'])
  const command = cliCommands.find((one) => one.name === word)
  if (!command) throw unknownCommand(word, cliCommands)
  if (rest.includes('--help')) return read(['help', word])
  try {
    const { positionals, values } = parseArgs({
      args: rest,
      allowPositionals: true,
      options: command.options ?? {},
    })
    return { command, words: positionals, values }
  } catch (cause) {
    // Node's own sentence names the option; what follows its first sentence is about node's command line.
    const [message = ''] = (cause as Error).message.split('. ')
    throw new WorkflowError('cli.usage', `${message}.`, { hint: `Usage: ${command.usage} [--json]`, cause })
  }
}

function contextOf({ config, validate, test, write, cwd, err, user, fetch }: Terminal): CliContext {
  return {
    client: () => createClient({ ...config().api, user, fetch }),
    validate,
    test: (workflowId) => test(workflowId, err),
    write,
    data: () => createDataFiles(config().dataFile, err),
    absolute: (path) => resolve(cwd, path),
    tell: err,
  }
}

/** There is no log here: what nobody foresaw is shown as it is. */
function unexpected(thrown: unknown): ErrorInfo {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return { code: 'internal.unexpected', message }
}

function couldNotAsk(code: string): boolean {
  return (
    /^(cli|config|internal)\.|^python\.unavailable$/.test(code) ||
    /^api\.(token|only|wrong|stopping)/.test(code)
  )
}
