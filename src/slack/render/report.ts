// The report as a message: what happened in one line, the facts, each step with its time, errors with their line.
import type { KnownBlock } from '@slack/types'
import {
  type ItemsResult,
  isFinished,
  type NodeResult,
  type Report,
  type ReportError,
} from '../../engine/report.ts'
import { actions, context, preformatted, section } from './blocks.ts'
import { code, escapeLine, escapeText, plainLine } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'
import { hiddenNote, withoutValues } from './redact.ts'
import { reportButtons } from './report-buttons.ts'
import {
  count,
  duration,
  named,
  nodeEmoji,
  person,
  reportCommand,
  statusEmoji,
  stepsOf,
  waiting,
  when,
} from './words.ts'
import { chunk } from './workflow.ts'

const stepsShown = 40
const errorsShown = 3
const itemsShown = 3

export interface ReportOptions {
  /** Leaves out what the execution worked on, where the workflow wants that (`report.redact`). */
  hidden?: boolean
  /** The address of the message that shows the execution that this one repeats or takes back. */
  before?: string
}

export function renderReport(whole: Report, { hidden = false, before }: ReportOptions = {}): Message {
  const report = hidden ? withoutValues(whole) : whole
  const headline = happened(report)
  return fitMessage(
    {
      text: `${statusEmoji[report.status]} ${headline.replace(/\*/g, '')}`,
      blocks: [
        section(`${statusEmoji[report.status]} ${headline}`),
        context(facts(report), ...relations(report, before)),
        ...errors(report),
        ...stepLines(report),
        ...(hidden ? [context(hiddenNote)] : []),
        actions('report_actions', reportButtons(report)),
      ],
    },
    reportCommand(report.id),
  )
}

/** One sentence or two: what happened. Mrkdwn. */
export function happened(report: Report): string {
  const title = `*${escapeLine(report.workflow.name)}*`
  const name = report.rollbackOf ? `The rollback of ${title}` : title
  const skipped = report.nodes.filter((node) => node.status === 'skipped').length
  const kept = report.nodes.filter((node) => node.status === 'succeeded' && node.kept).length
  const ran = report.nodes.filter((node) => node.role === 'action' && 'attempts' in node).length - kept
  const also = `${kept > 0 ? `, ${kept} kept from before` : ''}${skipped > 0 ? `, ${skipped} not needed` : ''}`
  switch (report.status) {
    case 'queued':
      return `${name} is about to start.`
    case 'running':
      return `${name} is running: ${progress(report)}.`
    case 'waiting':
      return `${name} is ${waiting(report.waitingFor)}.`
    case 'succeeded':
      return `${name} is done. ${count(ran, 'step')} ran${also}.`
    case 'warning':
      return `${name} is done, but ${failedSteps(report)} went wrong along the way. ${count(ran, 'step')} ran${also}.`
    case 'failed':
      return `${name} failed${failedAt(report)}.`
    case 'timed_out':
      return `${name} took too long and was stopped after ${duration(report.durationMs)}.`
    case 'cancelled': {
      const why = report.reason ? `: ${escapeLine(clamp(report.reason, 200))}` : ''
      return `${name} was stopped by ${person(report.cancelledBy)}${why}.`
    }
  }
}

/** `step 3 of 7, check stock` */
export function progress(report: Report): string {
  const steps = stepsOf(report)
  const done = steps.filter((node) => !['pending', 'running', 'waiting'].includes(node.status)).length
  const now = steps.find((node) => node.status === 'running' || node.status === 'waiting')
  const of = `${Math.min(done + 1, steps.length)} of ${steps.length}`
  return now ? `step ${of}, ${escapeLine(clamp(now.name, 80))}` : `step ${of}`
}

function failedNodes(report: Report) {
  return report.nodes.filter((node) => node.status === 'failed')
}

function failedSteps(report: Report): string {
  const failed = failedNodes(report)
  const first = failed[0]
  if (failed.length === 1 && first) return `_${escapeLine(first.name)}_`
  return count(failed.length, 'step')
}

function failedAt(report: Report): string {
  const unhandled = report.nodes.filter((node) => node.status === 'failed' && !node.handled)
  const first = unhandled[0]
  if (!first) return ''
  return unhandled.length === 1
    ? ` at the step _${escapeLine(first.name)}_`
    : ` at ${unhandled.length} steps, first _${escapeLine(first.name)}_`
}

/** When, by whom, how long, which version. One line of mrkdwn. */
export function facts(report: Report): string {
  const started = 'startedAt' in report ? report.startedAt : report.createdAt
  return [
    `Started by ${named(report.startedBy)}, ${when(started)}`,
    ...(isFinished(report) ? [`took ${duration(report.durationMs)}`] : []),
    `version ${report.version.number}`,
    code(report.id),
  ].join(' · ')
}

