// The action `approval`: asks people, and waits for their decision. Survives a restart; of two decisions at the same
// moment one counts. Who may decide is checked by the command `decide`, on the rules that are kept with the wait.
import { z } from 'zod'
import { durationMs } from '../definition/duration.ts'
import { type Inputs, inputsSchema } from '../definition/inputs.ts'
import {
  type Duration,
  durationSchema,
  type NodeFault,
  type NodeText,
  type WorkflowDefinition,
  type WorkflowNode,
} from '../definition/schema.ts'
import { renderTemplate } from '../definition/template.ts'
import { type Action, type ActionContext, NodeFailure, scopeOf } from '../engine/action.ts'
import { Interruption } from '../engine/interruption.ts'
import type { Clock } from '../engine/ports.ts'
import type { Decision, DecisionRules } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { escapeMrkdwn } from './mrkdwn.ts'
import type { ApprovalCard, ApprovalDesk, MessageRef, Messenger, OutgoingMessage } from './ports.ts'
import { checkWaits } from './waits.ts'

const template = (max: number) => z.string().min(1).max(max)

const fields = z.strictObject({
  to: template(200).describe('Where people are asked: a channel ("#purchasing") or a person ("@ana")'),
  title: template(150).optional(),
  text: template(3000).describe('What is to be decided; {{ expression }} is filled in'),
  fields: z
    .array(z.strictObject({ label: z.string().min(1).max(100), value: template(1500) }))
    .max(10)
    .optional()
    .describe('The facts to decide on'),
  approvers: z
    .strictObject({
      users: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'a user id such as U0123ABC')).default([]),
      groups: z.array(z.string().regex(/^S[A-Z0-9]+$/, 'a user group id such as S0123ABC')).default([]),
      not_requester: z.boolean().default(true).describe('Whether who started the execution may not decide'),
    })
    .default({ users: [], groups: [], not_requester: true })
    .describe('Who may decide; everybody who sees the message, when neither users nor groups are named'),
  needed: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe('How many approvals it takes; one rejection is enough'),
  reason: z.enum(['optional', 'required']).default('optional').describe('Whether a rejection needs a reason'),
  form: inputsSchema.default({}).describe('What is asked for together with an approval'),
  remind_every: durationSchema.optional().describe('How often people are reminded'),
  escalate: z
    .strictObject({ after: durationSchema, to: template(200) })
    .optional()
    .describe('Whom to tell when nobody has decided after a while'),
  expires: durationSchema.default('7d').describe('When the question is over'),
  on_expiry: z
    .enum(['reject', 'approve', 'fail'])
    .default('reject')
    .describe('What an expired question counts as'),
})

type ApprovalNode = WorkflowNode & z.infer<typeof fields>

export interface ApprovalPorts {
  desk: ApprovalDesk
  messenger: Messenger
  clock: Clock
}

interface Asked extends MessageRef {
  [key: string]: Json
}

export function approvalAction(ports: ApprovalPorts): Action {
  const { desk, clock } = ports
  return {
    type: 'approval',
    role: 'action',
    summary: 'Asks people for a decision, and waits for it',
    fields,
    texts,
    check,
    async run(node, context) {
      const approval = node as ApprovalNode
      const { askedAt } = await context.step('plan', async () => ({ askedAt: clock.now() }))
      const expiresAt = askedAt + durationMs(approval.expires)
      const card = cardOf(approval, context, expiresAt)
      const asked = await context.step(
        'ask',
        async ({ key }) => ({ ...(await desk.ask(card, key)) }) as Asked,
      )

      const alarms = alarmsOf(approval, askedAt, expiresAt)
      const { outcome, decisions } = await decided({ ports, approval, context, asked, card, alarms })
      context.waiting(null)
      await shown(context, () => revise(desk, context, asked, { ...card, decisions, outcome }, 'close'))
      if (outcome === 'expired' && approval.on_expiry === 'fail') {
        throw new NodeFailure({
          code: 'approval.expired',
          message: `Nobody decided within ${approval.expires}.`,
          hint: 'Run the workflow again, or raise `expires`.',
        })
      }
      const approved = outcome === 'approved' || (outcome === 'expired' && approval.on_expiry === 'approve')
      const form = Object.assign({}, ...decisions.map((decision) => decision.form)) as JsonObject
      return { output: { outcome, approved, decisions: decisions as unknown as Json, form } }
    },
  }
}

