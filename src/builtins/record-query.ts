// Which records a `where` selects, and how values are ordered. Pure.
import { z } from 'zod'
import { type Json, type JsonObject, jsonSchema } from '../json.ts'

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const conditionSchema = z
  .strictObject({
    eq: jsonSchema.optional(),
    ne: jsonSchema.optional(),
    lt: scalar.optional(),
    lte: scalar.optional(),
    gt: scalar.optional(),
    gte: scalar.optional(),
    in: z.array(jsonSchema).optional(),
    not_in: z.array(jsonSchema).optional(),
    contains: z.string().optional(),
    is_null: z.boolean().optional(),
  })
  .refine((condition) => Object.keys(condition).length > 0, 'a condition such as {"lt": 5}')

export const whereSchema = z.record(z.string(), z.union([scalar, conditionSchema]))
export type Where = z.infer<typeof whereSchema>

/** A field that a record lacks counts as null. Comparisons with null, or between types, are never true. */
export function matches(record: JsonObject, where: Where): boolean {
  return Object.entries(where).every(([field, wanted]) => {
    const value = Object.hasOwn(record, field) ? (record[field] ?? null) : null
    if (wanted === null || typeof wanted !== 'object') return value === wanted
    return Object.entries(wanted).every(([operator, operand]) => holds(value, operator, operand as Json))
  })
}

function holds(value: Json, operator: string, operand: Json): boolean {
  switch (operator) {
    case 'eq':
      return same(value, operand)
    case 'ne':
      return !same(value, operand)
    case 'in':
      return (operand as Json[]).some((one) => same(value, one))
    case 'not_in':
      return !(operand as Json[]).some((one) => same(value, one))
    case 'is_null':
      return (value === null) === operand
    case 'contains':
      return typeof value === 'string'
        ? value.toLowerCase().includes((operand as string).toLowerCase())
        : Array.isArray(value) && value.some((one) => same(one, operand))
    default: {
      if (value === null || operand === null || typeof value !== typeof operand) return false
      const order = compareValues(value, operand)
      return { lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 }[operator] ?? false
    }
  }
}

const same = (a: Json, b: Json) => a === b || JSON.stringify(a) === JSON.stringify(b)

const rank = (value: Json | undefined) =>
  value === null || value === undefined
    ? 3
    : typeof value === 'boolean'
      ? 0
      : typeof value === 'number'
        ? 1
        : 2

/** Booleans, then numbers, then texts by code point, then everything without a value. */
export function compareValues(a: Json | undefined, b: Json | undefined): number {
  const byType = rank(a) - rank(b)
  if (byType !== 0) return byType
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (rank(a) === 3) return 0
  const [left, right] = [String(a), String(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
