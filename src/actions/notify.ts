// The action `notify`: a message in a channel or to a person, with fields, a table and buttons, filled from the
// outputs of earlier nodes.
import { z } from 'zod'
import { evaluateExpression, type Scope } from '../definition/expression.ts'
import type { NodeText, WorkflowNode } from '../definition/schema.ts'
import { renderTemplate } from '../definition/template.ts'
import { type Action, type ActionContext, scopeOf } from '../engine/action.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { escapeMrkdwn } from './mrkdwn.ts'
import type { MessageButton, Messenger, OutgoingMessage } from './ports.ts'

const template = (max: number) => z.string().min(1).max(max).describe('Text; {{ expression }} is filled in')

const buttonSchema = z.discriminatedUnion('does', [
  z.strictObject({
    label: z.string().min(1).max(75),
    style: z.enum(['primary', 'danger']).optional(),
    does: z.literal('open_execution'),
  }),
  z.strictObject({
    label: z.string().min(1).max(75),
    style: z.enum(['primary', 'danger']).optional(),
    does: z.literal('run_workflow'),
    workflow: z.string().optional().describe('Which workflow; this one, when left out'),
    inputs: z.record(z.string(), z.json()).optional(),
  }),
  z.strictObject({
    label: z.string().min(1).max(75),
    style: z.enum(['primary', 'danger']).optional(),
    does: z.literal('acknowledge'),
  }),
  z.strictObject({
    label: z.string().min(1).max(75),
    style: z.enum(['primary', 'danger']).optional(),
    does: z.literal('open_url'),
    url: z.url({ protocol: /^https?$/ }).max(3000),
  }),
])

const fields = z.strictObject({
  to: template(200).describe('A channel ("#purchasing") or a person ("@ana"); {{ expression }} is filled in'),
  text: template(6000),
  title: template(150).optional(),
  fields: z
    .array(z.strictObject({ label: z.string().min(1).max(100), value: template(1500) }))
    .max(10)
    .optional()
    .describe('Facts, shown side by side'),
  table: z
    .strictObject({
      rows: z
        .string()
        .min(1)
        .describe('An expression that gives a list; each entry is called row in the columns'),
      columns: z
        .array(z.strictObject({ label: z.string().min(1).max(100), value: template(1000) }))
        .min(1)
        .max(20),
    })
    .optional(),
  buttons: z.array(buttonSchema).max(10).optional(),
})

type NotifyFields = z.infer<typeof fields>

export function notifyAction({ messenger }: { messenger: Messenger }): Action {
  return {
    type: 'notify',
    role: 'action',
    summary: 'Sends a message to a channel or a person',
    fields,
    texts,
    async run(node, context) {
      const message = compose(node as WorkflowNode & NotifyFields, context)
      const sent = await context.step('post', async ({ key }) => ({
        ...(await messenger.post(message, key)),
      }))
      return { output: sent }
    },
  }
}

function compose(node: WorkflowNode & NotifyFields, context: ActionContext): OutgoingMessage {
  const scope = scopeOf(context)
  const fill = (text: string, more: JsonObject = {}) =>
    renderTemplate(text, { ...scope, ...more }, { escape: escapeMrkdwn })
  const { execution } = context
  return {
    to: renderTemplate(node.to, scope),
    text: fill(node.text),
    ...(node.title ? { title: renderTemplate(node.title, scope) } : {}),
    ...(node.fields
      ? { fields: node.fields.map(({ label, value }) => ({ label, value: fill(value) })) }
      : {}),
    ...(node.table ? { table: composeTable(node.table, scope) } : {}),
    ...(node.buttons
      ? { buttons: node.buttons.map((button) => composeButton(button, execution.workflow.id)) }
      : {}),
    origin: {
      executionId: execution.id,
      workflowId: execution.workflow.id,
      workflowName: execution.workflow.name,
      node: node.name,
    },
  }
}

function composeTable(
  table: NonNullable<NotifyFields['table']>,
  scope: Scope,
): NonNullable<OutgoingMessage['table']> {
  const rows = evaluateExpression(table.rows, scope)
  if (!Array.isArray(rows)) {
    throw new WorkflowError(
      'notify.rows_not_a_list',
      `\`${table.rows}\` should give a list, one entry for each row.`,
    )
  }
  return {
    columns: table.columns.map((column) => column.label),
    rows: rows.map((row: Json) =>
      table.columns.map((column) => renderTemplate(column.value, { ...scope, row })),
    ),
  }
}

function composeButton(button: NonNullable<NotifyFields['buttons']>[number], own: string): MessageButton {
  const { label, style } = button
  const look = { label, ...(style ? { style } : {}) }
  switch (button.does) {
    case 'run_workflow':
      return {
        ...look,
        does: 'run_workflow',
        workflowId: button.workflow ?? own,
        ...(button.inputs ? { inputs: button.inputs as JsonObject } : {}),
      }
    case 'open_url':
      return { ...look, does: 'open_url', url: button.url }
    default:
      return { ...look, does: button.does }
  }
}

function texts(node: WorkflowNode): NodeText[] {
  const { to, text, title, fields: facts, table } = node as WorkflowNode & NotifyFields
  const found: NodeText[] = [
    { is: 'template', text: to, path: ['to'] },
    { is: 'template', text, path: ['text'] },
  ]
  if (title) found.push({ is: 'template', text: title, path: ['title'] })
  for (const [index, { value }] of (facts ?? []).entries()) {
    found.push({ is: 'template', text: value, path: ['fields', index, 'value'] })
  }
  if (table) found.push({ is: 'expression', text: table.rows, path: ['table', 'rows'] })
  for (const [index, { value }] of (table?.columns ?? []).entries()) {
    found.push({
      is: 'template',
      text: value,
      variables: ['row'],
      path: ['table', 'columns', index, 'value'],
    })
  }
  return found
}
