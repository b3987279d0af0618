// The trigger `webhook`: another service starts the workflow by a signed request. How requests are received and their
// signatures checked is the business of the HTTP server; here is what a node says of them, and what it takes from a body.
import { z } from 'zod'
import { compileExpression, evaluateExpression } from '../definition/expression.ts'
import { type Inputs, inputsSchema } from '../definition/inputs.ts'
import { suggestion } from '../definition/nearest.ts'
import { durationSchema, type NodeFault, type NodeKind, type WorkflowNode } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'

const fields = z.strictObject({
  secret: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9_]{0,59}$/, 'capitals, digits and "_", without SECRET_ in front')
    .describe(
      'The secret that requests are signed with: SHOP stands for the environment variable SECRET_SHOP of the bot',
    ),
  tolerance: durationSchema
    .optional()
    .describe('How old requests may be: they carry X-Timestamp then, and their signature covers it'),
  inputs: inputsSchema
    .optional()
    .describe('What a request must bring: fields of its body of these names, unless `map` says otherwise'),
  map: z
    .record(z.string(), z.string().min(1).max(2000))
    .default({})
    .describe('Where inputs are found: expressions (CEL) over `body`, by the name of the input'),
})

export type WebhookNode = WorkflowNode & z.infer<typeof fields>

export const webhook: NodeKind = {
  type: 'webhook',
  role: 'trigger',
  summary: 'Another service starts the workflow by a signed request',
  fields,
  texts: (node) =>
    Object.entries((node as WebhookNode).map).map(([name, text]) => ({
      is: 'expression',
      text,
      variables: ['body'],
      path: ['map', name],
    })),
  check,
}

/**
 * The values for a node's inputs in the body of a request; what else is in the body is left alone. They are still to be
 * checked. Throws `inputs.invalid` for a body in which an expression finds nothing.
 */
export function inputsFromBody(node: WebhookNode, body: Json): JsonObject {
  const named = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}
  const values: JsonObject = {}
  for (const name of Object.keys(node.inputs ?? {})) {
    const text = Object.hasOwn(node.map, name) ? node.map[name] : undefined
    if (text !== undefined) values[name] = inputAt(name, text, body)
    else if (Object.hasOwn(named, name)) values[name] = named[name] as Json
  }
  return values
}

function inputAt(name: string, text: string, body: Json): Json {
  try {
    return evaluateExpression(text, { body, inputs: {}, context: {}, outputs: {} })
  } catch (cause) {
    if (!(cause instanceof WorkflowError)) throw cause
    // The message shows values of the body; whoever sent it may see it, the log and the history need not.
    throw new WorkflowError('inputs.invalid', `"${name}" is not where the webhook looks for it: ${text}`, {
      hint: 'In expressions, body.?name.orValue(null) reads what may be missing.',
      cause,
    })
  }
}

function check(node: WorkflowNode): NodeFault[] {
  const { map, inputs = {} } = node as WebhookNode & { inputs?: Inputs }
  return Object.entries(map).flatMap(([name, text]): NodeFault[] => {
    const path = ['map', name]
    if (!Object.hasOwn(inputs, name)) {
      const message = `"map" fills "${name}", which is no input of this webhook.`
      return [{ code: 'workflow.webhook_map', message, hint: suggestion(name, Object.keys(inputs)), path }]
    }
    const compiled = compileExpression(text, { variables: ['body'] })
    // What does not compile has a fault already.
    const other = compiled.ok ? compiled.reads.find(({ root }) => root !== 'body') : undefined
    if (!other) return []
    const message = `\`${text}\` looks at "${other.root}", but a webhook has nothing else than "body" yet.`
    return [{ code: 'workflow.webhook_map', message, path }]
  })
}
