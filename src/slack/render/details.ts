// Everything about one execution, in a modal: context, and for each step what it returned, printed, or why it failed.
import type { KnownBlock, ModalView } from '@slack/types'
import { isFinished, type NodeResult, type Report } from '../../engine/report.ts'
import type { Json } from '../../json.ts'
import { actions, button, context, divider, plainText, preformatted, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, fitView, limits } from './limits.ts'
import { errorBlocks, happened } from './report.ts'
import { duration, nodeEmoji, person, reportCommand, statusEmoji, stepsOf, waiting, when } from './words.ts'

/** What a value may take in the modal; everything is in the file. */
const valueShown = 2400
const printedShown = 1800
const stepsShown = 25

/** Where "Send as file" puts the file: the thread of the message, or a direct message when there is none. */
export interface DetailsPlace {
  executionId: string
  channel?: string
  ts?: string
}

export function renderDetails(report: Report, place: Omit<DetailsPlace, 'executionId'>): ModalView {
  const cut = { any: false }
  const body: KnownBlock[] = [
    ...report.errors.slice(0, 5).flatMap(errorBlocks),
    ...value('Inputs', report.inputs, cut),
    ...value('Context', report.context, cut),
    ...steps(report, cut),
  ]
  // The way to everything comes first: on a phone the end of the modal is far away.
  const top: KnownBlock[] = [
    section(`${statusEmoji[report.status]} ${happened(report)}`),
    context(facts(report)),
    actions('details_actions', [
      button('Send as file', {
        action: actionIds.sendFile,
        value: report.id,
        label: 'Send the whole report as a file',
      }),
    ]),
    context(
      cut.any
        ? ':scissors: Long values are cut here. The file has everything.'
        : 'The file has the whole report.',
    ),
  ]
  const room = limits.viewBlocks - top.length - 1
  const blocks = [...top, ...(body.length > room ? [...body.slice(0, room), cutSteps(report)] : body)]
  return {
    type: 'modal',
    callback_id: 'details',
    title: plainText(report.workflow.name, limits.viewTitle),
    close: plainText('Close', limits.viewTitle),
    private_metadata: JSON.stringify({ executionId: report.id, ...place } satisfies DetailsPlace),
    blocks: fitView(blocks, 'The file has everything.'),
  }
}

/** Shown for the moment until the report is there: Slack's permission to open a modal lasts three seconds. */
export function renderLoading(executionId: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'details',
    title: plainText('Details', limits.viewTitle),
    close: plainText('Close', limits.viewTitle),
    private_metadata: JSON.stringify({ executionId } satisfies DetailsPlace),
    blocks: [section(':hourglass_flowing_sand: One moment…')],
  }
}

function facts(report: Report): string {
  return [
    `Started by ${person(report.startedBy)}, ${when(report.createdAt)}`,
    ...(isFinished(report) ? [`took ${duration(report.durationMs)}`] : []),
    `version ${report.version.number}`,
    code(report.id),
  ].join(' · ')
}

function isEmpty(json: Json): boolean {
  return json === null || (typeof json === 'object' && Object.keys(json).length === 0)
}

function value(title: string, json: Json, cut: { any: boolean }): KnownBlock[] {
  if (isEmpty(json)) return []
  return [
    section(`*${title}*`),
    preformatted(shorten(JSON.stringify(json, null, 2), valueShown, cut), limits.text),
  ]
}

/** The beginning, and how much is missing. */
function shorten(text: string, max: number, cut: { any: boolean }): string {
  if (text.length <= max) return text
  cut.any = true
  return `${clamp(text, max)}\n(${text.length - max} more characters)`
}

function steps(report: Report, cut: { any: boolean }): KnownBlock[] {
  const all = stepsOf(report)
  const shown = all.slice(0, stepsShown)
  const blocks = shown.flatMap((node) => [divider, ...step(node, cut)])
  if (all.length > shown.length) {
    cut.any = true
    blocks.push(context(`And ${all.length - shown.length} more steps.`))
  }
  return blocks
}

function cutSteps(report: Report): KnownBlock {
  return context(`:scissors: There is more than fits here. ${reportCommand(report.id)}`)
}

function step(node: NodeResult, cut: { any: boolean }): KnownBlock[] {
  const blocks: KnownBlock[] = [
    section(`${nodeEmoji[node.status]} *${escapeLine(node.name)}*  ${stepState(node)}`),
  ]
  if (node.status === 'failed') blocks.push(...errorBlocks(node.error))
  if (node.status === 'succeeded' && !isEmpty(node.output)) {
    blocks.push(
      context('Returned'),
      preformatted(shorten(JSON.stringify(node.output, null, 2), valueShown, cut), limits.text),
    )
  }
  if ('printed' in node && node.printed.length > 0) {
    const text = node.printed.map((line) => line.text).join(node.printed.every(endsLine) ? '' : '\n')
    blocks.push(context('Printed'), preformatted(shorten(text.trimEnd(), printedShown, cut), limits.text))
  }
  return blocks
}

function endsLine(printed: { text: string }): boolean {
  return printed.text.endsWith('\n')
}

function stepState(node: NodeResult): string {
  switch (node.status) {
    case 'pending':
      return 'has not run yet'
    case 'running':
      return 'is running'
    case 'waiting':
      return waiting(node.waitingFor)
    case 'succeeded':
      return duration(node.durationMs)
    case 'failed':
      return `failed after ${duration(node.durationMs)}${node.handled ? ', handled' : ''}`
    case 'cancelled':
      return `stopped after ${duration(node.durationMs)}`
    case 'skipped':
      return `skipped: ${escapeLine(clamp(node.reason, 300))}`
  }
}
