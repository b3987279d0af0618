// Sends requests through undici: only to public addresses or to hosts that were allowed by name, within limits of time
// and size, following redirects by rules of its own. The address is checked where the connection is made, so that a
// name that changes its address in between gains nothing.
import { promises as dns, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent, buildConnector, request as send } from 'undici'
import type { Clock } from '../engine/ports.ts'
import { WorkflowError } from '../errors.ts'
import { isPublicAddress } from './http-addresses.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from './ports.ts'

export interface HttpClientOptions {
  clock: Clock
  /** Hosts that may have any address: `localhost:8080` with its port alone, `intranet.example` with every port. */
  allowHosts: readonly string[]
  /** Finds the addresses of a host; the system's resolver, when left out. */
  resolve?: (host: string) => Promise<LookupAddress[]>
}

type Response = Awaited<ReturnType<typeof send>>

/** Each request has connections of its own, so that nothing is left over when it ends, however it ends. */
export function createHttpClient({
  clock,
  allowHosts,
  resolve = systemResolver,
}: HttpClientOptions): HttpClient {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()))
  return {
    async send(request, signal) {
      const agent = new Agent({
        connect: guardedConnector(allowed, resolve),
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      const timer = new AbortController()
      const late = new AbortController()
      clock.sleep(request.timeoutMs, timer.signal).then(
        () => late.abort(timeoutError(request.timeoutMs)),
        () => undefined,
      )
      const stop = AbortSignal.any([signal, late.signal])
      try {
        const response = await follow(request, agent, stop)
        const body = await readBody(response, request.maxBytes)
        return { status: response.statusCode, headers: headersOf(response), body }
      } catch (thrown) {
        throw stop.aborted ? stop.reason : understood(thrown)
      } finally {
        timer.abort()
        await agent.destroy()
      }
    },
  }
}

const systemResolver = (host: string) => dns.lookup(host, { all: true })

// ---- Where connections may lead -------------------------------------------------------------------------------

function guardedConnector(
  allowed: ReadonlySet<string>,
  resolve: NonNullable<HttpClientOptions['resolve']>,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
    const port = options.port || (options.protocol === 'https:' ? '443' : '80')
    const free = allowed.has(host) || allowed.has(`${host}:${port}`)
    // Node asks nobody for the address of an address.
    if (!free && isIP(host) && !isPublicAddress(host)) return callback(refusedAddress(), null)
    const connect = buildConnector({ timeout: 0, lookup: guardedLookup(free, resolve) })
    connect(options, (error, socket) => {
      if (error) return callback(error, null)
      if (!free && !isPublicAddress(socket.remoteAddress ?? '')) {
        socket.destroy()
        return callback(refusedAddress(), null)
      }
      callback(null, socket)
    })
  }
}

/** Answers the addresses that it has looked at, so that the connection goes to none but those. */
function guardedLookup(free: boolean, resolve: NonNullable<HttpClientOptions['resolve']>): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        if (!first) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0)
        else if (!free && !addresses.every(({ address }) => isPublicAddress(address)))
          callback(refusedAddress(), '', 0)
        else if (options.all) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}

function refusedAddress(): WorkflowError {
  return new WorkflowError(
    'http.refused_address',
    'The host leads into this machine or a private network, where requests may not go.',
    { hint: 'Whoever runs the bot can allow the host: HTTP_ALLOW_HOSTS.' },
  )
}

// ---- Redirects ------------------------------------------------------------------------------------------------

const redirectStatus = new Set([301, 302, 303, 307, 308])
/** What another server may see of a request that was not meant for it. */
const harmless = new Set(['accept', 'accept-encoding', 'accept-language', 'idempotency-key', 'user-agent'])

async function follow(first: HttpRequest, agent: Agent, signal: AbortSignal): Promise<Response> {
  let request = first
  for (let hop = 0; ; hop++) {
    const { method, url, headers, body } = request
    const response = await send(url, {
      dispatcher: agent,
      method: method as 'GET',
      headers: { 'user-agent': 'workflow-bot', 'accept-encoding': 'gzip, deflate, br', ...headers },
      body,
      signal,
    })
    const location = headersOf(response).location
    if (!redirectStatus.has(response.statusCode) || location === undefined || first.redirects === 0)
      return response
    response.body.on('error', () => undefined).destroy()
    if (hop >= first.redirects)
      throw new WorkflowError('http.redirect', `It was redirected more than ${first.redirects} times.`, {
        hint: 'Perhaps the redirects run in a circle. Give the address where they should end.',
      })
    request = redirected(request, response.statusCode, location)
  }
}

