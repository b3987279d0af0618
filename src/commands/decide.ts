// `approve` and `reject`: decides what an execution waits for. Of simultaneous decisions exactly one settles each turn;
// everybody else is told what became of theirs.
import { z } from 'zod'
import { completed, requireSay } from '../actions/decision-rules.ts'
import type { Actor, Decision, DecisionRules, NodeResult, Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import { findReport } from './find.ts'
import type { Command, Services } from './types.ts'

const input = z.object({
  executionId: z.string().max(100),
  node: z.string().max(100).optional().describe('which question, when the execution asks several'),
  reason: z.string().max(1000).optional(),
  form: jsonObjectSchema.default({}),
})

/** An open question: what the node `node` of an execution waits for. */
export interface Question {
  node: string
  signal: string
  what: string
  rules: DecisionRules
  decisions: Decision[]
}

/** While another decision is being taken up, the question is looked at anew after so many milliseconds. */
const againMs = [0, 0, 20, 100, 300]
/** A question can be seen a moment before it is open, and is over a moment before that shows. */
const openingMs = [30, 100, 300, 400]

function decide(decision: Decision['decision'], summary: string): Command<z.infer<typeof input>> {
  return {
    name: decision,
    summary,
    usage: `${decision} <execution> [reason=…]`,
    examples: [`${decision} 1f3k9ab-x7q2m`],
    input,
    needs: 'approve',
    audit: ({ executionId }, result) =>
      result.kind === 'decided'
        ? {
            action: 'approval.decided',
            subject: executionId,
            details: {
              node: result.node,
              what: result.what,
              decision: result.decision.decision,
              reason: result.decision.reason,
            },
          }
        : undefined,
    async run({ executionId, node, reason, form }, { actor, services }) {
      // A reminder or another decision may come in between: then the question goes on under the next name.
      for (const ms of againMs) {
        if (ms > 0) await services.clock.sleep(ms)
        const question = await findQuestion(services, { executionId, node, actor })
        const made: Decision = {
          ...completed(question.rules, { decision, reason, form }, services.records),
          by: actor,
          at: new Date(services.clock.now()).toISOString(),
        }
        if (await services.engine.signal(executionId, question.signal, made as unknown as JsonObject)) {
          return { kind: 'decided', executionId, node: question.node, what: question.what, decision: made }
        }
      }
      throw alreadyDecided(executionId)
    },
  }
}

export const approve = decide('approve', 'Approve what an execution asks for')
export const reject = decide('reject', 'Reject what an execution asks for')

/**
 * The question that an execution asks, if this person may answer it. Throws `approval.not_open`,
 * `approval.decided_before`, `approval.own_request`, `approval.not_yours`, `execution.unknown`.
 */
export async function findQuestion(
  services: Services,
  { executionId, node, actor }: { executionId: string; node?: string | undefined; actor: Actor },
): Promise<Question> {
  for (const ms of [...openingMs, undefined]) {
    const report = await findReport(services, executionId)
    const question = openQuestion(report, node)
    if (question) {
      const isMember = (group: string) => services.people.isMember(actor.id, group)
      await requireSay({ ...question, requester: report.startedBy }, actor, isMember)
      return question
    }
    if (ms === undefined || !isBusy(report, node)) throw notOpen(report, node)
    await services.clock.sleep(ms)
  }
  throw new Error('the last attempt throws')
}

function openQuestion(report: Report, wanted: string | undefined): Question | undefined {
  for (const node of report.nodes) {
    if (node.status !== 'waiting' || node.waitingFor.kind !== 'person') continue
    if (wanted === undefined || node.name === wanted) return { node: node.name, ...node.waitingFor }
  }
  return undefined
}

const isAsked = (node: NodeResult, wanted: string | undefined) =>
  wanted === undefined ? node.type === 'approval' : node.name === wanted

function isBusy(report: Report, wanted: string | undefined): boolean {
  return report.nodes.some((node) => isAsked(node, wanted) && node.status === 'running')
}

/** Says who was faster, where that is known. */
function notOpen(report: Report, wanted: string | undefined): WorkflowError {
  const node = report.nodes.findLast((one) => isAsked(one, wanted) && one.status === 'succeeded')
  const output = node?.status === 'succeeded' ? (node.output as { decisions?: Decision[] } | null) : null
  const last = output?.decisions?.at(-1)
  return alreadyDecided(
    report.id,
    last
      ? `This has been decided already: ${last.by.name} ${last.decision === 'approve' ? 'approved' : 'rejected'} it.`
      : undefined,
  )
}

function alreadyDecided(
  executionId: string,
  message = 'This has been decided already, or nobody asks for it any more.',
): WorkflowError {
  return new WorkflowError('approval.not_open', message, {
    hint: `report ${executionId} shows what became of it.`,
  })
}
