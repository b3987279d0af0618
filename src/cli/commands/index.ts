// Every command of the terminal, in the order of its help. A new one is a file here and a line below.
import type { CliCommand } from '../command.ts'
import { activate } from './activate.ts'
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { cancel } from './cancel.ts'
import { approve, reject } from './decide.ts'
import { diff } from './diff.ts'
import { handover } from './handover.ts'
import { createHelp } from './help.ts'
import { history } from './history.ts'
import { list } from './list.ts'
import { lock, unlock } from './lock.ts'
import { pending } from './pending.ts'
import { post } from './post.ts'
import { replay } from './replay.ts'
import { replays } from './replays.ts'
import { report } from './report.ts'
import { restore } from './restore.ts'
import { retry } from './retry.ts'
import { rollback } from './rollback.ts'
import { run } from './run.ts'
import { save } from './save.ts'
import { show } from './show.ts'
import { stats } from './stats.ts'
import { test } from './test.ts'
import { tests } from './tests.ts'
import { validate } from './validate.ts'
import { verify } from './verify.ts'
import { versions } from './versions.ts'
import { why } from './why.ts'

export const cliCommands: CliCommand[] = [
  list,
  show,
  run,
  history,
  report,
  cancel,
  retry,
  rollback,
  pending,
  approve,
  reject,
  lock,
  unlock,
  why,
  diff,
  stats,
  handover,
  post,
  audit,
  test,
  tests,
  replay,
  replays,
  versions,
  activate,
  save,
  validate,
  backup,
  restore,
  verify,
  createHelp(() => cliCommands),
]
