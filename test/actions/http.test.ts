// What a node of type `http` sends, and what it makes of the answer.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { httpAction } from '../../src/actions/http.ts'
import { settled } from '../support/clock.ts'
import { edge, workflow } from '../support/workflow.ts'
import { answered, asking, failed, json, webServer } from './support.ts'

describe('a request', () => {
  it('is a GET, and gives status, headers and the JSON of the answer to later nodes', async () => {
    const { url, host } = await webServer((_, response) => json(response, { rates: { USD: 1.1 } }))
    expect(await answered({ url: `${url}/latest` }, { allow: [host] })).toEqual({
      status: 200,
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      body: { rates: { USD: 1.1 } },
    })
  })

  it('fills in address, query, headers and body from inputs and context', async () => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}))
    await answered(
      {
        method: 'POST',
        url: '{{ context.base }}/items/{{ inputs.id }}',
        query: { limit: '{{ inputs.limit }}', tag: ['a', 'b c'], none: '{{ null }}', flag: true },
        headers: { 'X-Team': 'team {{ inputs.limit }}' },
        body: { id: '{{ inputs.id }}', text: 'Item {{ inputs.id }}', limit: '{{ inputs.limit }}', n: null },
      },
      { allow: [host], context: { base: url }, inputs: { id: 'A/1 ü?', limit: 5 } },
    )
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/items/A%2F1%20%C3%BC%3F?limit=5&tag=a&tag=b+c&flag=true',
      headers: { 'x-team': 'team 5', 'content-type': 'application/json; charset=utf-8' },
    })
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ id: 'A/1 ü?', text: 'Item A/1 ü?', limit: 5, n: null })
  })

  it('sends text as it is, as the type that its author names', async () => {
    const { url, host, asked } = await webServer((_, response) => response.end())
    await answered(
      { method: 'PUT', url, headers: { 'Content-Type': 'text/csv' }, body: 'a,b\n1,2\n' },
      { allow: [host] },
    )
    expect(asked[0]).toMatchObject({ headers: { 'content-type': 'text/csv' }, body: 'a,b\n1,2\n' })
  })

  it('carries the key of its step, the same for every attempt, so that a service can tell a repeat', async () => {
    const { url, host, asked } = await webServer((_, response) =>
      json(response, {}, asked.length < 3 ? 503 : 200),
    )
    const { clock, settled: ended } = asking(
      { method: 'POST', url, body: {}, retry: { attempts: 3, delay: '1s', backoff: 'constant' } },
      { allow: [host] },
    )
    while (asked.length < 3) await clock.advance(1000)
    expect(await ended).toMatchObject({ status: 'succeeded', attempts: 3 })
    expect(asked.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill('x1/ask/request'))
  })

  it('that was answered is not sent again when its execution is taken up after a restart', async () => {
    const { url, host, asked } = await webServer((_, response) =>
      json(response, {}, asked.length < 2 ? 503 : 200),
    )
    const node = { url, retry: { attempts: 2, delay: '1h', jitter: false } }
    const first = asking(node, { allow: [host] })
    first.settled.catch(() => undefined)
    while (first.engine.running()[0]?.status !== 'waiting') await settled()
    await first.engine.close()
    const second = asking(node, { allow: [host], store: first.store, clock: first.clock, resume: true })
    while (second.clock.sleeping === 0) await settled()
    await second.clock.advance(3_600_000)
    while (asked.length < 2) await settled()
    expect(await second.settled).toMatchObject({ status: 'succeeded', attempts: 2 })
    expect(asked).toHaveLength(2)
  })

  it('takes no longer than its node may', async () => {
    const { url, host, asked } = await webServer(() => undefined)
    const { clock, settled: ended } = asking({ url, timeout: '5s' }, { allow: [host] })
    while (asked.length === 0) await settled()
    await clock.advance(5000)
    expect(await ended).toMatchObject({ status: 'failed', error: { code: 'node.timed_out' } })
  })

  it('stops at once when its execution is cancelled', async () => {
    let gone = false
    const { url, host } = await webServer((_, response) => response.on('close', () => (gone = true)))
    const { engine, report, clock } = asking({ url }, { allow: [host] })
    while (engine.running()[0]?.nodes.find((node) => node.name === 'ask')?.status !== 'running')
      await settled()
    await engine.cancel('x1', { kind: 'slack', id: 'U1', name: 'Ana' })
    expect((await report).status).toBe('cancelled')
    while (!gone) await settled()
    expect(clock.sleeping).toBe(0)
  })
})

