// Small helpers for values that came over the wire: everything is unknown until it is looked at.

export type Payload = Record<string, unknown>

export function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asObject(value: unknown): Payload {
  return isObject(value) ? value : {}
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value when it is a string that says something. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Forms carry booleans as words. */
export function asFlag(value: unknown): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

/** Forms carry numbers as words too. */
export function asCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
