// Runs real executions once more on another version, with the outside answered from what was recorded, and says where it
// goes another way. Each execution is played on the version that ran then, too: what does not come to the same result
// there proves nothing about the other version. Nothing leaves the process, and records are copies.
import type { PythonSandbox, RecordStore, RecordsPast } from '../actions/ports.ts'
import type { Version, WorkflowNode } from '../definition/schema.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import type { Actor, FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { declaredInputs, startInputs } from '../triggers/start-inputs.ts'
import { isCut } from './ended-nodes.ts'
import { knows, PastRecords } from './past-records.ts'
import { type Outside, play } from './play.ts'
import { Recording, unknownAnswer } from './recording.ts'
import { CopiedRecords } from './records.ts'
import { comparePlays, compareWithReport, type Replayed } from './replay-compare.ts'
import type { ReplayDifference, ReplayedExecution, ReplayReport } from './replay-report.ts'

export interface ReplayProgress {
  /** Executions that are through. */
  done: number
  total: number
  different: number
}

/** An ended execution, and the version that it ran on; undefined when that is gone. */
export interface PastExecution {
  report: FinishedReport
  version: Version | undefined
}

export interface RunReplayOptions {
  /** The one to be judged. */
  version: Version
  /** Newest first, those that cannot be replayed among them. */
  executions: readonly PastExecution[]
  /** Only read. */
  records: RecordStore
  past: RecordsPast
  python: PythonSandbox
  startedBy: Actor
  ids: Ids
  clock: Clock
  /** Milliseconds that really pass, from any start: `performance.now`. */
  stopwatch(): number
  progress?: ((progress: ReplayProgress) => void) | undefined
}

/** How many differences of an execution are kept. */
const differencesShown = 10

/** Why an execution cannot be replayed, in words; undefined when it can. */
export function whyNotReplayed({ report, version }: PastExecution, past: RecordsPast): string | undefined {
  if (report.status === 'cancelled') return 'cancelled by a person'
  if (report.rollbackOf) return 'a rollback'
  if (report.rerunOf?.from) return 'a repetition from a step in the middle'
  if (!version) return 'the version that ran then is gone'
  if (isCut(report.inputs)) return 'its inputs were too large to be kept'
  if (!knows(past, report.startedAt)) return 'nobody knows the records of that time any more'
  return undefined
}

/** Differences are part of the report; rejects only with mistakes of ours. */
export async function runReplay(options: RunReplayOptions): Promise<ReplayReport> {
  const { version, clock, stopwatch, progress, past } = options
  const { metadata } = version.definition
  const startedAt = new Date(clock.now()).toISOString()
  const began = stopwatch()
  const reasons = options.executions.map((one) => ({ one, why: whyNotReplayed(one, past) }))
  const chosen = reasons.flatMap(({ one, why }) => (why === undefined ? [one] : []))
  const executions: ReplayedExecution[] = []
  for (const one of chosen) {
    executions.push(await replayOne(one, options))
    const different = executions.filter(({ outcome }) => outcome === 'different').length
    progress?.({ done: executions.length, total: chosen.length, different })
  }
  const count = (outcome: ReplayedExecution['outcome']) =>
    executions.filter((one) => one.outcome === outcome).length
  const why = reasons.flatMap((one) => one.why ?? [])
  return {
    id: options.ids.execution(),
    workflow: { id: metadata.id, name: metadata.name },
    version: { number: version.number, hash: version.hash },
    startedBy: options.startedBy,
    startedAt,
    durationMs: stopwatch() - began,
    totals: {
      executions: executions.length,
      same: count('same'),
      different: count('different'),
      unrepeatable: count('unrepeatable'),
    },
    executions,
    leftOut: [...new Set(why)].map((reason) => ({
      why: reason,
      count: why.filter((one) => one === reason).length,
    })),
  }
}

async function replayOne(
  { report, version: then }: PastExecution,
  options: RunReplayOptions,
): Promise<ReplayedExecution> {
  if (!then) throw new Error(`the version of ${report.id} is gone`)
  const result = (outcome: ReplayedExecution['outcome'], differences: ReplayDifference[] = []) => ({
    id: report.id,
    version: report.version.number,
    createdAt: report.createdAt,
    status: report.status,
    outcome,
    differences: differences.slice(0, differencesShown),
    differs: differences.length,
  })
  // Whether a step read before or after what others wrote while it ran is not on record: both are tried.
  let source: RecordedSource = { recording: new Recording(report, then.definition), moment: 'startedAt' }
  const again = () => playThen(report, then, source, options)
  let before = await again()
  const unlike = unlikeReport(report, before)
  if (unlike.length > 0) {
    source = { recording: new Recording(report, then.definition), moment: 'endedAt' }
    before = await again()
    if (unlikeReport(report, before).length > 0) return result('unrepeatable', unlike)
  }
  if ('stopped' in before) throw new Error('what was stopped is unlike any report')
  if (options.version.hash === then.hash) return result('same')

  const now = await playNow(report, then, source, options)
  if ('stopped' in now) return result('different', now.stopped)
  const differences = comparePlays(before, now)
  if (differences.length === 0) return result('same')
  // What differs between two plays of the same version is chance, not the work of the other version.
  const oncemore = await again()
  const chance = 'stopped' in oncemore ? oncemore.stopped : comparePlays(before, oncemore)
  return chance.length > 0 ? result('unrepeatable', chance) : result('different', differences)
}

