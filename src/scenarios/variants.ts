// Tells one scenario in several variants: a row of a table each, or every combination of columns of values, with
// {{ case.column }} filled in. Pure.
import { fillValue } from '../actions/values.ts'
import type { NodeFault } from '../definition/schema.ts'
import { checkAgainst } from '../definition/schema-faults.ts'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Variants, variantsSchema } from './schema.ts'

export interface Variant {
  /** The scenario without `cases` and `each`, filled in. */
  data: JsonObject
  /** The row that it was filled in with; undefined for a scenario without variants. */
  row: JsonObject | undefined
}

const mostVariants = 1000

/** All variants of a scenario as it stands in the file; faults name the path inside it. */
export function variantsOf(
  raw: JsonObject,
): { ok: true; variants: Variant[] } | { ok: false; faults: NodeFault[] } {
  const { cases, each, ...data } = raw
  if (cases === undefined && each === undefined)
    return { ok: true, variants: [{ data: data as JsonObject, row: undefined }] }
  const checked = checkAgainst(variantsSchema, { cases, each })
  if (!checked.ok) return checked
  const rows = rowsOf(checked.value)
  if (rows.length > mostVariants) {
    const message = `the columns make ${rows.length} variants; ${mostVariants} are allowed.`
    return { ok: false, faults: [{ code: 'scenario.too_many', message, path: ['each'] }] }
  }
  const faults: NodeFault[] = []
  const variants = rows.map((row): Variant => ({ data: fill(data as JsonObject, row, [], faults), row }))
  return faults.length > 0 ? { ok: false, faults } : { ok: true, variants }
}

/** `stock=4, threshold=5` */
export function rowText(row: JsonObject): string {
  const text = Object.entries(row)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return text.length <= 120 ? text : `${[...text.slice(0, 120)].slice(0, -1).join('')}…`
}

function rowsOf({ cases = [{}], each = {} }: Variants): JsonObject[] {
  let rows: JsonObject[] = cases as JsonObject[]
  for (const [column, values] of Object.entries(each)) {
    const all = valuesOf(values)
    rows = rows.flatMap((row) => all.map((value) => ({ ...row, [column]: value })))
  }
  return rows
}

function valuesOf(column: NonNullable<Variants['each']>[string]): Json[] {
  if (Array.isArray(column)) return column as Json[]
  if ('around' in column) {
    const { around, step } = column
    const far = Math.max(1, Math.abs(around)) * 1000
    return [...new Set([around - step, around, around + step, 0, -step, -far, far])]
  }
  return column.edge === 'number' ? edgeNumbers : edgeTexts
}

const edgeNumbers: Json[] = [0, -1, 1, 0.1, -0.1, 1e-9, 999_999_999, 2 ** 53 - 1, -(2 ** 53 - 1), 1e21]

const edgeTexts: Json[] = [
  '',
  ' ',
  'x'.repeat(3000),
  'Ünïcödé – “quotes”',
  '👩‍🔧 🔧',
  'قهوة عربية',
  "O'Brien; DROP TABLE items;--",
  '<script>alert(1)</script> & <!channel>',
  '*bold* _italic_ `code`',
  'two\nlines\tand a tab',
]

/** Keys are left as they are, values filled in at any depth; a mistake is placed at its value. */
function fill(value: JsonObject, row: JsonObject, path: (string | number)[], faults: NodeFault[]): JsonObject
function fill(value: Json, row: JsonObject, path: (string | number)[], faults: NodeFault[]): Json
function fill(value: Json, row: JsonObject, path: (string | number)[], faults: NodeFault[]): Json {
  if (Array.isArray(value)) return value.map((entry, index) => fill(entry, row, [...path, index], faults))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, fill(entry, row, [...path, key], faults)]),
    )
  }
  if (typeof value !== 'string' || !value.includes('{{')) return value
  try {
    return fillValue(value, { inputs: {}, context: {}, outputs: {}, case: row })
  } catch (thrown) {
    if (!(thrown instanceof WorkflowError)) throw thrown
    const { code, message, hint } = thrown
    faults.push({ code, message, ...(hint ? { hint } : {}), path })
    return null
  }
}
