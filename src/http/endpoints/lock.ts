// PUT and DELETE /api/workflows/{workflowId}/lock: refuses starts of a workflow for a while, and ends that.
import { z } from 'zod'
import { durationSchema } from '../../definition/schema.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'
import { lockedSchema, unlockedSchema } from '../schemas.ts'

const path = '/api/workflows/{workflowId}/lock'
const params = z.strictObject({ workflowId: z.string().max(100) })

export const lockWorkflow = endpoint({
  method: 'put',
  path,
  name: 'lockWorkflow',
  summary: 'Refuse starts of a workflow for a while',
  description:
    'Takes the place of an earlier lock. It ends by itself; `GET /api/handover` shows all that hold.',
  params,
  body: z.strictObject({
    duration: durationSchema.default('1h').describe('how long, 30 days at most: "2h", or seconds'),
    reason: z.string().max(300).default('').describe('told to whoever wants to start it'),
  }),
  answers: { 200: { description: 'The lock that holds now', schema: lockedSchema } },
  refusals: [404, 409, 413, 415],
  handle: async ({ params, body }, context) =>
    answerOf(await ask('lock', { ...params, ...body }, 'locked', context)),
})

export const unlockWorkflow = endpoint({
  method: 'delete',
  path,
  name: 'unlockWorkflow',
  summary: 'End a lock before its time',
  params,
  answers: { 200: { description: 'The lock that held until now', schema: unlockedSchema } },
  refusals: [404, 409],
  handle: async ({ params }, context) => answerOf(await ask('unlock', params, 'unlocked', context)),
})
