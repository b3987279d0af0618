// The control API over HTTP, the page's files, and the walls around both: nothing but loopback, nothing from other sites.
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ControlState } from '../../src/simulator/control.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { ana, ben, manifest, operations } from './app.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startSimulator({ manifest })
})
afterEach(() => simulator.close())

async function send(name: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${simulator.url}/control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const get = async <T>(path: string) => (await fetch(`${simulator.url}${path}`)).json() as Promise<T>

/** A request whose Host and Origin are as given; fetch would not let us lie. */
function raw(path: string, headers: Record<string, string>, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(simulator.url)
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the control API over HTTP', () => {
  it('shows the workspace through the eyes of one person', async () => {
    const state = await get<ControlState>(`/control/state?user=${ana}`)
    expect(state).toMatchObject({
      team: { name: 'Harbour Goods' },
      viewer: ana,
      bot: { name: 'Workflow Bot', connected: false },
      commands: [{ command: '/workflow', usage_hint: 'list | run <id>' }, { command: '/plain' }],
    })
    const names = (s: ControlState) => s.channels.map((c) => c.name)
    expect(names(state)).toEqual(['general', 'operations', 'purchasing', 'random', 'workflow-bot'])
    expect(names(await get<ControlState>(`/control/state?user=${ben}`))).toContain('managers')
    expect(names(await get<ControlState>('/control/state?user=U0GILGUEST'))).toEqual([
      'general',
      'workflow-bot',
    ])
    expect(JSON.stringify(state)).not.toContain('@harbour-goods.example')
  })

  it('writes messages with escapes and references, and reads them back', async () => {
    const text = '@ana & @Ben Okafor, see #purchasing <b> a@ben.example @nobody @buyers @here'
    const { body } = await send('message', { user: ana, channel: operations, text })
    expect(body.text).toBe(
      `<@${ana}> &amp; <@${ben}>, see <#C0PURCHASE|purchasing> &lt;b&gt; a@ben.example @nobody <!subteam^S0BUYERS> <!here>`,
    )
    const { messages } = await get<{ messages: unknown[] }>(
      `/control/messages?channel=${operations}&user=${ben}`,
    )
    expect(messages).toEqual([body])
  })

  it.each([
    ['a body that is not JSON', 'message', '{', 400, 'invalid_json'],
    ['a field that is missing', 'message', { user: ana, text: 'x' }, 400, 'invalid_request'],
    ['a field that does not exist', 'home', { user: ana, tab: 'x' }, 400, 'invalid_request'],
    ['a person who does not exist', 'home', { user: 'U0NOBODY' }, 404, 'no_such_user'],
    [
      'acting as the bot',
      'message',
      { user: 'U0WORKFLOW', channel: operations, text: 'x' },
      404,
      'no_such_user',
    ],
    [
      'a channel where the person is not',
      'message',
      { user: ana, channel: 'C0MANAGERS', text: 'x' },
      403,
      'not_in_channel',
    ],
    [
      'a thread that does not exist',
      'message',
      { user: ana, channel: operations, text: 'x', thread_ts: '1.1' },
      404,
      'thread_not_found',
    ],
    [
      'a text that is no command',
      'command',
      { user: ana, channel: operations, text: 'run' },
      400,
      'not_a_command',
    ],
    [
      'a shortcut that the app lacks',
      'shortcut',
      { user: ana, callback_id: 'nope' },
      404,
      'no_such_shortcut',
    ],
    ['a view that is not open', 'submit', { user: ana, view_id: 'V1', values: {} }, 404, 'no_such_view'],
    ['an unknown way to disconnect', 'disconnect', { reason: 'boredom' }, 400, 'invalid_request'],
  ])('refuses %s', async (_, name, body, status, error) => {
    expect(await send(name, body)).toMatchObject({ status, body: { error, message: expect.any(String) } })
  })

  it('refuses to press what the person does not see', async () => {
    const hidden = await simulator.control.message({ user: ben, channel: 'C0MANAGERS', text: 'secret' })
    const press = { user: ana, in: { channel: 'C0MANAGERS', ts: hidden.ts }, action_id: 'a' }
    expect(await send('action', press)).toMatchObject({ status: 404, body: { error: 'no_such_message' } })
    expect((await fetch(`${simulator.url}/control/messages?channel=C0MANAGERS&user=${ana}`)).status).toBe(404)
  })

  it('streams what a person sees, and nothing that they do not', async () => {
    const abort = new AbortController()
    const response = await fetch(`${simulator.url}/control/events?user=${ana}`, { signal: abort.signal })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    await simulator.control.message({ user: ben, channel: 'C0MANAGERS', text: 'hidden' })
    await simulator.control.message({ user: ben, channel: operations, text: 'shown' })
    let seen = ''
    while (!seen.includes('"message"')) seen += (await reader?.read())?.value ?? ''
    expect(seen).toContain('shown')
    expect(seen).not.toContain('hidden')
    abort.abort()
  })

  it('waits in vain with the latest problems in the error', async () => {
    await simulator.control.command({ user: ana, channel: operations, text: '/workflow' })
    await expect(simulator.control.until(() => false, 20)).rejects.toThrow('not_connected')
  })
})

