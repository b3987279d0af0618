// Arbitrary reports, workflows and messages, with everything in them that could break a Slack message.
import fc from 'fast-check'
import type { MessageButton, OutgoingMessage } from '../../src/actions/ports.ts'
import type { HistoryItem, WorkflowSummary } from '../../src/commands/types.ts'
import type { Fault } from '../../src/definition/fault.ts'
import { type NodeResult, type Report, reportSchema } from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'

const nasty = [
  '<!channel>',
  '<!here|here>',
  '<!subteam^S0BUYERS>',
  '<@U0ANALIMA>',
  '<https://evil.example|a link>',
  '```\nend\n```',
  '`',
  '*bold* _italic_ ~gone~',
  '& &amp; <b>',
  '\u202egnp.exe\u202c',
  'שלום עולם',
  '\u0000\u0007\u001b[31m',
  '\ud800',
  '👩‍👩‍👧‍👦',
  'Ünï¢ödé — “quotes”',
  '\r\n\r\n',
  '  ',
  '@channel @everyone #general',
  'x'.repeat(5000),
  'long words '.repeat(9000),
]

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...nasty), { maxLength: 6 }).map((parts) => parts.join(' ')),
  },
)
export const someText = text.map((value) => value || 'x')

export const time = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
export const ms = fc.integer({ min: 0, max: 400_000_000 })
export const json = fc.oneof(
  fc.constant<Json>(null),
  text.map((value): Json => value),
  fc.dictionary(text, text, { maxKeys: 4 }).map((value): Json => value),
  fc.constant<Json>({
    rows: Array.from({ length: 3000 }, (_, index) => ({ index, text: '<!channel> ```' })),
  }),
)
export const actor = fc.record({
  kind: fc.constantFrom('slack', 'api', 'cli', 'workflow', 'schedule', 'webhook'),
  id: fc.oneof(fc.constant('U0ANALIMA'), text),
  name: text,
})
export const error = fc.record(
  {
    code: fc.constant('python.exception'),
    message: text,
    hint: text,
    node: text,
    file: text,
    line: fc.integer({ min: 1, max: 9999 }),
    source: text,
    exception: text,
    frames: fc.array(
      fc.record({ file: text, line: fc.integer({ min: 1, max: 9999 }), function: text, source: text }),
      { maxLength: 12 },
    ),
  },
  { requiredKeys: ['code', 'message'] },
)
const waitingFor = fc.oneof(
  fc.record({ kind: fc.constant('time' as const), until: time }),
  fc.record({
    kind: fc.constant('person' as const),
    what: text,
    until: time,
    signal: fc.constant('decision-1'),
    rules: fc.record({
      users: fc.array(fc.oneof(fc.constant('U0ANALIMA'), text), { maxLength: 8 }),
      groups: fc.array(text, { maxLength: 2 }),
      notRequester: fc.boolean(),
      needed: fc.integer({ min: 1, max: 3 }),
      reason: fc.constantFrom('optional', 'required'),
      form: fc.constant({}),
    }),
    decisions: fc.constant([]),
  }),
  fc.record({ kind: fc.constant('retry' as const), attempt: fc.integer({ min: 2, max: 9 }), until: time }),
  fc.record({ kind: fc.constant('execution' as const), executionId: text }),
)
const printed = fc.array(fc.record({ stream: fc.constantFrom('stdout', 'stderr', 'log'), text }), {
  maxLength: 4,
})
const named = { name: someText, type: text, role: fc.constantFrom('trigger', 'action') }
const item = fc.oneof(
  fc.record({ index: fc.nat(500), status: fc.constant('succeeded'), durationMs: ms }),
  fc.record({ index: fc.nat(500), status: fc.constant('failed'), durationMs: ms, error }),
  fc.record({ index: fc.nat(500), status: fc.constant('skipped') }),
)
const items = fc.option(
  fc.record({
    total: fc.nat(500),
    succeeded: fc.nat(500),
    failed: fc.nat(500),
    shown: fc.array(item, { maxLength: 10 }),
  }),
  { nil: undefined },
)
const ran = { attempts: fc.integer({ min: 1, max: 5 }), startedAt: time, printed, items }
const ended = { ...ran, endedAt: time, durationMs: ms }

export const node = fc.oneof(
  fc.record({ ...named, status: fc.constant('pending') }),
  fc.record({ ...named, status: fc.constant('running'), ...ran }),
  fc.record({ ...named, status: fc.constant('waiting'), ...ran, waitingFor }),
  fc.record({ ...named, status: fc.constant('succeeded'), ...ended, output: json, kept: fc.boolean() }),
  fc.record({ ...named, status: fc.constant('failed'), ...ended, error, handled: fc.boolean() }),
  fc.record({ ...named, status: fc.constant('cancelled'), ...ended }),
  fc.record({ ...named, status: fc.constant('skipped'), reason: text }),
) as fc.Arbitrary<NodeResult>