interface Question {
  ports: ApprovalPorts
  approval: ApprovalNode
  context: ActionContext
  asked: MessageRef
  card: ApprovalCard
  alarms: Alarm[]
}

type Outcome = 'approved' | 'rejected' | 'expired'

/** Waits until enough people have approved, one has rejected, or the question has expired. */
async function decided(question: Question): Promise<{ outcome: Outcome; decisions: Decision[] }> {
  const { ports, approval, context, asked, card } = question
  const { desk, clock } = ports
  let { alarms } = question
  const decisions: Decision[] = []
  const openTurn = (turn: number) =>
    context.waiting({
      kind: 'person',
      what: card.title,
      until: card.until,
      signal: context.signalName(decisionName(turn)),
      rules: card.rules,
      decisions: [...decisions],
    })
  openTurn(1)
  for (let turn = 1; ; turn++) {
    const [next] = alarms
    if (!next) throw new Error('the last alarm is the expiry')
    const decision = await nextDecision(question, turn, Math.max(0, next.at - clock.now()))
    if (decision) decisions.push(decision)
    if (decision?.decision === 'reject') return { outcome: 'rejected', decisions }
    if (decisions.length >= approval.needed) return { outcome: 'approved', decisions }
    if (!decision && next.is === 'expiry') return { outcome: 'expired', decisions }
    // The next turn is open before anything is posted, so that nobody decides on one that is over.
    openTurn(turn + 1)
    if (decision) {
      const current = { ...card, decisions: [...decisions] }
      await shown(context, () => revise(desk, context, asked, current, `show ${turn}`))
      continue
    }
    // Alarms that came due while the bot was away count as one. The last, the expiry, has a turn of its own.
    const { at } = await context.step(`alarm ${turn}`, async () => ({ at: clock.now() }))
    const due = alarms.filter((alarm) => alarm === next || alarm.at <= at)
    alarms = alarms.filter((alarm) => alarm.is === 'expiry' || !due.includes(alarm))
    if (due.some((alarm) => alarm.is === 'expiry')) continue
    const escalates = due.some((alarm) => alarm.is === 'escalation')
    await shown(context, () => (escalates ? escalate(question, turn) : remind(question, turn, decisions)))
  }
}

/** Null when the time is over. A question that is withdrawn, since the execution was stopped, shows it. */
async function nextDecision(
  { ports, context, asked, card }: Question,
  turn: number,
  limitMs: number,
): Promise<Decision | null> {
  try {
    return (await context.promise(decisionName(turn), limitMs)) as Decision | null
  } catch (thrown) {
    // No step any more: the execution ends now. After a crash it comes here again.
    if (thrown instanceof Interruption && thrown.stop.why !== 'closing')
      ports.desk.revise(asked, { ...card, outcome: 'withdrawn' }).catch(() => undefined)
    throw thrown
  }
}

const decisionName = (turn: number) => `decision ${turn}`

type Alarm = { at: number; is: 'reminder' | 'escalation' | 'expiry' }

/** What happens by itself while nobody decides, in the order of time; the expiry comes last. */
function alarmsOf(approval: ApprovalNode, askedAt: number, expiresAt: number): Alarm[] {
  const alarms: Alarm[] = []
  const everyMs =
    approval.remind_every === undefined ? 0 : Math.max(60_000, durationMs(approval.remind_every as Duration))
  if (everyMs > 0) {
    for (let at = askedAt + everyMs; at < expiresAt && alarms.length < 50; at += everyMs)
      alarms.push({ at, is: 'reminder' })
  }
  if (approval.escalate) {
    const at = askedAt + durationMs(approval.escalate.after)
    if (at < expiresAt) alarms.push({ at, is: 'escalation' })
  }
  alarms.sort((a, b) => a.at - b.at)
  return [...alarms, { at: expiresAt, is: 'expiry' }]
}

