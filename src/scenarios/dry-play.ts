// Plays a workflow dry, and with it the workflows that it runs: over the same copied records, with nothing sent, answered
// from what was recorded. Keeps what they would have done, and what was taken for granted on the way.
import { httpAction } from '../actions/http.ts'
import type {
  ApprovalCard,
  HttpClient,
  OutgoingMessage,
  PythonSandbox,
  RecordStore,
  Workflows,
} from '../actions/ports.ts'
import { workflowAction } from '../actions/workflow.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import { type Action, type ActionContext, NodeFailure } from '../engine/action.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import type { Actor, FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { startInputs } from '../triggers/start-inputs.ts'
import type { AnswersToCard } from './approvals.ts'
import { type Busy, capturingMessenger } from './capture.ts'
import {
  answerTo,
  approvalsFor,
  executionsLookedAt,
  formAnswers,
  type RecordedOutputs,
  recordedOutputs,
} from './dry-answers.ts'
import { type Touched, TouchedRecords } from './dry-records.ts'
import {
  endingAt,
  handlesFailure,
  isUnanswerable,
  notAskedCode,
  notFilledIn,
  notOnRecord,
} from './dry-stops.ts'
import { answerBorrowed, approvalTaken, leftOut, waitPassed } from './dry-words.ts'
import { namedSecrets, play } from './play.ts'
import { type Changes, CopiedRecords } from './records.ts'
import type { PastExecution } from './replay.ts'
import { triggerOf } from './run.ts'

/** What a dry run asks of the rest of the bot. */
export interface DryRunPorts {
  /**
   * The version of a workflow that would run now as a part of another, so many levels down. Rejects as its start would:
   * `workflow.unknown`, `workflow.broken`, `workflow.not_active`, `workflow.not_manual`, `workflow.locked`,
   * `workflow.deactivated`, `workflow.too_deep`.
   */
  subWorkflow(workflowId: string, depth: number): Promise<Version>
  /** Real executions that have ended, newest first. */
  latest(workflowId: string, limit: number): AsyncIterable<PastExecution>
  /** Whether requests could use a secret of this name. */
  hasSecret(name: string): boolean
}

export interface DryPlayOptions {
  version: Version
  inputs: JsonObject
  startedBy: Actor
  /** Only read. */
  records: RecordStore
  python: PythonSandbox
  ids: Ids
  clock: Pick<Clock, 'now'>
  stopwatch(): number
  ports: DryRunPorts
  /** Whether the one who asks may know what this sub-workflow would do. */
  shows(workflowId: string): boolean
}

/** A request that was not sent. */
export interface DryRequest {
  method: string
  url: string
  body: string | null
  node: string
  /** The id of the sub-workflow that it is of. */
  workflow?: string
  answeredFrom: { executionId: string; at: string } | null
}

/** A sub-workflow that would run, as what, and where it is called. */
export interface DryCall {
  report: FinishedReport
  node: string
  calledBy: string
}

/** What sub-workflows would do is only there where it may be shown. */
export interface DryPlayed {
  report: FinishedReport
  changes: { [collection: string]: Changes }
  keyField(collection: string): string
  touched: Touched[]
  /** Questions are among them. */
  messages: OutgoingMessage[]
  questions: ReadonlyMap<OutgoingMessage, ApprovalCard>
  requests: DryRequest[]
  calls: DryCall[]
  /** In words. */
  assumed: string[]
}

/** Throws `inputs.invalid`. */
export async function dryPlay(options: DryPlayOptions): Promise<DryPlayed> {
  // That a workflow below stopped for want of an answer is no failure that the one above may deal with. Which step that
  // makes a dead end is known afterwards: then all is played once more. Each turn knows of one step more at least.
  const stops: Stops = new Map()
  for (;;) {
    const turn = new Turn(options, stops)
    const played = await turn.run()
    if (!turn.foundStop) return played
  }
}

/** Names of steps that end in a stop below, by workflow. */
type Stops = Map<string, Set<string>>

interface Part {
  version: Version
  executionId: string
  inputs: JsonObject
  /** 0 for the workflow that was asked for. */
  depth: number
  /** Milliseconds since 1970. */
  startAt: number
}

const rootId = 'dry-run'

class Turn {
  foundStop = false
  readonly #options: DryPlayOptions
  readonly #stops: Stops
  readonly #copy: CopiedRecords
  readonly #records: TouchedRecords
  readonly #messages: OutgoingMessage[] = []
  readonly #questions = new Map<OutgoingMessage, ApprovalCard>()
  /** By step and item: another attempt asks for the same once more. */
  readonly #requests = new Map<string, DryRequest>()
  readonly #calls: DryCall[] = []
  readonly #assumed = new Set<string>()
  readonly #recorded = new Map<string, Promise<RecordedOutputs>>()
  #parts = 1

  constructor(options: DryPlayOptions, stops: Stops) {
    this.#options = options
    this.#stops = stops
    this.#copy = new CopiedRecords({}, options.records)
    this.#records = new TouchedRecords(this.#copy)
  }

  async run(): Promise<DryPlayed> {
    const { version, inputs, clock } = this.#options
    const report = await this.#play({ version, inputs, executionId: rootId, depth: 0, startAt: clock.now() })
    const shown = (workflowId = report.workflow.id) => this.#shows(workflowId)
    return {
      report,
      changes: this.#copy.changes(),
      keyField: (collection) => this.#copy.keyField(collection) ?? 'id',
      touched: this.#records.all().map((one) => ({ ...one, by: one.by.filter(shown) })),
      messages: this.#messages.filter(({ origin }) => shown(origin.workflowId)),
      questions: this.#questions,
      requests: [...this.#requests.values()].filter(({ workflow }) => shown(workflow)),
      calls: this.#calls.filter(({ report: { workflow } }) => shown(workflow.id)),
      assumed: [...this.#assumed],
    }
  }

  #shows(workflowId: string): boolean {
    const { version, shows } = this.#options
    return workflowId === version.definition.metadata.id || shows(workflowId)
  }

  /** Throws `inputs.invalid`. */
  async #play({ version, executionId, inputs, depth, startAt }: Part): Promise<FinishedReport> {
    const { definition } = version
    const { id } = definition.metadata
    const recorded = await this.#recordedOf(version)
    const byName = new Map(definition.nodes.map((node) => [node.name, node]))
    const endsAt = (name: string) => {
      const node = byName.get(name)
      return this.#stops.get(id)?.has(name) || (node !== undefined && isUnanswerable(node, recorded))
    }
    const trigger = triggerOf(version, undefined)
    const { report } = await play({
      version: { ...version, definition: endingAt(definition, endsAt) },
      python: this.#options.python,
      playId: `dry run ${this.#options.ids.execution()}`,
      executionId,
      records: this.#records.for(id),
      trigger,
      inputs: startInputs(definition, trigger, inputs, this.#copy),
      startedBy: this.#options.startedBy,
      startAt,
      answers: { http: [], workflows: {}, approvals: this.#approving(byName, recorded) },
      outside: (_deeds, clock, busy) => ({
        messenger: capturingMessenger(this.#messages),
        action: (action) => this.#dry(action, { version, depth, recorded, clock, busy }),
      }),
      stopwatch: this.#options.stopwatch,
    })
    for (const node of report.nodes)
      if (node.type === 'wait' && node.status === 'succeeded' && node.durationMs > 0)
        this.#assume(executionId, id, waitPassed(node.name, node.durationMs))
    return report
  }

  /** Read once for each version, when it is first played. */
  #recordedOf({ hash, definition }: Version): Promise<RecordedOutputs> {
    const known = this.#recorded.get(hash)
    if (known) return known
    const { id } = definition.metadata
    const fresh = recordedOutputs(definition, () => this.#options.ports.latest(id, executionsLookedAt))
    this.#recorded.set(hash, fresh)
    return fresh
  }

  #assume(executionId: string, workflowId: string, what: string): void {
    if (executionId === rootId) this.#assumed.add(what)
    else if (this.#shows(workflowId)) this.#assumed.add(`${what.replace(/\.$/, '')} (in "${workflowId}").`)
  }

  // ---- People -------------------------------------------------------------------------------------------------

  #approving(nodes: ReadonlyMap<string, WorkflowNode>, recorded: RecordedOutputs): AnswersToCard {
    return (card) => {
      const { origin, rules } = card
      const message = this.#messages.findLast(
        (one) =>
          one.origin.executionId === origin.executionId &&
          one.origin.node === origin.node &&
          one.text === card.text,
      )
      if (message) this.#questions.set(message, card)
      const node = nodes.get(origin.node)
      const record = recorded.get(origin.node)
      const form = node && formAnswers(node, record)
      if (!form) throw notFilledIn(Object.keys(rules.form))
      const approvals = approvalsFor(card, this.#options.startedBy, form)
      const how = { count: approvals.length, form, from: record?.executionId }
      this.#assume(origin.executionId, origin.workflowId, approvalTaken(card, how))
      return approvals
    }
  }

  // ---- Services and other workflows ---------------------------------------------------------------------------

  #dry(action: Action, around: Around): Action {
    if (action.type === 'http')
      return { ...action, run: (node, context) => this.#http(node, context, around).run(node, context) }
    if (action.type === 'workflow')
      return { ...action, run: (node, context) => this.#workflow(node, context, around) }
    return action
  }

  #http(node: WorkflowNode, context: ActionContext, { version, recorded }: Around): Action {
    const { execution, each } = context
    const workflowId = version.definition.metadata.id
    const record = recorded.get(node.name)
    const http: HttpClient = {
      send: async ({ method, url, body }) => {
        const known = record && answerTo(record, each?.index)
        const place = JSON.stringify([execution.id, node.name, each?.index ?? null])
        this.#requests.set(place, {
          ...{ method, url, body, node: node.name },
          ...(execution.id === rootId ? {} : { workflow: workflowId }),
          answeredFrom: record && known ? { executionId: record.executionId, at: record.at } : null,
        })
        if (!record || !known) throw notOnRecord()
        if (known.stray) this.#assume(execution.id, workflowId, answerBorrowed(node.name, record.executionId))
        return known.answer
      },
    }
    // A secret that nobody has set shows; one that is set does not.
    const get = (name: string) => (this.#options.ports.hasSecret(name) ? namedSecrets.get(name) : undefined)
    return httpAction({ http, secrets: { ...namedSecrets, get } })
  }

  async #workflow(node: WorkflowNode, context: ActionContext, { version, depth, clock, busy }: Around) {
    const reports = new Map<string, Promise<FinishedReport>>()
    let ended: FinishedReport | undefined
    const workflows: Workflows = {
      start: async ({ workflowId, inputs }) => {
        const below = depth + 1
        const called = await busy.during(() => this.#options.ports.subWorkflow(workflowId, below))
        // Refused here, before it counts as started.
        startInputs(called.definition, triggerOf(called, undefined), inputs, this.#copy)
        if (!this.#shows(workflowId)) this.#assumed.add(leftOut)
        const executionId = `${rootId}-${++this.#parts}`
        const part = { version: called, executionId, inputs, depth: below, startAt: clock.now() }
        const report = busy.during(() => this.#play(part))
        report.catch(() => undefined)
        reports.set(executionId, report)
        return executionId
      },
      result: async (executionId, signal) => {
        ended = await reports.get(executionId)
        if (!ended) throw new WorkflowError('execution.unknown', `There is no execution "${executionId}".`)
        this.#calls.push({ report: ended, node: node.name, calledBy: version.definition.metadata.id })
        await clock.sleep(ended.durationMs, signal)
        return ended
      },
    }
    try {
      return await workflowAction({ workflows }).run(node, context)
    } catch (thrown) {
      const why = ended?.errors.find(({ code }) => code === notAskedCode) ?? ended?.errors[0]
      if (!(thrown instanceof NodeFailure) || !why) throw thrown
      if (ended?.success !== false || thrown.error.code !== 'workflow.child_failed') throw thrown
      // Its report is nowhere to be looked at.
      const hint = `It failed at its step "${why.node}".${why.hint ? ` ${why.hint}` : ''}`
      if (why.code !== notAskedCode) throw new NodeFailure({ ...thrown.error, hint })
      this.#stopAt(version, node.name)
      throw new NodeFailure({ code: notAskedCode, message: `"${node.workflow}": ${why.message}`, hint })
    }
  }

  #stopAt({ definition }: Version, node: string): void {
    const { id } = definition.metadata
    const known = this.#stops.get(id) ?? new Set()
    if (known.has(node) || !handlesFailure(definition, node)) return
    this.#stops.set(id, known.add(node))
    this.foundStop = true
  }
}

/** Where an action runs. */
interface Around {
  version: Version
  depth: number
  recorded: RecordedOutputs
  clock: Clock
  busy: Busy
}
