// What an execution begins with, by the trigger that starts it: the inputs that are declared, filled from what is given.
import { type Inputs, type KnownRecords, requireInputs } from '../definition/inputs.ts'
import type { WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'
import type { JsonObject } from '../json.ts'

/**
 * The declared inputs of a start by this trigger; undefined when any values will do. A schedule brings values for what
 * the manual trigger asks for.
 */
export function declaredInputs(definition: WorkflowDefinition, trigger: WorkflowNode): Inputs | undefined {
  const asking =
    trigger.type === 'schedule' ? definition.nodes.find((node) => node.type === 'manual') : trigger
  return asking && ((asking.inputs ?? {}) as Inputs)
}

/** Values for every declared input; a schedule's own come first. Throws `inputs.invalid`. */
export function startInputs(
  definition: WorkflowDefinition,
  trigger: WorkflowNode,
  given: JsonObject,
  records: KnownRecords,
): JsonObject {
  const own = trigger.type === 'schedule' ? (trigger.inputs as JsonObject | undefined) : undefined
  const values = { ...own, ...given }
  const declared = declaredInputs(definition, trigger)
  return declared ? requireInputs(declared, values, records) : values
}
