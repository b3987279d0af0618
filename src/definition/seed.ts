// Reads the seed of a collection: the records that it starts with, from CSV or JSON. The one module that imports the
// CSV library.
import { CsvError, parse } from 'csv-parse/sync'
import type { ErrorInfo } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { suggestion } from './nearest.ts'
import type { Collection } from './schema.ts'

export interface Seed {
  collection: string
  /** The field that identifies a record. */
  key: string
  /** Empty when the workflow declares the collection without a seed. */
  records: JsonObject[]
}

export interface SeedFault extends ErrorInfo {
  /** 1-based line of the seed file. */
  line: number
}

export type ReadSeed = { ok: true; records: JsonObject[] } | { ok: false; faults: SeedFault[] }

type FieldType = Collection['fields'][string]
interface Row {
  line: number
  record: JsonObject
}

const maxFaults = 20

/** Reads a seed; every fault comes with its line: `seed.syntax`, `.unknown_field`, `.invalid_value`, `.key`. */
export function readSeed(text: string, name: string, { key, fields }: Collection): ReadSeed {
  const read = name.toLowerCase().endsWith('.json') ? readJson(text) : readCsv(text, key, fields)
  const faults = [...read.faults, ...checkKeys(read.rows, key)].sort((a, b) => a.line - b.line)
  if (faults.length > maxFaults) {
    const more = faults.length - maxFaults
    const line = faults[maxFaults]?.line ?? 1
    faults.splice(maxFaults, more, {
      code: 'seed.invalid_value',
      message: `${more} more faults from here on.`,
      line,
    })
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, records: read.rows.map((row) => row.record) }
}

function readCsv(
  text: string,
  key: string,
  fields: Collection['fields'],
): { rows: Row[]; faults: SeedFault[] } {
  let parsed: { info: { lines: number }; record: string[] }[]
  try {
    parsed = parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    }) as unknown as typeof parsed
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown
    const line = typeof thrown.lines === 'number' ? thrown.lines : 1
    return { rows: [], faults: [{ code: 'seed.syntax', message: `${thrown.message}.`, line }] }
  }
  const [header, ...lines] = parsed
  if (!header)
    return {
      rows: [],
      faults: [
        {
          code: 'seed.syntax',
          message: 'The file is empty.',
          hint: 'its first line names the fields',
          line: 1,
        },
      ],
    }
  const columns = header.record
  const faults: SeedFault[] = []
  for (const [index, name] of columns.entries()) {
    if (name !== '' && columns.indexOf(name) === index) continue
    faults.push({
      code: 'seed.syntax',
      message: `Column ${index + 1} has ${name === '' ? 'no name' : `the name of another, "${name}"`}.`,
      line: 1,
    })
  }
  for (const name of new Set([key, ...Object.keys(fields)])) {
    if (columns.includes(name)) continue
    faults.push({
      code: 'seed.unknown_field',
      message: `The file has no column "${name}".`,
      hint: suggestion(name, columns),
      line: 1,
    })
  }
  const rows = lines.map(({ info, record }): Row => {
    if (record.length !== columns.length) {
      const message = `The line has ${record.length} values; there are ${columns.length} columns.`
      faults.push({
        code: 'seed.syntax',
        message,
        hint: 'put quotes around a text that holds a comma',
        line: info.lines,
      })
    }
    const values = columns.map((name, index): [string, Json] => {
      const cell = record[index] ?? ''
      const value = convert(cell, fields[name] ?? 'string')
      if (value === undefined) {
        faults.push({
          code: 'seed.invalid_value',
          message: `"${name}" should be ${inWords[fields[name] ?? 'string']}, not "${cell.slice(0, 60)}".`,
          line: info.lines,
        })
      }
      return [name, value ?? null]
    })
    return { line: info.lines, record: Object.fromEntries(values) }
  })
  return { rows, faults }
}

const inWords: { [type in FieldType]: string } = {
  string: 'text',
  number: 'a number such as 1234.5',
  integer: 'a whole number',
  boolean: 'true or false',
  date: 'a date such as 2026-03-31',
}

/** The value of a cell, null for an empty one, undefined for one that does not fit. */
function convert(cell: string, type: FieldType): Json | undefined {
  if (cell === '') return null
  switch (type) {
    case 'string':
      return cell
    case 'number':
      return /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) && Number.isFinite(Number(cell))
        ? Number(cell)
        : undefined
    case 'integer':
      return /^[+-]?\d+$/.test(cell) && Number.isSafeInteger(Number(cell)) ? Number(cell) : undefined
    case 'boolean':
      return cell.toLowerCase() === 'true' ? true : cell.toLowerCase() === 'false' ? false : undefined
    case 'date':
      return isDate(cell) ? cell : undefined
  }
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  )
}

function readJson(text: string): { rows: Row[]; faults: SeedFault[] } {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (thrown) {
    return {
      rows: [],
      faults: [
        { code: 'seed.syntax', message: `The file is not JSON: ${(thrown as Error).message}.`, line: 1 },
      ],
    }
  }
  const isRecord = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item)
  if (!Array.isArray(data) || !data.every(isRecord)) {
    return {
      rows: [],
      faults: [{ code: 'seed.syntax', message: 'The file should hold a list of objects.', line: 1 }],
    }
  }
  return { rows: data.map((record: JsonObject) => ({ line: 1, record })), faults: [] }
}

function checkKeys(rows: Row[], key: string): SeedFault[] {
  const seen = new Map<string, number>()
  return rows.flatMap(({ line, record }): SeedFault[] => {
    const value = Object.hasOwn(record, key) ? record[key] : null
    if ((typeof value !== 'string' && typeof value !== 'number') || value === '') {
      return [{ code: 'seed.key', message: `The record has no "${key}", which identifies it.`, line }]
    }
    const earlier = seen.get(String(value))
    seen.set(String(value), earlier ?? line)
    if (earlier === undefined) return []
    return [
      {
        code: 'seed.key',
        message: `"${key}" ${value} is already that of the record in line ${earlier}.`,
        line,
      },
    ]
  })
}
