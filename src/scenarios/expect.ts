// Judges what an execution did by what its scenario expects, and says every difference. Pure.
import { durationMs } from '../definition/duration.ts'
import {
  compileExpression,
  evaluateCondition,
  evaluateExpression,
  type Scope,
} from '../definition/expression.ts'
import { valueText } from '../definition/template.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Difference, fieldText, match, shown, unordered } from './match.ts'
import type { Played } from './play.ts'
import type { Changes, CopiedRecords } from './records.ts'
import type { Expectation, MessageExpectation, RequestExpectation } from './schema.ts'

/** What expressions of a scenario may read beside inputs, context and outputs. */
export const expressionVariables = [
  'output',
  'status',
  'nodes',
  'records',
  'created',
  'messages',
  'requests',
  'workflows',
  'errors',
  'duration_ms',
] as const

/** Everything that can be looked at afterwards, as JSON. */
export interface Outcome {
  scope: Scope
  changes: { [collection: string]: Changes }
  played: Played
}

export function outcomeOf(played: Played, records: CopiedRecords): Outcome {
  const { report, messages, requests, workflows } = played
  const changes = records.changes()
  const all = records
    .collections()
    .map(({ name }): [string, Json] => [name, [...records.all(name)].map(({ value }) => value)])
  const created = Object.entries(changes).map(([name, change]): [string, Json] => [name, change.created])
  const succeeded = report.nodes.flatMap((node): [string, Json][] =>
    node.status === 'succeeded' ? [[node.name, node.output]] : [],
  )
  const scope: Scope = {
    inputs: report.inputs,
    context: report.context,
    outputs: Object.fromEntries(succeeded),
    output: report.output ?? null,
    status: report.status,
    nodes: Object.fromEntries(report.nodes.map((node) => [node.name, node.status])),
    records: Object.fromEntries(all),
    created: Object.fromEntries(created),
    messages: messages as unknown as Json,
    requests: requests as unknown as Json,
    workflows: workflows as unknown as Json,
    errors: report.errors as unknown as Json,
    duration_ms: report.durationMs,
  }
  return { scope, changes, played }
}

export function judge(expect: Expectation, { scope, changes, played }: Outcome): Difference[] {
  const { report } = played
  const differences: Difference[] = []
  if (report.status !== expect.status) {
    const why = report.errors[0]
    const actual = why ? `${report.status}: ${why.code} – ${why.message}` : report.status
    differences.push({ at: 'status', expected: expect.status, actual })
  }
  differences.push(...judgeErrors(expect, played))
  differences.push(...judgeNodes(expect, scope.nodes as { [name: string]: string }))
  if (expect.output !== undefined) differences.push(...match(expect.output, scope.output, 'output'))
  if (expect.context !== undefined) differences.push(...match(expect.context, scope.context, 'context'))
  for (const [name, expected] of Object.entries(expect.outputs))
    differences.push(...match(expected, scope.outputs[name], `outputs${fieldText(name)}`))
  for (const [name, expected] of Object.entries(expect.records)) {
    const now = (scope.records as { [collection: string]: Json })[name]
    differences.push(...judgeRecords(name, expected, changes[name], now))
  }
  if (expect.messages)
    differences.push(...unordered(counted(expect.messages), scope.messages as Json[], 'messages'))
  if (expect.requests)
    differences.push(...unordered(counted(expect.requests), scope.requests as Json[], 'requests'))
  for (const { node, code, message, expected } of played.refusals)
    differences.push({
      at: `approvals${fieldText(node)}`,
      expected: expected ? `refused: ${expected}` : 'a decision',
      actual: code ? `refused: ${code} – ${message}` : 'it was accepted',
    })
  for (const text of expect.that) differences.push(...judgeExpression(text, scope))
  if (expect.within !== undefined && played.tookMs > durationMs(expect.within)) {
    const actual = `${(played.tookMs / 1000).toFixed(2)} s`
    differences.push({ at: 'time', expected: `at most ${valueText(expect.within)}`, actual })
  }
  return differences
}

