// What a built-in is: how it looks from Python, what it takes, and what it does within one run of a code node.
import type { z } from 'zod'
import type { BuiltinErrorSpec, BuiltinSpec, OutgoingMessage } from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor, Printed } from '../engine/report.ts'
import type { Json, JsonObject } from '../json.ts'
import type { RecordSession } from './record-session.ts'

/** One run of a code node, as built-ins see it. Effects are gathered here and carried out after the code succeeded. */
export interface BuiltinSession {
  /** Identifies this run for ever; what a built-in makes up (an id) derives from it, so that a repeat makes the same. */
  key: string
  node: string
  execution: { id: string; workflow: { id: string; name: string }; startedBy: Actor }
  clock: Clock
  records: RecordSession
  messages: OutgoingMessage[]
  /** How many lines were logged. */
  logged: number
  print(printed: Printed): void
}

export interface Builtin<Args extends JsonObject = JsonObject> {
  spec: BuiltinSpec
  args: z.ZodType<Args>
  /** Throws WorkflowError for what Python code may catch. */
  call(args: Args, session: BuiltinSession): Json | Promise<Json>
}

/** A file of built-ins: functions that belong together, and the errors that they raise. */
export interface BuiltinFamily {
  builtins: Builtin[]
  errors: BuiltinErrorSpec[]
}

/** Ties the type of the arguments to their schema, and forgets it again, so that built-ins fit into one list. */
export function builtin<Args extends JsonObject>(definition: Builtin<Args>): Builtin {
  return definition as unknown as Builtin
}
