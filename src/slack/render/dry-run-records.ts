// What would become of records, in words: a few rows of each collection, and what they were before.
import type { Json, JsonObject } from '../../json.ts'
import { type DryRun, type DryRunLook, isPerson, nameOf, rowsShown, said } from './dry-run-names.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, clampMrkdwn, firstOf } from './limits.ts'

type Changes = DryRun['records'][string]

const fieldsShown = 3

/** Mrkdwn of several lines, the first of which names the collection. */
export function collectionText(name: string, changes: Changes, look: DryRunLook): string {
  const { created, changed, deleted, key, before, by } = changes
  const changedRows = Object.entries(changed)
  const counts = [
    ...(created.length > 0 ? [`${created.length} new`] : []),
    ...(changedRows.length > 0 ? [`${changedRows.length} changed`] : []),
    ...(deleted.length > 0 ? [`${deleted.length} deleted`] : []),
  ]
  const line = (sign: string, id: string, words: string) =>
    clampMrkdwn(`${sign} *${keyText(id)}*${words === '' ? '' : `  ${words}`}${byText(own(by, id))}`, 500)
  const rows = [
    ...list(created, (value) => line('＋', shortText(own(value, key)), fieldsText(value, key, look))),
    ...list(changedRows, ([id, value]) => line('✎', id, changesText(own(before, id) ?? {}, value, look))),
    ...list(deleted, (id) => line('－', id, fieldsText(own(before, id) ?? {}, key, look))),
  ]
  return [`${code(clamp(name, 60))}  ${counts.join(', ')}`, ...rows].join('\n')
}

/** The first few as lines, and how many there are besides. */
function list<T>(all: readonly T[], words: (one: T) => string): string[] {
  const { shown, more } = firstOf(all, rowsShown)
  return [...shown.map(words), ...(more > 0 ? [`      and ${more} more`] : [])]
}

const keyText = (id: string) => escapeLine(clamp(id, 60)).replaceAll('*', '\u2217') || '–'

/** `name: Bolts, stock: 3, price: 2.5 and 2 more` */
function fieldsText(value: JsonObject, key: string, look: DryRunLook): string {
  const { shown, more } = firstOf(
    // A field that is empty says nothing of a record that is not there yet.
    Object.entries(value).filter(([name, field]) => name !== key && field !== null && field !== ''),
    fieldsShown,
  )
  const words = shown.map(([name, field]) => `${escapeLine(clamp(name, 40))}: ${valueText(field, look)}`)
  return `${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** `stock: 3 → 40, status: open → done` */
function changesText(before: JsonObject, after: JsonObject, look: DryRunLook): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(own(before, name)) !== JSON.stringify(own(after, name)),
  )
  const { shown, more } = firstOf(names, fieldsShown)
  const words = shown.map(
    (name) =>
      `${escapeLine(clamp(name, 40))}: ${valueText(own(before, name), look)} → ${valueText(own(after, name), look)}`,
  )
  if (words.length === 0) return 'written again as it is'
  return `${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** A value as people say it: texts without quotes, people by name, nothing as a dash. */
function valueText(value: Json | undefined, look: DryRunLook): string {
  const text = shortText(value)
  return isPerson.test(text) ? nameOf(text, look) : escapeLine(clamp(said(text, look), 60))
}

function shortText(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return '–'
  if (typeof value === 'object') return JSON.stringify(value)
  // A moment to the second, without the marks that machines want.
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]00:00)$/.exec(String(value))
  return moment ? `${moment[1]} ${moment[2]}` : String(value)
}

function byText(by: string[] | undefined): string {
  return by ? ` · by ${by.slice(0, 3).map(code).join(', ')}` : ''
}

/** A record or a field may be called "constructor". */
function own<T>(values: { [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
