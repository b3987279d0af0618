// Starts the simulator: a Slack workspace of its own on loopback, to which a bot connects exactly as to Slack.
import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { WorkflowError } from '../errors.ts'
import { isLoopbackHost } from '../loopback.ts'
import { Control } from './control-api.ts'
import type { Core } from './core.ts'
import { Events } from './events.ts'
import { Files } from './files.ts'
import { Grants } from './grants.ts'
import { readManifest } from './manifest.ts'
import { Modals } from './modals.ts'
import { People } from './people.ts'
import { buildServer, foreign } from './server.ts'
import { SocketMode } from './socket.ts'
import { Views } from './views.ts'
import { WebApi } from './web/index.ts'
import { Workspace } from './workspace.ts'
import { defaultWorld, type World } from './world.ts'

export type { Control } from './control-api.ts'
export { ControlRefusal } from './refusal.ts'
export { defaultWorld, SLACKBOT, type World } from './world.ts'

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number
  /** Only loopback is accepted: the simulator has no passwords. */
  host?: '127.0.0.1' | 'localhost' | '::1'
  /** Gives the time stamps of messages and the age of response urls. */
  clock?: { now(): number }
  /** The parsed manifest.yml of the app: its commands, shortcuts, scopes and event subscriptions. */
  manifest: unknown
  world?: World
  /** On by default, with Slack's figures. */
  rateLimits?: boolean
  /** How long the app has to acknowledge, in real time. Slack: 3,000. */
  ackMs?: number
  /** How long a trigger id lives, in real time. Slack: 3,000. */
  triggerMs?: number
  /** Messages kept per channel; older ones are forgotten. 2,000 by default. */
  keptMessages?: number
  /** Tokens to accept instead of fresh random ones, for a simulator that outlives the bot. */
  tokens?: { bot: string; app: string }
}

export interface Simulator {
  /** Where the page is. */
  url: string
  /** For the SDK's `slackApiUrl`. */
  slackApiUrl: string
  botToken: string
  appToken: string
  control: Control
  close(): Promise<void>
}

/**
 * Starts a simulator and answers when it listens.
 * @throws WorkflowError `simulator.not_loopback`, `simulator.port_taken`.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1'
  if (!isLoopbackHost(host))
    throw new WorkflowError('simulator.not_loopback', `The simulator cannot listen on "${host}".`, {
      hint: 'It has no passwords, so it only listens on 127.0.0.1.',
    })
  const now = () => (options.clock ?? Date).now()
  const manifest = readManifest(options.manifest)
  const workspace = new Workspace(options.world ?? defaultWorld(manifest.displayName), manifest, {
    now,
    keptMessages: options.keptMessages ?? 2000,
  })
  let url = ''
  const core: Core = {
    workspace,
    views: new Views(workspace),
    grants: new Grants({ now, triggerMs: options.triggerMs ?? 3000 }),
    files: new Files(),
    socket: new SocketMode({ appId: workspace.bot.app_id, ackMs: options.ackMs ?? 3000 }),
    url: () => url,
  }
  const secret = () => randomBytes(12).toString('hex')
  const api = new WebApi(core, {
    botToken: options.tokens?.bot ?? `xoxb-simulator-${secret()}`,
    appToken: options.tokens?.app ?? `xapp-simulator-${secret()}`,
    rateLimits: options.rateLimits ?? true,
  })
  const events = new Events(core)
  const control = new Control(core, new People(core, events), new Modals(core), api)
  connectParts(core, events)

  const server = createAdaptorServer({ fetch: buildServer(core, api, control).fetch })
  server.on('upgrade', (request, socket, head) => {
    if (foreign(request.headers.host, request.headers.origin)) socket.destroy()
    else core.socket.upgrade(request, socket, head)
  })
  const port = await listen(server, options.port ?? 0, host)
  url = `http://${host === '::1' ? '[::1]' : host}:${port}`
  return {
    url,
    slackApiUrl: `${url}/api/`,
    botToken: api.botToken,
    appToken: api.appToken,
    control,
    close: async () => {
      await core.socket.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
    },
  }
}

function connectParts(core: Core, events: Events): void {
  const { workspace, socket } = core
  workspace.onPosted = (message) => events.posted(message)
  workspace.onChanged = (message, previous) => events.changed(message, previous)
  socket.onConnections = () => {
    workspace.emit({ type: 'state' })
    if (socket.connections > 0) events.flush()
  }
  socket.onLate = (subject, ms) => workspace.problem('late_ack', subject, `the ack came after ${ms} ms`)
  socket.onMalformed = (detail) => workspace.problem('refused', 'socket', detail)
}

function listen(server: ReturnType<typeof createAdaptorServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      const hint = 'Stop what uses it, or choose another port.'
      reject(new WorkflowError('simulator.port_taken', `Port ${port} on ${host} is taken.`, { hint, cause }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}
