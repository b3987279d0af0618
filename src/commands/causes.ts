// Walks from a node to the root cause of what became of it, over the edges that were not taken. Pure.
import type { NodeResult, Report } from '../engine/report.ts'
import type { Cause, JudgedEdge } from './answers.ts'

/** What became of the node and why, in one sentence. */
export function sentenceOf(report: Report, node: NodeResult, edges: JudgedEdge[]): string {
  const name = `"${node.name}"`
  switch (node.status) {
    case 'failed':
      return `${name} failed: ${node.error.message}`
    case 'skipped':
      return `${name} was skipped: ${stopped(report) ?? node.reason}.`
    case 'cancelled':
      return `${name} was stopped: ${stopped(report) ?? 'the execution did not wait for it'}.`
    case 'waiting':
      return `${name} waits ${waitingWords(node.waitingFor)}.`
    case 'running':
      return `${name} runs now: ${ranBecause(report, node, edges)}.`
    case 'pending': {
      const before = edges.find((edge) => isOpen(edge.fromStatus))
      return before ? `${name} waits for "${before.from}".` : `The turn of ${name} has not come yet.`
    }
    case 'succeeded':
      if (node.kept) return `${name} did not run again: its output was kept${keptFrom(report)}.`
      return `${name} ran: ${ranBecause(report, node, edges)}.`
  }
}

/** From the node itself to its root cause; at least the node. `edgesInto` are asked of nodes on the way. */
export function causesOf(
  report: Report,
  node: NodeResult,
  edgesInto: (node: string) => JudgedEdge[],
): Cause[] {
  const causes: Cause[] = []
  const nodes = new Map(report.nodes.map((one) => [one.name, one]))
  for (let at: NodeResult | undefined = node; at && causes.length < nodes.size; ) {
    const edges = edgesInto(at.name)
    causes.push({
      node: at.name,
      status: at.status,
      why: sentenceOf(report, at, edges),
      ...(at.status === 'failed' ? { error: { ...at.error, node: at.name } } : {}),
      ...(at.status === 'waiting' ? { waitingFor: at.waitingFor } : {}),
    })
    const upstream = blamed(at, edges)
    at = upstream === undefined ? undefined : nodes.get(upstream)
  }
  return causes
}

/** The node in front that is to blame; undefined when this one is the root. */
function blamed({ status }: NodeResult, edges: JudgedEdge[]): string | undefined {
  if (status === 'pending') return edges.find((edge) => isOpen(edge.fromStatus))?.from
  if (status !== 'skipped') return undefined
  const open = edges.filter((edge) => edge.taken !== 'yes')
  // What broke explains more than what was only passed over.
  const failed = open.find(
    (edge) => edge.fromStatus === 'cancelled' || (edge.fromStatus === 'failed' && edge.on === 'success'),
  )
  const unended = open.find((edge) => isOpen(edge.fromStatus))
  const decided = open.find((edge) => edge.fromStatus !== 'skipped')
  const skipped = open.find((edge) => edge.fromStatus === 'skipped')
  return failed?.from ?? unended?.from ?? (decided ? undefined : skipped?.from)
}

function isOpen(status: NodeResult['status']): boolean {
  return status === 'pending' || status === 'running' || status === 'waiting'
}

function ranBecause(report: Report, node: NodeResult, edges: JudgedEdge[]): string {
  if (node.role === 'trigger') return `it started the execution, for ${report.startedBy.name}`
  if (report.rollbackOf) return `it takes back what execution ${report.rollbackOf.executionId} did`
  const taken = edges.filter((edge) => edge.taken === 'yes').map((edge) => edge.why)
  // The context as it was then is not known any more.
  return taken.length > 0 ? taken.join(', and ') : 'the conditions before it were met then'
}

function stopped(report: Report): string | undefined {
  if (report.status === 'cancelled') {
    return `the execution was cancelled by ${report.cancelledBy.name}${report.reason ? ` (${report.reason})` : ''}`
  }
  if (report.status !== 'timed_out') return undefined
  return report.errors.find((error) => error.code === 'workflow.timed_out')?.message.replace(/\.$/, '')
}

function keptFrom({ rerunOf, rollbackOf }: Report): string {
  const earlier = rerunOf?.executionId ?? rollbackOf?.executionId
  return earlier === undefined ? '' : ` from execution ${earlier}`
}

function waitingWords(waitingFor: Extract<NodeResult, { status: 'waiting' }>['waitingFor']): string {
  switch (waitingFor.kind) {
    case 'time':
      return `until ${waitingFor.until}`
    case 'person':
      return `for a decision: ${waitingFor.what}`
    case 'retry':
      return `for attempt ${waitingFor.attempt}, at ${waitingFor.until}`
    case 'execution':
      return `for execution ${waitingFor.executionId}`
    default:
      return 'for something to happen'
  }
}
