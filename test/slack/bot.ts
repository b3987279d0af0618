// The real Slack surface against the simulator, with a hand-driven engine behind it.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { systemClock } from '../../src/clock.ts'
import { commandList } from '../../src/commands/index.ts'
import type { CatalogEntry } from '../../src/commands/types.ts'
import type { Clock } from '../../src/engine/ports.ts'
import type { Json } from '../../src/json.ts'
import type { Pictures } from '../../src/pictures/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'
import {
  createApprovalDesk,
  createMessenger,
  createSlackApp,
  createSlackClients,
  type SlackAppOptions,
  type SlackConfig,
} from '../../src/slack/index.ts'
import { entry, HandEngine, type Line, linksOn, logInto, servicesOf } from './fakes.ts'

export const ana = 'U0ANALIMA'
export const ben = 'U0BENOKAFO'
export const operations = 'C0OPERATNS'
export const purchasing = 'C0PURCHASE'
/** The bot is no member of this one. */
export const random = 'C0RANDOM'

export const manifest: unknown = parse(readFileSync('manifest.yml', 'utf8'))

export function workspace(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return startSimulator({ manifest, ...options })
}

export interface BotOptions {
  entries?: CatalogEntry[]
  engine?: HandEngine
  disk?: Map<string, Json>
  clock?: Clock
  config?: Partial<SlackConfig>
  upcoming?: SlackAppOptions['upcoming']
  pictures?: Pictures
}

/** Not started yet. */
export function botIn(simulator: Simulator, options: BotOptions = {}) {
  const { disk = new Map<string, Json>(), engine = new HandEngine(), clock = systemClock } = options
  const entries = options.entries ?? [
    entry('reorder-check', 'Reorder check'),
    entry('month-end', 'Month end'),
  ]
  const lines: Line[] = []
  const log = logInto(lines)
  const config = {
    mode: 'socket',
    botToken: simulator.botToken,
    appToken: simulator.appToken,
    apiUrl: simulator.slackApiUrl,
    ...options.config,
  } as SlackConfig
  const clients = createSlackClients(config, log)
  const links = linksOn(disk)
  const messenger = createMessenger(clients, { links, clock, log })
  const services = servicesOf(engine, entries, clock)
  const desk = createApprovalDesk(clients, { links, records: services.records, clock, log })
  const app = createSlackApp({
    clients,
    messenger,
    desk,
    services,
    commands: commandList,
    ...(options.upcoming ? { upcoming: options.upcoming } : {}),
    ...(options.pictures ? { pictures: options.pictures } : {}),
    links,
    log,
    clock,
  })
  return { app, engine, links, disk, lines, messenger, desk, services }
}
