// Where a dry run stops, since what the outside would answer is not known: such a step is a dead end, whatever the
// workflow does about failures.
import type { WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import { formAnswers, type RecordedOutputs } from './dry-answers.ts'

export const notAskedCode = 'dry_run.not_asked'

export function notOnRecord(): WorkflowError {
  return new WorkflowError(
    notAskedCode,
    'A dry run sends nothing, and no answer is on record that it could go by.',
    {
      hint: 'Run the workflow once, and it goes by that answer; or write a scenario that says what is answered.',
    },
  )
}

export function notFilledIn(fields: string[]): WorkflowError {
  return new WorkflowError(
    notAskedCode,
    `A dry run asks nobody, and its form needs values that nobody has filled in yet (${fields.join(', ')}).`,
    {
      hint: 'Give the fields defaults, run the workflow once, or write a scenario that says what is filled in.',
    },
  )
}

/** Whether this step has to stop the run, since what the outside would answer it is not known. */
export function isUnanswerable(node: WorkflowNode, recorded: RecordedOutputs): boolean {
  if (node.type === 'http') return !recorded.has(node.name)
  return node.type === 'approval' && formAnswers(node, recorded.get(node.name)) === undefined
}

/** Whether a failure of this step would lead on, or to another attempt. */
export function handlesFailure({ nodes, edges }: WorkflowDefinition, name: string): boolean {
  const node = nodes.find((one) => one.name === name)
  return (
    node?.continue_on_error === true ||
    node?.retry !== undefined ||
    node?.for_each?.on_error === 'continue' ||
    edges.some((edge) => edge.from === name && edge.on !== 'success')
  )
}

/**
 * The definition with these steps as dead ends: that nobody was asked is no failure that the workflow may deal with, as if
 * the service were down.
 */
export function endingAt(
  definition: WorkflowDefinition,
  names: (name: string) => boolean,
): WorkflowDefinition {
  if (!definition.nodes.some(({ name }) => names(name) && handlesFailure(definition, name))) return definition
  return {
    ...definition,
    nodes: definition.nodes.map((node) => {
      if (!names(node.name)) return node
      const { retry: _, for_each: list, ...rest } = node
      return {
        ...rest,
        continue_on_error: false,
        ...(list ? { for_each: { ...list, on_error: 'stop' as const } } : {}),
      }
    }),
    edges: definition.edges.map(({ from, to, on, ...more }) =>
      names(from) ? { from, to, on: 'success' as const } : { from, to, on, ...more },
    ),
  }
}
