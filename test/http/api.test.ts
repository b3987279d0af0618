// The HTTP API: what it answers to programs. Who may ask is in guard.test.ts, listening and stopping in server.test.ts.
import { describe, expect, it } from 'vitest'
import { reportSchema } from '../../src/engine/report.ts'
import { WorkflowError } from '../../src/errors.ts'
import {
  errorSchema,
  executionListSchema,
  startedSchema,
  workflowListSchema,
  workflowSchema,
} from '../../src/http/schemas.ts'
import { settled } from '../support/clock.ts'
import { createBot, fault } from './bot.ts'

const refusal = async (response: Response) => errorSchema.parse(await response.json()).error

describe('workflows', () => {
  it('are listed with their last result, and faulty files beside them', async () => {
    const bot = createBot()
    await bot.post({}, { Prefer: 'wait=5' })
    const response = await bot.ask('/api/workflows')
    expect(response.status).toBe(200)
    const { workflows, broken } = workflowListSchema.parse(await response.json())
    expect(workflows).toMatchObject([
      { id: 'sample', name: 'Sample', version: 1, running: 0, last: { status: 'succeeded' } },
    ])
    expect(broken).toEqual([{ file: fault.file, faults: [fault] }])
  })

  it('that never ran have null as their last result', async () => {
    const { workflows } = workflowListSchema.parse(await (await createBot().ask('/api/workflows')).json())
    expect(workflows[0]?.last).toBeNull()
  })

  it('can be searched', async () => {
    const response = await createBot().ask('/api/workflows?search=nothing')
    expect(await response.json()).toMatchObject({ workflows: [] })
  })

  it('are shown with configuration and version', async () => {
    const response = await createBot().ask('/api/workflows/sample')
    expect(response.status).toBe(200)
    const workflow = workflowSchema.parse(await response.json())
    expect(workflow).toMatchObject({ id: 'sample', version: { number: 1 }, faults: [], last: null })
    expect(workflow.definition?.nodes.map((node) => node.name)).toEqual(['start', 'prepare', 'finish'])
    expect(workflow.definition?.nodes[0]).toHaveProperty('inputs.count.type', 'integer')
  })

  it('without any good version are shown with their faults', async () => {
    const workflow = workflowSchema.parse(await (await createBot().ask('/api/workflows/broken')).json())
    expect(workflow).toMatchObject({ version: null, definition: null, faults: [fault] })
  })

  it('that do not exist are answered 404, with the nearest one as a hint', async () => {
    const response = await createBot().ask('/api/workflows/smaple')
    expect(response.status).toBe(404)
    expect(await refusal(response)).toEqual({
      code: 'workflow.unknown',
      message: 'There is no workflow "smaple".',
      hint: 'did you mean "sample"?',
    })
  })

  it('that are broken cannot be started: 409', async () => {
    const response = await createBot().ask('/api/workflows/broken/executions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect(response.status).toBe(409)
    expect(await refusal(response)).toMatchObject({ code: 'workflow.broken' })
  })
})

describe('starting an execution', () => {
  it('answers 202 at once, with its id and where its report will be', async () => {
    const bot = createBot({ blocked: true })
    const response = await bot.post({ inputs: { name: 'Ana', count: 3 } })
    expect(response.status).toBe(202)
    const started = startedSchema.parse(await response.json())
    expect(started).toMatchObject({ started: true, workflow: { id: 'sample' } })
    expect(response.headers.get('Location')).toBe(`/api/executions/${started.executionId}`)
    expect(response.headers.has('Preference-Applied')).toBe(false)
    const report = reportSchema.parse(await (await bot.ask(started.report)).json())
    expect(report).toMatchObject({ status: 'running', success: null, inputs: { name: 'Ana', count: 3 } })
  })

  it('with Prefer: wait answers 200 with the finished report', async () => {
    const response = await createBot().post({}, { Prefer: 'respond-async, wait=30' })
    expect(response.status).toBe(200)
    expect(response.headers.get('Preference-Applied')).toBe('wait=30')
    const report = reportSchema.parse(await response.json())
    expect(report).toMatchObject({ status: 'succeeded', success: true })
    expect(response.headers.get('Location')).toBe(`/api/executions/${report.id}`)
  })

  it('with Prefer: wait answers 202 when the time is over before the execution is', async () => {
    const bot = createBot({ blocked: true })
    const answer = bot.post({}, { Prefer: 'wait=30' })
    await bot.clock.advance(29_999)
    await bot.clock.advance(1)
    const response = await answer
    expect(response.status).toBe(202)
    expect(response.headers.get('Preference-Applied')).toBe('wait=30')
    startedSchema.parse(await response.json())
  })

  it('grants no longer wait than a minute, and says so', async () => {
    const response = await createBot().post({}, { Prefer: 'wait=86400' })
    expect(response.headers.get('Preference-Applied')).toBe('wait=60')
  })

  it('leaves no timer behind when the execution ends first', async () => {
    const bot = createBot({ blocked: true })
    const answer = bot.post({}, { Prefer: 'wait=30' })
    await settled()
    const waiting = bot.clock.sleeping
    bot.release()
    await answer
    expect(bot.clock.sleeping).toBeLessThan(waiting)
  })

  it('that fails is answered 200 too: its report tells the failure', async () => {
    const bot = createBot({ blocked: true })
    const answer = bot.post({}, { Prefer: 'wait=30' })
    bot.release(new WorkflowError('sample.refused', 'No paper.'))
    const response = await answer
    expect(response.status).toBe(200)
    expect(reportSchema.parse(await response.json())).toMatchObject({
      status: 'failed',
      success: false,
      errors: [{ code: 'sample.refused' }],
    })
  })

  it('twice with one Idempotency-Key starts one execution', async () => {
    const bot = createBot()
    const key = { 'Idempotency-Key': 'order-17' }
    const first = startedSchema.parse(await (await bot.post({}, key)).json())
    const again = startedSchema.parse(await (await bot.post({}, key)).json())
    expect(again).toEqual({ ...first, started: false })
    const other = startedSchema.parse(await (await bot.post({}, { 'Idempotency-Key': 'order-18' })).json())
    expect(other.executionId).not.toBe(first.executionId)
  })

  it('twice without a key starts two', async () => {
    const bot = createBot()
    await bot.post({}, { Prefer: 'wait=5' })
    await bot.post({}, { Prefer: 'wait=5' })
    expect(bot.prepared()).toBe(2)
  })

  it('with a repeated key and a wait answers the report of the first', async () => {
    const bot = createBot()
    const headers = { 'Idempotency-Key': 'order-17', Prefer: 'wait=5' }
    const first = reportSchema.parse(await (await bot.post({}, headers)).json())
    const again = await bot.post({}, headers)
    expect(again.status).toBe(200)
    expect(reportSchema.parse(await again.json()).id).toBe(first.id)
    expect(bot.prepared()).toBe(1)
  })

  it('is reported under the name that the client gives', async () => {
    const bot = createBot()
    const by = async (actor?: string) => {
      const headers = { Prefer: 'wait=5', ...(actor === undefined ? {} : { 'X-Actor': actor }) }
      return reportSchema.parse(await (await bot.post({}, headers)).json()).startedBy
    }
    expect(await by()).toEqual({ kind: 'api', id: 'api', name: 'API' })
    expect(await by('nightly-export')).toEqual({ kind: 'api', id: 'nightly-export', name: 'nightly-export' })
    expect(await by('cli:ana')).toEqual({ kind: 'cli', id: 'ana', name: 'ana' })
  })

  it.each(['slack:ana', 'webhook:x', '<!channel>', 'x'.repeat(81)])('refuses %s as a name', async (name) => {
    const response = await createBot().post({}, { 'X-Actor': name })
    expect(response.status).toBe(400)
  })
})

describe('a body that cannot be worked with', () => {
  it.each<[string, string | object, number, string]>([
    ['nothing', '', 400, 'api.bad_json'],
    ['half a body', '{"inputs": {', 400, 'api.bad_json'],
    ['a list', '[]', 400, 'api.bad_request'],
    ['null', 'null', 400, 'api.bad_request'],
    ['inputs that are no object', { inputs: [1] }, 400, 'api.bad_request'],
    ['an unknown field', { input: {} }, 400, 'api.bad_request'],
    ['an unknown input', { inputs: { nmae: 'Ana' } }, 400, 'inputs.invalid'],
    ['an input of the wrong type', { inputs: { count: 'many' } }, 400, 'inputs.invalid'],
    ['a key that reaches into prototypes', '{"inputs": {"__proto__": {"admin": true}}}', 400, 'api.bad_json'],
    ['extreme depth', `{"inputs": {"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 400, 'api.too_deep'],
    ['too much', { inputs: { name: 'x'.repeat(1024 * 1024) } }, 413, 'api.too_large'],
  ])('(%s) is refused', async (_name, body, status, code) => {
    const bot = createBot()
    const response = await bot.post(body)
    expect(response.status).toBe(status)
    expect((await refusal(response)).code).toBe(code)
    expect(bot.prepared()).toBe(0)
  })

  it('is measured while it arrives, when its length is not announced', async () => {
    const bot = createBot()
    const piece = new TextEncoder().encode(' '.repeat(64 * 1024))
    let pieces = 0
    const body = new ReadableStream({
      pull(controller) {
        pieces++
        controller.enqueue(piece)
      },
    })
    const response = await bot.ask('/api/workflows/sample/executions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect(pieces).toBeLessThan(25)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', ''])(
    'is refused with 415 when its type is "%s"',
    async (type) => {
      const response = await createBot().post('{}', { 'Content-Type': type })
      expect(response.status).toBe(415)
      expect((await refusal(response)).code).toBe('api.not_json')
    },
  )

  it('is refused with 415 when it is compressed', async () => {
    const response = await createBot().post('{}', { 'Content-Encoding': 'gzip' })
    expect(response.status).toBe(415)
  })

  it('is refused when it is not UTF-8', async () => {
    const response = await createBot().ask('/api/workflows/sample/executions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{"inputs": {"name": "\xe9"}}', 'latin1'),
    })
    expect((await refusal(response)).code).toBe('api.bad_json')
  })

  it.each(['has a blank', 'x'.repeat(256), ''])(
    'comes with a proper Idempotency-Key, not "%s"',
    async (key) => {
      const response = await createBot().post({}, { 'Idempotency-Key': key })
      expect(response.status).toBe(400)
    },
  )
})

describe('executions', () => {
  it('are shown as reports', async () => {
    const bot = createBot()
    const { id } = reportSchema.parse(await (await bot.post({}, { Prefer: 'wait=5' })).json())
    const response = await bot.ask(`/api/executions/${id}`)
    expect(response.status).toBe(200)
    const report = reportSchema.parse(await response.json())
    expect(report.nodes.map((node) => node.status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  it('can be waited for', async () => {
    const bot = createBot({ blocked: true })
    const { report } = startedSchema.parse(await (await bot.post({})).json())
    const answer = bot.ask(report, { headers: { Prefer: 'wait=30' } })
    await settled()
    bot.release()
    const response = await answer
    expect(response.headers.get('Preference-Applied')).toBe('wait=30')
    expect(reportSchema.parse(await response.json()).status).toBe('succeeded')
  })

  it('that do not exist are answered 404', async () => {
    for (const id of ['nope', '%00', '..%2f..%2fetc', '__proto__']) {
      const response = await createBot().ask(`/api/executions/${id}`)
      expect(response.status).toBe(404)
      expect((await refusal(response)).code).toBe('execution.unknown')
    }
  })

  it('are listed newest first, those that still run among them', async () => {
    const bot = createBot()
    await bot.post({}, { Prefer: 'wait=5' })
    await bot.post({ inputs: { name: 'second' } }, { Prefer: 'wait=5' })
    const { executions } = executionListSchema.parse(await (await bot.ask('/api/executions')).json())
    expect(executions.map(({ id }) => id)).toEqual(['x2', 'x1'])
    const one = executionListSchema.parse(
      await (await bot.ask('/api/executions?workflow=sample&limit=1')).json(),
    )
    expect(one.executions.map(({ id }) => id)).toEqual(['x2'])
  })

  it.each(['limit=0', 'limit=101', 'limit=ten', 'limt=5', 'limit='])(
    'are not listed for ?%s',
    async (query) => {
      const response = await createBot().ask(`/api/executions?${query}`)
      expect(response.status).toBe(400)
      expect((await refusal(response)).code).toBe('api.bad_request')
    },
  )

  it('of a workflow that does not exist are answered 404', async () => {
    expect((await createBot().ask('/api/executions?workflow=nope')).status).toBe(404)
  })
})

describe('every answer', () => {
  it('is not to be cached, nor to be taken for anything but what it is', async () => {
    for (const path of ['/api/health', '/api/nowhere', '/api/workflows', '/']) {
      const { headers } = await createBot().ask(path)
      expect(headers.get('Cache-Control')).toBe('no-store')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Content-Type')).toMatch(/^application\/json/)
    }
  })

  it('to an unknown address is 404, and to a wrong method 405 with the right ones', async () => {
    const bot = createBot()
    const nowhere = await bot.ask('/api/nowhere')
    expect([nowhere.status, (await refusal(nowhere)).code]).toEqual([404, 'api.no_such_address'])
    const wrong = await bot.ask('/api/workflows', { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('Allow')]).toEqual([405, 'GET'])
    expect((await refusal(wrong)).code).toBe('api.wrong_method')
  })

  it('to our own mistake is 500 without its text, which the log has', async () => {
    const bot = createBot()
    bot.services.history.recent = async () => {
      throw new TypeError('a secret detail')
    }
    const response = await bot.ask('/api/executions')
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toContain('internal.unexpected')
    expect(text).not.toContain('secret detail')
    expect(JSON.stringify(bot.log)).toContain('a secret detail')
  })

  it('is 503 once the bot is stopping, and waiting ends at once', async () => {
    const bot = createBot({ blocked: true })
    const waiting = bot.post({}, { Prefer: 'wait=30' })
    await settled()
    bot.api.stop()
    expect((await waiting).status).toBe(202)
    const response = await bot.ask('/api/workflows')
    expect([response.status, (await refusal(response)).code]).toEqual([503, 'api.stopping'])
    expect(response.headers.get('Connection')).toBe('close')
  })
})