/** What is only shown must not decide: when a message cannot be sent, the question stays open and the log says why. */
async function shown(context: ActionContext, show: () => Promise<void>): Promise<void> {
  try {
    await show()
  } catch (thrown) {
    if (!(thrown instanceof NodeFailure || thrown instanceof WorkflowError)) throw thrown
    context.print({ stream: 'log', text: `Could not bring the question up to date: ${thrown.message}` })
  }
}

async function remind({ ports, approval, context, asked }: Question, turn: number, decisions: Decision[]) {
  const missing = approval.needed - decisions.length
  const text = `Still waiting for ${missing === 1 ? 'a decision' : `${missing} decisions`}.`
  await context.step(
    `remind ${turn}`,
    async ({ key }) => ({ ...(await ports.desk.reply(asked, text, key)) }) as Asked,
  )
}

async function escalate({ ports, approval, context, card }: Question, turn: number) {
  if (!approval.escalate) return
  const { after, to } = approval.escalate
  const message: OutgoingMessage = {
    to: renderTemplate(to, scopeOf(context)),
    text: `Nobody has decided for ${after}: *${card.title}*\n${card.text}`,
    origin: card.origin,
    buttons: [{ label: 'Details', does: 'open_execution' }],
  }
  await context.step(
    `escalate ${turn}`,
    async ({ key }) => ({ ...(await ports.messenger.post(message, key)) }) as Asked,
  )
}

async function revise(
  desk: ApprovalDesk,
  context: ActionContext,
  asked: MessageRef,
  card: ApprovalCard,
  step: string,
): Promise<void> {
  await context.step(step, async () => {
    await desk.revise(asked, card)
    return null
  })
}

function cardOf(approval: ApprovalNode, context: ActionContext, expiresAt: number): ApprovalCard {
  const scope = scopeOf(context)
  const fill = (text: string) => renderTemplate(text, scope, { escape: escapeMrkdwn })
  const { execution } = context
  const rules: DecisionRules = {
    users: approval.approvers.users,
    groups: approval.approvers.groups,
    notRequester: approval.approvers.not_requester,
    needed: approval.needed,
    reason: approval.reason,
    form: approval.form as Inputs,
  }
  return {
    to: renderTemplate(approval.to, scope),
    title: approval.title === undefined ? approval.name : renderTemplate(approval.title, scope),
    text: fill(approval.text),
    ...(approval.fields
      ? { fields: approval.fields.map(({ label, value }) => ({ label, value: fill(value) })) }
      : {}),
    origin: {
      executionId: execution.id,
      workflowId: execution.workflow.id,
      workflowName: execution.workflow.name,
      node: approval.name,
    },
    rules,
    decisions: [],
    until: new Date(expiresAt).toISOString(),
  }
}

function texts(node: WorkflowNode): NodeText[] {
  const { to, title, text, fields: facts, escalate } = node as ApprovalNode
  const found: NodeText[] = [
    { is: 'template', text: to, path: ['to'] },
    { is: 'template', text, path: ['text'] },
  ]
  if (title !== undefined) found.push({ is: 'template', text: title, path: ['title'] })
  for (const [index, { value }] of (facts ?? []).entries())
    found.push({ is: 'template', text: value, path: ['fields', index, 'value'] })
  if (escalate) found.push({ is: 'template', text: escalate.to, path: ['escalate', 'to'] })
  return found
}

/** What follows an approval must ask how it was decided: an edge without a condition would be taken after a "no" too. */
function check(node: WorkflowNode, definition: WorkflowDefinition): NodeFault[] {
  const unasked = definition.edges.filter(
    (edge) => edge.from === node.name && edge.on === 'success' && !edge.when && !edge.else,
  )
  const ignored = unasked.map((edge) => ({
    code: 'workflow.approval_ignored',
    message: `"${edge.to}" would run after a rejection too.`,
    hint: `Give the edge \`when: outputs["${node.name}"].approved\`, or \`when: "true"\` if that is meant.`,
    path: [],
  }))
  return [...ignored, ...checkWaits(node, definition, 'expires', (node as ApprovalNode).expires)]
}
