// GET and POST /api/executions/{executionId}/scenario: an execution as a scenario, to take along or written in place.
import { z } from 'zod'
import { savedScenarioSchema } from '../../commands/answers.ts'
import { answerOf, ask, endpoint } from '../endpoint.ts'

const path = '/api/executions/{executionId}/scenario'
const params = z.strictObject({ executionId: z.string().max(100) })

export const showScenario = endpoint({
  method: 'get',
  path,
  name: 'showScenario',
  summary: 'An execution as a scenario, with secrets and personal data masked',
  params,
  answers: { 200: { description: 'The scenario as a file', schema: savedScenarioSchema } },
  refusals: [404, 409],
  handle: async ({ params }, context) => answerOf(await ask('save', params, 'scenario', context)),
})

export const saveScenario = endpoint({
  method: 'post',
  path,
  name: 'saveScenario',
  summary: 'Adds an execution as a scenario to the scenarios.yaml of its workflow',
  params,
  answers: { 200: { description: 'The scenario, and where it stands now', schema: savedScenarioSchema } },
  refusals: [404, 409],
  handle: async ({ params }, context) =>
    answerOf(await ask('save', { ...params, write: true }, 'scenario', context)),
})
