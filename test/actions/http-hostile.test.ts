// What services and data may try: addresses inside, endless answers, redirects, injected headers, names that change.
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../src/actions/http-addresses.ts'
import { ManualClock } from '../support/clock.ts'
import { answered, asking, failed, json, rawServer, webServer } from './support.ts'

describe('addresses inside', () => {
  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.8.9.1',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '100::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '[::1]',
    'localhost',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '192.169.0.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '[2606:4700:4700::1111]',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    ['localhost', 'localhost'],
    ['an address', '127.0.0.1'],
    ['a number', '2130706433'],
    ['hexadecimal', '0x7f.1'],
    ['octal', '0177.0.0.1'],
    ['short', '127.1'],
    ['IPv6', '[::1]'],
    ['mapped IPv6', '[::ffff:127.0.0.1]'],
    ['full-width digits', '１２７.０.０.１'],
  ])('are not asked, however they are written: %s', async (_, host) => {
    const { port, asked } = await webServer((_request, response) => json(response, {}))
    expect((await failed({ url: `http://${host}:${port}/` })).code).toBe('http.refused_address')
    expect(asked).toEqual([])
  })

  it('are not even connected to through a name that leads there with one of its addresses', async () => {
    let connections = 0
    const { host } = await rawServer(() => connections++)
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const url = `http://harmless.example:${host.split(':')[1]}/`
    expect((await failed({ url }, { resolve })).code).toBe('http.refused_address')
    expect(connections).toBe(0)
  })

  it('are not asked by a name that leads elsewhere when it is looked up again: what was checked is what is asked', async () => {
    const { port, asked, host } = await webServer((_, response) =>
      response.writeHead(302, { location: `http://rebinding.example:${port}/secret` }).end(),
    )
    let lookups = 0
    const resolve = async (name: string) => {
      if (name === 'front.example') return [{ address: '127.0.0.1', family: 4 }]
      lookups++
      return [{ address: lookups === 1 ? '127.0.0.1' : '93.184.215.14', family: 4 }]
    }
    const allow = [host, `front.example:${port}`]
    expect((await failed({ url: `http://front.example:${port}/` }, { resolve, allow })).code).toBe(
      'http.refused_address',
    )
    expect(lookups).toBe(1)
    expect(asked.map(({ url }) => url)).toEqual(['/'])
  })

  it('are not asked by way of a redirect', async () => {
    const inside = await webServer((_, response) => json(response, { secret: true }))
    const outside = await webServer((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    )
    expect((await failed({ url: outside.url }, { allow: [outside.host] })).code).toBe('http.refused_address')
    expect(inside.asked).toEqual([])
  })

  it('are asked when the host was allowed, and then on that port alone', async () => {
    const one = await webServer((_, response) => json(response, 1))
    const other = await webServer((_, response) => json(response, 2))
    expect((await answered({ url: one.url }, { allow: [one.host] })).body).toBe(1)
    expect((await failed({ url: other.url }, { allow: [one.host] })).code).toBe('http.refused_address')
    expect((await answered({ url: other.url }, { allow: ['127.0.0.1'] })).body).toBe(2)
  })
})

