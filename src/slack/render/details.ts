// Everything about one execution, in a modal with tabs: how it went, what it worked on, what each step returned and
// printed, and what went wrong.
import type { Button, KnownBlock, ModalView } from '@slack/types'
import type { NodeResult, Printed, Report, ReportError } from '../../engine/report.ts'
import type { Json } from '../../json.ts'
import { actions, button, context, divider, plainText, preformatted, section } from './blocks.ts'
import { actionIds, actionPattern } from './buttons.ts'
import { code, escapeLine, plainLine } from './escape.ts'
import { clamp, fitView, limits } from './limits.ts'
import { hiddenNote, withoutValues } from './redact.ts'
import { errorBlocks, facts, happened, relations, stepLines } from './report.ts'
import { isRepeatable, reportButtons, saveButton } from './report-buttons.ts'
import { reportCommand, statusEmoji, stepsOf } from './words.ts'

/** What a value may take in the modal; everything is in the file. */
const valueShown = 2400
const printedShown = 2400
const entriesShown = 25
const framesShown = 6

export const detailTabs = ['overview', 'context', 'outputs', 'printed', 'errors'] as const
export type DetailTab = (typeof detailTabs)[number]

/** Where "Send as file" puts the file: the thread of the message, or a direct message when there is none. */
export interface DetailsPlace {
  executionId: string
  channel?: string
  ts?: string
  tab?: DetailTab
}

interface Tab {
  id: DetailTab
  label: string
  /** Tabs without anything in them are not offered. */
  blocks: KnownBlock[]
  cut: boolean
}

