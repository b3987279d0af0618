// Every command of the terminal, in the order of its help. A new one is a file here and a line below.
import type { CliCommand } from '../command.ts'
import { createHelp } from './help.ts'
import { history } from './history.ts'
import { list } from './list.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { show } from './show.ts'
import { validate } from './validate.ts'

export const cliCommands: CliCommand[] = [
  list,
  show,
  run,
  history,
  report,
  validate,
  createHelp(() => cliCommands),
]
