// One thread for each kind of failure in a channel: the first one stands for all, later ones are counted in its thread.
// Durable, so that neither a restart nor a thousand failures become a flood.
import type { Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import { type FinishedReport, isFinished, type Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Audience } from './audience.ts'
import { slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import { createDirectory } from './directory.ts'
import { fingerprintOf, hasFailed } from './fingerprint.ts'
import { isDirect } from './place.ts'
import type { Log, SurfaceLinks } from './ports.ts'
import { createPostOnce, tsOf } from './posting.ts'
import { renderFirstFailure, renderOwnerNote, renderRecurrence } from './render/incident.ts'

export interface Incidents {
  /** A report now stands in the message of whoever started it: if it failed, that message or its thread tells on. */
  reported(report: FinishedReport, message: { channel: string; ts: string }): void
  /** Failures that nobody in Slack waits for go to the failure channel of their workflow, else nowhere. */
  observe(report: Report): void
  /** Tells what failed while no bot was there to tell it. */
  refresh(): Promise<void>
  /** Resolves when nothing is being told. */
  idle(): Promise<void>
}

/** How often it takes until the channel hears of it again, not just the thread; and how long a silence makes it news. */
const loudCounts = [10, 100, 1000]
const silenceMs = 86_400_000
/** What failed longer ago than this is history by the time the bot is back. */
const takeUpMs = 86_400_000
const sinceKey = 'slack:failures-since'

/** What stands for a kind of failure in a channel. Times in milliseconds since 1970. */
interface Incident {
  [key: string]: Json
  ts: string
  count: number
  first: number
  last: number
}

interface Failure {
  report: FinishedReport
  /** The `ts` of the message that shows the report already. */
  own?: string
}

export function createIncidents(options: {
  clients: SlackClients
  services: Services
  audience: Audience
  links: SurfaceLinks
  clock: Clock
  log: Log
}): Incidents {
  const { clients, services, audience, links, clock, log } = options
  const postOnce = createPostOnce(clients, options)
  const directory = createDirectory(clients, clock)
  /** Failures of one kind in one channel, told one after the other; what comes in meanwhile is told together. */
  const queues = new Map<string, Failure[]>()
  const working = new Set<Promise<unknown>>()

  function definitionOf(report: Report) {
    return services.catalog.get(report.workflow.id)?.version?.definition
  }

  function background(work: Promise<unknown>): void {
    const done = work
      .catch((thrown) => log.error({ error: String(thrown) }, 'a failure could not be told'))
      .finally(() => working.delete(done))
    working.add(done)
  }

  async function tell(channel: string, failure: Failure): Promise<void> {
    const { report } = failure
    const mark = `slack:failed:${report.id}`
    if (links.get(mark) !== undefined) return
    const { key } = fingerprintOf(report)
    const id = `${channel}:${key}`
    const queue = queues.get(id)
    if (queue) {
      if (!queue.some((one) => one.report.id === report.id)) queue.push(failure)
      return
    }
    const own: Failure[] = [failure]
    queues.set(id, own)
    try {
      while (own.length > 0) {
        const batch = [...own]
        await tellBatch(channel, key, batch)
        for (const one of batch) await links.set(`slack:failed:${one.report.id}`, true)
        own.splice(0, batch.length)
      }
    } finally {
      queues.delete(id)
    }
  }

  async function tellBatch(channel: string, fingerprint: string, batch: Failure[]): Promise<void> {
    const noted = `slack:incident:${channel}:${fingerprint}`
    const [first, ...later] = batch
    if (!first) return
    const incident = links.get(noted) as Incident | undefined
    if (incident && (await recur(noted, channel, incident, batch))) return
    const ts = await open(channel, fingerprint, first)
    const at = Date.parse(first.report.endedAt)
    const opened: Incident = { ts, count: 1, first: at, last: at }
    await links.set(noted, opened)
    if (later.length > 0) await recur(noted, channel, opened, later)
  }

  /** The message that stands for this kind of failure: the report of whoever started it, or one of our own. */
  async function open(channel: string, fingerprint: string, { report, own }: Failure): Promise<string> {
    const owner = isDirect(channel) ? undefined : await ownerToTell(fingerprint, report)
    if (own !== undefined) {
      if (owner) {
        const message = async () => renderOwnerNote(owner)
        await postOnce({ to: channel, thread: own, message }, `failure-owner:${report.id}`)
      }
      return own
    }
    const message = async () =>
      renderFirstFailure(report, {
        hidden: await audience.hides(report, channel),
        ...(owner ? { owner } : {}),
      })
    return tsOf(await postOnce({ to: channel, message }, `failure:${report.id}`))
  }

  /** Once for each kind of failure; and whoever started it knows already. */
  async function ownerToTell(fingerprint: string, report: FinishedReport): Promise<string | undefined> {
    const owner = definitionOf(report)?.metadata.owner
    if (owner === undefined || !/^[UWS][A-Z0-9]{2,}$/.test(owner) || owner === report.startedBy.id)
      return undefined
    const { claimed, value } = await links.claim(`slack:failure-owner:${fingerprint}`, report.id)
    return claimed || value === report.id ? owner : undefined
  }

  /** Counts in the thread. False when the message that it belongs to is gone. */
  async function recur(noted: string, channel: string, before: Incident, batch: Failure[]): Promise<boolean> {
    const latest = batch.at(-1)?.report
    if (!latest) return true
    const count = before.count + batch.length
    const at = Date.parse(latest.endedAt)
    const broadcast =
      loudCounts.some((loud) => before.count < loud && count >= loud) || at - before.last > silenceMs
    const first = new Date(before.first).toISOString()
    const message = async () => renderRecurrence(latest, { count, fresh: batch.length, first })
    try {
      await postOnce({ to: channel, thread: before.ts, broadcast, message }, `failure:${latest.id}`)
    } catch (thrown) {
      const cause = thrown instanceof WorkflowError ? thrown.cause : thrown
      if (!['thread_not_found', 'message_not_found'].includes(slackError(cause) ?? '')) throw thrown
      return false
    }
    await links.set(noted, { ...before, count, last: Math.max(before.last, at) })
    return true
  }

  async function tellInFailureChannel(report: FinishedReport): Promise<void> {
    const to = definitionOf(report)?.settings.failure_channel
    // A part of another execution fails that one, which tells it.
    if (to === undefined || report.startedBy.kind === 'slack' || report.parent) return
    const { id } = await directory.resolve(to)
    await tell(id, { report })
  }

  return {
    reported(report, { channel, ts }) {
      if (hasFailed(report)) background(tell(channel, { report, own: ts }))
    },

    observe(report) {
      if (isFinished(report) && hasFailed(report)) background(tellInFailureChannel(report))
    },

    async refresh() {
      const now = clock.now()
      const noted = links.get(sinceKey)
      const since = Math.max(typeof noted === 'number' ? noted : now, now - takeUpMs)
      const missed: FinishedReport[] = []
      await services.history.visit({ since: new Date(since).toISOString() }, (item, report) => {
        const failed = item.status === 'failed' || item.status === 'timed_out'
        if (failed && item.startedBy.kind !== 'slack' && links.get(`slack:failed:${item.id}`) === undefined) {
          missed.push(report())
        }
      })
      for (const report of missed.reverse()) background(tellInFailureChannel(report))
      await Promise.all(working)
      await links.set(sinceKey, now)
    },

    async idle() {
      while (working.size > 0) await Promise.all(working)
    },
  }
}
