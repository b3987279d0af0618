// Why an execution is made to stop from outside: it was cancelled, its time was over, the bot closes, or the engine
// itself made a mistake.
import type { Actor, ReportError } from './report.ts'

export type Stop =
  | { why: 'cancelled'; by: Actor; reason?: string }
  | { why: 'timed_out'; timeoutMs: number }
  | { why: 'closing' }
  | { why: 'broken'; error: ReportError }

/** Unwinds the interpreter. It is the reason of the durable signal, and is never recorded as a failure of a node. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly stop: Stop

  constructor(stop: Stop) {
    super(`execution stopped: ${stop.why}`)
    this.stop = stop
  }
}
