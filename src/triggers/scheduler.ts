// Starts workflows when their time has come. It follows the workflows in service, starts each time once, and remembers
// up to when it has kept its schedules, so that it knows after a restart what was missed.
import type { KnownRecords } from '../definition/inputs.ts'
import type { Version } from '../definition/schema.ts'
import type { Clock, StartRequest } from '../engine/ports.ts'
import type { Actor } from '../engine/report.ts'
import { type ErrorInfo, WorkflowError } from '../errors.ts'
import { type CronTime, lastUntil, nextAfter } from './cron.ts'
import type { ScheduleNode } from './schedule.ts'
import { startInputs } from './start-inputs.ts'

/** Up to when a schedule was kept, by these times. With other times it begins anew. */
export interface ScheduleMark extends CronTime {
  /** ISO 8601. */
  upTo: string
}

/** What became of a time that did not start its workflow. */
export interface UnkeptTime {
  workflowId: string
  node: string
  /** ISO 8601: the time that it was about. */
  at: string
  actor: Actor
  /** Why nothing was started; undefined for a time that was missed while the bot was down. */
  error: ErrorInfo | undefined
}

export interface SchedulerPorts {
  clock: Clock
  /** The workflows in service. */
  versions(): Version[]
  /** Checks locks and limits like every start; see `Engine.start`. */
  start(request: StartRequest): Promise<{ executionId: string; started: boolean }>
  /** Where inputs of type `record` are looked up. */
  records: KnownRecords
  marks: {
    get(key: string): ScheduleMark | undefined
    set(key: string, mark: ScheduleMark): Promise<void>
  }
  /** A time went by without a start, with a reason that people should find somewhere. */
  unkept(time: UnkeptTime): Promise<void>
  /** A mistake of ours, or a mark that could not be kept. */
  unexpected(thrown: unknown): void
}

export interface PlannedStart {
  workflowId: string
  node: string
  cron: string
  timezone: string
  next: Date
}

export interface Scheduler {
  /** Takes up what was missed, then keeps the time. */
  start(): void
  /** The workflows in service have changed. */
  refresh(): void
  /** When the clock starts this workflow next; undefined when it does not. */
  next(workflowId: string): Date | undefined
  /** The next start of each schedule, the soonest first. */
  list(): PlannedStart[]
  /** Resolves when no start is under way any more. */
  close(): Promise<void>
}

interface Plan extends CronTime {
  key: string
  version: Version
  node: ScheduleNode
  /** Times up to this one are dealt with. */
  upTo: number
  next: number | undefined
  /** After a failure that passes by itself: when to try again. */
  notBefore: number
}

/** So late a start still counts as on time: the bot was restarted, or the machine was busy. */
const graceMs = 2 * 60_000
/** Timers stand still while a machine sleeps, and its clock may be set: it is looked at this often. */
const longestSleepMs = 60_000
const retryMs = 30_000
const onceMs = 366 * 86_400_000
const passing = new Set(['store.disk_full', 'store.write_failed'])

