// The people of a scenario: they are asked for decisions, and decide what the scenario says, when it says. The rules of
// a question hold for them as for everybody.
import { completed, requireSay } from '../actions/decision-rules.ts'
import type { ApprovalCard, ApprovalDesk, Messenger, OutgoingMessage } from '../actions/ports.ts'
import { durationMs } from '../definition/duration.ts'
import type { Engine } from '../engine/ports.ts'
import type { Actor, Decision } from '../engine/report.ts'
import { type ErrorInfo, errorInfo, WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { StoryClock } from './clock.ts'
import type { DecisionAnswer } from './schema.ts'

/** A decision that did not go as the scenario says. `code` is empty when it was accepted and should not have been. */
export interface Refusal extends ErrorInfo {
  node: string
  expected: string | undefined
}

/** `actor`: who decides, where it need not be somebody in Slack. */
export type PlayedAnswer = DecisionAnswer & { actor?: Actor }

/** By the node that asks. */
export interface PlayedAnswers {
  [node: string]: PlayedAnswer[]
}

/** What people answer to a question, where no scenario says it beforehand. What it throws is why nobody is asked. */
export type AnswersToCard = (card: ApprovalCard) => DecisionAnswer[]

const defaultPerson: Actor = { kind: 'slack', id: 'U0DECIDES', name: 'Somebody else' }

export class AnsweringPeople {
  readonly desk: ApprovalDesk
  readonly refusals: Refusal[] = []
  readonly #answers: PlayedAnswers | AnswersToCard
  readonly #clock: StoryClock
  readonly #requester: Actor
  #engine: Engine | undefined

  constructor(
    answers: PlayedAnswers | AnswersToCard,
    messenger: Messenger,
    clock: StoryClock,
    requester: Actor,
  ) {
    this.#answers = answers
    this.#clock = clock
    this.#requester = requester
    const asked = new Map<string, OutgoingMessage>()
    this.desk = {
      ask: async (card, key) => {
        const { to, title, text, fields, origin } = card
        const message = { to, title, text, ...(fields ? { fields } : {}), origin }
        const ref = await messenger.post(message, key)
        asked.set(ref.messageId, message)
        const said = typeof this.#answers === 'function' ? this.#answers(card) : this.#answers[origin.node]
        for (const answer of said ?? []) void this.#decideLater(origin.executionId, origin.node, answer)
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

  async #decideLater(executionId: string, node: string, answer: PlayedAnswer): Promise<void> {
    await this.#clock.sleep(durationMs(answer.after))
    const by: Actor =
      answer.actor ??
      (answer.by ? { kind: 'slack', id: answer.by.id, name: answer.by.name ?? answer.by.id } : defaultPerson)
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
    const { decide, groups, reason, form } = answer
    // A form that asks for a record takes any: the question is what the workflow makes of the answer.
    const anyRecord = { get: () => ({}) }
    let decision: Decision
    try {
      await requireSay({ ...question, requester: this.#requester }, by, (group) => groups.includes(group))
      const at = new Date(this.#clock.now()).toISOString()
      decision = { ...completed(question.rules, { decision: decide, reason, form }, anyRecord), by, at }
    } catch (thrown) {
      if (thrown instanceof WorkflowError) return errorInfo(thrown)
      throw thrown
    }
    await this.#engine?.signal(executionId, question.signal, decision as unknown as JsonObject)
    return undefined
  }
}
