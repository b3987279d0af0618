// Keeps reports in the history to a bounded size: what is too big is replaced by a note that says how big it was and
// how it began. A cut report still has the shape of a report.
import type { FinishedReport, ItemsResult, NodeResult, Printed, ReportError } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'

export interface HistoryCaps {
  /** JSON of one node's output, of the context, of the inputs; characters. */
  valueLength: number
  /** What one node printed, in all; characters. */
  printedLength: number
  /** One message of an error; characters. */
  messageLength: number
}

export const defaultCaps: HistoryCaps = {
  valueLength: 256 * 1024,
  printedLength: 64 * 1024,
  messageLength: 8 * 1024,
}

/** How much of a cut value's JSON is shown. */
const previewLength = 1000

export function capReport(report: FinishedReport, caps: HistoryCaps): FinishedReport {
  return {
    ...report,
    inputs: capObject(report.inputs, 'inputs', caps),
    context: capObject(report.context, 'context', caps),
    ...(report.output === undefined ? {} : { output: capValue(report.output, 'result', caps) }),
    nodes: report.nodes.map((node) => capNode(node, caps)),
    errors: report.errors.map((error) => capError(error, caps)),
  }
}

function capNode(node: NodeResult, caps: HistoryCaps): NodeResult {
  switch (node.status) {
    case 'pending':
    case 'skipped':
      return node
    case 'running':
    case 'waiting':
    case 'cancelled':
      return { ...node, ...capCommon(node, caps) }
    case 'succeeded':
      return { ...node, ...capCommon(node, caps), output: capValue(node.output, 'output', caps) }
    case 'failed':
      return { ...node, ...capCommon(node, caps), error: capError(node.error, caps) }
  }
}

function capCommon({ printed, items }: { printed: Printed[]; items?: ItemsResult }, caps: HistoryCaps) {
  const shown = items?.shown.map((item) =>
    'error' in item ? { ...item, error: capError(item.error, caps) } : item,
  )
  return { printed: capPrinted(printed, caps), ...(items && shown ? { items: { ...items, shown } } : {}) }
}

function capValue(value: Json, what: string, caps: HistoryCaps): Json {
  const json = JSON.stringify(value)
  if (json.length <= caps.valueLength) return value
  return note(json, what, caps)
}

function capObject(value: JsonObject, what: string, caps: HistoryCaps): JsonObject {
  const json = JSON.stringify(value)
  return json.length <= caps.valueLength ? value : note(json, what, caps)
}

function note(json: string, what: string, caps: HistoryCaps): JsonObject {
  return {
    cut: `The ${what} had ${json.length} characters of JSON; the history keeps at most ${caps.valueLength}.`,
    length: json.length,
    begins: json.slice(0, previewLength),
  }
}

function capPrinted(printed: Printed[], caps: HistoryCaps): Printed[] {
  const total = printed.reduce((sum, { text }) => sum + text.length, 0)
  if (total <= caps.printedLength) return printed
  const kept: Printed[] = []
  let room = caps.printedLength
  for (const part of printed) {
    if (room <= 0) break
    kept.push({ ...part, text: part.text.slice(0, room) })
    room -= part.text.length
  }
  const lost = total - caps.printedLength
  return [
    ...kept,
    { stream: 'log', text: `… ${lost} more characters were printed; the history does not keep them.` },
  ]
}

function capError(error: ReportError, caps: HistoryCaps): ReportError {
  if (error.message.length <= caps.messageLength) return error
  const lost = error.message.length - caps.messageLength
  return {
    ...error,
    message: `${error.message.slice(0, caps.messageLength)} … (${lost} more characters are not kept)`,
  }
}
