// What was expected beside what came out, aligned in a fixed-width box: long texts are cut around the place where they
// part, and lists say which entries are missing and which are too many. Pure.
import { clamp } from './limits.ts'

export interface Difference {
  at: string
  expected: string
  actual: string
}

/** How a pair of texts is called, on the left of the box. */
export interface Sides {
  expected: string
  actual: string
}

export interface Box {
  text: string
  /** Whether there is more than is shown. */
  cut: boolean
}

/** Fits into the box on a phone in three lines, and on a desk in one. */
const shownChars = 96
/** So much of what is the same stands before the place where two texts part. */
const leadChars = 24
const entriesShown = 3

const sides: Sides = { expected: 'expected', actual: 'but was' }

/** The first `max` differences, each with its place above it. */
export function differenceBox(all: readonly Difference[], max: number, names: Sides = sides): Box {
  const items = together(all)
  const seen = { cut: items.length > max }
  const parts = items
    .slice(0, max)
    .map(({ at, rows }) => [line(clamp(at, 160)), ...aligned(rows(names), seen)].join('\n'))
  if (items.length > max) parts.push(`and ${items.length - max} more`)
  return { text: parts.join('\n\n'), cut: seen.cut }
}

interface Item {
  at: string
  /** Label and text of each row; a text that is an `around` pair is cut where the two part. */
  rows(names: Sides): Row[]
}

type Row = { label: string; text: string; beside?: string }

/** Entries that a list lacks or has too many of stand together; everything else for itself. */
function together(all: readonly Difference[]): Item[] {
  const items: Item[] = []
  const lists = new Map<string, { missing: string[]; extra: string[] }>()
  for (const one of all) {
    const list = entryOf(one)
    if (!list) {
      items.push({ at: one.at, rows: (names) => pair(one, names) })
      continue
    }
    const known = lists.get(list.of) ?? { missing: [], extra: [] }
    if (!lists.has(list.of)) items.push({ at: list.of, rows: () => entries(known) })
    lists.set(list.of, known)
    known[list.what].push(list.entry)
  }
  return items
}

/** Set for an entry that a list lacks, or has too many. */
function entryOf({ at, expected, actual }: Difference) {
  const of = /^(.+)\[\d+\]$/s.exec(at)?.[1]
  if (of === undefined) return undefined
  if (actual === 'missing') return { of, what: 'missing' as const, entry: expected }
  return expected === 'nothing more' ? { of, what: 'extra' as const, entry: actual } : undefined
}

function entries({ missing, extra }: { missing: string[]; extra: string[] }): Row[] {
  const rows = (label: string, all: string[]): Row[] => {
    if (all.length === 0) return []
    const shown = all.slice(0, entriesShown).map((text) => ({ label, text }))
    const more = all.length - shown.length
    return [...shown, ...(more > 0 ? [{ label: '', text: `and ${more} more` }] : [])]
  }
  return [...rows('missing', missing), ...rows('too many', extra)]
}

/** Two lists say what the one has and the other lacks; everything else stands one below the other. */
function pair({ expected, actual }: Difference, names: Sides): Row[] {
  const [one, other] = [listIn(expected), listIn(actual)]
  if (one && other) {
    const missing = without(one, other)
    const extra = without(other, one)
    if (missing.length + extra.length > 0) return entries({ missing, extra })
    return [{ label: names.actual, text: 'the same entries in another order' }]
  }
  return [
    { label: names.expected, text: expected, beside: actual },
    { label: names.actual, text: actual, beside: expected },
  ]
}

/** The entries of a list of values, each as JSON; undefined for what is no list, or one that was cut. */
function listIn(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) && read.length > 0 ? read.map((entry) => JSON.stringify(entry)) : undefined
  } catch {
    return undefined
  }
}

/** What is in `all` more often than in `others`. */
function without(all: string[], others: string[]): string[] {
  const left = [...others]
  return all.filter((entry) => {
    const at = left.indexOf(entry)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function aligned(rows: Row[], seen: { cut: boolean }): string[] {
  const width = Math.max(...rows.map(({ label }) => label.length))
  return rows.map(({ label, text, beside }) => {
    const { shown, cut } = excerpt(line(text), beside === undefined ? undefined : line(beside))
    if (cut) seen.cut = true
    return `  ${label.padEnd(width)}  ${shown}`
  })
}

/** A text of one line; what is left of a longer one begins a little before the place where it parts from `other`. */
export function excerpt(text: string, other?: string): { shown: string; cut: boolean } {
  const chars = [...text]
  if (chars.length <= shownChars) return { shown: text, cut: false }
  const parts = other === undefined ? 0 : firstDifference(chars, [...other])
  const from = parts < shownChars - leadChars ? 0 : Math.min(parts - leadChars, chars.length - shownChars + 1)
  const middle = chars.slice(from, from + shownChars - 1).join('')
  const end = from + shownChars - 1 < chars.length ? '…' : ''
  return { shown: `${from > 0 ? '…' : ''}${middle}${end}`, cut: true }
}

function firstDifference(one: string[], other: string[]): number {
  const at = one.findIndex((char, index) => char !== other[index])
  return at < 0 ? one.length : at
}

const line = (text: string) => text.replace(/\s+/g, ' ').trim()
