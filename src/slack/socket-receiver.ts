// Bolt's receiver for Socket Mode with a connection that mends itself. The client's own reconnection waits five seconds
// and can end the process with an unhandled rejection, so it is switched off and done here.
import type { App, Receiver, ReceiverEvent } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import type { Clock } from '../engine/ports.ts'
import { clientOptions, libraryLogger } from './clients.ts'
import { authError, isAuthFailure } from './failures.ts'
import type { Log, SlackConfig } from './ports.ts'

interface Envelope {
  ack: (response?: unknown) => Promise<void>
  body: ReceiverEvent['body']
  retry_num?: number
  retry_reason?: string
}

/** Slack says hello within a second; a socket that stays silent is given up. */
const helloMs = 15_000
/** An ack that fell into a reconnection is sent again over the new connection, while Slack still waits for it. */
const ackPatienceMs = 2500
const pauseMs = { first: 100, longest: 30_000 }

export class SocketReceiver implements Receiver {
  readonly #client: SocketModeClient
  readonly #clock: Clock
  readonly #log: Log
  #app: App | undefined
  #connected = false
  #stopping = false
  #connecting: Promise<void> | undefined
  readonly #waiters = new Set<() => void>()
  readonly #end = new AbortController()

  constructor(config: Extract<SlackConfig, { mode: 'socket' }>, options: { clock: Clock; log: Log }) {
    this.#clock = options.clock
    this.#log = options.log
    this.#client = new SocketModeClient({
      appToken: config.appToken,
      autoReconnectEnabled: false,
      clientOptions: clientOptions(config, options.log),
      logger: libraryLogger(options.log),
    })
    this.#client.on('connected', () => {
      this.#connected = true
      for (const wake of this.#waiters) wake()
      this.#waiters.clear()
    })
    this.#client.on('disconnected', () => this.#lost())
    this.#client.on('slack_event', (envelope: Envelope) => void this.#receive(envelope))
  }

  get connected(): boolean {
    return this.#connected
  }

  init(app: App): void {
    this.#app = app
  }

  /**
   * Resolves when the first connection stands, or when Slack could not be reached and is being tried again.
   * Rejects with `slack.invalid_auth` when Slack refuses the app token.
   */
  async start(): Promise<void> {
    try {
      await this.#open()
    } catch (thrown) {
      if (isAuthFailure(thrown)) throw authError('app', thrown)
      this.#log.warn({ reason: reasonOf(thrown) }, 'Slack cannot be reached; trying again until it works')
      this.#reconnect()
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#end.abort()
    await this.#connecting?.catch(() => {})
    if (this.#connected) await this.#client.disconnect()
    this.#connected = false
  }

  async #open(): Promise<void> {
    const patience = new AbortController()
    const silent = this.#clock.sleep(helloMs, patience.signal).then(
      () => {
        // Makes start() reject: without a hello it would wait for ever.
        void this.#client.disconnect()
      },
      () => {},
    )
    try {
      await this.#client.start()
    } finally {
      patience.abort()
      await silent
    }
  }

  #lost(): void {
    const was = this.#connected
    this.#connected = false
    if (this.#stopping || this.#connecting) return
    if (was) this.#reconnect()
  }

  #reconnect(): void {
    this.#connecting ??= this.#persevere().finally(() => {
      this.#connecting = undefined
      // The connection may have been lost again before the promise was cleared.
      if (!this.#connected && !this.#stopping) this.#reconnect()
    })
  }

  /** Tries at once, then with growing pauses, until it is connected or stopped. Never rejects. */
  async #persevere(): Promise<void> {
    for (let attempt = 0; !this.#stopping; attempt += 1) {
      try {
        await this.#open()
        if (attempt > 0) this.#log.info({ attempt }, 'connected to Slack again')
        return
      } catch (thrown) {
        const pause = Math.min(pauseMs.first * 2 ** attempt, pauseMs.longest)
        const level = isAuthFailure(thrown) ? 'error' : attempt >= 3 ? 'warn' : 'info'
        this.#log[level]({ attempt, reason: reasonOf(thrown), pause }, 'no connection to Slack; trying again')
        await this.#clock.sleep(pause, this.#end.signal).catch(() => {})
      }
    }
  }

  async #receive({ ack, body, retry_num, retry_reason }: Envelope): Promise<void> {
    let acked = false
    const event: ReceiverEvent = {
      body,
      ack: async (response) => {
        if (acked) return
        acked = true
        await this.#ack(ack, response)
      },
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason === undefined ? {} : { retryReason: retry_reason }),
    }
    try {
      await this.#app?.processEvent(event)
    } catch (thrown) {
      // Not acked: Slack delivers it again, and then it may work.
      this.#log.error({ error: reasonOf(thrown) }, 'an event from Slack could not be taken up')
    }
  }

  async #ack(ack: Envelope['ack'], response: unknown): Promise<void> {
    try {
      await ack(response)
    } catch (thrown) {
      if (!(await this.#back())) throw thrown
      await ack(response)
    }
  }

  /** Whether the connection stands, now or within Slack's patience. */
  async #back(): Promise<boolean> {
    if (this.#connected) return true
    const patience = new AbortController()
    await new Promise<void>((resolve) => {
      this.#waiters.add(resolve)
      void this.#clock.sleep(ackPatienceMs, patience.signal).then(resolve, resolve)
    })
    patience.abort()
    return this.#connected
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'the connection was closed'
}
