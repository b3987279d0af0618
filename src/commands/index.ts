// All commands. Adding one is a file and a line here.
import { acknowledge } from './acknowledge.ts'
import { activate } from './activate.ts'
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { cancel } from './cancel.ts'
import { completeTask } from './complete-task.ts'
import { approve, reject } from './decide.ts'
import { diff } from './diff.ts'
import { dryRun } from './dry-run.ts'
import { handover } from './handover.ts'
import { createHelp } from './help.ts'
import { history } from './history.ts'
import { list } from './list.ts'
import { lock } from './lock.ts'
import { pending } from './pending.ts'
import { post } from './post.ts'
import { replay } from './replay.ts'
import { replays } from './replays.ts'
import { report } from './report.ts'
import { retry } from './retry.ts'
import { rollback } from './rollback.ts'
import { run } from './run.ts'
import { save } from './save.ts'
import { show } from './show.ts'
import { stats } from './stats.ts'
import { test } from './test.ts'
import { tests } from './tests.ts'
import type { AnyCommand } from './types.ts'
import { unlock } from './unlock.ts'
import { versions } from './versions.ts'
import { why } from './why.ts'

/** By name, each with the type of its own input. */
export const commands = {
  list,
  run,
  show,
  history,
  report,
  test,
  tests,
  versions,
  replay,
  replays,
  save,
  activate,
  'dry-run': dryRun,
  why,
  diff,
  stats,
  cancel,
  retry,
  rollback,
  approve,
  reject,
  pending,
  handover,
  lock,
  unlock,
  post,
  audit,
  backup,
  help: createHelp(() => commandList),
  acknowledge,
  complete_task: completeTask,
}

export type CommandName = keyof typeof commands

/** In the order in which help shows them. */
export const commandList: AnyCommand[] = Object.values(commands)
