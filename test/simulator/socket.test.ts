// Socket Mode: acks in time and too late, several connections, redelivery, single-use tickets and triggers.
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { ana, manifest, operations } from './app.ts'
import { goodModal } from './samples.ts'

let simulator: Simulator
const clients: Client[] = []

beforeEach(async () => {
  simulator = await startSimulator({ manifest })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate()
  await simulator.close()
})

/** Starts anew, with a workspace that waits for acks only briefly. */
async function restartImpatient(): Promise<void> {
  await simulator.close()
  simulator = await startSimulator({ manifest, ackMs: 60 })
}

interface Envelope {
  type: string
  envelope_id: string
  reason?: string
  num_connections?: number
  retry_attempt?: number
  retry_reason?: string
  payload: Record<string, string>
}

/** A client as bare as can be: it keeps what comes and acks what it is told to. */
class Client {
  readonly socket: WebSocket
  readonly received: Envelope[] = []
  private waiting: (() => void)[] = []

  constructor(url: string, answer: (envelope: Envelope, client: Client) => void) {
    this.socket = new WebSocket(url)
    clients.push(this)
    this.socket.on('message', (data) => {
      const envelope = JSON.parse(String(data)) as Envelope
      this.received.push(envelope)
      if (envelope.envelope_id) answer(envelope, this)
      for (const wake of this.waiting.splice(0)) wake()
    })
  }

  ack(envelope: Envelope, payload?: unknown): void {
    this.socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, ...(payload ? { payload } : {}) }))
  }

  async next(look: (envelope: Envelope) => boolean): Promise<Envelope> {
    for (;;) {
      const found = this.received.find(look)
      if (found) return found
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }
}

