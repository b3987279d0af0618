// The Details button: a modal with everything about an execution, and the whole report as a file.
import type { Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import { persist, slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import { isNotThere } from './failures.ts'
import type { Answers, Place } from './place.ts'
import type { Log } from './ports.ts'
import { type DetailsPlace, renderDetails, renderLoading } from './render/details.ts'
import { escapeLine } from './render/escape.ts'
import { note } from './render/notes.ts'
import { renderReport } from './render/report.ts'

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
  /** Puts the report as a JSON file into the thread of its message, or into a direct message. */
  sendFile(place: DetailsPlace, user: string, report: Report): Promise<void>
}

export function createDetails(options: {
  clients: SlackClients
  answers: Answers
  services: Services
  clock: Clock
  log: Log
}): Details {
  const { clients, answers, clock, log } = options
  const { views } = clients.answers

  return {
    async open(triggerId, place, message, pending) {
      const stop = new AbortController()
      const early = await Promise.race([
        pending,
        clock.sleep(patienceMs, stop.signal).then(() => undefined),
      ]).finally(() => stop.abort())
      try {
        const first = early ? renderDetails(early, message) : renderLoading('')
        const opened = await views.open({ trigger_id: triggerId, view: first })
        if (early) return
        const report = await pending
        const view = renderDetails(report, message)
        await persist(() => views.update({ view_id: opened.view?.id ?? '', view }), {
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
        await answers.whisper(place, renderReport(await pending))
      }
    },

    async sendFile(place, user, report) {
      const upload = (channel: string, thread: string) =>
        clients.answers.filesUploadV2({
          channel_id: channel,
          thread_ts: thread,
          filename: `${report.workflow.id}-${report.id}.json`,
          title: `Report of ${report.workflow.name}`,
          content: JSON.stringify(report, null, 2),
        })
      if (place.channel && place.ts) {
        try {
          await upload(place.channel, place.ts)
          return
        } catch (thrown) {
          if (!isNotThere(thrown)) throw thrown
        }
      }
      const posted = await answers.post(
        { channel: user, user },
        note(`Here is the report of *${escapeLine(report.workflow.name)}* as a file.`),
      )
      await upload(posted.channel, posted.ts)
    },
  }
}
