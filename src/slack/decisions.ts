// Approve and Reject on a card: decides at once, or asks first for what the question wants to know.
import { findQuestion } from '../commands/decide.ts'
import type { Services } from '../commands/types.ts'
import { checkInputs } from '../definition/inputs.ts'
import type { Decision, DecisionRules } from '../engine/report.ts'
import type { JsonObject } from '../json.ts'
import type { SlackClients } from './clients.ts'
import type { Dispatch } from './dispatch.ts'
import { kept, tooMany } from './forms.ts'
import type { Click } from './interactions.ts'
import { openView } from './open-view.ts'
import type { DecideValue } from './render/approval.ts'
import { type DecideMeta, reasonBlock, renderDecision } from './render/forms.ts'
import { fieldErrors, fitsForm, inputFields, readFields } from './render/inputs.ts'
import type { Submission, Submitted } from './submissions.ts'

export interface Decisions {
  approve(click: Click): Promise<void>
  reject(click: Click): Promise<void>
  /** A modal of `renderDecision` was sent. */
  submitted(submission: Submission<DecideMeta>): Promise<Submitted>
}

export function createDecisions(options: {
  clients: SlackClients
  services: Services
  dispatch: Dispatch
}): Decisions {
  const { clients, services, dispatch } = options

  /** What an open question asks for; undefined when it is not open any more. */
  function rules(executionId: string, node: string): DecisionRules | undefined {
    const found = services.engine.info(executionId)?.nodes.find(({ name }) => name === node)
    return found?.status === 'waiting' && found.waitingFor.kind === 'person'
      ? found.waitingFor.rules
      : undefined
  }

  async function decide(decision: Decision['decision'], click: Click): Promise<void> {
    const { executionId, node } = JSON.parse(click.action.value ?? '{}') as DecideValue
    const { actor, body, place } = click
    // Refused before anybody fills in a form for nothing.
    const question = await findQuestion(services, { executionId, node, actor })
    const asks = decision === 'reject' || Object.keys(question.rules.form).length > 0
    if (!asks) {
      await dispatch.run(decision, { executionId, node }, { actor, place })
      return
    }
    const { form } = question.rules
    if (decision === 'approve' && !fitsForm(form, inputFields(form, {}, services.records)))
      throw tooMany('The approval', form, `approve ${executionId}`)
    const meta = { decision, executionId, node, place: kept(place) }
    const view = renderDecision(question, meta, services.records)
    await openView(clients, body.trigger_id, view)
  }

  return {
    approve: (click) => decide('approve', click),
    reject: (click) => decide('reject', click),

    async submitted({ meta, state, blocks, actor }) {
      const { decision, executionId, node, place } = meta
      const open = rules(executionId, node)
      const reason = Object.values(state[reasonBlock] ?? {})[0]?.value?.trim() ?? ''
      const form = decision === 'approve' && open ? readFields(open.form, state) : {}
      if (open && decision === 'approve') {
        const checked = checkInputs(open.form, form, services.records)
        if (!checked.ok)
          return { answer: { response_action: 'errors', errors: fieldErrors(checked.faults, blocks) } }
      }
      if (open?.reason === 'required' && decision === 'reject' && reason === '') {
        const errors = { [reasonBlock]: 'Say in a few words why.' }
        return { answer: { response_action: 'errors', errors } }
      }
      const input: JsonObject = { executionId, node, form, ...(reason ? { reason } : {}) }
      return {
        // The card says what became of it; a note besides would say it twice.
        async after() {
          await dispatch.run(decision, input, { actor, place })
        },
      }
    },
  }
}
