// What past approvals say about a number that is asked about now: "840" beside "median of 12 approved: 190". Pure.
import type { JsonObject } from '../json.ts'

/** A number with what stands before and behind it: `€ 2,688.10`, `48 packs`. */
export interface Amount {
  amount: number
  /** With the blank between it and the number, if there is one. */
  prefix: string
  suffix: string
  /** Whether its thousands are set apart. */
  grouped: boolean
}

/** The amounts of the last approvals, oldest first, by label and unit. */
export interface Series {
  [fact: string]: number[]
}

export interface Fact {
  label: string
  value: string
}

/** What is shown beside one fact. */
export interface Evidence {
  median: number
  /** How many approvals it is the median of. */
  of: number
  prefix: string
  suffix: string
  grouped: boolean
}

/** So many approvals back; what was usual a year ago is no evidence. */
const kept = 50
/** Facts whose label or unit changes all the time would fill the series for ever. */
const keptFacts = 40

const number =
  /^(?<prefix>(?:\p{Sc}|[A-Z]{3})\s?)?(?<digits>-?(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,9})?)(?<suffix>\s?(?:%|\p{Sc}|\p{L}[\p{L} ]{0,15}))?$/u

/** Undefined for what is no number with at most a currency or a unit: texts, dates, article numbers. */
export function amountIn(value: string): Amount | undefined {
  const { prefix = '', digits, suffix = '' } = number.exec(value.trim())?.groups ?? {}
  if (digits === undefined || /^-?0\d/.test(digits)) return undefined
  return { amount: Number(digits.replace(/,/g, '')), prefix, suffix, grouped: digits.includes(',') }
}

export function median(amounts: readonly number[]): number {
  const sorted = [...amounts].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** For each fact, in their order; undefined where nothing can be said. Amounts of another unit are not compared. */
export function evidenceFor(facts: readonly Fact[], series: Series): (Evidence | undefined)[] {
  return facts.map((fact) => {
    const amount = amountIn(fact.value)
    const past = amount && series[nameOf(fact, amount)]
    if (!amount || !past || past.length === 0) return undefined
    const { prefix, suffix, grouped } = amount
    return { median: median(past), of: past.length, prefix, suffix, grouped }
  })
}

/** The series with one more approval. */
export function withApproved(series: Series, facts: readonly Fact[]): Series {
  const next = { ...series }
  for (const fact of facts) {
    const amount = amountIn(fact.value)
    if (!amount) continue
    const name = nameOf(fact, amount)
    const past = next[name] ?? []
    // Set anew, so that what was seen last stands last.
    delete next[name]
    next[name] = [...past, amount.amount].slice(-kept)
  }
  return Object.fromEntries(Object.entries(next).slice(-keptFacts))
}

/** What was stored, without anything that is no series. */
export function readSeries(stored: JsonObject): Series {
  const series: Series = {}
  for (const [name, amounts] of Object.entries(stored)) {
    if (Array.isArray(amounts)) series[name] = amounts.filter((one) => typeof one === 'number')
  }
  return series
}

/** The colon keeps labels such as `12` from being sorted as numbers. */
function nameOf({ label }: Fact, { prefix, suffix }: Amount): string {
  return `${label}: ${prefix.trim()}|${suffix.trim()}`
}