describe('a service that wants too much', () => {
  it('may not send more than the limit, told or untold', async () => {
    const big = 'x'.repeat(5000)
    const { url, host } = await webServer(({ url: path }, response) => {
      if (path === '/told') response.writeHead(200, { 'content-length': '5000' })
      response.end(big)
    })
    for (const path of ['/told', '/untold'])
      expect(await failed({ url: url + path, max_size: 4999 }, { allow: [host] })).toMatchObject({
        code: 'http.too_large',
      })
    expect((await answered({ url, max_size: 5000 }, { allow: [host] })).body).toBe(big)
  })

  it('may not send without an end', async () => {
    const { url, host } = await webServer((_, response) => {
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(more))
      }
      more()
    })
    expect((await failed({ url }, { allow: [host] })).code).toBe('http.too_large')
  })

  it('may not send a few packed bytes that stand for many', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    expect(bomb.length).toBeLessThan(1_000_000)
    const { url, host } = await webServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    expect((await failed({ url }, { allow: [host] })).code).toBe('http.too_large')
  })

  it('may not pack what it sends twice, or break the packing', async () => {
    const { url, host } = await webServer(({ url: path }, response) =>
      path === '/twice'
        ? response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync('{}')))
        : response.writeHead(200, { 'content-encoding': 'gzip' }).end('not packed at all'),
    )
    for (const path of ['/twice', '/broken'])
      expect((await failed({ url: url + path }, { allow: [host] })).code).toBe('http.bad_answer')
  })

  it('may not nest JSON deeper than anybody needs', async () => {
    const { url, host } = await webServer((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`${'['.repeat(200_000)}${']'.repeat(200_000)}`),
    )
    expect((await failed({ url }, { allow: [host] })).code).toBe('http.not_json')
  })

  it.each([
    ['never answers', () => undefined],
    [
      'sends its headers letter by letter',
      'HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    ],
    [
      'sends its body letter by letter',
      'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    ],
  ])('may not take longer than 30 s in all: it %s', async (_, sends) => {
    const connected = deferred()
    const { url, host } = await rawServer((socket) => {
      socket.once('data', async () => {
        connected.resolve()
        if (typeof sends !== 'string') return
        for (const letter of sends) {
          if (socket.destroyed) return
          socket.write(letter)
          await turn()
        }
      })
    })
    const clock = new ManualClock()
    const { settled } = asking({ url }, { allow: [host], clock })
    await connected.promise
    await clock.advance(29_999)
    expect(clock.sleeping).toBeGreaterThan(0)
    await clock.advance(1)
    expect(await settled).toMatchObject({ error: { code: 'http.timeout' } })
  })

  it('may not send the bot round in circles', async () => {
    const { url, host, asked } = await webServer(({ url: path }, response) =>
      response.writeHead(302, { location: path === '/a' ? '/b' : '/a' }).end(),
    )
    expect(await failed({ url: `${url}/a` }, { allow: [host] })).toMatchObject({
      code: 'http.redirect',
      message: `GET ${url}/a: It was redirected more than 5 times.`,
    })
    expect(asked).toHaveLength(6)
  })

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://user:pass@example.com/', 'http://[bad'])(
    'may not redirect to %s',
    async (location) => {
      const { url, host } = await webServer((_, response) => response.writeHead(302, { location }).end())
      expect((await failed({ url }, { allow: [host] })).code).toBe('http.redirect')
    },
  )

  it('may not speak something else than HTTP', async () => {
    const { url, host } = await rawServer((socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')),
    )
    expect((await failed({ url }, { allow: [host] })).code).toBe('http.bad_answer')
  })

  it('may hang up, or not be there: the connection failed', async () => {
    const { url, host } = await rawServer((socket) => socket.once('data', () => socket.destroy()))
    expect((await failed({ url }, { allow: [host] })).code).toBe('http.unreachable')
    expect((await failed({ url: 'http://127.0.0.1:1/' }, { allow: ['127.0.0.1'] })).code).toBe(
      'http.unreachable',
    )
    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    }
    expect(await failed({ url: 'http://gone.example/' }, { resolve })).toMatchObject({
      code: 'http.unreachable',
      message: 'GET http://gone.example/: There is no such host.',
    })
  })
})