function judgeErrors({ errors, status }: Expectation, { report }: Played): Difference[] {
  const actual = report.errors.map((error) => error.code)
  if (errors) return unordered(errors, actual, 'errors')
  // An execution that fails has errors; which ones is the scenario's to say.
  if (status !== 'succeeded' || report.status !== 'succeeded') return []
  return unordered([], actual, 'errors')
}

function judgeNodes({ nodes }: Expectation, actual: { [name: string]: string }): Difference[] {
  const wanted: [string[], string, (status: string | undefined) => boolean][] = [
    [nodes.ran, 'ran', (status) => status !== undefined && status !== 'skipped' && status !== 'pending'],
    [nodes.skipped, 'skipped', (status) => status === 'skipped'],
    [nodes.failed, 'failed', (status) => status === 'failed'],
  ]
  return wanted.flatMap(([names, expected, holds]) =>
    names
      .filter((name) => !holds(actual[name]))
      .map((name) => ({ at: `nodes${fieldText(name)}`, expected, actual: actual[name] ?? 'missing' })),
  )
}

function judgeRecords(
  name: string,
  expected: Expectation['records'][string],
  changes: Changes | undefined,
  now: Json | undefined,
): Difference[] {
  const at = `records${fieldText(name)}`
  const { created = [], changed = {}, deleted = [] } = changes ?? {}
  const differences: Difference[] = []
  if (expected.count !== undefined)
    differences.push(...match(expected.count, Array.isArray(now) ? now.length : 0, `${at}.count`))
  if (typeof expected.created === 'number') {
    if (created.length !== expected.created)
      differences.push({
        at: `${at}.created`,
        expected: `${expected.created} records`,
        actual: `${created.length}: ${shown(created)}`,
      })
  } else if (expected.created) differences.push(...unordered(expected.created, created, `${at}.created`))
  if (expected.changed) {
    differences.push(...match({ ...expected.changed }, changed, `${at}.changed`))
    for (const key of Object.keys(changed).filter((key) => !Object.hasOwn(expected.changed ?? {}, key)))
      differences.push({
        at: `${at}.changed${fieldText(key)}`,
        expected: 'no change',
        actual: shown(changed[key]),
      })
  }
  if (expected.deleted) differences.push(...unordered(expected.deleted.map(String), deleted, `${at}.deleted`))
  return differences
}

/** Each expected message or request as often as it should be there. */
function counted(expected: (MessageExpectation | RequestExpectation)[]): Json[] {
  return expected.flatMap(({ count, ...fields }) => {
    const { node, ...plain } = fields as { node?: string } & JsonObject
    const named = Object.entries(plain).filter(([, value]) => value !== undefined)
    const one = { ...Object.fromEntries(named), ...(node === undefined ? {} : { origin: { node } }) }
    return Array.from({ length: count }, () => one)
  })
}

function judgeExpression(text: string, scope: Scope): Difference[] {
  try {
    if (evaluateCondition(text, scope)) return []
    return [{ at: 'that', expected: text, actual: `not so${readValues(text, scope)}` }]
  } catch (thrown) {
    if (!(thrown instanceof WorkflowError)) throw thrown
    return [{ at: 'that', expected: text, actual: thrown.message }]
  }
}

/** `: created.orders = […]`, for whoever wonders why an expression does not hold. */
function readValues(text: string, scope: Scope): string {
  const compiled = compileExpression(text, { variables: expressionVariables })
  if (!compiled.ok) return ''
  const values = [...new Set(compiled.reads.map((read) => read.text))].slice(0, 4).map((read) => {
    try {
      return `${read} = ${shown(evaluateExpression(read, scope))}`
    } catch {
      return `${read} is missing`
    }
  })
  return values.length > 0 ? `: ${values.join(', ')}` : ''
}
