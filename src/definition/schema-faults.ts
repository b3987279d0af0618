// Turns what zod says about a wrong field into a sentence for its author, with the nearest right word. Pure.
import { z } from 'zod'
import { nearest, suggestion } from './nearest.ts'
import type { NodeFault } from './schema.ts'

/** A fault and whether it is about the name of the field rather than its value. */
export interface SchemaFault extends NodeFault {
  atKey?: boolean
}

type RawIssue = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue

/** Checks `data`; all faults at once, codes `workflow.unknown_field`, `.missing_field` and `.invalid_field`. */
export function checkAgainst<T>(
  schema: z.ZodType<T>,
  data: unknown,
): { ok: true; value: T } | { ok: false; faults: SchemaFault[] } {
  const knownFields = new Map<string, string[]>()
  const missing = new Set<string>()
  const descriptions = new Map<string, string>()
  const result = schema.safeParse(data, {
    error(issue: RawIssue) {
      const at = JSON.stringify(issue.path ?? [])
      if (issue.code === 'unrecognized_keys') knownFields.set(at, fieldsOf(issue.inst))
      if (issue.code !== 'unrecognized_keys' && issue.input === undefined) missing.add(at)
      const description = issue.inst && z.globalRegistry.get(issue.inst as z.ZodType)?.description
      if (description) descriptions.set(at, description)
      return undefined
    },
  })
  if (result.success) return { ok: true, value: result.data }

  const faults: SchemaFault[] = []
  const explained = new Set<string>()
  for (const issue of result.error.issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const path = plainPath(issue.path)
    for (const key of issue.keys) {
      const known = knownFields.get(JSON.stringify(issue.path)) ?? []
      const meant = nearest(key, known)
      if (meant) explained.add(JSON.stringify([...path, meant]))
      faults.push({
        code: 'workflow.unknown_field',
        message: `there is no field "${key}" here.`,
        hint: suggestion(key, known),
        path: [...path, key],
        atKey: true,
      })
    }
  }
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys') continue
    const path = plainPath(issue.path)
    const at = JSON.stringify(issue.path)
    if (missing.has(at)) {
      // A mistyped name was reported above; that the right one is missing follows from it.
      if (explained.has(at)) continue
      const help = descriptions.get(at)
      const message = `"${String(path.at(-1))}" is missing.`
      faults.push({
        code: 'workflow.missing_field',
        message,
        ...(help ? { hint: lowerFirst(help) } : {}),
        path,
      })
      continue
    }
    faults.push({ code: 'workflow.invalid_field', ...explain(issue, data, descriptions.get(at)), path })
  }
  return { ok: false, faults }
}

function explain(
  issue: Issue,
  data: unknown,
  description: string | undefined,
): { message: string; hint?: string } {
  const got = shown(valueAt(data, issue.path))
  switch (issue.code) {
    case 'invalid_type':
      return { message: `should be ${inWords(issue.expected)}, not ${got}.` }
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      return {
        message: `should be ${oneOf(allowed)}, not ${got}.`,
        ...hintFor(valueAt(data, issue.path), allowed),
      }
    }
    case 'invalid_union': {
      const options =
        'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : undefined
      if (options) {
        const given = valueAt(data, issue.path)
        if (given === undefined)
          return { message: `"${String(issue.path.at(-1))}" is missing; it should be ${oneOf(options)}.` }
        return { message: `should be ${oneOf(options)}, not ${got}.`, ...hintFor(given, options) }
      }
      return {
        message: `${got} does not fit.`,
        ...(description ? { hint: `it takes ${lowerFirst(description)}` } : {}),
      }
    }
    case 'invalid_format':
      return { message: `should be ${issue.message}, not ${got}.` }
    case 'invalid_key':
      return {
        message: `the name ${JSON.stringify(String(issue.path.at(-1)))} should be ${issue.issues[0]?.message ?? 'valid'}.`,
      }
    case 'too_small':
      return { message: amount(issue.origin, 'at least', issue.minimum, got) }
    case 'too_big':
      return { message: amount(issue.origin, 'at most', issue.maximum, got) }
    default:
      return { message: `${issue.message}.` }
  }
}

function hintFor(given: unknown, allowed: string[]): { hint?: string } {
  const meant = typeof given === 'string' ? nearest(given, allowed) : undefined
  return meant ? { hint: `did you mean "${meant}"?` } : {}
}

function amount(origin: string, bound: string, limit: number | bigint, got: string): string {
  if (origin === 'string') {
    return bound === 'at least' && Number(limit) === 1
      ? 'should not be empty.'
      : `should have ${bound} ${limit} characters.`
  }
  if (origin === 'array') return `should have ${bound} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}.`
  return `should be ${bound} ${limit}, not ${got}.`
}

const words: { [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object (fields with values)',
  record: 'an object (fields with values)',
}

function inWords(expected: string): string {
  return words[expected] ?? expected
}

function oneOf(values: string[]): string {
  const quoted = values.map((value) => (value === 'true' || value === 'false' ? value : `"${value}"`))
  return quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 60 ? text : `${[...text].slice(0, 59).join('')}…`
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { [key: PropertyKey]: unknown })[step]
  }
  return value
}

function plainPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'number' ? step : String(step)))
}

function fieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