export function renderDetails(
  whole: Report,
  place: Omit<DetailsPlace, 'executionId'>,
  { hidden = false }: { hidden?: boolean } = {},
): ModalView {
  const report = hidden ? withoutValues(whole) : whole
  const tabs = [
    overviewTab(report),
    contextTab(report),
    outputsTab(report),
    printedTab(report),
    errorsTab(report),
  ]
  const offered = tabs.filter((tab) => tab.id === 'overview' || tab.blocks.length > 0)
  const shown = offered.find((tab) => tab.id === place.tab) ?? (offered[0] as Tab)
  const kept: DetailsPlace = { executionId: report.id, ...place, tab: shown.id }
  // Status and tabs come first: on a phone the end of a modal is far away.
  const top: KnownBlock[] = [
    section(`${statusEmoji[report.status]} ${happened(report)}`),
    ...(offered.length > 1
      ? [
          actions(
            'details_tabs',
            offered.map((tab) => tabButton(tab, tab.id === shown.id)),
          ),
        ]
      : []),
    ...(hidden ? [context(hiddenNote)] : []),
    ...(shown.cut && !hidden
      ? [context(':scissors: Long values are cut here. The file has everything.')]
      : []),
  ]
  const bottom = fileRow(report, hidden)
  const room = limits.viewBlocks - top.length - bottom.length - 1
  const body = shown.blocks
  const blocks = [
    ...top,
    ...(body.length > room ? [...body.slice(0, room), cutNote(report)] : body),
    ...bottom,
  ]
  return {
    type: 'modal',
    callback_id: 'details',
    title: plainText(report.workflow.name, limits.viewTitle),
    close: plainText('Close', limits.viewTitle),
    private_metadata: JSON.stringify(kept),
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

function tabButton(tab: Tab, active: boolean): Button {
  return button(tab.label, {
    action: `${actionIds.tab}:${tab.id}`,
    value: tab.id,
    label: active ? `${tab.label}, shown now` : `Show ${tab.label.toLowerCase()}`,
    ...(active ? { style: 'primary' } : {}),
  })
}

function fileRow(report: Report, hidden: boolean): KnownBlock[] {
  if (hidden) return []
  const send = button('Send as file', {
    action: actionIds.sendFile,
    value: report.id,
    label: 'Send the whole report as a file',
  })
  return [divider, actions('details_file', isRepeatable(report) ? [send, saveButton(report)] : [send])]
}

function overviewTab(report: Report): Tab {
  // Below the tabs, or of no use here.
  const elsewhere = [actionIds.open, actionIds.saveScenario].map(actionPattern)
  const buttons = reportButtons(report).filter(
    ({ action_id = '' }) => !elsewhere.some((pattern) => pattern.test(action_id)),
  )
  return {
    id: 'overview',
    label: 'Overview',
    cut: false,
    blocks: [
      context(facts(report), ...relations(report)),
      ...report.errors.slice(0, 2).flatMap(errorBlocks),
      ...stepLines(report),
      ...(buttons.length > 0 ? [actions('report_actions', buttons)] : []),
    ],
  }
}

function contextTab(report: Report): Tab {
  const cut = { any: false }
  const output = 'output' in report ? report.output : undefined
  // Without an expression of its own, the result of a workflow is its context.
  const result = output === undefined || same(output, report.context) ? null : output
  const blocks = [
    ...value('Inputs', report.inputs, cut),
    ...value('Result', result, cut),
    ...value('Context', report.context, cut),
  ]
  return { id: 'context', label: 'Context', blocks, cut: cut.any }
}

function outputsTab(report: Report): Tab {
  const cut = { any: false }
  const all = stepsOf(report).flatMap((node) =>
    node.status === 'succeeded' && !isEmpty(node.output) ? [[node, node.output] as const] : [],
  )
  const blocks = all.slice(0, entriesShown).flatMap(([node, output]) => value(node.name, output, cut))
  return { id: 'outputs', label: 'Outputs', blocks: [...blocks, ...rest(all.length, cut)], cut: cut.any }
}

function printedTab(report: Report): Tab {
  const cut = { any: false }
  const all = report.nodes.flatMap((node) =>
    'printed' in node && node.printed.length > 0 ? [[node, node.printed] as const] : [],
  )
  const blocks = all
    .slice(0, entriesShown)
    .flatMap(([node, printed]) => [
      title(node),
      preformatted(shorten(joined(printed).trimEnd(), printedShown, cut), limits.text),
    ])
  return { id: 'printed', label: 'Printed', blocks: [...blocks, ...rest(all.length, cut)], cut: cut.any }
}

function errorsTab(report: Report): Tab {
  const cut = { any: false }
  const blocks = report.errors
    .slice(0, entriesShown)
    .flatMap((error, index) => [
      ...(index > 0 ? [divider] : []),
      ...errorBlocks(error),
      ...frames(error),
      context(`Error code: ${code(clamp(error.code, 100))}`),
    ])
  const n = report.errors.length
  return {
    id: 'errors',
    label: n > 1 ? `Errors (${n})` : 'Errors',
    blocks: [...blocks, ...rest(n, cut)],
    cut: cut.any,
  }
}

/** The way to the line that is shown, through the author's own functions: the outermost first. */
function frames({ frames = [] }: ReportError): KnownBlock[] {
  const outer = frames.slice(0, -1)
  if (outer.length === 0) return []
  const lines = outer
    .slice(-framesShown)
    .map(({ file, line, function: name, source }) =>
      plainLine(clamp(`${file}:${line} in ${name}${source ? `: ${source.trim()}` : ''}`, 300)),
    )
  return [context('Called from'), preformatted(lines.join('\n'))]
}

function isEmpty(json: Json): boolean {
  return json === null || (typeof json === 'object' && Object.keys(json).length === 0)
}

const same = (one: Json, other: Json) => JSON.stringify(one) === JSON.stringify(other)

function value(name: string, json: Json, cut: { any: boolean }): KnownBlock[] {
  if (isEmpty(json)) return []
  return [
    section(`*${escapeLine(name)}*`),
    preformatted(shorten(JSON.stringify(json, null, 2), valueShown, cut), limits.text),
  ]
}

/** The beginning, and how much is missing. */
function shorten(text: string, max: number, cut: { any: boolean }): string {
  if (text.length <= max) return text
  cut.any = true
  return `${clamp(text, max)}\n(${text.length - max} more characters)`
}

function title(node: NodeResult): KnownBlock {
  return section(`*${escapeLine(node.name)}*`)
}

function joined(printed: Printed[]): string {
  return printed.map((line) => line.text).join(printed.every(({ text }) => text.endsWith('\n')) ? '' : '\n')
}

function rest(all: number, cut: { any: boolean }): KnownBlock[] {
  if (all <= entriesShown) return []
  cut.any = true
  return [context(`And ${all - entriesShown} more.`)]
}

function cutNote(report: Report): KnownBlock {
  return context(`:scissors: There is more than fits here. ${reportCommand(report.id)}`)
}