export function createScheduler(ports: SchedulerPorts): Scheduler {
  const { clock, marks } = ports
  let plans = new Map<string, Plan>()
  let wake = new AbortController()
  let running: Promise<void> | undefined
  let closed = false

  function plan(): void {
    const before = plans
    plans = new Map()
    const now = clock.now()
    for (const version of ports.versions()) {
      for (const node of version.definition.nodes as ScheduleNode[]) {
        if (node.type !== 'schedule') continue
        const { cron, timezone } = node
        const key = `${version.definition.metadata.id}:${node.name}`
        const known = before.get(key) ?? marked(key)
        const same = known?.cron === cron && known.timezone === timezone
        const { upTo, notBefore } = same ? known : { upTo: now, notBefore: 0 }
        const next = nextAfter({ cron, timezone }, upTo)
        const fresh = { key, version, node, cron, timezone, upTo, next, notBefore }
        plans.set(key, fresh)
        if (!same) void remember(fresh)
      }
    }
  }

  function marked(key: string): Pick<Plan, 'cron' | 'timezone' | 'upTo' | 'notBefore'> | undefined {
    const mark = marks.get(key)
    return mark && { ...mark, upTo: Date.parse(mark.upTo), notBefore: 0 }
  }

  async function remember({ key, cron, timezone, upTo }: Plan): Promise<void> {
    try {
      await marks.set(key, { cron, timezone, upTo: new Date(upTo).toISOString() })
    } catch (thrown) {
      ports.unexpected(thrown)
    }
  }

  async function run(): Promise<void> {
    while (!closed) {
      const now = clock.now()
      for (const one of [...plans.values()]) {
        if (closed) return
        if (plans.get(one.key) !== one) continue
        if (one.next !== undefined && one.next <= now && one.notBefore <= now) await keep(one, one.next, now)
      }
      if (closed) return
      const soonest = Math.min(
        ...[...plans.values()].map((one) => Math.max(one.next ?? Infinity, one.notBefore)),
      )
      const ms = Math.min(Math.max(soonest - clock.now(), 0), longestSleepMs)
      if (ms > 0) await clock.sleep(ms, wake.signal).catch(() => undefined)
      if (wake.signal.aborted) wake = new AbortController()
    }
  }

  /** Of several times that are due the last one counts; what is too late goes by what the schedule says. */
  async function keep(one: Plan, next: number, now: number): Promise<void> {
    const at = Math.max(next, lastUntil(one, now) ?? next)
    const missed = now - at > graceMs
    if (missed && one.node.catch_up === 'skip') await tell(one, at, undefined)
    else if (!(await begin(one, at))) return
    one.upTo = at
    one.next = nextAfter(one, at)
    // What came into service meanwhile has a plan of its own, and goes on from here.
    const current = plans.get(one.key)
    if (current && current !== one && current.cron === one.cron && current.timezone === one.timezone) {
      current.upTo = one.upTo
      current.next = one.next
    }
    await remember(one)
  }

  /** Resolves `false` when the same time is to be tried again. */
  async function begin(one: Plan, at: number): Promise<boolean> {
    const { version, node, key } = one
    try {
      await ports.start({
        version,
        trigger: { node: node.name, type: node.type },
        inputs: startInputs(version.definition, node, {}, ports.records),
        startedBy: actorOf(one),
        once: { key: `schedule:${key}:${new Date(at).toISOString().slice(0, 16)}Z`, windowMs: onceMs },
      })
      return true
    } catch (thrown) {
      if (thrown instanceof WorkflowError && thrown.code === 'engine.closing') {
        // The next process takes it up.
        closed = true
        return false
      }
      if (thrown instanceof WorkflowError && passing.has(thrown.code)) {
        one.notBefore = clock.now() + retryMs
        ports.unexpected(thrown)
        return false
      }
      if (thrown instanceof WorkflowError) await tell(one, at, thrown)
      else ports.unexpected(thrown)
      return true
    }
  }

  async function tell(one: Plan, at: number, refusal: WorkflowError | undefined): Promise<void> {
    const { code, message, hint } = refusal ?? {}
    try {
      await ports.unkept({
        workflowId: one.version.definition.metadata.id,
        node: one.node.name,
        at: new Date(at).toISOString(),
        actor: actorOf(one),
        error: code && message ? { code, message, ...(hint ? { hint } : {}) } : undefined,
      })
    } catch (thrown) {
      ports.unexpected(thrown)
    }
  }

  const list = () =>
    [...plans.values()]
      .flatMap(({ version, node, cron, timezone, next }): PlannedStart[] => {
        const workflowId = version.definition.metadata.id
        return next === undefined
          ? []
          : [{ workflowId, node: node.name, cron, timezone, next: new Date(next) }]
      })
      .sort((a, b) => a.next.getTime() - b.next.getTime())

  return {
    start() {
      plan()
      running ??= run()
    },
    refresh() {
      if (!running || closed) return
      plan()
      wake.abort()
    },
    next: (workflowId) => list().find((one) => one.workflowId === workflowId)?.next,
    list,
    async close() {
      closed = true
      wake.abort()
      await running
    },
  }
}

function actorOf({ key, node }: Plan): Actor {
  return { kind: 'schedule', id: key, name: node.name }
}
