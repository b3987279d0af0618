// Plays one execution on the real engine and real Python with the outside captured: nothing leaves the process, and
// waits take no time. What it did is handed back for others to judge.
import { createActions } from '../actions/index.ts'
import type {
  HttpClient,
  HttpRequest,
  Messenger,
  OutgoingMessage,
  PythonSandbox,
  RecordStore,
  Secrets,
  Workflows,
} from '../actions/ports.ts'
import { createBuiltinHost } from '../builtins/host.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import type { Action } from '../engine/action.ts'
import { createLocalEngine } from '../engine/local.ts'
import type { Clock } from '../engine/ports.ts'
import type { Actor, FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { AnsweringPeople, type AnswersToCard, type PlayedAnswers, type Refusal } from './approvals.ts'
import {
  type Asked,
  answeringHttp,
  answeringWorkflows,
  Busy,
  capturingMessenger,
  type Unanswered,
  unansweredByScenario,
  watchedPython,
} from './capture.ts'
import { StoryClock } from './clock.ts'
import { MemoryExecutions } from './memory-store.ts'
import type { Scenario } from './schema.ts'

export interface PlayOptions {
  version: Version
  python: PythonSandbox
  /** Identifies this play for the sandbox; no two that overlap may share it. */
  playId: string
  /** What it believes to be; the same in every play by default, so that whatever derives from it is the same each time. */
  executionId?: string
  /** Written to: give it a copy. */
  records: RecordStore
  trigger: WorkflowNode
  inputs: JsonObject
  /** Values of the initial context to start with instead. */
  context?: JsonObject
  startedBy: Actor
  /** Milliseconds since 1970. */
  startAt: number
  /** What the outside answers. */
  answers: Pick<Scenario, 'workflows' | 'http'> & {
    undeliverable?: Scenario['undeliverable']
    approvals: PlayedAnswers | AnswersToCard
  }
  /** Takes the place of what `answers` say. What takes real time in it is done while `busy`, so that the clock waits. */
  outside?(deeds: Deeds, clock: Clock, busy: Busy): Outside
  /** How to say that nobody answers; by default what the scenario should say. */
  unanswered?: Unanswered
  /** Milliseconds that really pass. */
  stopwatch(): number
}

/** What a play does to the outside, kept as it happens. */
export interface Deeds {
  messages: OutgoingMessage[]
  requests: HttpRequest[]
  workflows: Asked[]
}

/** An outside that answers in another way than a scenario says it. Its ports keep the deeds. */
export interface Outside {
  messenger?: Messenger
  http?: HttpClient
  workflows?: Workflows
  /** The same action, or one around it. */
  action?(action: Action): Action
}

/** Questions to people and what is said about them are among the messages. */
export interface Played extends Deeds {
  report: FinishedReport
  /** Decisions that were refused or accepted against expectation. */
  refusals: Refusal[]
  /** How long it really took, milliseconds. */
  tookMs: number
}

/** Nothing that is played needs the real ones: a request shows the name instead. */
export const namedSecrets: Secrets = { get: (name) => `secret-${name}`, scrub: (value) => value }

/** Turns of the event loop after which nothing more happens by itself: all ports answer without real input and output. */
const quietTurns = 8

/** Rejects with what the engine cannot put into a report: a mistake of our own. */
export async function play(options: PlayOptions): Promise<Played> {
  const { version, python, playId, records, unanswered = unansweredByScenario } = options
  const { executionId = 'scenario' } = options
  const clock = new StoryClock(options.startAt)
  const busy = new Busy()
  const deeds: Deeds = { messages: [], requests: [], workflows: [] }
  const { messages, requests, workflows } = deeds
  const outside = options.outside?.(deeds, clock, busy) ?? {}
  const broken: unknown[] = []
  const messenger = outside.messenger ?? capturingMessenger(messages, options.answers.undeliverable)
  const people = new AnsweringPeople(options.answers.approvals, messenger, clock, options.startedBy)
  const actions = createActions({
    python: watchedPython(python, playId, busy),
    records,
    messenger,
    desk: people.desk,
    http: outside.http ?? answeringHttp(options.answers.http, requests, unanswered),
    secrets: namedSecrets,
    builtins: createBuiltinHost({ records, clock }),
    clock,
    workflows:
      outside.workflows ?? answeringWorkflows(options.answers.workflows, workflows, clock, unanswered),
  }).map((action) => outside.action?.(action) ?? action)
  const byType = new Map(actions.map((action) => [action.type, action]))
  const engine = createLocalEngine({
    store: new MemoryExecutions(),
    findReport: async () => undefined,
    once: { get: () => undefined, set: async () => {} },
    clock,
    ids: { execution: () => executionId },
    maxBusy: 1,
    action: (type) => byType.get(type),
    ended: () => python.release(playId),
    unexpected: (thrown) => broken.push(thrown),
  })
  people.answerTo(engine)
  const { definition } = version
  const began = options.stopwatch()
  await engine.start({
    version,
    trigger: { node: options.trigger.name, type: options.trigger.type },
    inputs: options.inputs,
    startedBy: options.startedBy,
    ...(options.context
      ? { kept: { context: { ...definition.context, ...options.context } as JsonObject, outputs: {} } }
      : {}),
  })
  const ending = engine.result(executionId)
  let ended = false
  const settle = () => {
    ended = true
  }
  ending.then(settle, settle)
  while (!ended) {
    await quiet(() => ended || busy.now)
    if (ended) break
    if (busy.now) await busy.idle()
    else if (!clock.skip())
      throw new WorkflowError('scenario.stuck', 'The execution waits for something that never comes.')
  }
  const report = await ending
  const tookMs = options.stopwatch() - began
  await engine.close()
  if (broken.length > 0) throw broken[0]
  return { report, ...deeds, refusals: people.refusals, tookMs }
}

/** Lets everything run that can run without time passing; ends early when `enough` says so. */
async function quiet(enough: () => boolean): Promise<void> {
  for (let turn = 0; turn < quietTurns && !enough(); turn++)
    await new Promise<void>((resolve) => setImmediate(resolve))
}
