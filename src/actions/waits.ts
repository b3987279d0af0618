// What is wrong with a node that waits for longer than the limits around it allow. For waits and approvals alike.
import { durationMs } from '../definition/duration.ts'
import type { Duration, NodeFault, WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'

/** `field` is the one that says how long the node waits; undefined `waits`: that is known only when it runs. */
export function checkWaits(
  node: WorkflowNode,
  { settings }: WorkflowDefinition,
  field: string,
  waits: Duration | undefined,
): NodeFault[] {
  const faults: NodeFault[] = []
  if (node.timeout !== undefined) {
    faults.push({
      code: 'workflow.timeout_on_wait',
      message: 'Its `timeout` would change nothing: it limits work, and this node waits.',
      hint: `Remove it; \`${field}\` says how long the node waits.`,
      path: ['timeout'],
    })
  }
  if (waits !== undefined && durationMs(waits) > durationMs(settings.timeout)) {
    faults.push({
      code: 'workflow.timeout_too_short',
      message: `It may wait for ${said(waits)}, but the execution is over after ${said(settings.timeout)}.`,
      hint: `Raise \`settings.timeout\`, or lower \`${field}\`.`,
      path: [field],
    })
  }
  return faults
}

const said = (duration: Duration) => (typeof duration === 'number' ? `${duration}s` : duration)
