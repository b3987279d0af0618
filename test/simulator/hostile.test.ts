// Nonsense of every kind, sent to every method and every control request: always an answer, never a crash.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkBlocks, checkView } from '../../src/simulator/blocks/index.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import { ana, manifest, operations } from './app.ts'

const methods = [
  'api.test',
  'apps.connections.open',
  'auth.test',
  'blocks.validate',
  'bots.info',
  'chat.delete',
  'chat.getPermalink',
  'chat.postEphemeral',
  'chat.postMessage',
  'chat.update',
  'conversations.history',
  'conversations.info',
  'conversations.join',
  'conversations.list',
  'conversations.members',
  'conversations.open',
  'conversations.replies',
  'files.completeUploadExternal',
  'files.getUploadURLExternal',
  'files.info',
  'pins.add',
  'reactions.add',
  'reactions.remove',
  'team.info',
  'usergroups.list',
  'usergroups.users.list',
  'users.info',
  'users.list',
  'users.lookupByEmail',
  'views.open',
  'views.publish',
  'views.push',
  'views.update',
]
const controls = [
  'command',
  'message',
  'action',
  'submit',
  'close',
  'home',
  'shortcut',
  'suggest',
  'fault',
  'change',
]

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ manifest, rateLimits: false, ackMs: 5 })
})
afterAll(() => simulator.close())

const oddText = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', '<!channel>', '\u202e', '\0', '🙂', ''),
)
const anyArgument = fc.oneof(
  oddText,
  fc.jsonValue(),
  fc.constantFrom(operations, ana, '1.1', '[{"type":"divider"}]'),
)
const names = [
  'channel',
  'text',
  'blocks',
  'view',
  'ts',
  'thread_ts',
  'user',
  'user_id',
  'users',
  'limit',
  'cursor',
]
const moreNames = [
  'files',
  'metadata',
  'message',
  'name',
  'timestamp',
  'types',
  'hash',
  'view_id',
  '__proto__',
  'toString',
]
const args = fc.dictionary(fc.constantFrom(...names, ...moreNames), anyArgument)

const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('nonsense', () => {
  it('in a Web API call is answered as Slack answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), args, async (method, given) => {
        const response = await send(`/api/${method}`, given, {
          authorization: `Bearer ${simulator.botToken}`,
        })
        expect(response.status).toBe(200)
        const answer = (await response.json()) as { ok: unknown; error: unknown }
        expect(answer.ok === true || (answer.ok === false && typeof answer.error === 'string')).toBe(true)
        expect(answer.error).not.toBe('unknown_method')
      }),
      { numRuns: 400 },
    )
  })

  it('in a control request is refused with a reason', async () => {
    const fields = [
      'user',
      'channel',
      'text',
      'in',
      'action_id',
      'view_id',
      'values',
      'method',
      'times',
      'what',
      'query',
    ]
    const body = fc.dictionary(fc.constantFrom(...fields, '__proto__'), anyArgument)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...controls), body, async (name, given) => {
        const { status } = await send(`/control/${name}`, given)
        expect(status === 200 || (status >= 400 && status < 500)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('as blocks or a view is judged, never thrown at', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(Array.isArray(checkBlocks([value]))).toBe(true)
        expect(checkBlocks(value).length > 0 || (Array.isArray(value) && value.length === 0)).toBe(true)
        expect(checkView(value).length).toBeGreaterThan(0)
      }),
    )
  })

  it('in a body too large, of an unknown kind or half written is refused', async () => {
    const post = (body: string, type: string) =>
      fetch(`${simulator.slackApiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
    expect((await post('x'.repeat(5_000_001), 'text/plain')).status).toBe(413)
    expect(await (await post('{', 'application/json')).json()).toEqual({ ok: false, error: 'invalid_json' })
    expect(await (await post('a', 'text/plain')).json()).toEqual({ ok: false, error: 'invalid_post_type' })
  })
})
