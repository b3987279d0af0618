// What endpoints that start an execution have in common: the headers they take, how a repeated request is recognised,
// and the answer, at once or with the report.
import { z } from 'zod'
import type { CommandResult } from '../commands/types.ts'
import { isFinished, reportSchema } from '../engine/report.ts'
import type { Answer, ApiContext, Endpoint } from './endpoint.ts'
import { startedSchema } from './schemas.ts'
import { preferenceApplied, preferSchema, reportAfter, wantedWait } from './wait.ts'

/** How long an Idempotency-Key is remembered. */
const ONCE_WINDOW_MS = 24 * 60 * 60 * 1000

/** `counts`: what requests with the same key have in common. */
export const idempotencyKeySchema = (counts: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional()
    .describe(`Requests ${counts} with the same key start one execution in all, for 24 hours`)

export const waitHeaders = z.object({ prefer: preferSchema })

/** `area` and `id` keep the keys of different requests apart. */
export function onceFor(
  area: 'api' | 'api-retry',
  id: string,
  key: string | undefined,
): { key: string; windowMs: number } | undefined {
  return key === undefined ? undefined : { key: `${area}/${id}/${key}`, windowMs: ONCE_WINDOW_MS }
}

export const startAnswers: Endpoint['answers'] = {
  200: {
    description: 'The execution has ended: its report',
    schema: reportSchema,
    headers: { 'Preference-Applied': 'the wait that was granted', Location: 'where the report is' },
  },
  202: {
    description: 'The execution has been started',
    schema: startedSchema,
    headers: { Location: 'where the report will be' },
  },
}

/** 202, or 200 with the report when the client waits and it ends in time. */
export async function startedAnswer(
  { executionId, workflow, started }: Extract<CommandResult, { kind: 'started' }>,
  prefer: string | undefined,
  context: ApiContext,
): Promise<Answer> {
  const location = `/api/executions/${encodeURIComponent(executionId)}`
  const seconds = wantedWait(prefer)
  const report = seconds === undefined ? undefined : await reportAfter(executionId, seconds, context)
  const headers = { Location: location, ...preferenceApplied(seconds) }
  if (report && isFinished(report)) return { status: 200, body: report, headers }
  return { status: 202, body: { executionId, workflow, started, report: location }, headers }
}
