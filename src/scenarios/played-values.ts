// What a scenario may expect of a value that came out of an execution, given what came out when it was played once more:
// what is the same both times is expected as it is, and the rest may be anything. Pure.
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json } from '../json.ts'

export interface Settled {
  /** As a matcher; undefined when nothing can be expected. */
  expected: Json | undefined
  /** How many places may be anything. */
  open: number
}

/** `played` is undefined where nothing came out. */
export function settle(then: Json, played: Json | undefined): Settled {
  if (played === undefined) return { expected: undefined, open: 1 }
  if (Array.isArray(then) && Array.isArray(played) && then.length === played.length) {
    const parts = then.map((value, index) => settle(value, played[index]))
    return { expected: parts.map((part) => part.expected ?? { $any: true }), open: sum(parts) }
  }
  if (isJsonObject(then) && isJsonObject(played)) {
    // Fields that begin with `$` are fields here, not matchers, so such a value is meant exactly.
    if (Object.keys(then).some((field) => field.startsWith('$'))) {
      return isDeepStrictEqual(then, played) ? { expected: { $exactly: then }, open: 0 } : anything
    }
    const parts = Object.entries(then).map(
      ([field, value]) =>
        [field, settle(value, Object.hasOwn(played, field) ? played[field] : undefined)] as const,
    )
    const kept = parts.flatMap(([field, { expected }]) =>
      expected === undefined ? [] : [[field, expected] as const],
    )
    return { expected: Object.fromEntries(kept), open: sum(parts.map(([, part]) => part)) }
  }
  return then === played ? { expected: then, open: 0 } : anything
}

const anything: Settled = { expected: { $any: true }, open: 1 }

function sum(parts: Settled[]): number {
  return parts.reduce((total, { open }) => total + open, 0)
}
