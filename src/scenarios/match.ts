// Compares what came out with what was expected, and says each difference with its place. Pure.
import { compileExpression, evaluateCondition } from '../definition/expression.ts'
import { suggestion } from '../definition/nearest.ts'
import type { NodeFault } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'

export interface Difference {
  /** Where: `outputs["find low stock"].count`. */
  at: string
  /** In words or as JSON, cut to a readable length. */
  expected: string
  actual: string
}

type Operator = (operand: Json, actual: Json | undefined, at: string, all: JsonObject) => Difference[]

const defaultTolerance = 1e-6

const operators: { [name: string]: Operator } = {
  $exactly: (operand, actual, at) => differ(equal(operand, actual), at, shown(operand), actual),
  $near: (operand, actual, at, { $within = defaultTolerance }) => {
    const near = typeof actual === 'number' && Math.abs(actual - Number(operand)) <= Number($within)
    return differ(near, at, `${shown(operand)} ± ${shown($within)}`, actual)
  },
  $within: () => [],
  $matches: (operand, actual, at) => {
    const fits = typeof actual === 'string' && new RegExp(String(operand), 'us').test(actual)
    return differ(fits, at, `a text that matches /${String(operand)}/`, actual)
  },
  $contains: (operand, actual, at) => {
    if (typeof operand === 'string')
      return differ(
        typeof actual === 'string' && actual.includes(operand),
        at,
        `a text that contains ${shown(operand)}`,
        actual,
      )
    if (!Array.isArray(actual)) return [{ at, expected: 'a list', actual: shown(actual) }]
    return unordered(Array.isArray(operand) ? operand : [operand], actual, at).filter(
      (difference) => difference.expected !== nothing,
    )
  },
  $unordered: (operand, actual, at) =>
    Array.isArray(actual)
      ? unordered(operand as Json[], actual, at)
      : [{ at, expected: 'a list', actual: shown(actual) }],
  $size: (operand, actual, at) => match(operand, sizeOf(actual), `size of ${at}`),
  $gt: (operand, actual, at) => compare(operand, actual, at, 'more than', (order) => order > 0),
  $gte: (operand, actual, at) => compare(operand, actual, at, 'at least', (order) => order >= 0),
  $lt: (operand, actual, at) => compare(operand, actual, at, 'less than', (order) => order < 0),
  $lte: (operand, actual, at) => compare(operand, actual, at, 'at most', (order) => order <= 0),
  $not: (operand, actual, at) =>
    differ(match(operand, actual, at).length > 0, at, `anything but ${shown(operand)}`, actual),
  $any: (_operand, actual, at) => differ(actual !== undefined, at, 'any value', actual),
  $absent: (_operand, actual, at) => differ(actual === undefined, at, 'no value', actual),
  $where: (operand, actual, at) => {
    const scope = { inputs: {}, context: {}, outputs: {}, value: actual ?? null }
    try {
      return differ(evaluateCondition(String(operand), scope), at, `a value where ${operand}`, actual)
    } catch (thrown) {
      if (!(thrown instanceof WorkflowError)) throw thrown
      return [{ at, expected: `a value where ${operand}`, actual: thrown.message }]
    }
  },
}

const nothing = 'nothing more'

/**
 * What differs. Plain values are equal or not; an object may have more fields than expected, a list may not have more
 * entries. An object of `$…` fields says it in another way.
 */
export function match(expected: Json, actual: Json | undefined, at: string): Difference[] {
  if (isJsonObject(expected)) {
    const names = Object.keys(expected)
    if (names.length > 0 && names.every((name) => name.startsWith('$')))
      return names.flatMap((name) => operators[name]?.(expected[name] as Json, actual, at, expected) ?? [])
    if (!isJsonObject(actual)) return [{ at, expected: shown(expected), actual: shown(actual) }]
    return names.flatMap((name) =>
      match(
        expected[name] as Json,
        Object.hasOwn(actual, name) ? actual[name] : undefined,
        `${at}${fieldText(name)}`,
      ),
    )
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [{ at, expected: shown(expected), actual: shown(actual) }]
    const length = Math.max(expected.length, actual.length)
    return Array.from({ length }, (_, index) => index).flatMap((index) => {
      const place = `${at}[${index}]`
      if (index >= expected.length) return [{ at: place, expected: nothing, actual: shown(actual[index]) }]
      return match(expected[index] as Json, actual[index], place)
    })
  }
  return differ(expected === actual, at, shown(expected), actual)
}

