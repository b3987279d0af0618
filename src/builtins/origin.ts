// Where a message comes from, as it is told under the message and to its buttons.
import type { OutgoingMessage } from '../actions/ports.ts'
import type { BuiltinSession } from './builtin.ts'

export function originOf({
  execution,
  node,
}: Pick<BuiltinSession, 'execution' | 'node'>): OutgoingMessage['origin'] {
  return {
    executionId: execution.id,
    workflowId: execution.workflow.id,
    workflowName: execution.workflow.name,
    node,
  }
}
