// Every command of the terminal, in the order of its help. A new one is a file here and a line below.
import type { CliCommand } from '../command.ts'
import { activate } from './activate.ts'
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { diff } from './diff.ts'
import { handover } from './handover.ts'
import { createHelp } from './help.ts'
import { history } from './history.ts'
import { list } from './list.ts'
import { post } from './post.ts'
import { report } from './report.ts'
import { restore } from './restore.ts'
import { run } from './run.ts'
import { save } from './save.ts'
import { show } from './show.ts'
import { stats } from './stats.ts'
import { test } from './test.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'
import { why } from './why.ts'

export const cliCommands: CliCommand[] = [
  list,
  show,
  run,
  history,
  report,
  why,
  diff,
  stats,
  handover,
  post,
  audit,
  test,
  save,
  activate,
  validate,
  backup,
  restore,
  verify,
  createHelp(() => cliCommands),
]
