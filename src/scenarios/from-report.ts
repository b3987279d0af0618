// Makes a scenario of an execution that was: what it was given, what the outside answered, what came out. Pure; what
// goes into it besides is found out by saving.ts.
import { stringify } from 'yaml'
import type { WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'
import type { Decision, FinishedReport, ReportError } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { decisionsOf, type Ended, endedIn, isCut, unexpectedStatus } from './ended-nodes.ts'
import type { Masker } from './mask.ts'

/** What a report does not hold. */
export interface Besides {
  mask: Masker
  description: string
  /** What each collection starts with, as it stands in a scenario. */
  records: { [collection: string]: Json }
  /** Where no message arrived. */
  undeliverable: readonly string[]
  /**
   * What is expected of the outputs of nodes, masked already. When left out, times, ids and the like, which differ each
   * time, may be anything.
   */
  outputs?: { [node: string]: Json }
}

/** Throws `scenario.not_repeatable` for what cannot be told as a scenario. */
export function requireRepeatable(report: FinishedReport): void {
  const refuse = (what: string, hint: string) => {
    throw new WorkflowError('scenario.not_repeatable', `There is no scenario of ${what}.`, { hint })
  }
  if (report.rollbackOf) refuse('a rollback', 'Save one that ran to its end.')
  if (report.status === 'cancelled')
    refuse('an execution that was cancelled', 'Save one that ran to its end.')
  if (isCut(report.inputs))
    refuse('an execution whose inputs were too large to be kept', 'Save one with smaller inputs.')
}

/** Those whose names and ids a scenario does not tell. */
export function peopleIn(report: FinishedReport): Decision['by'][] {
  const decided = endedIn(report).flatMap((node) => decisionsOf(node).map(({ by }) => by))
  return [report.startedBy, ...decided].filter(({ kind }) => kind === 'slack')
}

/** What came out of each node that succeeded; without what the history holds no more than the beginning of. */
export function outputsIn(report: FinishedReport): [node: string, output: Json][] {
  return endedIn(report).flatMap((node): [string, Json][] =>
    node.status === 'succeeded' && !isCut(node.output) ? [[node.name, node.output]] : [],
  )
}

/** A scenario as it stands in scenarios.yaml, which the schema accepts; secrets and personal data are masked. */
export function scenarioFromReport(
  report: FinishedReport,
  definition: WorkflowDefinition,
  { mask, description, records, undeliverable, outputs }: Besides,
): JsonObject {
  const nodes = report.nodes.filter((node) => node.role === 'action')
  const ended = endedIn(report)
  const declared = new Map(definition.nodes.map((node) => [node.name, node]))
  const of = (type: string) =>
    ended.flatMap((result): [Ended, WorkflowNode][] => {
      const node = declared.get(result.name)
      return node?.type === type ? [[result, node]] : []
    })
  const { startedBy } = report
  return dropEmpty({
    name: `From execution ${report.id}`,
    description,
    trigger: report.trigger.node,
    by: startedBy.kind === 'slack' && isPerson(startedBy.id) ? personOf(startedBy, mask) : null,
    inputs: mask.object(report.inputs),
    now: report.startedAt,
    records,
    undeliverable: [...undeliverable],
    http: of('http').flatMap(([result, node]) => httpAnswers(result, node, mask)),
    approvals: Object.fromEntries(
      of('approval').flatMap(([result, node]) => {
        const answers = decisionsOf(result).map((one) => answerOf(one, result, node, mask))
        return answers.length > 0 ? [[node.name, answers]] : []
      }),
    ),
    workflows: Object.fromEntries(
      of('workflow').flatMap(([result, node]) => {
        const answer = subWorkflowAnswer(result, mask)
        return answer ? [[node.workflow as string, answer]] : []
      }),
    ),
    expect: {
      status: report.status,
      ...dropEmpty({
        nodes: dropEmpty({
          ran: nodes.filter(({ status }) => status === 'succeeded').map(({ name }) => name),
          skipped: nodes.filter(({ status }) => status === 'skipped').map(({ name }) => name),
          failed: nodes.filter(({ status }) => status === 'failed').map(({ name }) => name),
        }),
        outputs:
          outputs ??
          Object.fromEntries(outputsIn(report).map(([name, output]) => [name, expected(mask.value(output))])),
        errors: report.errors.map(({ code }) => code),
      }),
    },
  })
}

/** A whole scenarios.yaml with this one scenario. */
export function scenarioText(scenario: JsonObject): string {
  // An alias would tie together what only looks alike.
  return stringify({ scenarios: [scenario] }, { lineWidth: 110, aliasDuplicateObjects: false })
}

const isPerson = (id: string) => /^[UW][A-Z0-9]+$/.test(id)

function personOf({ id, name }: Decision['by'], mask: Masker): JsonObject {
  return dropBlank({ id: mask.text(id), name: mask.text(name).slice(0, 100) })
}

/** User groups are not in the report: whoever decided counts as a member of those that may. */
function answerOf(
  { decision, by, at, reason, form }: Decision,
  asked: Ended,
  node: WorkflowNode,
  mask: Masker,
) {
  const groups = [...new Set(JSON.stringify(node).match(/\bS[A-Z0-9]{6,20}\b/g))]
  const seconds = Math.max(1, Math.round((Date.parse(at) - Date.parse(asked.startedAt)) / 1000))
  return dropEmpty({
    decide: decision,
    by: isPerson(by.id) ? personOf(by, mask) : null,
    groups,
    after: `${seconds}s`,
    reason: reason === null ? null : mask.text(reason).slice(0, 1000),
    form: mask.object(form),
  })
}

/** One answer for a request, one for each item of a list; the address as far as the workflow's file has it. */
function httpAnswers(result: Ended, node: WorkflowNode, mask: Masker): JsonObject[] {
  const asked = { ...(typeof node.method === 'string' ? { method: node.method } : {}), url: addressOf(node) }
  if (result.status === 'failed') return [{ ...asked, ...failure(result.error) }]
  const outputs = result.items && Array.isArray(result.output) ? result.output : [result.output]
  return outputs.flatMap((output) => {
    if (!isJsonObject(output) || typeof output.status !== 'number') return []
    const { status, headers, body = null } = mask.object(output)
    const isJson = isJsonObject(headers) && /json/.test(String(headers['content-type']))
    const content: JsonObject =
      body === null ? {} : typeof body === 'string' && !isJson ? { text: body } : { json: body }
    return [{ ...asked, status: status as number, headers: headers ?? {}, ...content, times: 1 }]
  })
}

const unanswered = [
  'http.unreachable',
  'http.timeout',
  'http.refused_address',
  'http.too_large',
  'http.bad_answer',
]

function failure(error: ReportError): JsonObject {
  if (unanswered.includes(error.code)) return { fails: error.code }
  return { status: unexpectedStatus(error) ?? 500 }
}

function addressOf({ url }: WorkflowNode): JsonObject {
  const parts = String(url).split(/\{\{.*?\}\}/s)
  return { $matches: `^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('.*')}` }
}

/** A scenario has one answer for each workflow: of several, the first. Undefined for what the history has cut. */
function subWorkflowAnswer(result: Ended, mask: Masker): JsonObject | undefined {
  if (result.status === 'failed')
    return { fails: mask.text(result.error.message).slice(0, 500) || 'It failed.' }
  if (isCut(result.output)) return undefined
  const given = Array.isArray(result.output) ? result.output.find(isJsonObject) : result.output
  const { output = null } = isJsonObject(given) ? mask.object(given) : {}
  return { output }
}

const volatileKey = /^(id|ids|uuid|ts|channel|date|etag)$|([_-]ids?|[a-z]Ids?|_at|[a-z]At)$/
const volatileText =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A value as a matcher. Fields that begin with `$` are fields here, not matchers, so such a value is meant exactly. */
export function expected(value: Json): Json {
  if (Array.isArray(value)) return value.map(expected)
  if (typeof value === 'string') return volatileText.test(value) ? { $any: true } : value
  if (!isJsonObject(value)) return value
  if (Object.keys(value).some((key) => key.startsWith('$'))) return { $exactly: value }
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      volatileKey.test(key) ? { $any: true } : expected(entry),
    ]),
  )
}

function dropBlank(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/** Without fields that say nothing: what is left out has that meaning. */
function dropEmpty(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && (typeof value !== 'object' || Object.keys(value).length > 0),
    ),
  )
}
