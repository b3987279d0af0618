// Secrets of the team's own services: requests use them, and everything that comes back is cleaned of them.
import type { Json } from '../json.ts'
import type { Secrets } from './ports.ts'

const hidden = '[secret]'

/** `values` by name, each long enough that finding it in a text is no coincidence (config.ts sees to it). */
export function createSecrets(values: { [name: string]: string }): Secrets {
  // Longest first: one secret may be a part of another.
  const forms = [...new Set(Object.values(values).flatMap(formsOf))].sort((a, b) => b.length - a.length)
  const scrubText = (text: string) => forms.reduce((clean, form) => clean.replaceAll(form, hidden), text)

  function scrub(value: Json): Json {
    if (typeof value === 'string') return scrubText(value)
    if (Array.isArray(value)) return value.map(scrub)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrubText(key), scrub(item)]))
  }

  return {
    get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    scrub: <T extends Json>(value: T) => (forms.length === 0 ? value : (scrub(value) as T)),
  }
}

/** How a service that repeats what it was sent may write it: as it is, in a URL, in JSON, in base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]
}
