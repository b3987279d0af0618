// `retry`: runs an execution once more, from the start or from where it failed, on its own version or on the latest.
import { z } from 'zod'
import { failedNode, rerun } from '../engine/again.ts'
import { WorkflowError } from '../errors.ts'
import { findFinished, findVersion, findVersionOf } from './find.ts'
import { rollbackOf } from './rollback.ts'
import { startExecution } from './start.ts'
import type { Command } from './types.ts'

const input = z.object({
  executionId: z.string().max(100),
  from: z.enum(['failed', 'start']).optional().describe('where it failed, when left out and it did fail'),
  version: z.enum(['same', 'latest']).default('latest'),
})

export const retry: Command<z.infer<typeof input>> = {
  name: 'retry',
  summary: 'Run an execution once more, from the failed step or from the start',
  usage: 'retry <execution> [from=start|failed] [version=latest|same]',
  examples: ['retry 1f3k9ab-x7q2m', 'retry 1f3k9ab-x7q2m from=start version=same'],
  input,
  needs: 'run',
  async run({ executionId, from, version: wanted }, { actor, services, once, place }) {
    const report = await findFinished(services, executionId)
    const failed = failedNode(report)
    if (from === 'failed' && failed === undefined) {
      throw new WorkflowError('execution.not_failed', `No step of execution ${executionId} failed.`, {
        hint: `Run it from the start: retry ${executionId} from=start`,
      })
    }
    // What was taken back cannot be kept: it has to run again.
    const undone = rollbackOf(services, executionId) !== undefined
    if (undone && from === 'failed') {
      throw new WorkflowError('execution.rolled_back', `What execution ${executionId} did was taken back.`, {
        hint: `Run it from the start: retry ${executionId} from=start`,
      })
    }
    const version =
      wanted === 'same' ? await findVersionOf(services, report) : findVersion(services, report.workflow.id)
    const request = rerun(report, version, from ?? (failed === undefined || undone ? 'start' : 'failed'))
    if (!version.definition.nodes.some((node) => node.name === request.trigger.node)) {
      throw new WorkflowError(
        'workflow.trigger_gone',
        `Version ${version.number} has no trigger "${request.trigger.node}" any more.`,
        {
          hint: `Use the version that it ran on: retry ${executionId} version=same`,
        },
      )
    }
    const { executionId: id, started } = await startExecution(
      services,
      {
        ...request,
        startedBy: actor,
        ...(once ? { once } : {}),
      },
      place,
    )
    return { kind: 'started', executionId: id, started, workflow: report.workflow }
  },
}
