// Keeps one message per execution: posts it where the execution was asked for, edits it until it is the report, and
// takes it up again after a restart. Which message belongs to which execution is durable.
import type { Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import { type FinishedReport, isFinished, type Report } from '../engine/report.ts'
import type { Json } from '../json.ts'
import type { Audience } from './audience.ts'
import type { SlackClients } from './clients.ts'
import { LiveMessage, renderLive } from './live-message.ts'
import { executionKey, type Permalinks } from './permalinks.ts'
import { type Answers, isDirect, type Place } from './place.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import type { ReportOptions } from './render/report.ts'
import { findTrace } from './traces.ts'

/** `ts` is missing while the message is being posted. */
interface Link {
  [key: string]: Json
  channel: string
  user: string
  /** Milliseconds since 1970. */
  since: number
}

const eventType = 'workflow_execution'
const unsettledKey = 'slack:unsettled'

export interface Reporter {
  /** Posts the message of an execution and follows it. A second call for the same execution does nothing. */
  follow(executionId: string, place: Place): Promise<void>
  /** Whether the execution has a message, or is about to get one. */
  has(executionId: string): boolean
  observe(report: Report): void
  /** Takes up what an earlier process left: messages that do not show the last state, and those never posted. */
  refresh(): Promise<void>
  /** Shows what is waiting at once, and resolves when it is shown. */
  flush(): Promise<void>
  close(): void
}

export interface ReporterOptions {
  clients: SlackClients
  answers: Answers
  audience: Audience
  services: Services
  links: SurfaceLinks
  permalinks: Permalinks
  clock: Clock
  log: Log
  /** The report stands in its message: told once for each execution, and once more if a crash came in between. */
  reported?(report: FinishedReport, message: { channel: string; ts: string }): void
}

export function createReporter(options: ReporterOptions): Reporter {
  const { clients, answers, audience, services, links, clock, log } = options
  const live = new Map<string, LiveMessage>()
  let writing: Promise<unknown> = Promise.resolve()

  function unsettled(): string[] {
    const ids = links.get(unsettledKey)
    return Array.isArray(ids) ? ids.map(String) : []
  }

  /** One change at a time, so that none overwrites another. */
  function noteUnsettled(change: (ids: string[]) => string[]): Promise<unknown> {
    writing = writing
      .then(() => links.set(unsettledKey, change(unsettled())))
      .catch(logFailure('unsettled messages'))
    return writing
  }

  function logFailure(what: string) {
    return (thrown: unknown) => log.error({ error: String(thrown) }, `could not keep note of ${what}`)
  }

  async function latest(executionId: string): Promise<Report | undefined> {
    return services.engine.info(executionId) ?? (await services.history.report(executionId))
  }

  function settle(executionId: string): Promise<unknown> {
    live.delete(executionId)
    return noteUnsettled((ids) => ids.filter((id) => id !== executionId))
  }

  /** Whether values stay out of the message, because many people read there; and where an earlier run is shown. */
  async function dressFor(report: Report, channel: string): Promise<ReportOptions> {
    const earlier = report.rerunOf ?? report.rollbackOf
    const before = earlier && (await options.permalinks.ofExecution(earlier.executionId))
    return { hidden: await audience.hides(report, channel), ...(before ? { before } : {}) }
  }

  function track(
    report: Report,
    channel: string,
    ts: string,
    dress: ReportOptions,
    shown?: Report,
  ): LiveMessage {
    const onSettled = (last?: FinishedReport) => {
      void settle(report.id)
      if (last) options.reported?.(last, { channel, ts })
    }
    const onClosedOff = () => void move(report.id).catch(logFailure(`the message of ${report.id}`))
    return new LiveMessage({ clients, clock, log, channel, ts, dress, onSettled, onClosedOff }, shown)
  }

  /** Its channel was archived, or the bot shut out of it: whoever asked for it is told directly. */
  async function move(executionId: string): Promise<void> {
    const link = links.get(executionKey(executionId)) as Link | undefined
    live.delete(executionId)
    if (!link || isDirect(link.channel)) {
      await settle(executionId)
      return
    }
    const { user } = link
    const since = clock.now()
    await links.set(executionKey(executionId), { channel: user, user, since })
    await post(executionId, { channel: user, user }, since)
  }

  async function post(executionId: string, place: Place, since: number): Promise<void> {
    const report = await latest(executionId)
    if (!report) return
    const posted = await answers.post(place, renderLive(report, await dressFor(report, place.channel)), {
      event_type: eventType,
      event_payload: { execution_id: executionId },
    })
    const link = { channel: posted.channel, ts: posted.ts, user: place.user, since }
    await links.set(executionKey(executionId), link).catch(logFailure('a message'))
    await adopt(executionId, posted.channel, posted.ts, report)
  }

  /** Follows a message that exists. What happened meanwhile is asked for, so that nothing is missed. */
  async function adopt(executionId: string, channel: string, ts: string, shown?: Report): Promise<void> {
    if (shown && isFinished(shown)) {
      await settle(executionId)
      options.reported?.(shown, { channel, ts })
      return
    }
    const first = shown ?? (await latest(executionId))
    if (!first) {
      await settle(executionId)
      return
    }
    const dress = await dressFor(first, channel)
    const message = live.get(executionId) ?? track(first, channel, ts, dress, shown)
    live.set(executionId, message)
    const now = await latest(executionId)
    if (now) message.push(now)
  }

  async function follow(executionId: string, place: Place): Promise<void> {
    const since = clock.now()
    const link = {
      channel: place.channel,
      user: place.user,
      since,
      ...(place.thread ? { thread: place.thread } : {}),
    }
    const { claimed } = await links.claim(executionKey(executionId), link)
    if (!claimed) return
    await noteUnsettled((ids) => [...ids, executionId])
    await post(executionId, place, since)
  }

  async function takeUp(executionId: string): Promise<void> {
    const link = links.get(executionKey(executionId)) as Link | undefined
    if (!link) return
    const { channel, user, since } = link
    const thread = typeof link.thread === 'string' ? link.thread : undefined
    const noted = typeof link.ts === 'string' ? link.ts : undefined
    const trace = { channel, thread, type: eventType, field: 'execution_id', value: executionId, since }
    const ts = noted ?? (await findTrace(clients, trace))
    if (ts === undefined) {
      await post(executionId, { channel, user, ...(thread ? { thread } : {}) }, since)
      return
    }
    if (noted === undefined) await links.set(executionKey(executionId), { channel, ts, user, since })
    await adopt(executionId, channel, ts)
  }

  return {
    follow,
    has: (executionId) => links.get(executionKey(executionId)) !== undefined,
    observe: (report) => live.get(report.id)?.push(report),

    async refresh() {
      const open = unsettled().filter((id) => !live.has(id))
      const lost = services.engine
        .running()
        .filter(
          ({ id, startedBy }) => startedBy.kind === 'slack' && links.get(executionKey(id)) === undefined,
        )
      await Promise.all([
        ...open.map((id) => takeUp(id).catch(logFailure(`the message of ${id}`))),
        // The process ended between starting and posting: where it was asked is not known, but by whom is.
        ...lost.map(({ id, startedBy }) =>
          follow(id, { channel: startedBy.id, user: startedBy.id }).catch(logFailure(`the message of ${id}`)),
        ),
      ])
    },

    async flush() {
      for (const message of live.values()) message.hurry()
      await Promise.all([...live.values()].map((message) => message.idle()))
      await writing
    },

    close() {
      for (const message of live.values()) message.close()
    },
  }
}