type Attempt = Replayed | { stopped: ReplayDifference[] }

/** What a play is answered from. `moment`: which time of a step its records are those of. */
interface RecordedSource {
  recording: Recording
  moment: 'startedAt' | 'endedAt'
}

function unlikeReport(report: FinishedReport, attempt: Attempt): ReplayDifference[] {
  return 'stopped' in attempt ? attempt.stopped : compareWithReport(report, attempt.played)
}

/** On the version that ran then, with what it was started with. */
function playThen(
  report: FinishedReport,
  version: Version,
  recorded: RecordedSource,
  options: RunReplayOptions,
): Promise<Attempt> {
  return attempt(report, version, recorded, options, 'original', () => {
    const trigger = version.definition.nodes.find(({ name }) => name === report.trigger.node)
    if (!trigger) throw new Error(`${report.id} was started by a trigger that its version does not have`)
    return { trigger, inputs: report.inputs }
  })
}

/** On the version that is to be judged, if it can be started with the same. */
function playNow(
  report: FinishedReport,
  then: Version,
  recorded: RecordedSource,
  options: RunReplayOptions,
): Promise<Attempt> {
  const { version } = options
  return attempt(report, version, recorded, options, 'replayed', (records) => {
    const trigger = triggerLike(version, report)
    const given = withoutDefaults(report, then, version, trigger)
    return { trigger, inputs: startInputs(version.definition, trigger, given, records) }
  })
}

async function attempt(
  report: FinishedReport,
  version: Version,
  { recording, moment }: RecordedSource,
  { records: current, past, python, ids, stopwatch }: RunReplayOptions,
  side: 'original' | 'replayed',
  start: (records: CopiedRecords) => { trigger: WorkflowNode; inputs: JsonObject },
): Promise<Attempt> {
  const source = new PastRecords(current, past, { at: report.startedAt, own: report.id })
  const records = new CopiedRecords({}, source)
  try {
    const { trigger, inputs } = start(records)
    const played = await play({
      ...{ version, python, records, trigger, inputs, stopwatch },
      playId: `replay ${ids.execution()}`,
      executionId: report.id,
      startedBy: report.startedBy,
      startAt: Date.parse(report.startedAt),
      answers: { http: [], workflows: {}, approvals: recording.approvals },
      unanswered: unknownAnswer,
      outside: (deeds, clock) =>
        whileTimePasses(recording[side](deeds, clock), (node) => {
          // Of a step that did not run then the time of the play is the best that is known.
          const at = recording.timesOf(node)?.[moment] ?? new Date(clock.now()).toISOString()
          records.adopt(source.moveTo(at))
        }),
    })
    return { played, records }
  } catch (thrown) {
    if (!(thrown instanceof WorkflowError)) throw thrown
    const { code, message } = thrown
    return { stopped: [{ about: 'start', at: 'start', before: report.status, now: `${code} – ${message}` }] }
  }
}

/** Before a node runs, `reach` brings the records to where they were when it ran then. */
function whileTimePasses(outside: Outside, reach: (node: string) => void): Outside {
  return {
    ...outside,
    action(action) {
      const inner = outside.action?.(action) ?? action
      return {
        ...inner,
        run(node, context) {
          reach(node.name)
          return inner.run(node, context)
        },
      }
    },
  }
}

/** The trigger of the same name, or else of the same type. Throws `replay.no_trigger`. */
function triggerLike({ definition, number }: Version, { trigger }: FinishedReport): WorkflowNode {
  const isTrigger = ({ name }: WorkflowNode) => !definition.edges.some(({ to }) => to === name)
  const ofType = definition.nodes.filter((node) => node.type === trigger.type && isTrigger(node))
  const found = ofType.find(({ name }) => name === trigger.node) ?? ofType[0]
  if (found) return found
  throw new WorkflowError(
    'replay.no_trigger',
    `Version ${number} has no trigger of type ${trigger.type}, which started the execution.`,
  )
}

/**
 * What somebody had said then: without values that were defaults, so that those of the other version hold. A schedule
 * brings its own.
 */
function withoutDefaults(
  { inputs, trigger: started }: FinishedReport,
  then: Version,
  now: Version,
  trigger: WorkflowNode,
): JsonObject {
  if (started.type === 'schedule') return {}
  if (!declaredInputs(now.definition, trigger)) return inputs
  const before = then.definition.nodes.find(({ name }) => name === started.node) ?? trigger
  const declared = declaredInputs(then.definition, before) ?? {}
  return Object.fromEntries(
    Object.entries(inputs).filter(([name, value]) => value !== (declared[name]?.default ?? null)),
  )
}