/**
 * Each expected entry needs an actual one of its own, in any order. What fits is taken first; the rest is compared
 * pair by pair, so that the difference is that of the fields rather than "one is missing, another is too many".
 */
export function unordered(expected: Json[], actual: Json[], at: string): Difference[] {
  const left = new Set(actual.keys())
  const unmet = [...expected.keys()].filter((index) => {
    const found = [...left].find((other) => match(expected[index] as Json, actual[other], at).length === 0)
    if (found !== undefined) left.delete(found)
    return found === undefined
  })
  const rest = [...left]
  const pairs = unmet.flatMap((index, turn) => {
    const other = rest[turn]
    return other === undefined
      ? [{ at: `${at}[${index}]`, expected: shown(expected[index]), actual: 'missing' }]
      : match(expected[index] as Json, actual[other], `${at}[${other}]`)
  })
  const extra = rest
    .slice(unmet.length)
    .map((other) => ({ at: `${at}[${other}]`, expected: nothing, actual: shown(actual[other]) }))
  return [...pairs, ...extra]
}

/** Mistakes in what is expected itself: an unknown `$…`, a pattern or expression that cannot be read. */
export function checkMatcher(expected: Json, path: (string | number)[]): NodeFault[] {
  if (Array.isArray(expected))
    return expected.flatMap((entry, index) => checkMatcher(entry, [...path, index]))
  if (!isJsonObject(expected)) return []
  const names = Object.keys(expected)
  const dollars = names.filter((name) => name.startsWith('$'))
  if (dollars.length > 0 && dollars.length < names.length) {
    const message = `fields that begin with "$" stand alone, not beside ${JSON.stringify(names.find((name) => !name.startsWith('$')))}.`
    return [{ code: 'scenario.matcher', message, path }]
  }
  return names.flatMap((name) => checkField(name, expected[name] as Json, [...path, name]))
}

function checkField(name: string, operand: Json, path: (string | number)[]): NodeFault[] {
  const fault = (message: string, hint?: string): NodeFault[] => [
    { code: 'scenario.matcher', message, ...(hint ? { hint } : {}), path },
  ]
  if (name.startsWith('$') && !Object.hasOwn(operators, name))
    return fault(`there is no "${name}".`, suggestion(name, Object.keys(operators)))
  switch (name) {
    case '$near':
    case '$within':
      return typeof operand === 'number' ? [] : fault(`"${name}" takes a number.`)
    case '$unordered':
      return Array.isArray(operand) ? checkMatcher(operand, path) : fault('"$unordered" takes a list.')
    case '$matches':
      try {
        new RegExp(String(operand), 'us')
        return []
      } catch (thrown) {
        return fault(`the pattern cannot be read: ${(thrown as Error).message}.`)
      }
    case '$where': {
      const compiled = compileExpression(String(operand), { variables: ['value'], condition: true })
      return compiled.ok ? [] : [{ ...compiled.fault, path }]
    }
    case '$exactly':
      return []
    default:
      return checkMatcher(operand, path)
  }
}

/** A value in a difference, as JSON and not longer than a line or two. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length <= 300 ? text : `${[...text.slice(0, 300)].slice(0, -1).join('')}…`
}

/** `.count`, or `["find low stock"]` for names that are no words. */
export function fieldText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function differ(same: boolean, at: string, expected: string, actual: Json | undefined): Difference[] {
  return same ? [] : [{ at, expected, actual: shown(actual) }]
}

function compare(
  operand: Json,
  actual: Json | undefined,
  at: string,
  words: string,
  holds: (order: number) => boolean,
): Difference[] {
  const comparable =
    (typeof operand === 'number' && typeof actual === 'number') ||
    (typeof operand === 'string' && typeof actual === 'string')
  const order = comparable ? (actual < operand ? -1 : actual > operand ? 1 : 0) : Number.NaN
  return differ(holds(order), at, `${words} ${shown(operand)}`, actual)
}

function sizeOf(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return isJsonObject(value) ? Object.keys(value).length : undefined
}

/** Equal as JSON, whatever the order of fields. */
function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((entry, index) => equal(entry, right[index]))
  if (isJsonObject(left) && isJsonObject(right)) {
    const names = Object.keys(left)
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && equal(left[name], right[name]))
    )
  }
  return left === right
}