/** Where it comes from: another execution that it repeats, takes back or is a part of. */
export function relations({ rerunOf, rollbackOf, parent }: Report, before?: string): string[] {
  const earlier = (id: string) => (before ? `<${before}|${escapeLine(id)}>` : code(id))
  return [
    ...(rerunOf
      ? [
          `:repeat: Repeats ${earlier(rerunOf.executionId)}${rerunOf.from === null ? '' : ` from the step _${escapeLine(rerunOf.from)}_`}`,
        ]
      : []),
    ...(rollbackOf ? [`:leftwards_arrow_with_hook: Takes back ${earlier(rollbackOf.executionId)}`] : []),
    ...(parent ? [`Part of ${code(parent.executionId)}`] : []),
  ]
}

/** Each error: the message, where in the file, and the line itself. */
function errors(report: Report): KnownBlock[] {
  // Items that a step went on without are told with that step.
  const itemwise = new Set(
    report.nodes.flatMap((node) => (node.status === 'succeeded' && node.items ? [node.name] : [])),
  )
  const told = report.errors.filter(({ node }) => node === undefined || !itemwise.has(node))
  const blocks = told.slice(0, errorsShown).flatMap(errorBlocks)
  const more = told.length - errorsShown
  if (more > 0) blocks.push(context(`And ${count(more, 'more error')}. ${reportCommand(report.id)}`))
  return blocks
}

export function errorBlocks(error: ReportError): KnownBlock[] {
  const where = [
    ...(error.node ? [`step _${escapeLine(error.node)}_`] : []),
    ...(error.file ? [code(clamp(error.file, 200))] : []),
    ...(error.line === undefined ? [] : [`line ${error.line}`]),
  ].join(', ')
  const hint = error.hint ? `\n${escapeText(clamp(error.hint, 600))}` : ''
  const text = escapeText(clamp(errorText(error), 1000))
  const blocks: KnownBlock[] = [
    section(`*${text.replace(/\*/g, '∗')}*${where ? `\nIn ${where}` : ''}${hint}`),
  ]
  if (error.source !== undefined && error.source.trim() !== '') {
    const line = error.line === undefined ? '' : `${error.line} | `
    blocks.push(preformatted(`${line}${plainLine(clamp(error.source, 400))}`))
  }
  return blocks
}

/** `KeyError: 'threshold'`, the type said once: messages of Python begin with it already. */
export function errorText({ exception, message }: ReportError): string {
  return exception === undefined || message.startsWith(exception) ? message : `${exception}: ${message}`
}

export function stepLines(report: Report): KnownBlock[] {
  const steps = stepsOf(report)
  const lines = important(steps).map(stepLine)
  const more = steps.length - lines.length
  if (more > 0) lines.push(`… and ${count(more, 'more step')}. ${reportCommand(report.id)}`)
  return chunk(lines, 2800).map((text) => section(text))
}

/** At most `stepsShown` in order; those that went wrong are never left out for others that went well. */
function important(nodes: NodeResult[]): NodeResult[] {
  if (nodes.length <= stepsShown) return nodes
  const wrong = nodes.filter(({ status }) => status === 'failed' || status === 'running').slice(0, stepsShown)
  const room = stepsShown - wrong.length
  const others = new Set(nodes.filter((node) => !wrong.includes(node)).slice(0, room))
  return nodes.filter((node) => others.has(node) || wrong.includes(node))
}

function stepLine(node: NodeResult): string {
  const name = escapeLine(node.name)
  const emoji = node.status === 'failed' && node.handled ? ':warning:' : nodeEmoji[node.status]
  return `${emoji} ${name}${stepState(node)}${itemLines(node)}`
}

function stepState(node: NodeResult): string {
  switch (node.status) {
    case 'pending':
      return ''
    case 'running':
      return ` – running${attempt(node)}${items(node)}`
    case 'waiting':
      return ` – ${waiting(node.waitingFor)}${attempt(node)}${items(node)}`
    case 'succeeded':
      return node.kept
        ? ' – kept from before'
        : ` – ${duration(node.durationMs)}${attempt(node)}${items(node)}`
    case 'failed':
      return ` – failed after ${duration(node.durationMs)}${attempt(node)}${items(node)}${node.handled ? ', handled' : ''}`
    case 'cancelled':
      return ` – stopped after ${duration(node.durationMs)}${items(node)}`
    case 'skipped':
      return ` – skipped: ${escapeLine(clamp(node.reason, 200))}`
  }
}

function attempt(node: { attempts: number }): string {
  return node.attempts > 1 ? `, attempt ${node.attempts}` : ''
}

/** `, 12 of 14 items, 2 failed` */
function items({ items }: { items?: ItemsResult }): string {
  if (!items) return ''
  const failed = items.failed > 0 ? `, ${items.failed} failed` : ''
  return `, ${items.succeeded} of ${count(items.total, 'item')}${failed}`
}

/** Which items failed, where the error of the node does not say it. */
function itemLines(node: NodeResult): string {
  if (node.status !== 'succeeded' && node.status !== 'running') return ''
  const failed = (node.items?.shown ?? []).flatMap((item) => (item.status === 'failed' ? [item] : []))
  const lines = failed
    .slice(0, itemsShown)
    .map(({ index, error }) => `\n        :x: item ${index + 1}: ${escapeLine(clamp(errorText(error), 120))}`)
  const more = (node.items?.failed ?? 0) - lines.length
  return lines.join('') + (lines.length > 0 && more > 0 ? `\n        and ${more} more` : '')
}
