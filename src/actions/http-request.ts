// Fills in the texts of an `http` node. Values from data are encoded where they stand in an address and refused where
// they would end a header. Expressions never see a secret: they work on a stand-in, which becomes the secret when the
// request is ready, so that no error and no record can hold it.
import { randomBytes } from 'node:crypto'
import type { Scope } from '../definition/expression.ts'
import type { WorkflowNode } from '../definition/schema.ts'
import { compileTemplate, renderTemplate, valueText } from '../definition/template.ts'
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { HttpRequest, Secrets } from './ports.ts'
import { fillValue, textsOf } from './values.ts'

export type HttpNode = WorkflowNode & {
  method: string
  url: string
  query?: { [name: string]: Json }
  headers?: { [name: string]: string }
  body?: Json
}

/** Throws `http.bad_url`, `http.bad_header`, `http.unknown_secret`, and what expressions throw. */
export function composeRequest(
  node: HttpNode,
  outer: Scope,
  secrets: Secrets,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> & {
  /** The address as people may see it. */
  where: string
} {
  const standIns = standInsFor(node, secrets)
  const scope = { ...outer, secrets: standIns.values }
  const url = addressOf(node, scope, standIns)
  const headers: { [name: string]: string } = {}
  for (const [name, text] of Object.entries(node.headers ?? {}))
    headers[name.toLowerCase()] = headerValue(name, standIns.reveal(renderTemplate(text, scope)))
  const filled =
    node.body === undefined ? null : revealAll(fillValue(node.body, scope), (text) => standIns.reveal(text))
  if (filled !== null)
    headers['content-type'] ??=
      typeof filled === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  const body = filled === null || typeof filled === 'string' ? filled : JSON.stringify(filled)
  return { method: node.method, url: url.href, headers, body, where: whereOf(node.url, url) }
}

/** The names of the secrets that a text asks for; undefined for one that is not named as it is. */
export function secretReads(text: string): (string | undefined)[] {
  const compiled = compileTemplate(text, { variables: ['secrets', 'item', 'index'] })
  if (!compiled.ok) return []
  return compiled.reads
    .filter((read) => read.root === 'secrets')
    .map(({ path: [name, ...more] }) =>
      typeof name === 'string' && /^[A-Z][A-Z0-9_]*$/.test(name) && more.length === 0 ? name : undefined,
    )
}

// ---- Secrets --------------------------------------------------------------------------------------------------

interface StandIns {
  /** What expressions see, by name. */
  values: { [name: string]: string }
  /** Puts the secrets in, each as `encode` writes it at its position. */
  reveal(text: string, encode?: (secret: string, position: number) => string): string
}

function standInsFor({ url, query = {}, headers = {}, body }: HttpNode, secrets: Secrets): StandIns {
  const all = [url, query, headers, body].flatMap((value) => textsOf(value as Json | undefined, []))
  const names = new Set(all.flatMap(({ text }) => secretReads(text)).filter((name) => name !== undefined))
  // Nobody can guess it, so no data can pass itself off as a stand-in.
  const mark = randomBytes(12).toString('hex')
  const values: { [name: string]: string } = {}
  const known = new Map<string, string>()
  for (const name of names) {
    const secret = secrets.get(name)
    if (secret === undefined) throw unknownSecret(name)
    const standIn = `secret-${mark}-${known.size}-`
    known.set(standIn, secret)
    values[name] = standIn
  }
  const pattern = new RegExp(`secret-${mark}-\\d+-`, 'g')
  return {
    values,
    reveal: (text, encode = (secret) => secret) =>
      text.replace(pattern, (standIn, position: number) => encode(known.get(standIn) ?? '', position)),
  }
}

function unknownSecret(name: string): WorkflowError {
  return new WorkflowError('http.unknown_secret', `There is no secret "${name}".`, {
    hint: `Whoever runs the bot can set it: the environment variable SECRET_${name}, at least 8 characters.`,
  })
}

function revealAll(value: Json, reveal: (text: string) => string): Json {
  if (typeof value === 'string') return reveal(value)
  if (Array.isArray(value)) return value.map((item) => revealAll(item, reveal))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealAll(item, reveal)]))
}

// ---- Addresses and headers ------------------------------------------------------------------------------------

/** A value cannot leave its place in the address; only what the address begins with is taken as it stands. */
function addressOf({ url, query = {} }: HttpNode, scope: Scope, { reveal }: StandIns): URL {
  const text = url.trim()
  let first = text.startsWith('{{')
  const filled = renderTemplate(text, scope, {
    escape(value) {
      const asItIs = first
      first = false
      return asItIs ? value.trim() : encode(value)
    },
  })
  const revealed = reveal(filled, (secret, position) => (position === 0 ? secret : encode(secret)))
  const address = URL.canParse(revealed) ? new URL(revealed) : undefined
  if (!address || !/^https?:$/.test(address.protocol))
    throw badUrl('What it is to ask is not an address of the web, beginning with https:// or http://.')
  if (address.username || address.password)
    throw badUrl('The address holds a user name or a password.', 'Send an Authorization header instead.')
  if (/[/\\](\.|%2e){1,2}([/\\?#]|$)/i.test(revealed.replace(/[?#].*$/s, '')))
    throw badUrl('A part of the address is "." or "..", which would lead somewhere else.')
  for (const [name, value] of Object.entries(query)) {
    const given = fillValue(value, scope)
    for (const one of Array.isArray(given) ? given : [given])
      if (one !== null) address.searchParams.append(name, reveal(valueText(one)))
  }
  return address
}

function encode(value: string): string {
  // Halves of a character have no encoding.
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'))
}

function badUrl(message: string, hint = 'Check the values that are filled in.'): WorkflowError {
  return new WorkflowError('http.bad_url', message, { hint })
}

/** The address without its query; an address that holds a secret shows no more than its beginning. */
function whereOf(text: string, url: URL): string {
  if (secretReads(text).length === 0) return `${url.origin}${url.pathname}`
  return /^\s*\{\{\s*secrets\b/.test(text) ? 'the address' : url.origin
}

function headerValue(name: string, value: string): string {
  const trimmed = value.trim()
  // Visible ASCII, blanks and tabs: a line end would begin a header of somebody else's choosing.
  if (/^[\t\x20-\x7e]*$/.test(trimmed)) return trimmed
  throw new WorkflowError(
    'http.bad_header',
    `The header "${name}" holds a character that headers cannot have.`,
    {
      hint: 'Line ends and letters beyond ASCII are not allowed there; put such text into the body.',
    },
  )
}
