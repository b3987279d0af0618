// Follows an execution that has been started to its end, and shows its report.
import { isFinished, type Report } from '../engine/report.ts'
import type { Started } from './answers.ts'
import type { ApiClient } from './client.ts'
import type { CliAnswer } from './command.ts'
import { reportText } from './text/report.ts'
import { line } from './text/table.ts'

/** One request waits this long before the next one takes over. */
const WAIT_SECONDS = 30

/** `what` became of it, in words: `has been started`. Without `wait` the answer is that it has been started. */
export async function follow(
  started: Started,
  what: string,
  { client, tell, wait }: { client: ApiClient; tell(text: string): void; wait: boolean },
): Promise<CliAnswer> {
  const said = `${line(started.workflow.name)} ${what}: ${started.executionId}`
  if (!wait) return { json: started, text: said, ok: true }
  tell(`${said} (Ctrl+C leaves it running)`)
  let report: Report
  do report = await client.get<Report>(started.report, { waitSeconds: WAIT_SECONDS })
  while (!isFinished(report))
  return { json: report, text: reportText(report), ok: report.success === true }
}