describe('an answer', () => {
  const serve = (body: string | Buffer, headers: { [name: string]: string }, status = 200) =>
    webServer((_, response) => response.writeHead(status, headers).end(body))

  it.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['text/html', '<p>hi</p>', '<p>hi</p>'],
    ['application/atom+xml', '<feed/>', '<feed/>'],
    ['image/png', '\x89PNG', null],
    ['application/json', '', null],
  ])('of type %s is understood by its type', async (type, body, expected) => {
    const { url, host } = await serve(body, { 'content-type': type })
    expect((await answered({ url }, { allow: [host] })).body).toEqual(expected)
  })

  it('is what `parse` says where its type is wrong', async () => {
    const { url, host } = await serve('{"a":1}', { 'content-type': 'text/plain' })
    expect((await answered({ url, parse: 'json' }, { allow: [host] })).body).toEqual({ a: 1 })
    expect((await answered({ url, parse: 'text' }, { allow: [host] })).body).toBe('{"a":1}')
  })

  it('is read in the character set that it names', async () => {
    const { url, host } = await serve(Buffer.from([0xfc]), {
      'content-type': 'text/plain; charset=iso-8859-1',
    })
    expect((await answered({ url }, { allow: [host] })).body).toBe('ü')
  })

  it('is unpacked', async () => {
    const { url, host } = await serve(gzipSync('{"packed":true}'), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    })
    expect((await answered({ url }, { allow: [host] })).body).toEqual({ packed: true })
  })

  it('keeps only headers that tell something and open nothing', async () => {
    const { url, host } = await serve('', {
      'set-cookie': 'session=abc',
      'x-amz-security-token': 'abc',
      etag: '"1"',
      'x-ratelimit-remaining': '7',
    })
    const { headers } = await answered({ url }, { allow: [host] })
    expect(headers).toEqual({ etag: '"1"', 'x-ratelimit-remaining': '7', date: expect.any(String) })
  })

  it('of another status than 2xx is a failure that says what the service said', async () => {
    const { url, host } = await serve('out of\n  paper', {}, 503)
    expect(await failed({ url: `${url}/print?copies=2` }, { allow: [host] })).toEqual({
      code: 'http.status',
      message: `GET ${url}/print: The answer has the status 503.`,
      hint: 'It says: out of paper',
    })
  })

  it('of a status that its author expects is none', async () => {
    const { url, host } = await serve('', {}, 404)
    expect(await answered({ url, expect: ['2xx', 404] }, { allow: [host] })).toMatchObject({ status: 404 })
    expect((await failed({ url, expect: [204] }, { allow: [host] })).code).toBe('http.status')
  })

  it('that should be JSON and is not fails, with its beginning', async () => {
    const { url, host } = await serve('<html>Sign in</html>', { 'content-type': 'application/json' })
    expect(await failed({ url }, { allow: [host] })).toMatchObject({
      code: 'http.not_json',
      hint: 'It begins with: <html>Sign in</html>',
    })
  })
})

describe('what is wrong with a node is said when its file is loaded', () => {
  const faultsOf = (node: object) => {
    const action = httpAction({} as never)
    const whole = { name: 'ask', type: 'http', method: 'GET', ...node } as never
    const { definition } = workflow([whole], [edge('start -> ask')])
    return action.check?.(whole, definition).map(({ code, path }) => [code, ...path].join(' '))
  }

  it.each([
    [{ url: 'www.example.com' }, 'workflow.http_url url'],
    [{ url: 'ftp://example.com' }, 'workflow.http_url url'],
    [{ url: 'https://example.com', body: {} }, 'workflow.http_body body'],
    [{ url: 'https://example.com', headers: { Host: 'other' } }, 'workflow.http_header headers Host'],
    [
      { url: 'https://example.com', headers: { 'Idempotency-Key': 'x' } },
      'workflow.http_header headers Idempotency-Key',
    ],
    [{ url: 'https://example.com', headers: { A: '1', a: '2' } }, 'workflow.http_header headers a'],
    [
      { url: 'https://example.com', query: { k: '{{ secrets[inputs.name] }}' } },
      'workflow.http_secret query k',
    ],
    [{ url: 'https://example.com', query: { k: '{{ string(secrets) }}' } }, 'workflow.http_secret query k'],
  ])('%o', (node, fault) => {
    expect(faultsOf(node)).toEqual([fault])
  })

  it('and nothing is said about one that is right', () => {
    expect(
      faultsOf({ url: '{{ inputs.source }}', headers: { Authorization: 'Bearer {{ secrets.API_TOKEN }}' } }),
    ).toEqual([])
  })
})
