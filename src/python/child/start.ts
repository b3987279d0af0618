// What the bot tells a new process before anything else.
import type { BuiltinErrorSpec, BuiltinSpec } from '../../actions/ports.ts'

export interface Start {
  /** Folder of the pyodide package, with a slash at its end. */
  pyodideDir: string
  /** A memory snapshot to start from; its SHA-256 is checked against the very bytes that are loaded. */
  snapshot: { path: string; sha256: string } | null
  /** Send a memory snapshot before `ready`; only for a cold start. */
  makeSnapshot: boolean
  builtins: BuiltinSpec[]
  errors: BuiltinErrorSpec[]
  /** The wasm heap may never grow beyond this, whatever a run's limit says. */
  maxHeapBytes: number
  maxRssBytes: number
}

/** A run or a check as the child needs it; the whole frame goes on to Python unread. */
export interface RunLimits {
  wallMs: number
  cpuMs: number
  memoryBytes: number
  outputBytes: number
  resultBytes: number
  hostCalls: number
  fileBytes: number
}

/** How a run ended as seen from outside Python, which Python cannot forge. */
export interface RunDone {
  /** The soft deadline struck. */
  interrupted: boolean
  /** How often the heap was not allowed to grow. */
  memoryRefused: number
  /** A write was refused for the quota of files. */
  filesRefused: boolean
  /** Bytes of output dropped. */
  droppedBytes: number
  /** A host call was refused for their limit. */
  callsRefused: boolean
  /** The interpreter can be reset in place. */
  reusable: boolean
  /** The stack of JavaScript was exhausted: a recursion that Python did not see. */
  overflowed: boolean
  /** The result was larger than allowed. */
  resultRefused: boolean
  durationMs: number
}