describe('a redirect', () => {
  it('is followed as browsers do: a POST becomes a GET without a body, a 307 stays what it was', async () => {
    const { url, host, asked } = await webServer(({ url: path }, response) =>
      path === '/end'
        ? json(response, 'there')
        : response.writeHead(Number(path.slice(1)), { location: '/end' }).end(),
    )
    const seen: string[] = []
    for (const status of [301, 302, 303, 307, 308]) {
      const node = { method: 'POST', url: `${url}/${status}`, body: { n: 1 } }
      expect((await answered(node, { allow: [host] })).body).toBe('there')
      const last = asked.at(-1)
      seen.push(`${status} ${last?.method} ${last?.body} ${last?.headers['content-type'] ?? '-'}`)
    }
    expect(seen).toEqual([
      '301 GET  -',
      '302 GET  -',
      '303 GET  -',
      '307 POST {"n":1} application/json; charset=utf-8',
      '308 POST {"n":1} application/json; charset=utf-8',
    ])
  })

  it('to another server carries no header that was meant for the first, and no body', async () => {
    const other = await webServer((_, response) => json(response, 'there'))
    const first = await webServer(({ url: path }, response) =>
      response.writeHead(Number(path.slice(1)), { location: `${other.url}/end` }).end(),
    )
    const allow = [first.host, other.host]
    const secrets = { API_KEY: 'k-123456789' }
    const headers = { 'X-Api-Key': '{{ secrets.API_KEY }}', Accept: 'application/json' }
    await answered({ url: `${first.url}/302`, headers }, { allow, secrets })
    expect(other.asked[0]?.headers).toMatchObject({ accept: 'application/json' })
    expect(JSON.stringify(other.asked)).not.toContain('k-123456789')
    const node = { method: 'POST', url: `${first.url}/307`, headers, body: { key: '{{ secrets.API_KEY }}' } }
    expect((await failed(node, { allow, secrets })).code).toBe('http.redirect')
    expect(other.asked).toHaveLength(1)
  })

  it('is an answer like any other when none are to be followed', async () => {
    const { url, host } = await webServer((_, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    )
    const output = await answered({ url, redirects: 0, expect: ['3xx'] }, { allow: [host] })
    expect(output).toMatchObject({ status: 302, headers: { location: '/elsewhere' } })
  })
})

describe('data that is filled in', () => {
  it.each(['a\r\nX-Evil: 1', 'a\nb', 'nul\0', 'ünï', 'é'])(
    'cannot break out of a header: %j',
    async (value) => {
      const { url, host, asked } = await webServer((_, response) => json(response, {}))
      const node = { url, headers: { 'X-Note': 'note {{ inputs.note }} end' } }
      expect(await failed(node, { allow: [host], inputs: { note: value } })).toMatchObject({
        code: 'http.bad_header',
        message: expect.stringContaining('"X-Note"'),
      })
      expect(asked).toEqual([])
    },
  )

  it.each([
    ['../admin', '/items/..%2Fadmin/x'],
    ['a/b', '/items/a%2Fb/x'],
    ['1?all=true#', '/items/1%3Fall%3Dtrue%23/x'],
    ['@evil.example/', '/items/%40evil.example%2F/x'],
    ['%2e%2e', '/items/%252e%252e/x'],
    ['\ud800', '/items/%EF%BF%BD/x'],
    ['a\r\nHost: evil', '/items/a%0D%0AHost%3A%20evil/x'],
  ])('stays in its place of the address: %j', async (id, path) => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}))
    await answered({ url: `${url}/items/{{ inputs.id }}/x` }, { allow: [host], inputs: { id } })
    expect(asked.map((request) => request.url)).toEqual([path])
  })

  it.each(['.', '..'])('cannot walk up the address: %j', async (id) => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}))
    for (const place of ['{{ inputs.id }}', '{{ inputs.id }}/x', '{{ inputs.id }}?a=b'])
      expect((await failed({ url: `${url}/items/${place}` }, { allow: [host], inputs: { id } })).code).toBe(
        'http.bad_url',
      )
    expect(asked).toEqual([])
  })

  it.each([
    'file:///etc/passwd',
    'javascript:1',
    'no address',
    '',
    'http://u:p@example.com/',
    '//example.com',
  ])('is no address to ask: %j', async (source) => {
    expect((await failed({ url: '{{ inputs.source }}' }, { inputs: { source } })).code).toBe('http.bad_url')
  })
})

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
