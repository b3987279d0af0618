// Opens the modal that asks for what a workflow needs, when something is missing and Slack lets us; and says what to
// type where it does not.
import { formToRun, runnableWorkflows } from '../commands/forms.ts'
import type { Services } from '../commands/types.ts'
import { checkInputs, type InputFault, type Inputs } from '../definition/inputs.ts'
import type { Actor } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { SlackClients } from './clients.ts'
import { openView } from './open-view.ts'
import type { Answers, Place } from './place.ts'
import { actions, section } from './render/blocks.ts'
import { inlineInputs, runButton } from './render/buttons.ts'
import { code, escapeLine } from './render/escape.ts'
import { type KeptPlace, type PickMeta, renderPicker, renderRunForm } from './render/forms.ts'
import { fieldsShown, fitsForm, inputFields, spoken } from './render/inputs.ts'
import { clamp, fitMessage, type Message } from './render/limits.ts'

export interface Asker {
  actor: Actor
  place: Place
  /** Slack's permission to open a modal: for three seconds, once. */
  trigger?: string
}

export interface Forms {
  /**
   * Asks for what `run` lacks, if a person can fill it in. False when nothing is missing, or when it is nothing that a
   * form could mend: then the command says so. Throws what `formToRun` throws, and `inputs.too_many`.
   */
  askInstead(input: JsonObject, asker: Asker): Promise<boolean>
  /** The modal for a workflow with these values filled in, for the answer to another modal. */
  view(workflowId: string, given: JsonObject, asker: Asker): Promise<ReturnType<typeof renderRunForm>>
  /** Lists what this person may run. */
  pick(trigger: string, asker: Asker, meta: Omit<PickMeta, 'place'>, aboutMessage?: string): Promise<void>
}

const examplesShown = 8

export function createForms(options: { clients: SlackClients; services: Services; answers: Answers }): Forms {
  const { clients, services, answers } = options
  const { records } = services

  async function rendered(
    workflowId: string,
    given: JsonObject,
    faults: InputFault[],
    { actor, place }: Asker,
  ): Promise<ReturnType<typeof renderRunForm>> {
    const { version, inputs } = await formToRun(workflowId, { actor, services })
    const { name, description } = version.definition.metadata
    if (!fitsForm(inputs, inputFields(inputs, given, records)))
      throw tooMany(`"${name}"`, inputs, `run ${workflowId}`)
    const form = {
      workflow: { id: workflowId, name, description },
      inputs,
      given,
      // What is only missing shows by itself.
      faults: faults.filter(({ input }) => isGiven(given[input])).map(({ message }) => message),
      place: kept(place),
    }
    return renderRunForm(form, records)
  }

  return {
    async askInstead({ workflowId, inputs: raw }, asker) {
      if (typeof workflowId !== 'string') return false
      const given = (raw ?? {}) as JsonObject
      const entry = services.catalog.get(workflowId)
      const trigger = (entry?.version ?? entry?.draft)?.definition.nodes.find(
        (node) => node.type === 'manual',
      )
      if (!trigger) return false
      const declared = (trigger.inputs ?? {}) as Inputs
      const checked = checkInputs(declared, given, records)
      if (checked.ok || checked.faults.some(({ input }) => !Object.hasOwn(declared, input))) return false
      const opened =
        asker.trigger !== undefined &&
        (await inTime(
          openView(clients, asker.trigger, await rendered(workflowId, given, checked.faults, asker)),
        ))
      if (opened) return true
      const { version, inputs } = await formToRun(workflowId, { actor: asker.actor, services })
      const workflow = { id: workflowId, name: version.definition.metadata.name }
      await answers.whisper(asker.place, explanation(workflow, inputs, given, checked.faults))
      return true
    },

    view: (workflowId, given, asker) => rendered(workflowId, given, [], asker),

    async pick(trigger, { actor, place }, meta, aboutMessage) {
      const workflows = await runnableWorkflows({ actor, services })
      const view = renderPicker(workflows, { ...meta, place: kept(place) }, aboutMessage)
      await openView(clients, trigger, view)
    },
  }
}

/** What of a place outlives the click: it goes into the metadata of a modal. */
export function kept({ channel, thread, user }: Place): KeptPlace {
  return { channel, user, ...(thread ? { thread } : {}) }
}

/** False when Slack's permission was over: there is another way to ask then. */
async function inTime(opening: Promise<void>): Promise<boolean> {
  try {
    await opening
    return true
  } catch (thrown) {
    if (thrown instanceof WorkflowError && thrown.code === 'slack.too_late') return false
    throw thrown
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Where no modal can be opened: what is missing, how to type it, and a button that opens one. */
function explanation(
  workflow: { id: string; name: string },
  declared: Inputs,
  given: JsonObject,
  faults: InputFault[],
): Message {
  const lines = faults.slice(0, examplesShown).map(({ message }) => `• ${escapeLine(clamp(message, 200))}`)
  const missing = new Set(faults.map(({ input }) => input))
  const words = Object.entries(declared)
    .filter(([name]) => missing.has(name) || isGiven(given[name]))
    .slice(0, examplesShown)
    .map(([name, input]) => `${name}=${example(name, input, missing.has(name) ? undefined : given[name])}`)
  const typed = code(clamp(`@Workflow run ${workflow.id} ${words.join(' ')}`, 400))
  const fits = JSON.stringify(given).length <= inlineInputs
  return fitMessage({
    text: `${escapeLine(workflow.name)} needs to know more before it can run.`,
    blocks: [
      section(
        `*${escapeLine(workflow.name)}* needs to know more before it can run:\n${lines.join('\n')}\nFor example: ${typed}`,
      ),
      actions('fill_in', [
        runButton(workflow, {
          label: 'Fill in a form',
          style: 'primary',
          value: { workflowId: workflow.id, ...(fits ? { inputs: given } : {}) },
        }),
      ]),
    ],
  })
}

function example(name: string, input: Inputs[string], given: unknown): string {
  if (isGiven(given)) return quoted(String(given))
  switch (input.type) {
    case 'string':
      return `"${spoken(name).toLowerCase()}"`
    case 'number':
    case 'integer':
      return String(input.min ?? 10)
    case 'boolean':
      return 'yes'
    case 'enum':
      return quoted(input.options[0] ?? '')
    case 'date':
      return '2026-03-31'
    case 'user':
      return '@ana'
    case 'channel':
      return '#general'
    case 'record':
      return '<key>'
  }
}

function quoted(text: string): string {
  return /^[\p{L}\p{N}._-]+$/u.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** `inputs.too_many`: what asks, for what, and the command to type instead. */
export function tooMany(who: string, declared: Inputs, command: string): WorkflowError {
  const count = Object.keys(declared).length
  return new WorkflowError(
    'inputs.too_many',
    count > fieldsShown
      ? `${who} asks for ${count} inputs, more than a form in Slack can hold (${fieldsShown}).`
      : `What ${who} asks for is too much for a form in Slack.`,
    { hint: `Type them: /workflow ${command} name=value …, or use the API.` },
  )
}
