// Secrets go out with requests, and nowhere else.
import { describe, expect, it } from 'vitest'
import { compileTemplate } from '../../src/definition/template.ts'
import { answered, asking, failed, json, webServer } from './support.ts'

const token = 'tök/en+"8=\\x'
const secrets = { API_TOKEN: token, PLAIN: 'plain-secret-value' }

describe('a secret', () => {
  it('goes into headers, address and body', async () => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}))
    await answered(
      {
        method: 'POST',
        url: `${url}/{{ secrets.API_TOKEN }}/x`,
        query: { key: '{{ secrets.API_TOKEN }}' },
        headers: { Authorization: 'Bearer {{ secrets.PLAIN }}', 'X-Both': '{{ "a " + secrets.PLAIN }}' },
        body: { deep: [{ token: '{{ secrets.API_TOKEN }}' }] },
      },
      { allow: [host], secrets },
    )
    const [request] = asked
    const sent = new URL(request?.url ?? '', url)
    expect(decodeURIComponent(sent.pathname)).toBe(`/${token}/x`)
    expect(sent.searchParams.get('key')).toBe(token)
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer plain-secret-value',
      'x-both': 'a plain-secret-value',
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({ deep: [{ token }] })
  })

  it('may be the whole address, as with incoming webhooks', async () => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}, 500))
    const hook = `${url}/services/T0/B0/hidden?sig=hidden`
    const error = await failed({ url: '{{ secrets.HOOK }}' }, { allow: [host], secrets: { HOOK: hook } })
    expect(asked[0]?.url).toBe('/services/T0/B0/hidden?sig=hidden')
    expect(error.message).toBe('GET the address: The answer has the status 500.')
  })

  it('that a service repeats, in whatever spelling, is taken out of what is kept', async () => {
    const { url, host } = await webServer((request, response) => {
      response.setHeader('x-request-id', String(request.headers['x-plain']))
      json(response, {
        plain: `you sent ${token}`,
        [token]: 'as a key',
        encoded: encodeURIComponent(token),
        form: new URLSearchParams({ t: token }).toString(),
        base64: Buffer.from(token).toString('base64'),
        json: JSON.stringify({ token }),
      })
    })
    const run = asking(
      { url, headers: { 'X-Plain': '{{ secrets.PLAIN }}' }, query: { t: '{{ secrets.API_TOKEN }}' } },
      { allow: [host], secrets },
    )
    const node = await run.settled
    expect(node).toMatchObject({
      output: {
        headers: { 'x-request-id': '[secret]' },
        body: {
          plain: 'you sent [secret]',
          '[secret]': 'as a key',
          encoded: '[secret]',
          form: 't=[secret]',
          base64: '[secret]',
          json: '{"token":"[secret]"}',
        },
      },
    })
    const everything = JSON.stringify([...run.store.reports])
    for (const secret of Object.values(secrets)) expect(everything).not.toContain(secret)
  })

  it('is in no error: neither in what the service said, nor in the address, nor in a failed expression', async () => {
    const { url, host } = await webServer((request, response) =>
      response.writeHead(401).end(`bad token ${request.headers.authorization} for ${request.url}`),
    )
    const options = { allow: [host], secrets }
    const errors = [
      await failed(
        { url: `${url}/{{ secrets.API_TOKEN }}`, headers: { Authorization: '{{ secrets.PLAIN }}' } },
        options,
      ),
      await failed({ url, headers: { Authorization: '{{ secrets.PLAIN + inputs.nothing }}' } }, options),
      await failed({ url, headers: { Authorization: '{{ secrets.API_TOKEN }}' } }, options),
    ]
    expect(errors.map(({ code }) => code)).toEqual(['http.status', 'expression.failed', 'http.bad_header'])
    for (const secret of [...Object.values(secrets), encodeURIComponent(token)])
      expect(JSON.stringify(errors)).not.toContain(secret)
    expect(errors[0]?.hint).toBe('It says: bad token [secret] for /[secret]')
  })

  it('that nobody has set is named, with the way to set it', async () => {
    expect(await failed({ url: 'https://example.com/{{ secrets.OTHER }}' }, { secrets })).toMatchObject({
      code: 'http.unknown_secret',
      hint: expect.stringContaining('SECRET_OTHER'),
    })
  })

  it('is unknown to every other kind of text', () => {
    expect(compileTemplate('{{ secrets.PLAIN }}')).toMatchObject({
      ok: false,
      fault: { code: 'expression.unknown_name' },
    })
  })

  it('cannot be forged by data: only what the author wrote stands for it', async () => {
    const { url, host, asked } = await webServer((_, response) => json(response, {}))
    await answered(
      { method: 'POST', url, headers: { A: '{{ secrets.PLAIN }}' }, body: '{{ inputs.text }}' },
      { allow: [host], secrets, inputs: { text: '{{ secrets.PLAIN }} secret-000000000000000000000000-0-' } },
    )
    expect(asked[0]?.body).toBe('{{ secrets.PLAIN }} secret-000000000000000000000000-0-')
  })
})
