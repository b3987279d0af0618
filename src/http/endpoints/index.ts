// Every endpoint of the API, in the order of its documentation. A new one is a file here and a line below.
import type { Endpoint } from '../endpoint.ts'
import { health } from './health.ts'
import { listExecutions } from './list-executions.ts'
import { listWorkflows } from './list-workflows.ts'
import { showExecution } from './show-execution.ts'
import { showWorkflow } from './show-workflow.ts'
import { startExecution } from './start-execution.ts'

export const endpoints: readonly Endpoint[] = [
  listWorkflows,
  showWorkflow,
  startExecution,
  showExecution,
  listExecutions,
  health,
]
