// What the bot asks for: replay this version over the latest real executions, and show the replays that were.
import type { PythonSandbox, RecordStore, RecordsPast } from '../actions/ports.ts'
import type { Version } from '../definition/schema.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { inTurn } from './in-turn.ts'
import { keptReports } from './kept-reports.ts'
import { type PastExecution, type ReplayProgress, runReplay, whyNotReplayed } from './replay.ts'
import { type ReplayReport, replayReportSchema } from './replay-report.ts'

export interface Replays {
  /**
   * Over the latest `last` executions that can be replayed, of whatever version. Replays run one after the other, so
   * that they leave interpreters to real executions; the report is kept. Throws `replay.nothing`.
   */
  run(
    version: Version,
    options: {
      last: number
      startedBy: Actor
      progress?: ((progress: ReplayProgress) => void) | undefined
    },
  ): Promise<ReplayReport>
  /** Reports that are kept, newest first; of one version only, when its hash is given. */
  list(workflowId: string, hash?: string): ReplayReport[]
}

export interface ReplaysOptions {
  /** Ended executions of a workflow, newest first, at most so many. */
  latest(workflowId: string, limit: number): AsyncIterable<PastExecution>
  records: RecordStore
  past: RecordsPast
  python: PythonSandbox
  ids: Ids
  clock: Clock
  stopwatch(): number
}

/** How many executions more than asked for are looked at, in place of those that cannot be replayed. */
const spare = 100

export function createReplays({ latest, ...options }: ReplaysOptions): Replays {
  const kept = keptReports(options.records, {
    collection: '_replay_reports',
    schema: replayReportSchema,
    kept: 10,
  })
  const next = inTurn()

  async function runNow(
    version: Version,
    { last, startedBy, progress }: Parameters<Replays['run']>[1],
  ): Promise<ReplayReport> {
    const { id } = version.definition.metadata
    const executions: PastExecution[] = []
    let able = 0
    for await (const one of latest(id, last + spare)) {
      executions.push(one)
      if (whyNotReplayed(one, options.past) === undefined) able++
      if (able === last) break
    }
    if (executions.length === 0) {
      throw new WorkflowError('replay.nothing', `"${id}" has not run yet, so there is nothing to replay.`, {
        hint: `Its scenarios can be run all the same: test ${id}`,
      })
    }
    const report = await runReplay({ ...options, version, executions, startedBy, progress })
    await kept.save(report)
    return report
  }

  return {
    run: (version, given) => next(() => runNow(version, given)),
    list: (workflowId, hash) => kept.list(workflowId, hash),
  }
}
