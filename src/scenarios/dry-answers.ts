// What a dry run answers instead of asking: what services answered when the workflow last really ran, and what people
// filled in then.
import type { ApprovalCard, HttpAnswer } from '../actions/ports.ts'
import { checkInputs, type Inputs } from '../definition/inputs.ts'
import type { WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'
import type { Actor, NodeResult } from '../engine/report.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { isCut } from './ended-nodes.ts'
import { httpAnswerOf } from './recording.ts'
import type { PastExecution } from './replay.ts'
import type { DecisionAnswer } from './schema.ts'

/** How many executions are looked through for a good answer. */
export const executionsLookedAt = 20

/** What a step gave when it last went well. */
export interface Recorded {
  executionId: string
  /** When it had its answer, ISO 8601. */
  at: string
  output: Json
}

export type RecordedOutputs = ReadonlyMap<string, Recorded>

/** `latest` comes newest first and is read no further than needed. A step that failed then has answered nothing. */
export async function recordedOutputs(
  { nodes }: WorkflowDefinition,
  latest: () => AsyncIterable<PastExecution>,
): Promise<RecordedOutputs> {
  const found = new Map<string, Recorded>()
  const wanted = new Map(nodes.filter(asksOutside).map(({ name, type }) => [name, type]))
  if (wanted.size === 0) return found
  for await (const { report } of latest()) {
    for (const node of report.nodes) {
      if (wanted.get(node.name) !== node.type || node.status !== 'succeeded' || !isGood(node)) continue
      found.set(node.name, { executionId: report.id, at: node.endedAt, output: node.output })
      wanted.delete(node.name)
    }
    if (wanted.size === 0) break
  }
  return found
}

function asksOutside(node: WorkflowNode): boolean {
  return node.type === 'http' || missingFields(node).length > 0
}

function isGood(node: Extract<NodeResult, { status: 'succeeded' }>): boolean {
  // What a re-run kept was answered in the execution before, which comes later in the list.
  if (node.kept || isCut(node.output)) return false
  return node.type === 'http' ? answersOf(node.output).length > 0 : formOf(node.output) !== undefined
}

// ---- Services -------------------------------------------------------------------------------------------------

/** One for a step, several for one that works through a list. */
function answersOf(output: Json): HttpAnswer[] {
  return (Array.isArray(output) ? output : [output]).flatMap((one) => httpAnswerOf(one) ?? [])
}

/** `stray`: there was no such item then, or it went wrong, so that it gets the answer of another one. */
export function answerTo(
  { output }: Recorded,
  index: number | undefined,
): { answer: HttpAnswer; stray: boolean } | undefined {
  const items = Array.isArray(output)
  const own = items === (index !== undefined) ? (items ? output[index ?? 0] : output) : undefined
  const answer = own === undefined ? undefined : httpAnswerOf(own)
  if (answer) return { answer, stray: false }
  const [other] = answersOf(output)
  return other && { answer: other, stray: true }
}

// ---- People ---------------------------------------------------------------------------------------------------

/** The fields of an approval's form that nobody can leave out and that have no value yet. */
function missingFields({ type, form }: WorkflowNode): string[] {
  if (type !== 'approval') return []
  return Object.entries((form ?? {}) as Inputs)
    .filter(([, { required, default: value }]) => required && value === undefined)
    .map(([name]) => name)
}

function formOf(output: Json): JsonObject | undefined {
  if (!isJsonObject(output) || output.approved !== true || !isJsonObject(output.form)) return undefined
  return Object.keys(output.form).length > 0 ? output.form : undefined
}

/** Values for what an approval's form needs and does not fill in itself; undefined when they are not known. */
export function formAnswers(node: WorkflowNode, recorded: Recorded | undefined): JsonObject | undefined {
  const missing = missingFields(node)
  const form = recorded && formOf(recorded.output)
  const values = Object.fromEntries(
    missing.flatMap((name): [string, Json][] => {
      const value = form && Object.hasOwn(form, name) ? form[name] : undefined
      return value === undefined || value === null ? [] : [[name, value]]
    }),
  )
  // A form that asks for a record takes any: what the workflow makes of it shows.
  return checkInputs((node.form ?? {}) as Inputs, values, { get: () => ({}) }).ok ? values : undefined
}

/**
 * As many approvals as a question needs, by people who may decide it, as far as there are so many: those who are named,
 * members of the groups, anybody where nobody is named.
 */
export function approvalsFor({ rules }: ApprovalCard, requester: Actor, form: JsonObject): DecisionAnswer[] {
  const { users, groups, needed, notRequester } = rules
  const named = users.filter((id) => !notRequester || requester.kind !== 'slack' || requester.id !== id)
  const others = groups.length > 0 || users.length === 0 ? needed : 0
  const people = [
    ...named.map((id) => ({ id })),
    ...Array.from({ length: others }, (_, index) => ({ id: `${invented}${index + 1}`, name: 'somebody' })),
  ]
  return people
    .slice(0, needed)
    .map((by) => ({ decide: 'approve', by, groups, after: '1s', form: structuredClone(form) }))
}

const invented = 'U0DECIDES'

/** Whether this is nobody: the id of somebody who approves in a dry run, where it is not known who would. */
export const isInvented = (id: string) => id.startsWith(invented)
