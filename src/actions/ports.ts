// What actions and built-ins may ask of the outside: Python, records, and a way to tell people something.

import type { SourceLocation } from '../definition/schema.ts'
import type { Actor, Decision, DecisionRules, FinishedReport, Frame, Printed } from '../engine/report.ts'
import type { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'

// ---- Python ---------------------------------------------------------------------------------------------------

export interface PythonLimits {
  /** Wall clock, milliseconds. */
  wallMs: number
  /** CPU of the interpreter's process, milliseconds. */
  cpuMs: number
  memoryBytes: number
  /** What `print` may write in all; the rest is dropped and counted. */
  outputBytes: number
  /** The JSON of output, context and node context. */
  resultBytes: number
  resultDepth: number
  hostCalls: number
  /** What code may write to the in-memory file system. */
  fileBytes: number
}

export interface PythonRequest {
  /** Nodes of one execution may share an interpreter, never two executions. */
  executionId: string
  workflowId: string
  nodeName: string
  code: string
  source: SourceLocation
  context: JsonObject
  /** The node's own context, kept over its attempts. */
  node: JsonObject
  inputs: JsonObject
  outputs: { [node: string]: Json }
  /** The entry of the list that this run is for, when the node has `for_each`: `item` and `index` in the code. */
  each?: { item: Json; index: number }
  limits?: Partial<PythonLimits>
}

/** What a built-in answers with an error; Python code can catch it (`except RecordNotFound`). */
export interface PythonHost {
  /**
   * A built-in was called: its dotted name and its arguments by parameter name. A WorkflowError becomes a typed Python
   * exception with the same code, message and hint; anything else ends the node as `internal.unexpected`.
   */
  call(name: string, args: JsonObject): Promise<Json>
  /** Live output; the result holds it too. */
  print?(printed: Printed): void
}

export type PythonFailureCode =
  | 'python.exception'
  | 'python.syntax_error'
  | 'python.not_json'
  | 'python.timed_out'
  | 'python.out_of_memory'
  | 'python.output_limit'
  | 'python.result_limit'
  | 'python.call_limit'
  | 'python.file_limit'
  | 'python.recursion_limit'
  | 'python.cancelled'
  | 'python.crashed'
  | 'python.unavailable'

export interface PythonFailure {
  code: PythonFailureCode | (string & {})
  message: string
  hint?: string
  /** The Python type, for example `KeyError`. */
  exception?: string
  file?: string
  /** Line in `file` (the author's), 1-based. */
  line?: number
  /** The text of that line. */
  source?: string
  /** The author's own frames, outermost first. */
  frames?: Frame[]
}

export type PythonResult =
  | {
      status: 'succeeded'
      output: Json
      context: JsonObject
      node: JsonObject
      printed: Printed[]
      durationMs: number
    }
  | { status: 'failed'; error: PythonFailure; node: JsonObject; printed: Printed[]; durationMs: number }

export interface PythonSandbox {
  /** Never rejects for a mistake of the author; an abort of `signal` ends the run as `python.cancelled` within a second. */
  run(request: PythonRequest, host: PythonHost, signal?: AbortSignal): Promise<PythonResult>
  /** The execution has ended: its interpreter may be given back. Unknown ids are ignored. */
  release(executionId: string): void
  /** A syntax error, with the author's file and line, or null. */
  check(code: string, source: SourceLocation): Promise<PythonFailure | null>
  /** Resolves when the first interpreter is warm; rejects with a WorkflowError when Python had to be refused. */
  ready(): Promise<void>
  close(): Promise<void>
}

// ---- Built-ins ------------------------------------------------------------------------------------------------

export interface BuiltinParameter {
  name: string
  /** Python annotation, for the stub and the docs: `str`, `dict | None`. */
  annotation: string
  /** Left out: required. */
  default?: Json
  keywordOnly?: boolean
}

/** How one function looks from Python. The prelude, the stub for editors and the documentation derive from it. */
export interface BuiltinSpec {
  /** Dotted: `records.query`, `notify`. */
  name: string
  parameters: BuiltinParameter[]
  returns: string
  /** How the answer arrives in Python: as the JSON value, or an ISO time as an aware datetime. */
  converts?: 'datetime'
  doc: string
}

/** Python exception classes that built-ins raise, by error code; each derives from `BuiltinError`. */
export interface BuiltinErrorSpec {
  /** `RecordNotFound` */
  exception: string
  /** `records.not_found` */
  code: string
  doc: string
}

// ---- Records --------------------------------------------------------------------------------------------------

/** A record as stored. `rev` grows with each change and guards against lost updates. */
export interface StoredRecord {
  key: string
  rev: number
  value: JsonObject
}

export type RecordWrite =
  | { kind: 'insert'; collection: string; key: string; value: JsonObject }
  /** `rev` is the revision that was read; the write is refused when the record has changed since. */
  | { kind: 'update'; collection: string; key: string; rev: number; value: JsonObject }
  | { kind: 'delete'; collection: string; key: string; rev: number }

export interface RecordStore {
  /** The field that identifies a record; undefined for a collection that nobody declared (`id` then). */
  keyField(collection: string): string | undefined
  collections(): { name: string; key: string; count: number }[]
  get(collection: string, key: string): StoredRecord | undefined
  /** In order of insertion. */
  all(collection: string): Iterable<StoredRecord>
  /**
   * All writes or none, durable when resolved. A `key` that was applied before changes nothing (idempotent), so a step
   * may be repeated after a crash. Rejects `records.exists`, `records.conflict`, `records.not_found`, `store.disk_full`.
   */
  apply(key: string, writes: RecordWrite[]): Promise<void>
  /** Creates the collection with these records unless it was ever created before. Resolves whether it did. */
  seed(collection: string, keyField: string, records: JsonObject[]): Promise<boolean>
}

/** What records were before: the latest changes, each with what was there before it. */
export interface RecordsPast {
  /** Every change later than this moment (ISO 8601) is there; '' when none was ever missed. */
  since(): string
  /** Oldest first. Values are frozen. */
  changes(): Iterable<PastChange>
}

export interface PastChange {
  /** ISO 8601. */
  at: string
  /** The execution that made it, or whatever else its key of `RecordStore.apply` begins with (up to the first `/`). */
  by: string
  collection: string
  key: string
  /** What the record was; null where there was none. */
  before: StoredRecord | null
}

// ---- Other workflows ------------------------------------------------------------------------------------------

export interface Workflows {
  /**
   * Starts a workflow as a part of another, once for each `key`. Answers the id of its execution. Rejects
   * `workflow.unknown`, `workflow.broken`, `workflow.too_deep`, `inputs.invalid`, `workflow.busy`, `workflow.locked`.
   */
  start(request: {
    workflowId: string
    inputs: JsonObject
    key: string
    parent: { executionId: string; depth: number }
    startedBy: Actor
  }): Promise<string>
  /** Waits for its end. When `signal` aborts, the execution is cancelled. */
  result(executionId: string, signal: AbortSignal): Promise<FinishedReport>
}

// ---- Requests over HTTP ---------------------------------------------------------------------------------------

export interface HttpRequest {
  method: string
  /** Absolute, http or https. */
  url: string
  /** By lower-case name. */
  headers: { [name: string]: string }
  body: string | null
  /** From the first connection to the last byte, redirects included. */
  timeoutMs: number
  /** How large the answer may be, unpacked. */
  maxBytes: number
  /** How many redirects are followed. */
  redirects: number
}

export interface HttpAnswer {
  status: number
  /** By lower-case name; several of one name are joined with commas. */
  headers: { [name: string]: string }
  /** As text, in the character set that the answer names, or UTF-8. */
  body: string
}

/** How requests leave the bot. */
export interface HttpClient {
  /**
   * Answers whatever status comes back. Rejects with a WorkflowError: `http.unreachable`, `http.timeout`,
   * `http.refused_address`, `http.too_large`, `http.redirect`, `http.bad_answer`; or with the reason of `signal`.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>
}

/** What only requests may use, by name; nothing of it may be kept or shown. */
export interface Secrets {
  /** Undefined when nobody has set it. */
  get(name: string): string | undefined
  /** The same value without any secret, wherever one stands in it. */
  scrub<T extends Json>(value: T): T
}

// ---- Messages -------------------------------------------------------------------------------------------------

export type MessageButton = { label: string; style?: 'primary' | 'danger' } & (
  | { does: 'open_execution' }
  | { does: 'run_workflow'; workflowId: string; inputs?: JsonObject }
  | { does: 'acknowledge' }
  | { does: 'complete_task'; taskId: string }
  | { does: 'open_url'; url: string }
)

/** Something to tell people. Text is Slack's mrkdwn; values that came from data are already escaped in it. */
export interface OutgoingMessage {
  /** `#purchasing`, a channel id, `@ana`, or a user id (a direct message). */
  to: string
  text: string
  title?: string
  fields?: { label: string; value: string }[]
  table?: { columns: string[]; rows: string[][] }
  buttons?: MessageButton[]
  /** Where it comes from: shown small under the message, and what its buttons act on. */
  origin: { executionId: string; workflowId: string; workflowName: string; node: string }
  /** Shown small under the message in place of where it comes from; plain text. */
  footer?: string
}

/** A question to people, with Approve and Reject; the same message tells later what was decided. */
export interface ApprovalCard {
  to: string
  title: string
  text: string
  fields?: { label: string; value: string }[]
  origin: OutgoingMessage['origin']
  rules: DecisionRules
  decisions: Decision[]
  /** ISO 8601: when it expires. */
  until: string
  /** Set once it was decided: the buttons go, and the card says what became of it. */
  outcome?: 'approved' | 'rejected' | 'expired' | 'withdrawn'
}

/** Where a message stands; only the messenger looks inside. */
export interface MessageRef {
  channel: string
  messageId: string
}

export interface Messenger {
  /**
   * Posts once per `key`, also over a crash, as far as the surface can tell.
   * Rejects with a WorkflowError: `notify.channel_not_found`, `notify.not_in_channel`, `notify.archived`,
   * `notify.missing_scope`, `notify.unreachable`, …
   */
  post(message: OutgoingMessage, key: string): Promise<MessageRef>
}

/** Where people are asked for decisions. */
export interface ApprovalDesk {
  /** Posts the card once per `key`; rejects like `Messenger.post`. */
  ask(card: ApprovalCard, key: string): Promise<MessageRef>
  /** Brings a posted card up to date. A message that is gone is no error. */
  revise(ref: MessageRef, card: ApprovalCard): Promise<void>
  /** Says something in the thread of the card, once per `key`. */
  reply(ref: MessageRef, text: string, key: string): Promise<MessageRef>
}

export type { WorkflowError }
