// A report for many eyes: how the execution went stays, what it worked on goes. Pure.
import type { NodeResult, Report, ReportError, WaitingFor } from '../../engine/report.ts'

/** Said wherever values were left out. */
export const hiddenNote = ':lock: Values are hidden here: this workflow keeps them out of public channels.'

/** The same report without inputs, context, outputs, printed lines and the texts of errors. */
export function withoutValues(report: Report): Report {
  const common = {
    inputs: {},
    context: {},
    nodes: report.nodes.map(nodeWithoutValues),
    errors: report.errors.map(errorWithoutValues),
  }
  switch (report.status) {
    case 'queued':
    case 'running':
      return { ...report, ...common }
    case 'waiting':
      return { ...report, ...common, waitingFor: waitWithoutValues(report.waitingFor) }
    case 'succeeded':
    case 'warning':
    case 'failed':
    case 'timed_out':
    case 'cancelled':
      return { ...report, ...common, output: undefined }
  }
}

function nodeWithoutValues(node: NodeResult): NodeResult {
  switch (node.status) {
    case 'pending':
      return node
    case 'running':
    case 'cancelled':
      return { ...node, ...ranWithoutValues(node) }
    case 'waiting':
      return { ...node, ...ranWithoutValues(node), waitingFor: waitWithoutValues(node.waitingFor) }
    case 'succeeded':
      return { ...node, ...ranWithoutValues(node), output: null }
    case 'failed':
      return { ...node, ...ranWithoutValues(node), error: errorWithoutValues(node.error) }
    case 'skipped':
      // Which condition did not hold may name what it looked at.
      return { ...node, reason: 'not needed' }
  }
}

function ranWithoutValues({ items }: Extract<NodeResult, { attempts: number }>) {
  if (!items) return { printed: [] }
  const shown = items.shown.map((item) =>
    item.status === 'failed' ? { ...item, error: errorWithoutValues(item.error) } : item,
  )
  return { printed: [], items: { ...items, shown } }
}

function errorWithoutValues({ code, node, file, line, exception }: ReportError): ReportError {
  return {
    code,
    message: 'The text of this error is hidden.',
    ...(node === undefined ? {} : { node }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(exception === undefined ? {} : { exception }),
  }
}

function waitWithoutValues(waitingFor: WaitingFor): WaitingFor {
  return waitingFor.kind === 'person' ? { ...waitingFor, what: 'a decision', decisions: [] } : waitingFor
}
