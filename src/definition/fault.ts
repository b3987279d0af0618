// What is wrong with a workflow file, said so that its author finds the place at once.
import type { ErrorInfo } from '../errors.ts'

export interface Fault extends ErrorInfo {
  /** Path as people know it, relative to the project. */
  file: string
  /** 1-based; 1 when the fault belongs to the whole file. */
  line: number
  /** 1-based. */
  column?: number
  /** The node or edge that is meant, in words: `node "notify buyers"`, `edge 3`. */
  subject?: string
  /** Dotted path of the field inside the file: `nodes[2].channel`. */
  field?: string
}

/** `workflow.unknown_node – workflows/x/workflow.yaml:31, edge 3: leads to "notfy". Hint: did you mean "notify"?` */
export function describeFault(fault: Fault): string {
  const subject = fault.subject ? `, ${fault.subject}` : ''
  const field = fault.field ? ` (${fault.field})` : ''
  const hint = fault.hint ? ` Hint: ${fault.hint}` : ''
  return `${fault.code} – ${fault.file}:${fault.line}${subject}${field}: ${fault.message}${hint}`
}
