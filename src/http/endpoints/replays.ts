// POST and GET /api/workflows/{workflowId}/replays: runs real executions once more on a version; how that went before.
import { z } from 'zod'
import { replayReportSchema } from '../../scenarios/index.ts'
import { ask, endpoint } from '../endpoint.ts'
import { replayListSchema } from '../schemas.ts'

const path = '/api/workflows/{workflowId}/replays'
const params = z.strictObject({ workflowId: z.string().max(100) })

export const replayWorkflow = endpoint({
  method: 'post',
  path,
  name: 'replayWorkflow',
  summary: 'Run the latest real executions once more on a version, and compare',
  description:
    'Everything outside is answered from what was recorded, and nothing of it leaves the bot. Answers when all are ' +
    'through; that something goes another way is an answer like any other: see `totals`.',
  params,
  body: z.strictObject({
    last: z.number().int().min(1).max(100).optional().describe('how many executions; 25, when left out'),
    version: z.number().int().min(1).optional().describe('its number; the newest, when left out'),
  }),
  answers: { 200: { description: 'The report of the replay', schema: replayReportSchema } },
  refusals: [404, 409, 413, 415],
  async handle({ params, body }, context) {
    const { report } = await ask('replay', { ...params, ...body }, 'replayed', context)
    return { status: 200, body: report }
  },
})

export const listReplays = endpoint({
  method: 'get',
  path,
  name: 'listReplays',
  summary: 'The replays of a workflow, newest first',
  params,
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(10).default(10) }),
  answers: { 200: { description: 'The reports', schema: replayListSchema } },
  refusals: [404],
  async handle({ params, query }, context) {
    const { reports } = await ask('replays', { ...params, ...query }, 'replays', context)
    return { status: 200, body: { replays: reports } }
  },
})
