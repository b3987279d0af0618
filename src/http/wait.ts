// `Prefer: wait=…` (RFC 7240): how long a client wants to wait for the end of an execution, and the waiting itself.
import { z } from 'zod'
import { isFinished, type Report } from '../engine/report.ts'
import { type ApiContext, ask } from './endpoint.ts'

/** How long one request may wait; proxies and clients give up on longer ones. */
export const MAX_WAIT_SECONDS = 60

export const preferSchema = z
  .string()
  .max(200)
  .optional()
  .describe(`wait=<seconds>: how long to wait for the end of the execution, ${MAX_WAIT_SECONDS} at most`)

/** Seconds from `respond-async, wait=30`, capped; undefined when no wait is asked for. */
export function wantedWait(prefer: string | undefined): number | undefined {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)/i.exec(prefer ?? '')?.[1]
  return seconds === undefined ? undefined : Math.min(Number(seconds), MAX_WAIT_SECONDS)
}

export const preferenceApplied = (seconds: number | undefined): { [name: string]: string } =>
  seconds === undefined ? {} : { 'Preference-Applied': `wait=${seconds}` }

/**
 * Waits for the end of an execution, until the time is over, the client has gone or the server is stopping. Answers the
 * report as it is then, finished or not. Rejects `execution.unknown`.
 */
export async function reportAfter(
  executionId: string,
  seconds: number | undefined,
  context: ApiContext,
): Promise<Report> {
  const { services, signal } = context
  const now = async () => (await ask('report', { executionId }, 'report', context)).report
  const report = await now()
  if (seconds === undefined || seconds === 0 || isFinished(report)) return report
  const over = new AbortController()
  const time = services.clock.sleep(seconds * 1000, AbortSignal.any([signal, over.signal])).catch(() => {})
  try {
    // The engine rejects when it closes meanwhile; what the report says is the answer then, too.
    await Promise.race([services.engine.result(executionId).catch(() => {}), time])
  } finally {
    over.abort()
  }
  return await now()
}
