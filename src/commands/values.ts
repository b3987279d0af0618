// What changed between two values, place by place, cut to what people can read. Pure.
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import type { Change, Changes } from './answers.ts'

/** Longer values are shown by their beginning. */
const shownLength = 300
/** Deeper down values are compared as a whole. */
const deepest = 30

/** Undefined stands for what is not there. The first `limit` changes are shown. */
export function changesBetween(before: Json | undefined, after: Json | undefined, limit = 20): Changes {
  const changes: Changes = { shown: [], more: 0 }
  compare(before, after, '', 0, (change) => {
    if (changes.shown.length < limit) changes.shown.push(shown(change))
    else changes.more += 1
  })
  return changes
}

export const noChanges: Changes = { shown: [], more: 0 }

export function isChanged({ shown }: Changes): boolean {
  return shown.length > 0
}

/** A value as it is, or its beginning. */
export function clipped(value: Json): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= shownLength) return value
  return `${[...text.slice(0, shownLength)].slice(0, -1).join('')}…`
}

type Found = (change: Change) => void

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  depth: number,
  found: Found,
): void {
  if (before === after) return
  if (depth < deepest && isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(own(before, key), own(after, key), joined(path, key), depth + 1, found)
    }
  } else if (depth < deepest && Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, depth, found)
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    found({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) })
  }
}

/** Entries that carry a name of their own are compared with their namesakes, others with those at their place. */
function compareLists(before: Json[], after: Json[], path: string, depth: number, found: Found): void {
  const field = nameField(before, after)
  if (field === undefined) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(before[index], after[index], `${path}[${index}]`, depth + 1, found)
    return
  }
  const byName = (list: Json[]) => new Map(list.map((entry) => [String((entry as JsonObject)[field]), entry]))
  const [old, fresh] = [byName(before), byName(after)]
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const place = `${path}[${field}=${JSON.stringify(name)}]`
    compare(old.get(name), fresh.get(name), place, depth + 1, found)
  }
}

/** A field of text that every entry has, each with another value. */
function nameField(before: Json[], after: Json[]): string | undefined {
  const first = before[0]
  if (!isJsonObject(first)) return undefined
  const tells = (field: string, list: Json[]) => {
    const names = list.map((entry) => (isJsonObject(entry) ? own(entry, field) : undefined))
    return names.every((name) => typeof name === 'string') && new Set(names).size === list.length
  }
  return Object.keys(first)
    .slice(0, 20)
    .find((field) => tells(field, before) && tells(field, after))
}

function shown({ path, before, after }: Change): Change {
  if (typeof before === 'string' && typeof after === 'string' && /\n/.test(before) && /\n/.test(after)) {
    return { path, ...differingLines(before, after) }
  }
  return {
    path,
    ...(before === undefined ? {} : { before: clipped(before) }),
    ...(after === undefined ? {} : { after: clipped(after) }),
  }
}

/** Of two texts the lines between what they share at the beginning and at the end. */
function differingLines(before: string, after: string): Omit<Change, 'path'> {
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  while (
    end < Math.min(old.length, fresh.length) - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  )
    end++
  const middle = (lines: string[]) => clipped(lines.slice(start, lines.length - end).join('\n'))
  return { before: middle(old), after: middle(fresh), line: start + 1 }
}

function joined(path: string, key: string): string {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined
}
