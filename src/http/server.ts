// Serves the API on its own address, and stops in order: no new requests, those under way are finished.

import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Clock } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import type { Api } from './api.ts'

export interface RunningApi {
  /** `http://127.0.0.1:3200` */
  url: string
  /** Resolves when requests under way are answered, or were cut off after five seconds. */
  close(): Promise<void>
}

const DRAIN_MS = 5_000

/** Throws `api.port_in_use`, `api.cannot_listen`. Port 0 takes any free one: see `url`. */
export async function startApi(
  api: Api,
  { host, port, clock }: { host: string; port: number; clock: Clock },
): Promise<RunningApi> {
  const server = createAdaptorServer({
    fetch: api.app.fetch,
    serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 },
  }) as Server
  const requests = watchRequests(server)
  await listen(server, host, port)
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => drain(server, api, clock, requests.idle),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)))
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): WorkflowError {
  if (cause.code === 'EADDRINUSE') {
    return new WorkflowError(
      'api.port_in_use',
      `Port ${port} on ${host}, meant for the API, is already in use.`,
      {
        hint: 'Is the bot running already? Otherwise choose another port with API_PORT.',
        cause,
      },
    )
  }
  return new WorkflowError(
    'api.cannot_listen',
    `The API cannot be served on ${host}, port ${port} (${cause.code}).`,
    {
      hint: 'Look at API_HOST and API_PORT.',
      cause,
    },
  )
}

/** Watches the requests under way; `idle` resolves when there are none. */
function watchRequests(server: Server): { idle(): Promise<void> } {
  const underWay = new Set<ServerResponse>()
  let whenIdle = () => {}
  server.on('request', (_request, response: ServerResponse) => {
    underWay.add(response)
    response.once('close', () => {
      underWay.delete(response)
      if (underWay.size === 0) whenIdle()
    })
  })
  return {
    idle: () =>
      new Promise((resolve) => {
        whenIdle = resolve
        if (underWay.size === 0) resolve()
      }),
  }
}

async function drain(server: Server, api: Api, clock: Clock, idle: () => Promise<void>): Promise<void> {
  api.stop()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const done = new AbortController()
  await Promise.race([idle(), clock.sleep(DRAIN_MS, done.signal).catch(() => {})])
  done.abort()
  // Browsers and clients open connections in advance; Node does not count one without any request as idle.
  server.closeAllConnections()
  await closed
}
