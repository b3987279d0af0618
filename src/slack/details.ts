// The Details button: a modal with everything about an execution in tabs, and the whole report as a file.
import type { SavedScenario } from '../commands/answers.ts'
import type { Clock } from '../engine/ports.ts'
import type { Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Audience } from './audience.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import { isNotThere } from './failures.ts'
import type { Answers, Place } from './place.ts'
import type { Log } from './ports.ts'
import { type DetailsPlace, renderDetails, renderLoading } from './render/details.ts'
import { escapeLine } from './render/escape.ts'
import { note } from './render/notes.ts'
import { renderReport } from './render/report.ts'
import { renderScenario } from './render/scenario.ts'

/** Slack lets a trigger open a modal for three seconds; when the report takes longer than this, a waiting view opens. */
const patienceMs = 700

export interface Details {
  /** Opens the modal; where Slack does not let us any more, the report is shown privately instead. */
  open(
    triggerId: string,
    place: Place,
    message: { channel?: string; ts?: string },
    report: Promise<Report>,
  ): Promise<void>
  /** Shows another tab of a modal that is open, with the report as it is now. */
  turn(view: { id: string; hash?: string }, place: DetailsPlace, user: string, report: Report): Promise<void>
  /**
   * Puts the report as a JSON file into the thread of its message, or into a direct message; there, too, when its
   * values are not for everybody who reads that thread.
   */
  sendFile(place: DetailsPlace, user: string, report: Report): Promise<void>
  /** Puts any other text file there. `settings`: of the workflow whose values it holds. */
  sendAny(
    place: { channel?: string; ts?: string },
    user: string,
    settings: { redact?: boolean },
    file: { filename: string; title: string; content: string },
  ): Promise<void>
  /** Puts the scenario that was made of the execution where `sendFile` puts its report, below what is to be said of it. */
  sendScenario(place: DetailsPlace, user: string, report: Report, saved: SavedScenario): Promise<void>
}

export function createDetails(options: {
  clients: SlackClients
  answers: Answers
  audience: Audience
  clock: Clock
  log: Log
}): Details {
  const { clients, answers, audience, clock, log } = options
  const { views } = clients.answers

  /** Whoever started it knows the values; everybody else finds them where fewer people read. */
  async function view(report: Report, place: Omit<DetailsPlace, 'executionId'>, user: string) {
    const own = report.startedBy.kind === 'slack' && report.startedBy.id === user
    const hidden = !own && (await audience.hides(report, place.channel))
    return renderDetails(report, place, { hidden })
  }

  async function send(
    place: { channel?: string; ts?: string },
    user: string,
    settings: { redact?: boolean },
    { note: words, ...file }: { filename: string; title: string; content: string; note: string },
  ): Promise<void> {
    const upload = (channel: string, thread: string) =>
      clients.answers.filesUploadV2({ channel_id: channel, thread_ts: thread, ...file })
    if (place.channel && place.ts && !(await audience.hides(settings, place.channel))) {
      try {
        await upload(place.channel, place.ts)
        return
      } catch (thrown) {
        if (!isNotThere(thrown)) throw thrown
      }
    }
    const posted = await answers.post({ channel: user, user }, note(words))
    await upload(posted.channel, posted.ts)
  }

  return {
    async open(triggerId, place, message, pending) {
      const stop = new AbortController()
      const early = await Promise.race([
        pending.then((report) => view(report, message, place.user)),
        clock.sleep(patienceMs, stop.signal).then(() => undefined),
      ]).finally(() => stop.abort())
      try {
        const opened = await views.open({ trigger_id: triggerId, view: early ?? renderLoading('') })
        if (early) return
        const later = await view(await pending, message, place.user)
        await persist(() => views.update({ view_id: opened.view?.id ?? '', view: later }), {
          clock,
          attempts: 4,
          idempotent: true,
        })
      } catch (thrown) {
        if (thrown instanceof WorkflowError) throw thrown
        log.info(
          { error: slackError(thrown) ?? String(thrown) },
          'the details could not be opened; showing the report instead',
        )
        const report = await pending
        await answers.whisper(
          place,
          renderReport(report, { hidden: await audience.hides(report, place.channel) }),
        )
      }
    },

    async turn({ id, hash }, { executionId: _known, ...place }, user, report) {
      const next = await view(report, place, user)
      try {
        await views.update({ view_id: id, ...(hash ? { hash } : {}), view: next })
      } catch (thrown) {
        // A faster click has turned it already, or it was closed meanwhile.
        if (!['hash_conflict', 'not_found', 'view_not_found'].includes(slackError(thrown) ?? '')) throw thrown
      }
    },

    sendFile: (place, user, report) =>
      send(place, user, report, {
        filename: `${report.workflow.id}-${report.id}.json`,
        title: `Report of ${report.workflow.name}`,
        content: JSON.stringify(report, null, 2),
        note: `Here is the report of *${escapeLine(report.workflow.name)}* as a file.`,
      }),

    sendAny: (place, user, settings, file) =>
      send(place, user, settings, { ...file, note: `Here is a file: ${escapeLine(file.title)}.` }),

    async sendScenario({ channel, ts }, user, report, saved) {
      const open = channel && ts && !(await audience.hides(report, channel))
      const where: Place = open ? { channel, thread: ts, user } : { channel: user, user }
      const posted = await answers.post(where, renderScenario(saved, { inFile: true }))
      await clients.answers.filesUploadV2({
        channel_id: posted.channel,
        thread_ts: open && posted.asAsked ? ts : posted.ts,
        filename: saved.file,
        title: `Scenario from an execution of ${report.workflow.name}`,
        content: saved.text,
      })
    },
  }
}