describe('the walls', () => {
  const host = () => new URL(simulator.url).host

  it('answer requests only under a name of loopback', async () => {
    expect(await raw('/control/state', { host: host() })).toBe(200)
    expect(await raw('/control/state', { host: `localhost:${new URL(simulator.url).port}` })).toBe(200)
    for (const name of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80'])
      expect(await raw('/control/state', { host: name })).toBe(403)
  })

  it('refuse requests from pages of other sites', async () => {
    const origin = (value: string) => raw('/control/state', { host: host(), origin: value })
    expect(await origin(simulator.url)).toBe(200)
    for (const value of ['https://evil.example', 'null', 'http://127.0.0.1:1', `https://${host()}`])
      expect(await origin(value)).toBe(403)
  })

  it('take only JSON, so that a form of another site cannot act', async () => {
    const answer = await send('home', '{}', { 'content-type': 'text/plain' })
    expect(answer).toMatchObject({ status: 415, body: { error: 'unsupported_media_type' } })
  })

  it('close the socket to other sites', async () => {
    const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/link/?ticket=x`, {
      origin: 'https://evil.example',
    })
    await expect(new Promise((_, reject) => socket.on('error', reject))).rejects.toThrow('socket hang up')
  })

  it('serve the page under a strict policy, and no file outside of its folder', async () => {
    const page = await fetch(`${simulator.url}/`)
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
    for (const path of [
      '/page/../control.ts',
      '/page/%2e%2e/world.ts',
      '/page/..%2fworld.ts',
      '/page/.hidden.js',
      '/page/none.js',
    ])
      expect(await raw(path, { host: host() })).toBe(404)
  })

  it('stand on loopback alone, and say when the port is taken', async () => {
    const host = '0.0.0.0' as '127.0.0.1'
    await expect(startSimulator({ manifest, host })).rejects.toMatchObject({ code: 'simulator.not_loopback' })
    const port = Number(new URL(simulator.url).port)
    await expect(startSimulator({ manifest, port })).rejects.toMatchObject({ code: 'simulator.port_taken' })
  })

  it('deliver uploaded files as they are, unable to run scripts', async () => {
    const headers = { authorization: `Bearer ${simulator.botToken}` }
    const call = async (method: string, body: Record<string, string>) =>
      (
        await fetch(`${simulator.slackApiUrl}${method}`, {
          method: 'POST',
          headers,
          body: new URLSearchParams(body),
        })
      ).json() as Promise<Record<string, string>>
    const { upload_url = '', file_id = '' } = await call('files.getUploadURLExternal', {
      filename: 'x.svg',
      length: '6',
    })
    expect((await fetch(upload_url, { method: 'POST', body: 'longer than said' })).status).toBe(400)
    expect((await fetch(upload_url, { method: 'POST', body: '<svg/>' })).status).toBe(200)
    const path = `${simulator.url}/files/${file_id}/x.svg`
    expect((await fetch(path)).status).toBe(404)
    expect(
      await call('files.completeUploadExternal', { files: JSON.stringify([{ id: file_id }]) }),
    ).toMatchObject({
      ok: true,
      files: [{ id: file_id, size: 6 }],
    })
    const file = await fetch(path)
    expect(await file.text()).toBe('<svg/>')
    expect(file.headers.get('content-security-policy')).toContain('sandbox')
  })
})
