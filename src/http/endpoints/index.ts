// Every endpoint of the API, in the order of its documentation. A new one is a file here and a line below.
import type { Endpoint } from '../endpoint.ts'
import { activate } from './activate.ts'
import { createBackup } from './create-backup.ts'
import { diffExecution } from './diff-execution.ts'
import { dryRun } from './dry-run.ts'
import { health } from './health.ts'
import { listAudit } from './list-audit.ts'
import { listExecutions } from './list-executions.ts'
import { listTests } from './list-tests.ts'
import { listWorkflows } from './list-workflows.ts'
import { postMessage } from './post-message.ts'
import { saveScenario, showScenario } from './scenario.ts'
import { showExecution } from './show-execution.ts'
import { showHandover } from './show-handover.ts'
import { showStats } from './show-stats.ts'
import { showWorkflow } from './show-workflow.ts'
import { startExecution } from './start-execution.ts'
import { testWorkflow } from './test-workflow.ts'
import { verifyAudit } from './verify-audit.ts'
import { whyNode } from './why-node.ts'

export const endpoints: readonly Endpoint[] = [
  listWorkflows,
  showWorkflow,
  startExecution,
  showExecution,
  listExecutions,
  dryRun,
  testWorkflow,
  listTests,
  activate,
  whyNode,
  diffExecution,
  showScenario,
  saveScenario,
  showStats,
  showHandover,
  postMessage,
  listAudit,
  verifyAudit,
  createBackup,
  health,
]
