// The trigger `schedule`: the clock starts the workflow. What keeps the time is scheduler.ts.
import { z } from 'zod'
import { checkInputs } from '../definition/inputs.ts'
import { suggestion } from '../definition/nearest.ts'
import type { NodeFault, NodeKind, WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'
import type { JsonObject } from '../json.ts'
import { cronProblem } from './cron.ts'
import { declaredInputs } from './start-inputs.ts'

const fields = z.strictObject({
  cron: z
    .string()
    .min(1)
    .max(100)
    .describe('Minute, hour, day of month, month and day of week: "0 7 * * 1-5" is 7:00 on weekdays'),
  timezone: z.string().min(1).max(60).default('UTC').describe('The time zone of these times: Europe/Berlin'),
  inputs: z
    .record(z.string(), z.json())
    .default({})
    .describe("What the workflow starts with: values for its manual trigger's inputs"),
  catch_up: z
    .enum(['skip', 'latest'])
    .default('skip')
    .describe(
      'What becomes of times that were missed while the bot was down: nothing, or one start for the last',
    ),
})

export type ScheduleNode = WorkflowNode & z.infer<typeof fields>

export const schedule: NodeKind = {
  type: 'schedule',
  role: 'trigger',
  summary: 'The clock starts the workflow',
  fields,
  check,
}

function check(node: WorkflowNode, definition: WorkflowDefinition): NodeFault[] {
  const { cron, timezone, inputs } = node as ScheduleNode
  const faults: NodeFault[] = []
  const problem = cronProblem({ cron, timezone }, Date.UTC(2000, 0))
  if (problem) {
    const { field, message } = problem
    const hint =
      field === 'timezone' ? suggestion(timezone, Intl.supportedValuesOf('timeZone')) : problem.hint
    faults.push({
      code: `workflow.schedule_${field}`,
      message,
      hint: hint ?? (field === 'timezone' ? 'write it as "Europe/Berlin" or "UTC"' : undefined),
      path: [field],
    })
  }
  const declared = declaredInputs(definition, node)
  // Which records there are is known only when it starts.
  const checked = declared && checkInputs(declared, inputs as JsonObject, { get: () => ({}) })
  if (checked?.ok === false) {
    for (const { input, message } of checked.faults)
      faults.push({
        code: 'workflow.schedule_inputs',
        message: `the clock cannot start it: ${message}`,
        path: Object.hasOwn(inputs, input) ? ['inputs', input] : ['inputs'],
      })
  }
  return faults
}
