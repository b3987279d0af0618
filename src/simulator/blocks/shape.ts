// Small checks that are combined into the tables of Block Kit: each looks at one value and notes what Slack would say.
import { isObject } from '../payload.ts'

/** One thing that Slack would refuse. `message` is in Slack's words; `pointer` is a JSON pointer into the payload. */
export interface BlockFault {
  pointer: string
  message: string
  /** As in the answers of `blocks.validate`. */
  code: string
  constraint?: number | string
}

export interface Found {
  faults: BlockFault[]
}

export type Check = (value: unknown, at: string, found: Found) => void

function note(
  found: Found,
  pointer: string,
  code: string,
  message: string,
  constraint?: number | string,
): void {
  found.faults.push({ pointer, message, code, ...(constraint === undefined ? {} : { constraint }) })
}

/** A string of `min` to `max` characters; UTF-16 units are not characters, so a smiley counts once. */
export function text(limits: { min?: number; max?: number; pattern?: RegExp } = {}): Check {
  const { min = 1, max, pattern } = limits
  return (value, at, found) => {
    if (typeof value !== 'string') return note(found, at, 'invalid_type', 'must be a string')
    const length = [...value].length
    if (length < min) note(found, at, 'too_short', `must be more than ${min - 1} characters`, min)
    else if (max !== undefined && length > max)
      note(found, at, 'too_long', `must be less than ${max + 1} characters`, max)
    else if (pattern && !pattern.test(value))
      note(found, at, 'invalid_format', 'value is not in a valid format')
  }
}

export const flag: Check = (value, at, found) => {
  if (typeof value !== 'boolean') note(found, at, 'invalid_type', 'must be a boolean')
}

export function count(limits: { min?: number; max?: number } = {}): Check {
  return (value, at, found) => {
    if (typeof value !== 'number' || !Number.isInteger(value))
      return note(found, at, 'invalid_type', 'must be an integer')
    if (limits.min !== undefined && value < limits.min)
      note(found, at, 'too_small', `must be greater than ${limits.min - 1}`, limits.min)
    if (limits.max !== undefined && value > limits.max)
      note(found, at, 'too_large', `must be less than ${limits.max + 1}`, limits.max)
  }
}

export function number(options: { positive?: boolean } = {}): Check {
  return (value, at, found) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      note(found, at, 'invalid_type', 'must be a number')
    else if (options.positive && value <= 0) note(found, at, 'too_small', 'must be greater than 0', 0)
  }
}

export function choice(...allowed: (string | number | boolean)[]): Check {
  return (value, at, found) => {
    if (!allowed.includes(value as string))
      note(found, at, 'invalid_value', `must be a valid enum value (${allowed.join(', ')})`)
  }
}

export const anything: Check = () => {}

export const nothing: Check = (value, at, found) => {
  if (value !== null) note(found, at, 'invalid_type', 'must be null')
}

const absolute = /^[a-z][a-z0-9+.-]*:(?:\/\/(?=[^/?#]))?(?:%[0-9a-f]{2}|[\w\-.~:/?#[\]@!$&'()*+,;=])+$/i

/** An absolute address. Slack takes http and https in most places, but refuses spaces and half addresses everywhere. */
export function address(limits: { max?: number; https?: boolean } = {}): Check {
  const within = text({ max: limits.max ?? 3000 })
  return (value, at, found) => {
    const before = found.faults.length
    within(value, at, found)
    if (found.faults.length > before) return
    const link = value as string
    if (!absolute.test(link) || (limits.https && !link.startsWith('https://')))
      note(found, at, 'invalid_url', limits.https ? 'must be an https URL' : 'must be a valid URL')
  }
}

export function list(item: Check, limits: { min?: number; max?: number; unique?: boolean } = {}): Check {
  const { min = 0, max } = limits
  return (value, at, found) => {
    if (!Array.isArray(value)) return note(found, at, 'invalid_type', 'must be an array')
    if (value.length < min) note(found, at, 'too_few_items', `no fewer than ${min} items allowed`, min)
    if (max !== undefined && value.length > max)
      note(found, at, 'too_many_items', `no more than ${max} items allowed`, max)
    if (limits.unique && new Set(value).size !== value.length)
      note(found, at, 'duplicate_items', 'items must be unique')
    for (const [i, entry] of value.slice(0, 200).entries()) item(entry, `${at}/${i}`, found)
  }
}

export interface ObjectRules {
  /** Looks at the object as a whole, after its properties. */
  also?: Check
}

/**
 * An object with exactly these properties. A name that ends in `!` is required. Undefined counts as absent, because
 * JSON never carries it.
 */
export function record(properties: Record<string, Check>, rules: ObjectRules = {}): Check {
  const checks = new Map(Object.entries(properties).map(([name, check]) => [name.replace(/!$/, ''), check]))
  const required = Object.keys(properties)
    .filter((name) => name.endsWith('!'))
    .map((name) => name.slice(0, -1))
  return (value, at, found) => {
    if (!isObject(value)) return note(found, at, 'invalid_type', 'must be an object')
    for (const name of required) {
      if (value[name] === undefined) note(found, at, 'missing_field', `missing required field: ${name}`)
    }
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue
      const check = checks.get(name)
      if (check) check(entry, `${at}/${pointerPart(name)}`, found)
      else note(found, at, 'unknown_property', `invalid additional property: ${name}`)
    }
    rules.also?.(value, at, found)
  }
}

/** An object whose `type` says which of the checks applies. */
export function byType(kinds: Record<string, Check>, noun = 'type'): Check {
  const known = new Map(Object.entries(kinds))
  return (value, at, found) => {
    if (!isObject(value)) return note(found, at, 'invalid_type', 'must be an object')
    if (value.type === undefined) return note(found, at, 'missing_field', 'missing required field: type')
    const check = typeof value.type === 'string' ? known.get(value.type) : undefined
    if (check) check(value, at, found)
    else
      note(
        found,
        `${at}/type`,
        'unsupported_type',
        `unsupported ${noun}: ${String(value.type).slice(0, 100)}`,
      )
  }
}

/** Passes when one of the checks does; otherwise says what the first one says. */
export function either(...checks: Check[]): Check {
  return (value, at, found) => {
    const tries = checks.map((check) => {
      const attempt: Found = { faults: [] }
      check(value, at, attempt)
      return attempt.faults
    })
    if (!tries.some((faults) => faults.length === 0)) found.faults.push(...(tries[0] ?? []))
  }
}

/** Exactly one of these properties is present. */
export function exactlyOne(...names: string[]): Check {
  return (value, at, found) => {
    if (!isObject(value)) return
    const present = names.filter((name) => value[name] !== undefined)
    if (present.length !== 1)
      note(found, at, 'one_of', `must have exactly one of these fields: ${names.join(', ')}`)
  }
}

export function atLeastOne(...names: string[]): Check {
  return (value, at, found) => {
    if (isObject(value) && !names.some((name) => value[name] !== undefined))
      note(found, at, 'missing_field', `missing required field: one of ${names.join(', ')}`)
  }
}

/** Several checks of the same value. */
export function all(...checks: Check[]): Check {
  return (value, at, found) => {
    for (const check of checks) check(value, at, found)
  }
}

/** A check of one's own: answers the fault, or nothing. */
export function rule(code: string, broken: (value: Record<string, unknown>) => string | undefined): Check {
  return (value, at, found) => {
    const message = isObject(value) ? broken(value) : undefined
    if (message) note(found, at, code, message)
  }
}

function pointerPart(name: string): string {
  return name.slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')
}
