// The list of workflows: each with a Run button, its last result and how long ago that was; broken ones with the fault.
import type { KnownBlock } from '@slack/types'
import type { CommandResult, HistoryItem, WorkflowSummary } from '../../commands/types.ts'
import type { Fault } from '../../definition/fault.ts'
import { context, section } from './blocks.ts'
import { runButton } from './buttons.ts'
import { code, escapeLine, escapeText } from './escape.ts'
import { versionsButton } from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, count, duration, statusEmoji, statusWord } from './words.ts'

type Workflows = Extract<CommandResult, { kind: 'workflows' }>

/** So many fit on a phone and well into one message. */
const perMessage = 20
const brokenShown = 5

export function renderWorkflows(result: Workflows, now: number): Message {
  const { shown, more } = firstOf(result.workflows, perMessage)
  const search = result.search ? ` matching “${escapeLine(clamp(result.search, 60))}”` : ''
  const total = count(result.workflows.length, 'workflow')
  const blocks: KnownBlock[] = []
  if (result.workflows.length === 0) {
    blocks.push(section(empty(search)))
  } else {
    blocks.push(section(`*${total}${search}*`))
    blocks.push(...shown.map((workflow) => workflowRow(workflow, now)))
  }
  if (more > 0) {
    blocks.push(context(`And ${more} more. Find one with ${code('/workflow list <word>')}`))
  }
  // Those of the workflows above are told there.
  const told = new Set(shown.flatMap(({ faults }) => faults.map(({ file }) => file)))
  blocks.push(...brokenFiles(result.broken.filter(({ file }) => !told.has(file))))
  return fitMessage({ text: `${total}${search}`, blocks }, `Find one with ${code('/workflow list <word>')}`)
}

function empty(search: string): string {
  return search === ''
    ? `There are no workflows yet. Put one in ${code('workflows/<name>/workflow.yaml')} and it shows up here.`
    : `There is no workflow${search}. ${code('/workflow list')} shows all.`
}

/** One workflow with its Run button, or with why it has none; the home tab shows the same. */
export function workflowRow(workflow: WorkflowSummary, now: number, mark = ''): KnownBlock {
  const { id, name, description, draft } = workflow
  const lines = [
    `${mark}*${escapeLine(name)}*  ${code(id)}`,
    ...(description ? [escapeLine(clamp(description, 120))] : []),
    whyNot(workflow) ?? lastResult(workflow, now),
    ...(workflow.version !== null && draft !== null
      ? [`:pencil2: Version ${draft} waits to be activated; version ${workflow.version} answers until then`]
      : []),
    ...faultLine(workflow),
  ]
  return section(lines.join('\n'), {
    id: `workflow:${id}`,
    accessory: answers(workflow) ? runButton(workflow) : versionsButton(workflow),
  })
}

/** Whether it can be run at all; while its first version is being tested, a start waits for that. */
export function answers({ version, testing, deactivated }: WorkflowSummary): boolean {
  return (version !== null || testing) && !deactivated
}

/** Why it does not answer; undefined when it does. */
function whyNot({ version, draft, testing, deactivated }: WorkflowSummary): string | undefined {
  if (deactivated) return ':no_entry: Does not answer: it stopped itself, and somebody has to bring it back'
  if (version !== null) return undefined
  if (testing) return ':hourglass_flowing_sand: Being tested for the first time; a run waits for that'
  const which = draft === null ? 'its first version' : `version ${draft}`
  return `:pencil2: Does not answer yet: ${which} waits to be tested and activated`
}

function faultLine({ faults, version }: WorkflowSummary): string[] {
  const [fault] = faults
  if (!fault) return []
  const stays = version === null ? '' : `; version ${version} stays in service`
  return [`:warning: The file has ${count(faults.length, 'fault')}${stays}. ${place(fault)}`]
}

function lastResult(workflow: WorkflowSummary, now: number): string {
  const running = workflow.running > 0 ? `:hourglass_flowing_sand: ${workflow.running} running now` : ''
  const last = workflow.last ? lastWords(workflow.last, now) : ''
  return [running, last].filter(Boolean).join(' · ') || ':white_circle: Never run'
}

/** `:white_check_mark: Last run worked, 2 h ago (4 s)` */
export function lastWords(last: HistoryItem, now: number): string {
  const took = last.durationMs === null ? '' : ` (${duration(last.durationMs)})`
  return `${statusEmoji[last.status]} Last run ${statusWord[last.status]}, ${age(last.createdAt, now)}${took}`
}

/** `reorder-check/workflow.yaml, line 31: leads to "notfy"` */
export function place(fault: Fault): string {
  return `${code(`${fault.file}:${fault.line}`)} ${escapeText(clamp(fault.message, 200))}`
}

function brokenFiles(broken: Workflows['broken']): KnownBlock[] {
  if (broken.length === 0) return []
  const { shown, more } = firstOf(broken, brokenShown)
  const lines = shown.map(({ file, faults }) => {
    const first = faults[0]
    const others = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
    return first ? `• ${place(first)}${others}` : `• ${code(file)}`
  })
  const rest = more > 0 ? `\n• and ${more} more` : ''
  return [section(`:warning: *Files with faults*\n${lines.join('\n')}${rest}`)]
}
