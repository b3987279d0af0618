// Every endpoint of the API, in the order of its documentation. A new one is a file here and a line below.
import type { Endpoint } from '../endpoint.ts'
import { activate } from './activate.ts'
import { cancelExecution } from './cancel-execution.ts'
import { createBackup } from './create-backup.ts'
import { decide } from './decide.ts'
import { diffExecution } from './diff-execution.ts'
import { dryRun } from './dry-run.ts'
import { health } from './health.ts'
import { listAudit } from './list-audit.ts'
import { listExecutions } from './list-executions.ts'
import { listPending } from './list-pending.ts'
import { listTests } from './list-tests.ts'
import { listVersions } from './list-versions.ts'
import { listWorkflows } from './list-workflows.ts'
import { lockWorkflow, unlockWorkflow } from './lock.ts'
import { postMessage } from './post-message.ts'
import { listReplays, replayWorkflow } from './replays.ts'
import { retryExecution } from './retry-execution.ts'
import { rollbackExecution } from './rollback-execution.ts'
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
  cancelExecution,
  retryExecution,
  rollbackExecution,
  listPending,
  decide,
  dryRun,
  testWorkflow,
  listTests,
  listVersions,
  replayWorkflow,
  listReplays,
  activate,
  whyNode,
  diffExecution,
  showScenario,
  saveScenario,
  showStats,
  showHandover,
  lockWorkflow,
  unlockWorkflow,
  postMessage,
  listAudit,
  verifyAudit,
  createBackup,
  health,
]
