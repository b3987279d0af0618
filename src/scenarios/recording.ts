// What the report of an execution says of the outside: what services, sub-workflows and people answered, and which
// messages did not arrive. The version that ran then is answered node by node; whatever it asked on the way is what
// another version may ask, too. What nobody asked then has no answer.
import { httpAction } from '../actions/http.ts'
import type { HttpAnswer, HttpClient, HttpRequest, MessageRef, Workflows } from '../actions/ports.ts'
import { workflowAction } from '../actions/workflow.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { Clock } from '../engine/ports.ts'
import type { Decision, FinishedReport } from '../engine/report.ts'
import { type ErrorInfo, WorkflowError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import type { PlayedAnswer, PlayedAnswers } from './approvals.ts'
import { answeringWorkflows, capturingMessenger } from './capture.ts'
import { decisionsOf, type Ended, endedIn, isCut, unexpectedStatus } from './ended-nodes.ts'
import { type Deeds, namedSecrets, type Outside } from './play.ts'

type Answered = { answer: HttpAnswer } | { error: ErrorInfo }
type AskedOnce = { body: HttpRequest['body']; answered: Answered }

export class Recording {
  /** Who decided what, and how long after the question. */
  readonly approvals: PlayedAnswers
  readonly #ended: ReadonlyMap<string, Ended>
  /** What was asked of services, and answered, in this order. */
  readonly #asked = new Map<string, AskedOnce[]>()
  /** What sub-workflows were given, and what became of it. */
  readonly #called = new Map<string, Ended>()
  readonly #unreachable = new Map<string, ErrorInfo>()

  constructor(report: FinishedReport, definition: WorkflowDefinition) {
    const ended = endedIn(report)
    this.#ended = new Map(ended.map((node) => [node.name, node]))
    const groups = new Map(definition.nodes.map((node) => [node.name, groupsOf(node.approvers)]))
    this.approvals = Object.fromEntries(
      ended
        .filter(({ type }) => type === 'approval')
        .map((node) => [
          node.name,
          decisionsOf(node).map((made) => answerOf(made, node.startedAt, groups.get(node.name) ?? [])),
        ]),
    )
  }

  /** When the node of this name ran, ISO 8601; undefined when it did not run then. */
  timesOf(node: string): { startedAt: string; endedAt: string } | undefined {
    return this.#ended.get(node)
  }

  /** Answers the version that ran then. Play it first: what it asks is what others may ask. */
  original(deeds: Deeds, clock: Clock): Outside {
    const captured = capturingMessenger(deeds.messages)
    return {
      messenger: {
        post: async (message, key) => {
          const node = this.#ended.get(message.origin.node)
          if (node?.status === 'failed' && node.error.code.startsWith('notify.')) {
            this.#unreachable.set(message.to, node.error)
            throw errorOf(node.error)
          }
          const ref = await captured.post(message, key)
          return refOf(node) ?? ref
        },
      },
      action: (action) => {
        if (action.type === 'http') {
          return {
            ...action,
            run: (node, context) => {
              const answered = httpOf(this.#ended.get(node.name), context.each?.index)
              const http: HttpClient = {
                send: async (request) => {
                  deeds.requests.push(request)
                  if (!answered) throw unknownAnswer(nameOf(request))
                  const key = nameOf(request)
                  const { body } = request
                  this.#asked.set(key, [...(this.#asked.get(key) ?? []), { body, answered }])
                  return answerOrThrow(answered)
                },
              }
              return httpAction({ http, secrets: namedSecrets }).run(node, context)
            },
          }
        }
        if (action.type === 'workflow') {
          return {
            ...action,
            run: (node, context) => {
              const result = itemOf(this.#ended.get(node.name), context.each?.index)
              const workflows = this.#workflows(deeds, clock, (called) => {
                if (result) this.#called.set(called, result)
                return result
              })
              return workflowAction({ workflows }).run(node, context)
            },
          }
        }
        return action
      },
    }
  }

  /** Answers another version what was asked then, and refuses the rest: `replay.not_recorded`. */
  replayed(deeds: Deeds, clock: Clock): Outside {
    const captured = capturingMessenger(deeds.messages)
    const given = new Set<AskedOnce>()
    return {
      messenger: {
        post: async (message, key) => {
          const node = this.#ended.get(message.origin.node)
          const failure = node?.status === 'succeeded' ? undefined : this.#unreachable.get(message.to)
          if (failure) throw errorOf(failure)
          const ref = await captured.post(message, key)
          return refOf(node) ?? ref
        },
      },
      http: {
        send: async (request) => {
          deeds.requests.push(request)
          const asked = this.#asked.get(nameOf(request)) ?? []
          const alike = asked.filter(({ body }) => body === request.body)
          const isNew = (one: AskedOnce) => !given.has(one)
          // Who sends the same gets the same, and who asks more often than then the last answer once more.
          const found = alike.find(isNew) ?? alike.at(-1) ?? asked.find(isNew) ?? asked.at(-1)
          if (!found) throw unknownAnswer(nameOf(request))
          given.add(found)
          return answerOrThrow(found.answered)
        },
      },
      workflows: this.#workflows(deeds, clock, (called) => this.#called.get(called)),
    }
  }

  #workflows(deeds: Deeds, clock: Clock, resultOf: (called: string) => Ended | undefined): Workflows {
    const answering = new Map<string, Workflows>()
    return {
      start: async (request) => {
        const { workflowId, inputs } = request
        const result = resultOf(JSON.stringify([workflowId, inputs]))
        if (result?.status === 'failed' && result.error.code !== 'workflow.child_failed') {
          deeds.workflows.push({ workflow: workflowId, inputs })
          throw errorOf(result.error)
        }
        const answer = result && subWorkflowAnswer(result)
        const workflows = answeringWorkflows(
          answer ? { [workflowId]: answer } : {},
          deeds.workflows,
          clock,
          unknownAnswer,
        )
        const id = await workflows.start(request)
        answering.set(id, workflows)
        return id
      },
      result: async (executionId, signal) => {
        const found = answering.get(executionId)?.result(executionId, signal)
        if (found) return found
        throw new WorkflowError('execution.unknown', `There is no execution "${executionId}".`)
      },
    }
  }
}

