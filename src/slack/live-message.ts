// One message that follows one execution: edited at Slack's pace, always showing the latest state, never losing the
// last one.
import type { Clock } from '../engine/ports.ts'
import { type FinishedReport, isFinished, type Report } from '../engine/report.ts'
import { persist, rateLimitMs } from './call.ts'
import type { SlackClients } from './clients.ts'
import { isClosedOff, isGone } from './failures.ts'
import type { Log } from './ports.ts'
import type { Message } from './render/limits.ts'
import { renderProgress } from './render/progress.ts'
import { type ReportOptions, renderReport } from './render/report.ts'

/** `chat.update` is tier 3: 50 a minute and more. This is one message's share. */
const paceMs = 1200
/** The last state is tried for about ten minutes; after that the next start of the bot takes it up. */
const finalAttempts = 25

export interface LiveMessageOptions {
  clients: SlackClients
  clock: Clock
  log: Log
  channel: string
  ts: string
  dress: ReportOptions
  /**
   * Called once, when the message needs no further edits: the report stands, or (without one) the message is gone.
   */
  onSettled(shown?: FinishedReport): void
  /** Called once instead, when nothing can be shown there any more. */
  onClosedOff(): void
}

export function renderLive(report: Report, dress: ReportOptions): Message {
  return isFinished(report) ? renderReport(report, dress) : renderProgress(report, dress)
}

export class LiveMessage {
  readonly #options: LiveMessageOptions
  #latest: Report | undefined
  /** Whether `#latest` was pushed since it was last looked at. */
  #fresh = false
  #shown: string | undefined
  #notBefore = 0
  #settled = false
  #working: Promise<void> | undefined
  #hurry = new AbortController()
  readonly #end = new AbortController()

  /** `shown` is what the message says already. */
  constructor(options: LiveMessageOptions, shown?: Report) {
    this.#options = options
    if (shown) {
      this.#shown = JSON.stringify(renderLive(shown, options.dress))
      this.#notBefore = options.clock.now() + paceMs
    }
  }

  /** Shows this state as soon as the pace allows; what comes in between is left out. */
  push(report: Report): void {
    if (this.#settled || (this.#latest && isFinished(this.#latest))) return
    this.#latest = report
    this.#fresh = true
    if (isFinished(report)) this.#hurry.abort()
    this.#begin()
  }

  #begin(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
      // What was pushed after the last look and before this line would wait for ever.
      if (this.#fresh && !this.#settled && !this.#end.signal.aborted) this.#begin()
    })
  }

  /** Resolves when nothing is waiting to be shown. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working
  }

  /** Shows what is waiting now, whatever the pace. */
  hurry(): void {
    this.#hurry.abort()
  }

  /** Gives up waiting; what was not shown is for the next start. */
  close(): void {
    this.#end.abort()
    this.#hurry.abort()
  }

  async #work(): Promise<void> {
    const { clock } = this.#options
    while (!this.#settled && !this.#end.signal.aborted) {
      const report = this.#latest
      this.#fresh = false
      if (!report) return
      const message = renderLive(report, this.#options.dress)
      const text = JSON.stringify(message)
      if (text === this.#shown && !isFinished(report)) return
      const wait = this.#notBefore - clock.now()
      if (wait > 0 && !this.#hurry.signal.aborted) {
        await clock.sleep(wait, this.#hurry.signal).catch(() => {})
        continue
      }
      try {
        await this.#show(report, message)
        this.#shown = text
        this.#notBefore = clock.now() + paceMs
        if (isFinished(report)) this.#settle(report)
      } catch (thrown) {
        if (!this.#worthAnother(report, thrown)) return
      }
    }
  }

  #worthAnother(report: Report, thrown: unknown): boolean {
    const { clock, log } = this.#options
    const about = { execution: report.id, error: String(thrown) }
    if (isClosedOff(thrown)) {
      log.info(about, 'nothing can be shown any more where an execution was asked for')
      this.#settled = true
      this.#options.onClosedOff()
      return false
    }
    if (isGone(thrown)) {
      log.info(about, 'the message of an execution is gone; it is not updated any more')
      this.#settle()
      return false
    }
    if (isFinished(report)) {
      log.error(about, 'a report could not be delivered; the next start tries again')
      return false
    }
    log.debug(about, 'a progress update gives way')
    this.#notBefore = clock.now() + Math.max(rateLimitMs(thrown) ?? 0, paceMs)
    return this.#latest !== report || !this.#hurry.signal.aborted
  }

  #show(report: Report, message: Message): Promise<unknown> {
    const { clients, clock, channel, ts } = this.#options
    if (!isFinished(report)) return clients.progress.chat.update({ channel, ts, ...message })
    return persist(() => clients.answers.chat.update({ channel, ts, ...message }), {
      clock,
      attempts: finalAttempts,
      idempotent: true,
      signal: this.#end.signal,
    })
  }

  #settle(shown?: FinishedReport): void {
    if (this.#settled) return
    this.#settled = true
    this.#options.onSettled(shown)
  }
}
