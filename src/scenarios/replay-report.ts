// The result of a replay: real executions run once more, on the version that ran then and on the one that is to be
// judged, and where the two went apart. The one thing that Slack, HTTP and the terminal render.
import { z } from 'zod'
import { actorSchema } from '../engine/report.ts'

const version = z.object({ number: z.number().int(), hash: z.string() })

export const replayDifferenceSchema = z.object({
  about: z
    .enum([
      'start',
      'status',
      'errors',
      'records',
      'messages',
      'requests',
      'workflows',
      'approvals',
      'output',
      'context',
      'steps',
    ])
    .describe('what kind of thing went another way; effects that people notice come first'),
  at: z.string().describe('where, for example messages[0].text or outputs["find low stock"].count'),
  before: z.string().describe('on the version that ran then, cut to a readable length'),
  now: z.string().describe('on the version that was replayed'),
})

export const replayedExecutionSchema = z.object({
  id: z.string().describe('of the real execution'),
  version: z.number().int().describe('the number of the version that ran then'),
  createdAt: z.iso.datetime(),
  status: z.string().describe('how it ended then'),
  outcome: z
    .enum(['same', 'different', 'unrepeatable'])
    .describe(
      'unrepeatable: the version that ran then does not come to the same result again, so nothing can be said',
    ),
  differences: z
    .array(replayDifferenceSchema)
    .describe('the first 10; of an unrepeatable one: what happened then, and what the same version does now'),
  differs: z.number().int().describe('how many differences there are in all'),
})

export const replayReportSchema = z.object({
  id: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  version: version.describe('the one that was replayed'),
  startedBy: actorSchema,
  startedAt: z.iso.datetime(),
  durationMs: z.number().min(0).describe('milliseconds that really passed'),
  totals: z.object({
    executions: z.number().int(),
    same: z.number().int(),
    different: z.number().int(),
    unrepeatable: z.number().int(),
  }),
  executions: z.array(replayedExecutionSchema).describe('newest first'),
  leftOut: z
    .array(z.object({ why: z.string(), count: z.number().int() }))
    .describe('executions among the latest that cannot be replayed, by reason, in words'),
})

export type ReplayReport = z.infer<typeof replayReportSchema>
export type ReplayedExecution = z.infer<typeof replayedExecutionSchema>
export type ReplayDifference = z.infer<typeof replayDifferenceSchema>
