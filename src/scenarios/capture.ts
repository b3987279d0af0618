// Stands in for the outside while a scenario runs: keeps what would have been sent, and answers what the scenario says.
import type {
  HttpClient,
  HttpRequest,
  Messenger,
  OutgoingMessage,
  PythonSandbox,
  Workflows,
} from '../actions/ports.ts'
import type { Clock } from '../engine/ports.ts'
import type { FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { match } from './match.ts'
import type { HttpAnswerRule, Scenario } from './schema.ts'

/** Knows whether anything works outside the event loop, so that the clock stands still meanwhile. */
export class Busy {
  #count = 0
  #idle: (() => void)[] = []

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work()
    } finally {
      this.#count--
      if (this.#count === 0) for (const wake of this.#idle.splice(0)) wake()
    }
  }

  get now(): boolean {
    return this.#count > 0
  }

  /** Resolves when nothing works any more. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}

/** `executionId` is what the sandbox knows the execution by: unique, while scenarios all run as the same execution. */
export function watchedPython(python: PythonSandbox, executionId: string, busy: Busy): PythonSandbox {
  return {
    check: (code, source) => python.check(code, source),
    ready: () => python.ready(),
    release: () => python.release(executionId),
    close: async () => {},
    run: (request, host, signal) => busy.during(() => python.run({ ...request, executionId }, host, signal)),
  }
}

/** Rejects `notify.channel_not_found` for what is to go where no message arrives. */
export function capturingMessenger(
  sent: OutgoingMessage[],
  undeliverable: readonly string[] = [],
): Messenger {
  const known = new Map<string, number>()
  return {
    async post(message, key) {
      if (undeliverable.includes(message.to))
        throw new WorkflowError(
          'notify.channel_not_found',
          `The scenario says that nothing reaches ${message.to}.`,
        )
      const place = known.get(key) ?? sent.push(structuredClone(message))
      known.set(key, place)
      return { channel: 'C0SCENARIO', messageId: String(place) }
    },
  }
}

/** What a scenario is to say, or why nothing more can be known. */
export type Unanswered = (what: string, hint: string) => WorkflowError

/** `scenario.unanswered` */
export const unansweredByScenario: Unanswered = (what, hint) =>
  new WorkflowError('scenario.unanswered', `The scenario does not say what ${what} answers.`, { hint })

/** Nothing is really asked: the first rule that fits answers. Rejects as `unanswered` or the rule says. */
export function answeringHttp(
  rules: readonly HttpAnswerRule[],
  sent: HttpRequest[],
  unanswered: Unanswered,
): HttpClient {
  const answered = new Map<HttpAnswerRule, number>()
  return {
    async send(request) {
      sent.push(request)
      const rule = rules.find(
        (one) =>
          (one.method === undefined || one.method === request.method) &&
          match(one.url, request.url, 'url').length === 0 &&
          (answered.get(one) ?? 0) < (one.times ?? Number.POSITIVE_INFINITY),
      )
      if (!rule) {
        const { method, url } = request
        throw unanswered(
          `${method} ${url}`,
          `Add { method: ${method}, url: "${url}", json: … } to http: of the scenario.`,
        )
      }
      answered.set(rule, (answered.get(rule) ?? 0) + 1)
      if (rule.fails) throw new WorkflowError(rule.fails, `The scenario says so: ${rule.fails}.`)
      const type = rule.json === undefined ? 'text/plain; charset=utf-8' : 'application/json'
      const named = Object.entries(rule.headers).map(([name, value]) => [name.toLowerCase(), value])
      return {
        status: rule.status,
        headers: { 'content-type': type, ...Object.fromEntries(named) },
        body: rule.json === undefined ? (rule.text ?? '') : JSON.stringify(rule.json),
      }
    },
  }
}

/** A sub-workflow that was asked for. */
export interface Asked {
  workflow: string
  inputs: JsonObject
}

/** Sub-workflows are not run: the scenario says what they answer. Rejects as `unanswered` says. */
export function answeringWorkflows(
  answers: Scenario['workflows'],
  asked: Asked[],
  clock: Pick<Clock, 'now'>,
  unanswered: Unanswered,
): Workflows {
  const reports = new Map<string, FinishedReport>()
  const ids = new Map<string, string>()
  return {
    async start({ workflowId, inputs, key, parent, startedBy }) {
      const known = ids.get(key)
      if (known !== undefined) return known
      const answer = answers[workflowId]
      if (!answer) {
        throw unanswered(
          `the workflow "${workflowId}"`,
          `Add workflows: { ${workflowId}: { output: … } } to the scenario.`,
        )
      }
      asked.push({ workflow: workflowId, inputs })
      const id = `scenario-${workflowId}-${asked.length}`
      const at = new Date(clock.now()).toISOString()
      const common = {
        id,
        workflow: { id: workflowId, name: workflowId },
        version: { number: 1, hash: '' },
        trigger: { node: 'start', type: 'manual' },
        ...{ startedBy, inputs, parent, context: {}, nodes: [], createdAt: at, startedAt: at, endedAt: at },
        durationMs: 0,
      }
      const report: FinishedReport =
        answer.fails === undefined
          ? { ...common, errors: [], output: answer.output ?? null, status: 'succeeded', success: true }
          : {
              ...common,
              errors: [{ code: 'scenario.fails', message: answer.fails }],
              status: 'failed',
              success: false,
            }
      ids.set(key, id)
      reports.set(id, report)
      return id
    },
    async result(executionId) {
      const report = reports.get(executionId)
      if (report) return report
      throw new WorkflowError('execution.unknown', `There is no execution "${executionId}".`)
    },
  }
}
