// `rollback`: takes back what an execution did, as far as its workflow says how.
import { z } from 'zod'
import { rollback as rollbackStart } from '../engine/again.ts'
import { WorkflowError } from '../errors.ts'
import { findFinished, findVersionOf } from './find.ts'
import { startExecution } from './start.ts'
import type { Command, Services } from './types.ts'

const input = z.object({ executionId: z.string().max(100) })
/** A rollback is asked for once in the life of an execution; a repeat answers the first. */
const foreverMs = 10 * 365 * 86_400_000

/** Under which key the rollback of an execution is started. */
const rollbackKey = (executionId: string) => `rollback:${executionId}`

/** The execution that takes back what this one did; undefined when nobody asked for that. */
export function rollbackOf({ claims }: Pick<Services, 'claims'>, executionId: string): string | undefined {
  const claim = claims.get(`once:${rollbackKey(executionId)}`) as { executionId: string } | undefined
  return claim?.executionId
}

export const rollback: Command<z.infer<typeof input>> = {
  name: 'rollback',
  summary: 'Take back what an execution did',
  usage: 'rollback <execution>',
  examples: ['rollback 1f3k9ab-x7q2m'],
  input,
  needs: 'run',
  async run({ executionId }, { actor, services, place }) {
    const report = await findFinished(services, executionId)
    const request = rollbackStart(report, await findVersionOf(services, report))
    if (!request) {
      throw new WorkflowError(
        'execution.not_undoable',
        `Nothing that execution ${executionId} did can be taken back.`,
        {
          hint: 'Only steps that name another step under `undo` can be.',
        },
      )
    }
    const { executionId: id, started } = await startExecution(
      services,
      {
        ...request,
        startedBy: actor,
        once: { key: rollbackKey(executionId), windowMs: foreverMs },
      },
      place,
    )
    return { kind: 'started', executionId: id, started, workflow: report.workflow }
  },
}
