// Typed inputs of a trigger: how they are declared, and the one place where values for them are checked, whoever
// brings them (Slack, API, terminal). Pure.
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { nearest } from './nearest.ts'

const common = {
  label: z
    .string()
    .min(1)
    .max(150)
    .optional()
    .describe('What people read in a form; the name, when left out'),
  description: z.string().max(500).optional(),
  required: z.boolean().default(false),
}

export const inputSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('string'),
    ...common,
    default: z.string().optional(),
    min_length: z.number().int().min(0).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
    pattern: z.string().max(200).optional().describe('A regular expression that the whole text must match'),
    multiline: z.boolean().default(false),
  }),
  z.strictObject({
    type: z.enum(['number', 'integer']),
    ...common,
    default: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('boolean'), ...common, default: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('enum'),
    ...common,
    options: z.array(z.string().min(1).max(75)).min(1).max(100),
    default: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('date'), ...common, default: z.iso.date().optional() }),
  z.strictObject({ type: z.literal('user'), ...common, default: z.string().optional() }),
  z.strictObject({ type: z.literal('channel'), ...common, default: z.string().optional() }),
  z.strictObject({
    type: z.literal('record'),
    ...common,
    collection: z
      .string()
      .max(100)
      .regex(/^[^_]/, 'a collection of yours (names with "_" in front are reserved)')
      .describe('The collection to choose from; the value is the key of the record'),
    label_field: z.string().min(1).max(100).optional().describe('The field that people choose by'),
    default: z.string().optional(),
  }),
])

export const inputsSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'lower-case letters, digits and "_"'),
  inputSchema,
)

export type Input = z.infer<typeof inputSchema>
export type Inputs = z.infer<typeof inputsSchema>

export interface InputFault {
  input: string
  message: string
}

/** Where records are looked up; the record store fits. */
export interface KnownRecords {
  get(collection: string, key: string): object | undefined
}

export type CheckedInputs = { ok: true; values: JsonObject } | { ok: false; faults: InputFault[] }

/**
 * Checks given values against the declared inputs. Texts are understood where they name a value of the wanted type
 * (`"12"` for a number, `"yes"` for a boolean), since a command line knows only texts. Defaults are filled in; an
 * optional input without a value becomes null, so that code may always read it. An input of type `record` is the key of
 * a record that exists now.
 */
export function checkInputs(declared: Inputs, given: JsonObject, records: KnownRecords): CheckedInputs {
  const faults: InputFault[] = []
  const values: JsonObject = {}
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue
    const near = nearest(name, Object.keys(declared))
    faults.push({
      input: name,
      message: near ? `There is no input "${name}". Did you mean "${near}"?` : `There is no input "${name}".`,
    })
  }
  for (const [name, input] of Object.entries(declared)) {
    const raw = Object.hasOwn(given, name) ? given[name] : undefined
    const empty = raw === undefined || raw === null || raw === ''
    if (empty && input.default === undefined && input.required) {
      faults.push({ input: name, message: `"${input.label ?? name}" is needed.` })
      continue
    }
    if (empty) {
      values[name] = input.default ?? null
      continue
    }
    const checked = checkValue(input, raw, records)
    if ('fault' in checked) faults.push({ input: name, message: `"${input.label ?? name}" ${checked.fault}` })
    else values[name] = checked.value
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, values }
}

/** Like checkInputs, but throws one WorkflowError `inputs.invalid` that says all that is wrong. */
export function requireInputs(declared: Inputs, given: JsonObject, records: KnownRecords): JsonObject {
  const checked = checkInputs(declared, given, records)
  if (checked.ok) return checked.values
  throw new WorkflowError('inputs.invalid', checked.faults.map((fault) => fault.message).join(' '), {
    hint:
      Object.keys(declared).length === 0
        ? 'This workflow takes no inputs.'
        : `It takes: ${Object.keys(declared).join(', ')}.`,
  })
}

type Checked = { value: Json } | { fault: string }

function checkValue(input: Input, raw: Json, records: KnownRecords): Checked {
  switch (input.type) {
    case 'string':
      return checkText(input, raw)
    case 'number':
    case 'integer':
      return checkNumber(input, raw)
    case 'boolean': {
      if (typeof raw === 'boolean') return { value: raw }
      const word = String(raw).toLowerCase()
      if (['true', 'yes', 'y', 'on', '1'].includes(word)) return { value: true }
      if (['false', 'no', 'n', 'off', '0'].includes(word)) return { value: false }
      return { fault: 'must be yes or no.' }
    }
    case 'enum': {
      const found = input.options.find((option) => option.toLowerCase() === String(raw).toLowerCase())
      return found === undefined
        ? { fault: `must be one of: ${input.options.join(', ')}.` }
        : { value: found }
    }
    case 'date':
      return typeof raw === 'string' && z.iso.date().safeParse(raw).success
        ? { value: raw }
        : { fault: 'must be a date such as 2026-03-31.' }
    case 'user':
      return reference(
        raw,
        /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/,
        /^[UW][A-Z0-9]+$/,
        'must be a person, for example @ana.',
      )
    case 'channel':
      return reference(
        raw,
        /^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>$/,
        /^[CG][A-Z0-9]+$/,
        'must be a channel, for example #general.',
      )
    case 'record': {
      const key = typeof raw === 'number' ? String(raw) : raw
      if (typeof key !== 'string') return { fault: `must be the key of a record in "${input.collection}".` }
      return records.get(input.collection, key)
        ? { value: key }
        : { fault: `must be a record of "${input.collection}"; there is no "${clip(key)}".` }
    }
  }
}

function clip(text: string): string {
  const letters = [...text]
  return letters.length > 60 ? `${letters.slice(0, 60).join('')}…` : text
}

function checkText(input: Extract<Input, { type: 'string' }>, raw: Json): Checked {
  if (typeof raw === 'object') return { fault: 'must be a text.' }
  const text = String(raw)
  const length = [...text].length
  if (input.min_length !== undefined && length < input.min_length)
    return { fault: `must have at least ${input.min_length} characters.` }
  if (length > (input.max_length ?? 3000))
    return { fault: `must have at most ${input.max_length ?? 3000} characters.` }
  if (input.pattern !== undefined && !new RegExp(`^(?:${input.pattern})$`, 'u').test(text)) {
    return { fault: `must match ${input.pattern}` }
  }
  return { value: text }
}

function checkNumber(input: Extract<Input, { type: 'number' | 'integer' }>, raw: Json): Checked {
  const number =
    typeof raw === 'number' ? raw : typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN
  if (!Number.isFinite(number)) return { fault: 'must be a number.' }
  if (input.type === 'integer' && !Number.isSafeInteger(number)) return { fault: 'must be a whole number.' }
  if (input.min !== undefined && number < input.min) return { fault: `must be at least ${input.min}.` }
  if (input.max !== undefined && number > input.max) return { fault: `must be at most ${input.max}.` }
  return { value: number }
}

function reference(raw: Json, mention: RegExp, id: RegExp, fault: string): Checked {
  if (typeof raw !== 'string') return { fault }
  const found = mention.exec(raw)?.[1] ?? (id.test(raw) ? raw : undefined)
  return found === undefined ? { fault } : { value: found }
}
