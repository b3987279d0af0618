// Lets a workflow run another one: the same start as everybody's, once for each step that asks for it.
import type { Workflows } from '../actions/ports.ts'
import type { Version } from '../definition/schema.ts'
import { Interruption } from '../engine/interruption.ts'
import type { Actor, FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { findStartable, startByHand } from './start.ts'
import type { Services } from './types.ts'

/** How deep sub-workflows may stand in one another. */
const deepest = 5
const above: Actor = { kind: 'workflow', id: 'workflow', name: 'the workflow above' }
const foreverMs = 10 * 365 * 86_400_000

/** The services come later than the actions that ask for this, hence the function. */
export function createSubWorkflows(services: () => Services): Workflows {
  return {
    async start({ workflowId, inputs, key, parent, startedBy }) {
      requireShallow(parent.depth)
      const once = { key: `sub:${key}`, windowMs: foreverMs }
      const { executionId } = await startByHand(services(), workflowId, inputs, { startedBy, once, parent })
      return executionId
    },

    async result(executionId, signal) {
      const { engine } = services()
      const ended = engine.result(executionId)
      ended.catch(() => undefined)
      const stopped = new Promise<FinishedReport>((_, reject) => {
        const stop = () => {
          // Cancelled or out of time, what the workflow above asked for is not wanted any more. When the bot closes,
          // both go on at the next start.
          const closing = signal.reason instanceof Interruption && signal.reason.stop.why === 'closing'
          if (!closing)
            engine.cancel(executionId, above, 'the workflow above was stopped').catch(() => undefined)
          reject(signal.reason)
        }
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop, { once: true })
      })
      return Promise.race([ended, stopped])
    },
  }
}

/** The version that would run as a sub-workflow now, so many levels down. Throws as its start would. */
export async function findSubWorkflow(
  services: Services,
  workflowId: string,
  depth: number,
): Promise<Version> {
  requireShallow(depth)
  return findStartable(services, workflowId)
}

function requireShallow(depth: number): void {
  if (depth <= deepest) return
  throw new WorkflowError(
    'workflow.too_deep',
    `Sub-workflows may stand ${deepest} deep in one another, not deeper.`,
    {
      hint: 'Look whether workflows call one another in a circle.',
    },
  )
}
