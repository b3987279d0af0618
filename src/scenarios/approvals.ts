// The people of a scenario: they are asked for decisions, and decide what the scenario says, when it says. The rules of
// a question hold for them as for everybody.
import type { ApprovalDesk, Messenger, OutgoingMessage } from '../actions/ports.ts'
import { durationMs } from '../definition/duration.ts'
import { checkInputs } from '../definition/inputs.ts'
import type { Engine } from '../engine/ports.ts'
import type { Actor, Decision, DecisionRules, WaitingFor } from '../engine/report.ts'
import type { ErrorInfo } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { StoryClock } from './clock.ts'
import type { DecisionAnswer, Scenario } from './schema.ts'

/** A decision that did not go as the scenario says. `code` is empty when it was accepted and should not have been. */
export interface Refusal extends ErrorInfo {
  node: string
  expected: string | undefined
}

const defaultPerson: Actor = { kind: 'slack', id: 'U0DECIDES', name: 'Somebody else' }

export class AnsweringPeople {
  readonly desk: ApprovalDesk
  readonly refusals: Refusal[] = []
  readonly #answers: Scenario['approvals'] | 'approve'
  readonly #clock: StoryClock
  readonly #requester: Actor
  #engine: Engine | undefined

  constructor(
    answers: Scenario['approvals'] | 'approve',
    messenger: Messenger,
    clock: StoryClock,
    requester: Actor,
  ) {
    this.#answers = answers
    this.#clock = clock
    this.#requester = requester
    const asked = new Map<string, OutgoingMessage>()
    this.desk = {
      ask: async ({ to, title, text, fields, origin, rules }, key) => {
        const message = { to, title, text, ...(fields ? { fields } : {}), origin }
        const ref = await messenger.post(message, key)
        asked.set(ref.messageId, message)
        const answers = this.#answers === 'approve' ? approvals(rules) : (this.#answers[origin.node] ?? [])
        for (const answer of answers) void this.#decideLater(origin.executionId, origin.node, answer)
        return ref
      },
      revise: async () => {},
      reply: async ({ messageId }, text, key) => {
        const about = asked.get(messageId)
        return about
          ? messenger.post({ to: about.to, text, origin: about.origin }, key)
          : { channel: 'C0SCENARIO', messageId }
      },
    }
  }

  /** The engine comes after the actions that ask. */
  answerTo(engine: Engine): void {
    this.#engine = engine
  }

  async #decideLater(executionId: string, node: string, answer: DecisionAnswer): Promise<void> {
    await this.#clock.sleep(durationMs(answer.after))
    const by: Actor = answer.by
      ? { kind: 'slack', id: answer.by.id, name: answer.by.name ?? answer.by.id }
      : defaultPerson
    const refusal = await this.#decide(executionId, node, answer, by)
    if (refusal?.code === answer.refused) return
    this.refusals.push({ ...(refusal ?? { code: '', message: '' }), node, expected: answer.refused })
  }

  /** The reason why the decision does not count; undefined when it does. */
  async #decide(
    executionId: string,
    node: string,
    answer: DecisionAnswer,
    by: Actor,
  ): Promise<ErrorInfo | undefined> {
    const waiting = this.#engine
      ?.info(executionId)
      ?.nodes.find((one) => one.name === node && one.status === 'waiting')
    const question = waiting?.status === 'waiting' ? waiting.waitingFor : undefined
    if (question?.kind !== 'person') return { code: 'approval.not_open', message: 'Nobody asks for it.' }
    const refusal = refusalOf(question, answer, by, this.#requester)
    if (refusal) return refusal
    const form = formOf(question.rules, answer)
    if ('code' in form) return form
    const decision: Decision = {
      decision: answer.decide,
      by,
      at: new Date(this.#clock.now()).toISOString(),
      reason: answer.reason?.trim() || null,
      form: form.values,
    }
    await this.#engine?.signal(executionId, question.signal, decision as unknown as JsonObject)
    return undefined
  }
}

/** As many approvals as a question needs, by people who may decide it. */
function approvals({ needed, users, groups }: DecisionRules): DecisionAnswer[] {
  return Array.from({ length: needed }, (_, index) => ({
    decide: 'approve',
    by: { id: users[index] ?? `U0DECIDES${index + 1}` },
    groups,
    after: '1s',
    form: {},
  }))
}

/** The rules that the commands `approve` and `reject` keep, with the same codes. */
function refusalOf(
  { rules, decisions }: Extract<WaitingFor, { kind: 'person' }>,
  { decide, groups, reason }: DecisionAnswer,
  by: Actor,
  requester: Actor,
): ErrorInfo | undefined {
  if (decisions.some((made) => made.by.id === by.id))
    return { code: 'approval.decided_before', message: 'This person has decided already.' }
  if (rules.notRequester && by.id === requester.id)
    return { code: 'approval.own_request', message: 'Who started the execution may not decide.' }
  const named = rules.users.length > 0 || rules.groups.length > 0
  const invited = rules.users.includes(by.id) || rules.groups.some((group) => groups.includes(group))
  if (named && !invited)
    return { code: 'approval.not_yours', message: 'This person is not among those who may decide.' }
  if (decide === 'reject' && rules.reason === 'required' && !reason?.trim())
    return { code: 'approval.reason_needed', message: 'A rejection needs a reason.' }
  return undefined
}

function formOf(rules: DecisionRules, { decide, form }: DecisionAnswer): { values: JsonObject } | ErrorInfo {
  if (decide === 'reject') return { values: {} }
  // A form that asks for a record takes any: the question is what the workflow makes of the answer.
  const checked = checkInputs(rules.form, form, { get: () => ({}) })
  if (checked.ok) return { values: checked.values }
  return { code: 'inputs.invalid', message: checked.faults.map((fault) => fault.message).join(' ') }
}
