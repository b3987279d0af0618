// Arbitrary answers of the commands that explain and compare, with everything in them that could break a message.
import fc from 'fast-check'
import * as answers from '../../src/commands/answers.ts'
import type { CommandResult } from '../../src/commands/types.ts'
import { actor, error, historyItem, json, ms, someText, text, time } from './hostile.ts'

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const nodeStatus = fc.constantFrom(
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
)
const workflow = fc.record({ id: fc.constant('reorder-check'), name: someText })
const durations = fc.option(fc.record({ p50: ms, p95: ms }))
const beforeAfter = fc.option(fc.record({ before: ms, after: ms }))
const lines = fc.integer({ min: 1, max: 5000 })

const change = fc.record({ path: text, before: optional(json), after: optional(json), line: optional(lines) })
const changes = fc.record({ shown: fc.array(change, { maxLength: 12 }), more: fc.nat(50) })

const why = fc.record({
  execution: historyItem,
  node: someText,
  status: nodeStatus,
  summary: text,
  join: fc.constantFrom('all', 'any', 2),
  edges: fc.array(
    fc.record({
      from: someText,
      fromStatus: nodeStatus,
      on: fc.constantFrom('success', 'failure', 'always'),
      when: optional(text),
      else: fc.boolean(),
      taken: fc.constantFrom('yes', 'no', 'unknown'),
      why: text,
      values: fc.array(fc.record({ read: text, value: optional(json), late: optional(fc.boolean()) }), {
        maxLength: 9,
      }),
    }),
    { maxLength: 20 },
  ),
  causes: fc.array(fc.record({ node: someText, status: nodeStatus, why: text, error: optional(error) }), {
    minLength: 1,
    maxLength: 9,
  }),
})

const diff = fc.record({
  execution: historyItem,
  against: fc.option(historyItem),
  definition: fc.option(
    fc.record({
      from: fc.nat(99),
      to: fc.nat(99),
      known: fc.boolean(),
      changes: fc.array(
        fc.record({
          part: fc.constantFrom('metadata', 'settings', 'node', 'edge', 'order'),
          name: text,
          change: fc.constantFrom('added', 'removed', 'changed'),
          fields: changes,
        }),
        { maxLength: 20 },
      ),
    }),
  ),
  inputs: changes,
  context: changes,
  nodes: fc.array(
    fc.record({
      node: someText,
      before: fc.option(nodeStatus),
      after: fc.option(nodeStatus),
      output: changes,
      durationMs: beforeAfter,
      error: optional(error),
    }),
    { maxLength: 20 },
  ),
  durationMs: beforeAfter,
})

const n = fc.nat(100_000)
const day = fc.integer({ min: 0, max: 3000 }).map((d) => new Date(d * 86_400_000).toISOString().slice(0, 10))
export const workflowStats = fc.record({
  workflow,
  executions: n,
  succeeded: n,
  warning: n,
  failed: n,
  timedOut: n,
  cancelled: n,
  successRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  durationMs: durations,
  failures: fc.array(
    fc.record({ node: fc.option(someText), code: text, count: n, lastAt: time, lastExecutionId: fc.uuid() }),
    { maxLength: 12 },
  ),
  days: fc.array(
    fc.record({ day, executions: n, succeeded: n, failed: n, cancelled: n, durationMs: durations }),
    { maxLength: 95 },
  ),
})
const stats = fc.record({
  since: time,
  until: time,
  workflowId: optional(fc.constant('reorder-check')),
  workflows: fc.array(workflowStats, { maxLength: 30 }),
})

const rules = fc.record({
  users: fc.array(fc.oneof(fc.constant('U0ANALIMA'), text), { maxLength: 8 }),
  groups: fc.constant([]),
  notRequester: fc.boolean(),
  needed: fc.integer({ min: 1, max: 3 }),
  reason: fc.constant('optional'),
  form: fc.constant({}),
})
export const question = fc.record({
  executionId: fc.uuid(),
  workflow,
  node: someText,
  what: text,
  askedAt: time,
  until: time,
  rules,
  decisions: fc.constant([]),
})
export const lock = fc.record({
  workflowId: fc.constant('reorder-check'),
  by: actor,
  reason: text,
  since: time,
  until: time,
})
const handover = fc.record({
  since: time,
  until: time,
  pending: fc.array(question, { maxLength: 20 }),
  failing: fc.array(fc.record({ workflow, last: historyItem, failedSince: n, succeededSince: n }), {
    maxLength: 20,
  }),
  locks: fc.array(lock, { maxLength: 20 }),
  changes: fc.array(fc.record({ workflow, version: n, at: time, first: fc.boolean() }), { maxLength: 20 }),
  broken: fc.array(fc.record({ file: text, message: text }), { maxLength: 20 }),
  running: n,
  executions: fc.record({ succeeded: n, failed: n, cancelled: n }),
})

const auditEntry = fc.record({
  number: n,
  at: time,
  actor,
  action: text,
  subject: text,
  details: fc.dictionary(text, text, { maxKeys: 3 }),
  previous: fc.constant(''),
  hash: fc.constant(''),
})
const verdict = fc.oneof(
  fc.record({ ok: fc.constant(true), entries: n }),
  fc.record({ ok: fc.constant(false), line: lines, why: text }),
)

const schemas = {
  why: answers.whySchema,
  diff: answers.diffSchema,
  stats: answers.statsSchema,
  handover: answers.handoverSchema,
}
const values = { why, diff, stats, handover }

/** Whether the generators make what commands can answer: held against the schemas. As JSON, as answers travel. */
export function isAnswer(kind: keyof typeof schemas, value: unknown): boolean {
  return schemas[kind].safeParse(JSON.parse(JSON.stringify(value))).success
}
export const described = values

const of = <T extends object>(kind: string, arbitrary: fc.Arbitrary<T>) =>
  arbitrary.map((value) => ({ kind, ...value }) as unknown as CommandResult)

/** By what a reader would call it. */
export const results: { [what: string]: fc.Arbitrary<CommandResult> } = {
  'the reason why a step ran': of('why', why),
  'the changes since the last good execution': of('diff', diff),
  'the figures of workflows': of('stats', stats),
  'the handover': of('handover', handover),
  'the audit log': of(
    'audit',
    fc.record({ entries: fc.array(auditEntry, { maxLength: 60 }), search: optional(text) }),
  ),
  'the verdict on the audit log': of('audit_verified', fc.record({ verdict })),
  'the word that a message was posted': of(
    'posted',
    fc.record({
      workflow,
      to: text,
      ref: fc.constant({ channel: 'C0OPERATNS', messageId: 'C0OPERATNS:1.2' }),
    }),
  ),
  'a lock': of('locked', fc.record({ lock })),
  'the end of a lock': of('unlocked', fc.record({ lock, by: actor })),
  'open questions': of('pending', fc.record({ questions: fc.array(question, { maxLength: 40 }) })),
  'a decision': of(
    'decided',
    fc.record({
      executionId: fc.uuid(),
      node: someText,
      what: text,
      decision: fc.record({
        decision: fc.constantFrom('approve', 'reject'),
        by: actor,
        at: time,
        reason: fc.option(text),
        form: fc.constant({}),
      }),
    }),
  ),
}
