// What the API answers, as types: taken from its own schemas, so that a change there is noticed here.
import type { z } from 'zod'
import type {
  executionListSchema,
  startedSchema,
  workflowListSchema,
  workflowSchema,
} from '../http/schemas.ts'

export type WorkflowList = z.infer<typeof workflowListSchema>
export type Workflow = z.infer<typeof workflowSchema>
export type Started = z.infer<typeof startedSchema>
export type ExecutionList = z.infer<typeof executionListSchema>
export type Execution = ExecutionList['executions'][number]
