// Ended executions with the versions that they ran on, for replays.
import type { PastExecution } from '../scenarios/index.ts'
import type { History, Versions } from './types.ts'

/** Newest first, read one by one; at most `limit`. What the history has dropped meanwhile is left out. */
export async function* latestExecutions(
  { history, versions }: { history: History; versions: Versions },
  workflowId: string,
  limit: number,
): AsyncGenerator<PastExecution> {
  for (const { id } of await history.recent({ workflowId, limit })) {
    const report = await history.report(id)
    if (report) yield { report, version: await versions.get(workflowId, report.version.hash) }
  }
}