async function call(method: string, args: Record<string, unknown>, token: string) {
  const response = await fetch(`${simulator.slackApiUrl}${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
  })
  return (await response.json()) as { ok: boolean; url: string; error?: string }
}

const address = async () => (await call('apps.connections.open', {}, simulator.appToken)).url

async function connect(
  answer: (envelope: Envelope, client: Client) => void = (e, c) => c.ack(e),
): Promise<Client> {
  const client = new Client(await address(), answer)
  await client.next((e) => e.type === 'hello')
  return client
}

const command = (text = '/workflow list') =>
  simulator.control.command({ user: ana, channel: operations, text })
const whispers = () => simulator.control.messages({ channel: operations, user: ana }).map((m) => m.text)

describe('acknowledgements', () => {
  it('tell the person when the app did not respond, and note it', async () => {
    await restartImpatient()
    const client = await connect(() => {})
    expect(await command()).toMatchObject({ acked: false, ack_ms: null })
    expect(whispers()).toEqual(['/workflow failed because the app did not respond.'])
    expect(simulator.control.problems()).toMatchObject([{ kind: 'no_ack', subject: '/workflow' }])
    client.ack(await client.next((e) => e.type === 'slash_commands'))
    await simulator.control.until(() => simulator.control.problems().find((p) => p.kind === 'late_ack'))
  })

  it('come once for each delivery of the very same envelope', async () => {
    const client = await connect()
    const twice = { user: ana, channel: operations, text: '/workflow list', deliveries: 2 }
    expect(await simulator.control.command(twice)).toMatchObject({ acked: true })
    const envelopes = client.received.filter((e) => e.type === 'slash_commands')
    expect(envelopes.map((e) => e.retry_attempt)).toEqual([undefined, 1])
    expect(envelopes[1]).toMatchObject({
      envelope_id: envelopes[0]?.envelope_id,
      payload: envelopes[0]?.payload,
    })
  })

  it('are impossible while nobody is connected', async () => {
    expect(await command()).toMatchObject({ acked: false })
    expect(simulator.control.problems()).toMatchObject([{ kind: 'not_connected', subject: '/workflow' }])
  })

  it('may carry the answer to a command, which is checked like any message', async () => {
    const answers: unknown[] = [
      { text: 'for all', response_type: 'in_channel' },
      { text: 'for one' },
      { blocks: [{ type: 'nonsense' }], text: 'x' },
    ]
    await connect((e, c) => c.ack(e, e.type === 'slash_commands' ? answers.shift() : undefined))
    for (let i = 0; i < 3; i++) await command()
    const messages = simulator.control.messages({ channel: operations, user: ana })
    expect(messages.map((m) => [m.text, m.ephemeral_for])).toEqual([
      ['for all', undefined],
      ['for one', ana],
      ['/workflow failed because the app did not respond.', ana],
    ])
    expect(simulator.control.problems()[0]?.detail).toContain('invalid_blocks')
  })

  it('are not expected for a command that the app does not have', async () => {
    await connect()
    expect(await command('/nonsense & more')).toMatchObject({ acked: false })
    expect(whispers()).toEqual(['`/nonsense` is not a valid command.'])
  })
})

describe('connections', () => {
  it('share the envelopes between them', async () => {
    const both = [await connect(), await connect()]
    for (let i = 0; i < 4; i++) await command()
    expect(both.map((c) => c.received.filter((e) => e.type === 'slash_commands').length)).toEqual([2, 2])
    expect(both[1]?.received[0]).toMatchObject({ type: 'hello', num_connections: 2 })
  })

  it('get an envelope again when one of them breaks before its ack', async () => {
    const first = await connect((_, c) => c.socket.terminate())
    const pending = command()
    await once(first.socket, 'close')
    const second = await connect()
    expect(await pending).toMatchObject({ acked: true })
    const original = first.received.find((e) => e.envelope_id)
    expect(second.received.find((e) => e.envelope_id)).toMatchObject({
      envelope_id: original?.envelope_id,
      retry_attempt: 1,
      retry_reason: 'timeout',
    })
  })

  it('are told why they end, and get nothing new afterwards', async () => {
    const client = await connect()
    simulator.control.disconnect({ reason: 'refresh_requested' })
    expect(await client.next((e) => e.type === 'disconnect')).toMatchObject({ reason: 'refresh_requested' })
    expect(await command()).toMatchObject({ acked: false })
    simulator.control.disconnect({ reason: 'abrupt' })
    await once(client.socket, 'close')
    expect(simulator.control.state().bot.connected).toBe(false)
  })

  it('are at most ten', async () => {
    for (let i = 0; i < 10; i++) await connect()
    const eleventh = new Client(await address(), () => {})
    expect(await eleventh.next(() => true)).toMatchObject({
      type: 'disconnect',
      reason: 'too_many_websockets',
    })
  })

  it('need a ticket that nobody used before', async () => {
    const url = await address()
    const client = new Client(url, () => {})
    await client.next((e) => e.type === 'hello')
    const again = new WebSocket(url)
    const [error] = await once(again, 'error')
    expect(String(error)).toContain('403')
  })

  it('answer pings', async () => {
    const client = await connect()
    client.socket.ping('are you there')
    const [data] = await once(client.socket, 'pong')
    expect(String(data)).toBe('are you there')
  })

  it('hear of messages that were written while nobody was connected', async () => {
    await simulator.control.message({ user: ana, channel: operations, text: '@workflow-bot help' })
    const client = await connect()
    const mention = await client.next((e) => JSON.stringify(e).includes('"type":"app_mention"'))
    expect(mention).toMatchObject({
      type: 'events_api',
      retry_attempt: 1,
      payload: { type: 'event_callback' },
    })
  })

  it('get an event once more, under the same event id, when they do not ack it', async () => {
    await restartImpatient()
    const client = await connect(() => {})
    await simulator.control.message({ user: ana, channel: operations, text: 'hello' })
    const again = await client.next((e) => e.retry_attempt === 1)
    const ids = client.received.filter((e) => e.type === 'events_api').map((e) => e.payload.event_id)
    expect(ids).toEqual([again.payload.event_id, again.payload.event_id])
  })
})

describe('what an interaction lends', () => {
  it('opens one view with one trigger', async () => {
    const client = await connect()
    await command()
    const { payload } = await client.next((e) => e.type === 'slash_commands')
    const open = () =>
      call('views.open', { trigger_id: payload.trigger_id, view: goodModal }, simulator.botToken)
    expect(await open()).toMatchObject({ ok: true })
    expect(await open()).toMatchObject({ error: 'exchanged_trigger_id' })
  })

  it('opens nothing once the trigger is too old', async () => {
    const hasty = await startSimulator({ manifest, triggerMs: -1 })
    const ours = simulator
    simulator = hasty
    const client = await connect()
    await command()
    const { payload } = await client.next((e) => e.type === 'slash_commands')
    const answer = await call(
      'views.open',
      { trigger_id: payload.trigger_id, view: goodModal },
      hasty.botToken,
    )
    expect(answer).toMatchObject({ error: 'expired_trigger_id' })
    await hasty.close()
    simulator = ours
  })

  it('answers through a response_url five times, and for thirty minutes', async () => {
    let now = Date.UTC(2026, 0, 5)
    await simulator.close()
    simulator = await startSimulator({ manifest, clock: { now: () => now } })
    const client = await connect()
    await command()
    await command('/workflow again')
    const urls = client.received
      .filter((e) => e.type === 'slash_commands')
      .map((e) => e.payload.response_url ?? '')
    const respond = async (url = '', body: unknown = { text: 'x' }) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return `${response.status} ${await response.text()}`
    }
    expect(await respond(urls[0], { blocks: [{ type: 'no' }] })).toContain(
      '400 {"ok":false,"error":"invalid_blocks"',
    )
    for (let use = 2; use <= 5; use++) expect(await respond(urls[0])).toBe('200 ok')
    expect(await respond(urls[0])).toContain('404 {"ok":false,"error":"used_url"')
    now += 31 * 60_000
    expect(await respond(urls[1])).toContain('404 {"ok":false,"error":"expired_url"')
  })
})
