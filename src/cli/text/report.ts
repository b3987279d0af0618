// A report as text for the terminal: what happened, node by node. `--json` has all of it.
import {
  isFinished,
  type NodeResult,
  type Printed,
  type Report,
  type ReportError,
} from '../../engine/report.ts'
import { duration, indent, line, plural, status, table, time, visible } from './table.ts'

/** Lines of printed text that are shown of one node. */
const MAX_PRINTED = 20

export function reportText(report: Report): string {
  const took = isFinished(report) ? ` in ${duration(report.durationMs)}` : ''
  const inputs = Object.entries(report.inputs).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const parts = [
    `${status(report.status)}${took}: ${line(report.workflow.name)} (${report.workflow.id}, version ${report.version.number})`,
    table(
      [
        ['Execution:', report.id],
        ['Started:', `${time(report.createdAt)} by ${line(report.startedBy.name)} (${report.trigger.type})`],
        ['Inputs:', line(inputs.join(' '))],
        [
          'Stopped:',
          report.status === 'cancelled' ? line(`by ${report.cancelledBy.name} ${report.reason ?? ''}`) : '',
        ],
      ].filter(([, value]) => value !== ''),
    ),
    nodesText(report.nodes),
    // Errors of a node stand with the node.
    report.errors
      .filter((error) => error.node === undefined)
      .map(errorText)
      .join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function nodesText(nodes: NodeResult[]): string {
  const heads = table(nodes.map((node) => [`  ${status(node.status)}`, node.name, ...remarks(node)])).split(
    '\n',
  )
  return nodes
    .flatMap((node, index) => [heads[index] ?? '', ...details(node).map((detail) => indent(detail))])
    .join('\n')
}

function remarks(node: NodeResult): string[] {
  if (node.status === 'skipped') return ['', line(node.reason)]
  const tries = 'attempts' in node && node.attempts > 1 ? plural(node.attempts, 'attempt') : ''
  const kept = node.status === 'succeeded' && node.kept ? 'kept from the execution before' : ''
  return ['durationMs' in node ? duration(node.durationMs) : '', tries, kept]
}

function details(node: NodeResult): string[] {
  const lines: string[] = []
  if ('items' in node && node.items) {
    const { total, succeeded, failed } = node.items
    lines.push(`${plural(total, 'item')}: ${succeeded} succeeded, ${failed} failed`)
  }
  if ('printed' in node) lines.push(...printedText(node.printed))
  if (node.status === 'succeeded' && node.role === 'action' && node.output !== null) {
    lines.push(`output: ${line(JSON.stringify(node.output), 200)}`)
  }
  if (node.status === 'failed') lines.push(errorText(node.error))
  if (node.status === 'waiting') lines.push(line(waitingText(node.waitingFor)))
  return lines
}

function printedText(printed: Printed[]): string[] {
  // What was logged is a line each; what was printed comes as it was written, in pieces.
  const text = printed.map(({ stream, text }) => (stream === 'log' ? `${text.trimEnd()}\n` : text)).join('')
  const lines = visible(text).trimEnd().split('\n')
  if (text.trim() === '') return []
  const cut =
    lines.length > MAX_PRINTED ? [`… ${plural(lines.length - MAX_PRINTED, 'line')} more, see --json`] : []
  return [...lines.slice(0, MAX_PRINTED).map((one) => `| ${[...one].slice(0, 300).join('')}`), ...cut]
}

function waitingText(waitingFor: Extract<NodeResult, { status: 'waiting' }>['waitingFor']): string {
  switch (waitingFor.kind) {
    case 'time':
      return `until ${time(waitingFor.until)}`
    case 'person':
      return `for a decision: ${waitingFor.what}`
    case 'retry':
      return `for attempt ${waitingFor.attempt} at ${time(waitingFor.until)}`
    case 'execution':
      return `for execution ${waitingFor.executionId}`
  }
}

function errorText({ code, message, hint, file, line: number, source }: ReportError): string {
  const place = file === undefined ? '' : `\n  ${file}${number === undefined ? '' : `:${number}`}`
  const text = source === undefined ? '' : `: ${source.trim()}`
  return visible(`${code} – ${message}${place}${text}${hint ? `\n  Hint: ${hint}` : ''}`)
}
