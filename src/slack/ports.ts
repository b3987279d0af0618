// What the Slack surface asks of the rest of the bot, and what it offers to it. No Bolt in sight, so that anything may
// import it.
import type { Messenger } from '../actions/ports.ts'
import type { AnyCommand, Services } from '../commands/types.ts'
import type { Clock } from '../engine/ports.ts'
import type { Json } from '../json.ts'
import type { Pictures } from '../pictures/index.ts'
import type { SlackApprovalDesk } from './approval-desk.ts'
import type { SlackClients } from './clients.ts'

/** How the bot reaches Slack. `apiUrl` points at another workspace than Slack's own, for example the simulator. */
export type SlackConfig =
  | { mode: 'socket'; botToken: string; appToken: string; apiUrl?: string }
  | { mode: 'http'; botToken: string; signingSecret: string; port: number; host?: string; apiUrl?: string }

/**
 * Which message in Slack belongs to what: durable, key to JSON. Each promise resolves when the fact would survive a
 * crash. `claim` sets a key only when nobody did before, and answers what stands.
 */
export interface SurfaceLinks {
  get(key: string): Json | undefined
  set(key: string, value: Json): Promise<void>
  claim(key: string, value: Json): Promise<{ claimed: boolean; value: Json }>
  delete(key: string): Promise<void>
}

/** The methods of a pino logger that are used here. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface SlackAppOptions {
  clients: SlackClients
  messenger: Messenger
  desk: SlackApprovalDesk
  services: Services
  /** Every command that people may type, in the order in which help lists them. */
  commands: AnyCommand[]
  links: SurfaceLinks
  /** Draws; without it answers come without pictures. */
  pictures?: Pictures
  /** The next starts by the clock, the soonest first. */
  upcoming?(): { workflowId: string; next: Date }[]
  log: Log
  clock: Clock
}

export interface SlackApp {
  readonly messenger: Messenger
  /** True while Slack can reach the bot. */
  connected(): boolean
  /**
   * Connects. Rejects with `slack.invalid_auth` when Slack refuses a token, `slack.port_in_use` when the HTTP port is
   * taken. Socket Mode that cannot be reached is no failure: it is tried again until it works.
   */
  start(): Promise<void>
  /**
   * Brings messages up to date that an earlier process left unfinished. `start` does it, too: call `start` after the
   * engine has resumed.
   */
  refresh(): Promise<void>
  /** Another version answers or waits, or files have changed: whoever looks at their home tab gets to see it. */
  workflowsChanged(): void
  /** Waits for what is in flight (at most `graceMs`, 10 s unless told), then disconnects. */
  stop(graceMs?: number): Promise<void>
}
