// The modals that ask before something happens: inputs of a workflow, which workflow, why it is rejected.
import type { InputBlock, KnownBlock, ModalView } from '@slack/types'
import type { RunnableWorkflow } from '../../commands/forms.ts'
import type { Inputs } from '../../definition/inputs.ts'
import type { Decision, DecisionRules } from '../../engine/report.ts'
import type { JsonObject } from '../../json.ts'
import type { Place } from '../place.ts'
import { context, plainText, section } from './blocks.ts'
import { escapeLine, escapeText } from './escape.ts'
import { inputFields, type Labels, option } from './inputs.ts'
import { clamp, firstOf, limits } from './limits.ts'

export const callbacks = { run: 'run_form', pick: 'pick_workflow', decide: 'decide_form' } as const

/** Where answers go; the response_url of a click is too short-lived to be kept. */
export type KeptPlace = Pick<Place, 'channel' | 'thread' | 'user'>

export interface RunFormMeta {
  workflowId: string
  place: KeptPlace
}

export interface PickMeta {
  place: KeptPlace
  /** Where the message lies that the workflow is run on: a key of the links. */
  messageKey?: string
}

export interface DecideMeta {
  decision: Decision['decision']
  executionId: string
  node: string
  place: KeptPlace
}

export const reasonBlock = 'reason'
export const pickBlock = 'workflow'
export const pickId = 'pick'

export interface RunForm {
  workflow: { id: string; name: string; description: string }
  inputs: Inputs
  given: JsonObject
  /** What is wrong with what was given, in sentences. */
  faults: string[]
  place: KeptPlace
}

export function renderRunForm(form: RunForm, records: Labels): ModalView {
  const { workflow, inputs, given, faults, place } = form
  const about = workflow.description ? [section(escapeText(clamp(workflow.description, 600)))] : []
  const wrong = faults.slice(0, 5).map((fault) => `:warning: ${escapeLine(clamp(fault, 300))}`)
  const fields = inputFields(inputs, given, records)
  return modal({
    callback: callbacks.run,
    title: workflow.name,
    submit: 'Run',
    meta: { workflowId: workflow.id, place } satisfies RunFormMeta,
    blocks: [
      ...about,
      ...(wrong.length > 0 ? [section(wrong.join('\n'))] : []),
      ...(fields.length > 0 ? fields : [section('It needs nothing more to run.')]),
    ],
  })
}

/** `aboutMessage`: the first words of the message that the workflow is run on. */
export function renderPicker(
  workflows: RunnableWorkflow[],
  meta: PickMeta,
  aboutMessage: string | undefined,
): ModalView {
  const { shown, more } = firstOf(workflows, 100)
  const on =
    aboutMessage === undefined ? [] : [context(`On the message “${escapeLine(clamp(aboutMessage, 200))}”`)]
  const title = aboutMessage === undefined ? 'Run a workflow' : 'Run on this message'
  if (shown.length === 0) {
    return modal({
      callback: callbacks.pick,
      title,
      meta,
      blocks: [section('There is no workflow that you may run.')],
    })
  }
  const options = shown.map(({ id, name, description }) => ({
    ...option(name, id),
    ...(description ? { description: plainText(description, 75) } : {}),
  }))
  const [only] = options
  const field: InputBlock = {
    type: 'input',
    block_id: pickBlock,
    label: plainText('Workflow', 150),
    element: {
      type: 'static_select',
      action_id: pickId,
      placeholder: plainText('Choose a workflow', 150),
      options,
      ...(options.length === 1 && only ? { initial_option: only } : {}),
    },
  }
  const where =
    aboutMessage === undefined
      ? 'The result comes to you as a direct message.'
      : 'The result comes into the thread of the message.'
  return modal({
    callback: callbacks.pick,
    title,
    submit: 'Next',
    meta,
    blocks: [
      ...on,
      field,
      context(where),
      ...(more > 0 ? [context(`And ${more} more: \`/workflow list <word>\` finds them.`)] : []),
    ],
  })
}

/** Approval with the fields that it asks for, or rejection with its reason. */
export function renderDecision(
  question: { what: string; rules: DecisionRules },
  meta: DecideMeta,
  records: Labels,
): ModalView {
  const approves = meta.decision === 'approve'
  const required = !approves && question.rules.reason === 'required'
  const reason: InputBlock = {
    type: 'input',
    block_id: reasonBlock,
    label: plainText(approves ? 'Comment' : 'Reason', 150),
    ...(approves ? {} : { hint: plainText('Everybody who sees the question can read it.', 150) }),
    optional: !required,
    element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 1000 },
  }
  return modal({
    callback: callbacks.decide,
    title: approves ? 'Approve' : 'Reject',
    submit: approves ? 'Approve' : 'Reject',
    meta,
    blocks: [
      section(`*${escapeLine(clamp(question.what, 300))}*`),
      ...(approves ? inputFields(question.rules.form, {}, records) : []),
      reason,
    ],
  })
}

function modal(view: {
  callback: string
  title: string
  submit?: string
  meta: RunFormMeta | PickMeta | DecideMeta
  blocks: KnownBlock[]
}): ModalView {
  return {
    type: 'modal',
    callback_id: view.callback,
    title: plainText(view.title, limits.viewTitle),
    ...(view.submit ? { submit: plainText(view.submit, limits.viewTitle) } : {}),
    close: plainText('Cancel', limits.viewTitle),
    private_metadata: JSON.stringify(view.meta),
    blocks: view.blocks,
  }
}