/** `replay.not_recorded` */
export function unknownAnswer(what: string): WorkflowError {
  return new WorkflowError(
    'replay.not_recorded',
    `Nobody knows what ${what} would have answered: there is no answer on record.`,
    {
      hint: 'A scenario can say what it answers.',
    },
  )
}

const nameOf = ({ method, url }: HttpRequest) => `${method} ${url}`

function answerOrThrow(answered: Answered): HttpAnswer {
  if ('error' in answered) throw errorOf(answered.error)
  return answered.answer
}

function errorOf({ code, message, hint }: ErrorInfo): WorkflowError {
  return new WorkflowError(code, message, hint === undefined ? {} : { hint })
}

/** One item of a node with for_each, or the node itself; undefined when the report does not tell. */
function itemOf(result: Ended | undefined, index: number | undefined): Ended | undefined {
  if (!result || index === undefined) return result
  const { items, ...whole } = result
  const item = items?.shown.find((one) => one.index === index)
  if (item?.status === 'failed')
    return { ...whole, status: 'failed', error: item.error, handled: true } as Ended
  if (whole.status !== 'succeeded' || !Array.isArray(whole.output)) return undefined
  return { ...whole, output: whole.output[index] ?? null }
}

function httpOf(result: Ended | undefined, index: number | undefined): Answered | undefined {
  const item = itemOf(result, index)
  if (!item) return undefined
  if (item.status === 'succeeded') {
    const answer = httpAnswerOf(item.output)
    return answer && { answer }
  }
  const status = unexpectedStatus(item.error)
  return status === undefined ? { error: item.error } : { answer: { status, headers: {}, body: '' } }
}

/** The answer that a node of type `http` made its output of; undefined for anything else. */
export function httpAnswerOf(output: Json): HttpAnswer | undefined {
  if (!isJsonObject(output) || typeof output.status !== 'number' || isCut(output)) return undefined
  const { status, body = null } = output
  const headers = (isJsonObject(output.headers) ? output.headers : {}) as { [name: string]: string }
  const isText = typeof body === 'string' && !/[/+]json\b/.test(headers['content-type'] ?? '')
  return { status, headers, body: body === null ? '' : isText ? body : JSON.stringify(body) }
}

/** Undefined when the report does not tell. */
function subWorkflowAnswer(result: Ended): { output?: Json; fails?: string } | undefined {
  if (result.status === 'failed') return { fails: result.error.message }
  if (isCut(result.output)) return undefined
  return { output: isJsonObject(result.output) ? (result.output.output ?? null) : null }
}

function refOf(node: Ended | undefined): MessageRef | undefined {
  if (node?.type !== 'notify' || node.status !== 'succeeded' || !isJsonObject(node.output)) return undefined
  const { channel, messageId } = node.output
  return typeof channel === 'string' && typeof messageId === 'string' ? { channel, messageId } : undefined
}

const groupsOf = (approvers: unknown): string[] =>
  (approvers as { groups?: string[] } | undefined)?.groups ?? []

/** User groups are not in the report: whoever decided counts as a member of those that might. */
function answerOf(
  { decision, by, at, reason, form }: Decision,
  askedAt: string,
  groups: string[],
): PlayedAnswer {
  return {
    decide: decision,
    actor: by,
    groups,
    after: `${Math.max(1, Date.parse(at) - Date.parse(askedAt))}ms`,
    ...(reason === null ? {} : { reason }),
    form: form as JsonObject,
  }
}