/** Few nodes mostly, 40 to 500 now and then. */
const nodes = fc.oneof(
  { weight: 3, arbitrary: fc.array(node, { maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(node, { minLength: 5, maxLength: 12 }), fc.integer({ min: 40, max: 500 }))
      .map(([some, size]) =>
        Array.from({ length: size }, (_, index) => some[index % some.length] as NodeResult),
      ),
  },
)

const execution = {
  id: fc.constantFrom('1f3k9ab-x7q2m', 'x1'),
  workflow: fc.record({ id: fc.constant('reorder-check'), name: someText }),
  version: fc.record({ number: fc.integer({ min: 1, max: 999 }), hash: fc.constant('f'.repeat(64)) }),
  trigger: fc.record({ node: text, type: fc.constant('manual') }),
  startedBy: actor,
  inputs: fc.dictionary(text, text, { maxKeys: 3 }),
  context: fc.dictionary(text, json, { maxKeys: 3 }),
  nodes,
  errors: fc.array(error, { maxLength: 6 }),
  createdAt: time,
  rerunOf: fc.option(fc.record({ executionId: text, from: fc.option(text) }), { nil: undefined }),
  rollbackOf: fc.option(fc.record({ executionId: text }), { nil: undefined }),
  parent: fc.option(fc.record({ executionId: text, depth: fc.integer({ min: 1, max: 5 }) }), {
    nil: undefined,
  }),
}
const started = { ...execution, startedAt: time }
const finished = {
  ...started,
  endedAt: time,
  durationMs: ms,
  output: json,
  undoable: fc.option(fc.array(someText, { minLength: 1, maxLength: 12 }), { nil: undefined }),
}

export const report = fc.oneof(
  fc.record({ ...execution, status: fc.constant('queued'), success: fc.constant(null) }),
  fc.record({ ...started, status: fc.constant('running'), success: fc.constant(null) }),
  fc.record({ ...started, status: fc.constant('waiting'), success: fc.constant(null), waitingFor }),
  fc.record({ ...finished, status: fc.constant('succeeded'), success: fc.constant(true) }),
  fc.record({ ...finished, status: fc.constant('warning'), success: fc.constant(true) }),
  fc.record({ ...finished, status: fc.constant('failed'), success: fc.constant(false) }),
  fc.record({ ...finished, status: fc.constant('timed_out'), success: fc.constant(false) }),
  fc.record({
    ...finished,
    status: fc.constant('cancelled'),
    success: fc.constant(false),
    cancelledBy: actor,
    reason: text,
  }),
) as fc.Arbitrary<Report>

/** Holds the generator against the schema, so that it does not test what cannot be. As JSON, as reports are stored. */
export function isReport(value: unknown): boolean {
  return reportSchema.safeParse(JSON.parse(JSON.stringify(value))).success
}

export const fault = fc.record(
  {
    code: text,
    message: text,
    hint: text,
    file: text,
    line: fc.integer({ min: 1, max: 999 }),
    subject: text,
    field: text,
  },
  { requiredKeys: ['code', 'message', 'file', 'line'] },
) as fc.Arbitrary<Fault>

export const historyItem = fc.record({
  id: fc.uuid(),
  workflow: fc.record({ id: fc.constant('reorder-check'), name: someText }),
  version: fc.integer({ min: 1, max: 99 }),
  status: fc.constantFrom('running', 'succeeded', 'warning', 'failed', 'timed_out', 'cancelled'),
  startedBy: actor,
  createdAt: time,
  durationMs: fc.option(ms),
  error: text,
}) as fc.Arbitrary<HistoryItem>

export const summaries = fc
  .array(
    fc.record({
      name: someText,
      description: text,
      version: fc.option(fc.integer({ min: 1, max: 99 })),
      draft: fc.option(fc.integer({ min: 1, max: 99 })),
      deactivated: fc.boolean(),
      testing: fc.boolean(),
      faults: fc.array(fault, { maxLength: 3 }),
      running: fc.integer({ min: 0, max: 3 }),
      last: fc.option(historyItem, { nil: undefined }),
    }),
    { maxLength: 120 },
  )
  .map((all) => all.map((one, index): WorkflowSummary => ({ ...one, id: `workflow-${index}` })))

const label = text.map((value) => value.slice(0, 75) || 'Press')
const messageButton = fc.oneof(
  fc.record({ label, does: fc.constant('open_execution') }),
  fc.record({
    label,
    does: fc.constant('run_workflow'),
    workflowId: fc.constantFrom('reorder-check', 'month-end'),
    inputs: fc.dictionary(text, text, { maxKeys: 3 }),
  }),
  fc.record({ label, style: fc.constantFrom('primary', 'danger'), does: fc.constant('acknowledge') }),
  fc.record({ label, does: fc.constant('complete_task'), taskId: fc.constantFrom('t1', 't2') }),
  fc.record({ label, does: fc.constant('open_url'), url: fc.constant('https://harbour-goods.example/x') }),
) as fc.Arbitrary<MessageButton>

export const outgoing = fc.record(
  {
    to: fc.constant('#operations'),
    text,
    title: text,
    fields: fc.array(fc.record({ label: text, value: text }), { maxLength: 14 }),
    table: fc.record({
      columns: fc.array(text, { maxLength: 25 }),
      rows: fc.oneof(
        fc.array(fc.array(text, { maxLength: 25 }), { maxLength: 10 }),
        fc.constant(
          Array.from({ length: 400 }, (_, index) => [String(index), 'Café ☕', '-1.5', '<!channel>']),
        ),
      ),
    }),
    buttons: fc.array(messageButton, { maxLength: 30 }),
    origin: fc.record({
      executionId: fc.constant('x1'),
      workflowId: fc.constant('w'),
      workflowName: text,
      node: text,
    }),
  },
  { requiredKeys: ['to', 'text', 'origin'] },
) as fc.Arbitrary<OutgoingMessage>
