// The report as a message: what happened in one line, the facts, each step with its time, errors with their line.
import type { KnownBlock } from '@slack/types'
import { isFinished, type NodeResult, type Report, type ReportError } from '../../engine/report.ts'
import { actions, context, preformatted, section } from './blocks.ts'
import { inlineInputs, openButton, type RunValue, runButton } from './buttons.ts'
import { code, escapeLine, escapeText, plainLine } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'
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

export function renderReport(report: Report): Message {
  const headline = happened(report)
  return fitMessage(
    {
      text: `${statusEmoji[report.status]} ${headline.replace(/\*/g, '')}`,
      blocks: [
        section(`${statusEmoji[report.status]} ${headline}`),
        context(facts(report)),
        ...errors(report),
        ...stepLines(report),
        actions('report_actions', [
          openButton(report.id),
          ...(isFinished(report)
            ? [
                runButton(report.workflow, {
                  label: 'Run again',
                  value: runAgain(report),
                }),
              ]
            : []),
        ]),
      ],
    },
    reportCommand(report.id),
  )
}

/** With the same inputs, where they fit into a button. */
function runAgain(report: Report): RunValue {
  const { id: workflowId } = report.workflow
  const { inputs } = report
  if (Object.keys(inputs).length === 0) return { workflowId }
  return JSON.stringify(inputs).length <= inlineInputs
    ? { workflowId, inputs }
    : { workflowId, inputsOf: report.id }
}

/** One sentence or two: what happened. Mrkdwn. */
export function happened(report: Report): string {
  const name = `*${escapeLine(report.workflow.name)}*`
  const skipped = report.nodes.filter((node) => node.status === 'skipped').length
  const ran = report.nodes.filter((node) => node.role === 'action' && 'attempts' in node).length
  const also = skipped > 0 ? `, ${skipped} not needed` : ''
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

function facts(report: Report): string {
  const started = 'startedAt' in report ? report.startedAt : report.createdAt
  return [
    `Started by ${named(report.startedBy)}, ${when(started)}`,
    ...(isFinished(report) ? [`took ${duration(report.durationMs)}`] : []),
    `version ${report.version.number}`,
    code(report.id),
  ].join(' · ')
}

/** Each error: the message, where in the file, and the line itself. */
function errors(report: Report): KnownBlock[] {
  const blocks = report.errors.slice(0, errorsShown).flatMap(errorBlocks)
  const more = report.errors.length - errorsShown
  if (more > 0) blocks.push(context(`And ${count(more, 'more error')}. ${reportCommand(report.id)}`))
  return blocks
}

export function errorBlocks(error: ReportError): KnownBlock[] {
  const where = [
    ...(error.node ? [`step _${escapeLine(error.node)}_`] : []),
    ...(error.file ? [code(clamp(error.file, 200))] : []),
    ...(error.line === undefined ? [] : [`line ${error.line}`]),
  ].join(', ')
  const kind = error.exception ? `${escapeLine(error.exception)}: ` : ''
  const hint = error.hint ? `\n${escapeText(clamp(error.hint, 600))}` : ''
  const text = `${kind}${escapeText(clamp(error.message, 1000))}`
  const blocks: KnownBlock[] = [
    section(`*${text.replace(/\*/g, '∗')}*${where ? `\nIn ${where}` : ''}${hint}`),
  ]
  if (error.source !== undefined && error.source.trim() !== '') {
    const line = error.line === undefined ? '' : `${error.line} | `
    blocks.push(preformatted(`${line}${plainLine(clamp(error.source, 400))}`))
  }
  return blocks
}

function stepLines(report: Report): KnownBlock[] {
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
  const emoji = nodeEmoji[node.status]
  switch (node.status) {
    case 'pending':
      return `${emoji} ${name}`
    case 'running':
      return `${emoji} ${name} – running${attempt(node)}`
    case 'waiting':
      return `${emoji} ${name} – ${waiting(node.waitingFor)}`
    case 'succeeded':
      return `${emoji} ${name} – ${duration(node.durationMs)}${attempt(node)}`
    case 'failed':
      return `${node.handled ? ':warning:' : emoji} ${name} – failed after ${duration(node.durationMs)}${attempt(node)}${node.handled ? ', handled' : ''}`
    case 'cancelled':
      return `${emoji} ${name} – stopped after ${duration(node.durationMs)}`
    case 'skipped':
      return `${emoji} ${name} – skipped: ${escapeLine(clamp(node.reason, 200))}`
  }
}

function attempt(node: { attempts: number }): string {
  return node.attempts > 1 ? `, attempt ${node.attempts}` : ''
}
