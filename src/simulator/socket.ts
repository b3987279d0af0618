// Socket Mode as Slack speaks it: tickets, hello, envelopes, acks within three seconds, redelivery, disconnects.
// It carries payloads without looking into them.
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Payload } from './payload.ts'

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api'
export type DisconnectReason =
  | 'warning'
  | 'refresh_requested'
  | 'link_disabled'
  | 'too_many_websockets'
  | 'abrupt'

/** What became of an envelope. `no_connection` means that it was never sent. */
export type Outcome =
  | { kind: 'acked'; ackMs: number; payload: unknown }
  | { kind: 'timeout' }
  | { kind: 'no_connection' }

interface Pending {
  type: EnvelopeType
  acceptsResponse: boolean
  payload: Payload
  sentAt: number
  /** Acks still to come; more than one when an envelope is redelivered on purpose. */
  missing: number
  attempt: number
  socket: WebSocket
  settle: (outcome: Outcome) => void
}

const CONNECTIONS = 10
const TICKET_MS = 30_000
const KEPT_LATE = 500
/** Slack asks the client to leave shortly before it closes the socket itself. */
const GRACE_MS = 10_000
const CLOSE_MS = 500

export class SocketMode {
  onLate: (subject: string, ms: number) => void = () => {}
  onConnections: () => void = () => {}
  onMalformed: (detail: string) => void = () => {}
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 })
  private readonly sockets: WebSocket[] = []
  private readonly tickets = new Map<string, number>()
  private readonly pending = new Map<string, Pending>()
  private readonly late = new Map<string, { sentAt: number; subject: string }>()
  private readonly leaving = new WeakSet<WebSocket>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly appId: string
  private readonly ackMs: number
  private turn = 0

  constructor(options: { appId: string; ackMs: number }) {
    this.appId = options.appId
    this.ackMs = options.ackMs
  }

  get connections(): number {
    return this.sockets.length
  }

  /** A single-use ticket for one connection, valid for 30 seconds. */
  ticket(): string {
    const ticket = randomUUID()
    for (const [old, until] of this.tickets) if (until < performance.now()) this.tickets.delete(old)
    this.tickets.set(ticket, performance.now() + TICKET_MS)
    return ticket
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
    const until = this.tickets.get(ticket)
    this.tickets.delete(ticket)
    if (until === undefined || until < performance.now()) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    this.server.handleUpgrade(request, socket, head, (ws) => this.accept(ws))
  }

  /**
   * Sends one envelope and waits for its ack. Without an ack in time the outcome is `timeout`; a connection that
   * closes in between has its envelopes sent again over the next one, as Slack does.
   */
  deliver(
    type: EnvelopeType,
    payload: Payload,
    options: { subject: string; acceptsResponse?: boolean; deliveries?: number; attempt?: number },
  ): Promise<Outcome> {
    const socket = this.next()
    if (!socket) return Promise.resolve({ kind: 'no_connection' })
    const id = randomUUID()
    return new Promise((resolve) => {
      const times = Math.max(1, options.deliveries ?? 1)
      const timer = this.later(this.ackMs, () => {
        if (!this.pending.delete(id)) return
        this.late.set(id, { sentAt: entry.sentAt, subject: options.subject })
        if (this.late.size > KEPT_LATE) this.late.delete(this.late.keys().next().value ?? '')
        resolve({ kind: 'timeout' })
      })
      const entry: Pending = {
        type,
        acceptsResponse: options.acceptsResponse ?? false,
        payload,
        sentAt: performance.now(),
        missing: times,
        attempt: options.attempt ?? 0,
        socket,
        settle: (outcome) => {
          this.drop(timer)
          this.pending.delete(id)
          resolve(outcome)
        },
      }
      this.pending.set(id, entry)
      for (let i = 0; i < times; i++) this.send(id, entry, i === 0 ? entry.attempt : i)
    })
  }

  /** Ends all connections the way Slack does: a word first, then the close; `abrupt` says nothing. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of [...this.sockets]) {
      if (reason === 'abrupt') {
        socket.terminate()
        continue
      }
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: debugInfo() }))
      if (reason !== 'warning') this.leaving.add(socket)
      this.later(GRACE_MS, () => socket.close(1000))
    }
  }

  /** Ends all connections, politely where the other side still listens. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
    for (const entry of this.pending.values()) entry.settle({ kind: 'timeout' })
    await Promise.all([...this.sockets].map(closed))
    this.server.close()
  }

  private accept(socket: WebSocket): void {
    socket.on('error', () => socket.terminate())
    if (this.sockets.length >= CONNECTIONS) {
      socket.send(
        JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: debugInfo() }),
      )
      socket.close(1000)
      return
    }
    this.sockets.push(socket)
    socket.on('message', (data) => this.receive(String(data)))
    socket.on('close', () => this.gone(socket))
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.sockets.length,
        debug_info: debugInfo(),
        connection_info: { app_id: this.appId },
      }),
    )
    for (const [id, entry] of this.pending) {
      if (!this.sockets.includes(entry.socket)) this.resend(id, entry)
    }
    this.onConnections()
  }

  private gone(socket: WebSocket): void {
    const at = this.sockets.indexOf(socket)
    if (at >= 0) this.sockets.splice(at, 1)
    for (const [id, entry] of this.pending) if (entry.socket === socket) this.resend(id, entry)
    this.onConnections()
  }

  private resend(id: string, entry: Pending): void {
    const socket = this.next()
    if (!socket) return
    entry.socket = socket
    entry.attempt += 1
    this.send(id, entry, entry.attempt)
  }

  private next(): WebSocket | undefined {
    const open = this.sockets.filter((s) => s.readyState === s.OPEN && !this.leaving.has(s))
    this.turn += 1
    return open[this.turn % Math.max(1, open.length)]
  }

  private send(id: string, entry: Pending, attempt: number): void {
    entry.socket.send(
      JSON.stringify({
        envelope_id: id,
        type: entry.type,
        payload: entry.payload,
        accepts_response_payload: entry.acceptsResponse,
        ...(attempt > 0 ? { retry_attempt: attempt, retry_reason: 'timeout' } : {}),
      }),
    )
  }

  private receive(text: string): void {
    const ack = parse(text)
    if (!isObject(ack) || typeof ack.envelope_id !== 'string') {
      this.onMalformed('a message without envelope_id')
      return
    }
    const entry = this.pending.get(ack.envelope_id)
    if (!entry) {
      const late = this.late.get(ack.envelope_id)
      this.late.delete(ack.envelope_id)
      if (late) this.onLate(late.subject, Math.round(performance.now() - late.sentAt))
      return
    }
    entry.missing -= 1
    if (entry.missing > 0) return
    entry.settle({
      kind: 'acked',
      ackMs: Math.round(performance.now() - entry.sentAt),
      payload: ack.payload ?? null,
    })
  }

  private later(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      run()
    }, ms)
    this.timers.add(timer)
    return timer
  }

  private drop(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    this.timers.delete(timer)
  }
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(1000)
  })
}

function debugInfo(): Payload {
  return {
    host: `simulator-${randomBytes(3).toString('hex')}`,
    build_number: 1,
    approximate_connection_time: 18_060,
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
