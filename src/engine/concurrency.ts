// How a workflow's `settings.concurrency` applies to one start: under which key it counts, and how it is refused.
import { evaluateExpression } from '../definition/expression.ts'
import { valueText } from '../definition/template.ts'
import { WorkflowError } from '../errors.ts'
import type { Applicant } from './admission.ts'
import type { ExecutionStart } from './ports.ts'

/** Throws `expression.failed` when the concurrency key cannot be evaluated over the inputs. */
export function applicantOf({ id, version, inputs }: ExecutionStart): Applicant {
  const { metadata, settings, context } = version.definition
  const { concurrency } = settings
  const scope = { inputs, context: context as ExecutionStart['inputs'], outputs: {} }
  const key = concurrency?.key === undefined ? '' : valueText(evaluateExpression(concurrency.key, scope))
  return { id, workflowId: metadata.id, key, concurrency }
}

export function refused({ version }: ExecutionStart, running: string[]): WorkflowError {
  const { metadata, settings } = version.definition
  const limit = settings.concurrency?.limit ?? 1
  const which = running[0] === undefined ? '' : ` (${running.join(', ')})`
  return new WorkflowError(
    'workflow.busy',
    `"${metadata.name}" runs already${which}, and only ${limit === 1 ? 'one execution' : `${limit} executions`} may run at a time.`,
    { hint: 'Wait until it has ended, or cancel it.' },
  )
}
