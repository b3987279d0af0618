// A web server that does what a test says, on this machine, and a node of type `http` that asks it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { httpAction } from '../../src/actions/http.ts'
import { createHttpClient, type HttpClientOptions } from '../../src/actions/http-client.ts'
import { createSecrets } from '../../src/actions/secrets.ts'
import { nodeSchema } from '../../src/definition/workflow-schema.ts'
import { createLocalEngine } from '../../src/engine/local.ts'
import type { NodeResult } from '../../src/engine/report.ts'
import type { JsonObject } from '../../src/json.ts'
import { ManualClock } from '../support/clock.ts'
import { MemoryExecutionStore } from '../support/memory-store.ts'
import { ana, edge, workflow } from '../support/workflow.ts'

export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** Serves until the test ends; `asked` is what came in, in order. */
export async function webServer(
  answer: (request: Asked, response: ServerResponse) => void,
): Promise<{ url: string; host: string; port: number; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() }
      asked.push(request)
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, asked }
}

/** Accepts connections and does what a test says with them, which need not be HTTP. */
export async function rawServer(serve: (socket: Socket) => void): Promise<{ url: string; host: string }> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

interface Options {
  allow?: string[]
  secrets?: { [name: string]: string }
  inputs?: JsonObject
  context?: JsonObject
  resolve?: HttpClientOptions['resolve']
  clock?: ManualClock
  store?: MemoryExecutionStore
  /** Takes up what is unfinished in the store instead of starting anew. */
  resume?: boolean
}

/** Starts `start → ask` with this node; `settled` resolves with what became of `ask`. */
export function asking(node: JsonObject, options: Options = {}) {
  const { clock = new ManualClock(), store = new MemoryExecutionStore() } = options
  const ports = {
    http: createHttpClient({
      clock,
      allowHosts: options.allow ?? [],
      ...(options.resolve ? { resolve: options.resolve } : {}),
    }),
    secrets: createSecrets(options.secrets ?? {}),
  }
  const action = httpAction(ports)
  const checked = nodeSchema(action).parse({ name: 'ask', type: 'http', ...node })
  const version = workflow([checked as { name: string }], [edge('start -> ask')], {
    context: options.context ?? {},
  })
  const unexpected: unknown[] = []
  const engine = createLocalEngine({
    store,
    findReport: async (id) => store.reports.get(id),
    once: { get: () => undefined, set: async () => undefined },
    clock,
    ids: { execution: () => 'x1' },
    maxBusy: 10,
    action: (type) => (type === 'http' ? action : undefined),
    unexpected: (thrown) => unexpected.push(thrown),
  })
  onTestFinished(() => engine.close())
  const begin = async () => {
    if (options.resume) await engine.resume()
    else
      await engine.start({
        version,
        trigger: { node: 'start', type: 'manual' },
        inputs: options.inputs ?? {},
        startedBy: ana,
      })
    return engine.result('x1')
  }
  const report = begin()
  const settled = report.then((done) => {
    if (unexpected.length > 0) throw unexpected[0]
    return done.nodes.find((one) => one.name === 'ask') as NodeResult
  })
  return { clock, store, engine, report, settled }
}

/** What the node gave; throws when it failed. */
export async function answered(node: JsonObject, options: Options = {}): Promise<JsonObject> {
  const result = await asking(node, options).settled
  if (result.status !== 'succeeded') throw new Error(JSON.stringify(result))
  return result.output as JsonObject
}

/** Why the node failed; throws when it did not. */
export async function failed(node: JsonObject, options: Options = {}) {
  const result = await asking(node, options).settled
  if (result.status !== 'failed') throw new Error(JSON.stringify(result))
  return result.error
}