/** The request that a redirect asks for, as browsers understand it; to another server without what is confidential. */
function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const from = new URL(request.url)
  const to = URL.canParse(location, request.url) ? new URL(location, from) : undefined
  if (!to || !/^https?:$/.test(to.protocol) || to.username || to.password)
    throw new WorkflowError('http.redirect', 'It was redirected to something that is no address.')
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new WorkflowError('http.redirect', 'It was redirected from https to http, which is not encrypted.')
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST')
  const method = becomesGet ? 'GET' : request.method
  const body = becomesGet ? null : request.body
  const elsewhere = to.origin !== from.origin
  if (elsewhere && body !== null)
    throw new WorkflowError(
      'http.redirect',
      'It was redirected to another server, which is not sent what was meant for the first.',
      { hint: 'Give the address of that server, if it is the right one.' },
    )
  const headers = Object.entries(request.headers).filter(
    ([name]) => (!elsewhere || harmless.has(name)) && (body !== null || !name.startsWith('content-')),
  )
  return { ...request, url: to.href, method, body, headers: Object.fromEntries(headers) }
}

// ---- Answers --------------------------------------------------------------------------------------------------

function headersOf({ headers }: Response): HttpAnswer['headers'] {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
  return Object.fromEntries(entries)
}

async function readBody(response: Response, maxBytes: number): Promise<string> {
  const headers = headersOf(response)
  const unpack = unpacker(headers['content-encoding'] ?? '')
  const chunks: Uint8Array[] = []
  let size = 0
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) {
      size += chunk.byteLength
      // Counted as it comes out: a few packed bytes may stand for gigabytes.
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
  }
  try {
    if (unpack) await pipeline(response.body as Readable, unpack, collect)
    else await pipeline(response.body as Readable, collect)
  } catch (thrown) {
    // What is taken apart after that has complaints of its own.
    throw size > maxBytes ? tooLarge(maxBytes) : thrown
  }
  const label = /charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1]
  return decoder(label).decode(Buffer.concat(chunks))
}

function unpacker(encoding: string): Duplex | undefined {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw badAnswer('The answer is packed in a way that was not asked for.')
  }
}

function decoder(label: string | undefined): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}

function tooLarge(maxBytes: number): WorkflowError {
  return new WorkflowError('http.too_large', `The answer is larger than ${maxBytes} bytes.`, {
    hint: 'Ask for less, or raise max_size of the node.',
  })
}

function timeoutError(timeoutMs: number): WorkflowError {
  return new WorkflowError('http.timeout', `The answer was not complete after ${timeoutMs / 1000} s.`, {
    hint: 'Try again, or raise `timeout` of the node.',
  })
}

// ---- What went wrong ------------------------------------------------------------------------------------------

/** Errors of undici and Node in our own words; hosts and addresses stay out of them, since a URL may be a secret. */
function understood(thrown: unknown): unknown {
  if (thrown instanceof WorkflowError || !(thrown instanceof Error)) return thrown
  const { code = thrown.name } = thrown as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') return unreachable('There is no such host.', thrown)
  if (code === 'EAI_AGAIN') return unreachable('The address of the host could not be found out.', thrown)
  if (code === 'ECONNREFUSED') return unreachable('The host does not accept connections there.', thrown)
  if (/^(CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_)/.test(code))
    return unreachable(`The host could not show that it is who it says (${code}).`, thrown)
  if (/^(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT)/.test(code))
    return badAnswer(`What came back is not HTTP (${code}).`, thrown)
  if (/^(Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/.test(code))
    return badAnswer('The answer could not be unpacked.', thrown)
  if (/^(E[A-Z]+|UND_ERR_SOCKET)$/.test(code) || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return unreachable(`The connection failed (${code}).`, thrown)
  return thrown
}

function unreachable(message: string, cause: Error): WorkflowError {
  return new WorkflowError('http.unreachable', message, {
    hint: 'Check the address, and whether the service is up.',
    cause,
  })
}

function badAnswer(message: string, cause?: Error): WorkflowError {
  return new WorkflowError('http.bad_answer', message, {
    hint: 'Check that the address belongs to a web service.',
    cause,
  })
}
