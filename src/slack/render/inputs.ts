// Typed inputs as fields of a modal, and what was filled in back as values. What is right is decided by checkInputs.
import type { InputBlock, Option } from '@slack/types'
import { checkInputs, type Input, type Inputs, type KnownRecords } from '../../definition/inputs.ts'
import type { Json, JsonObject } from '../../json.ts'
import { plainText } from './blocks.ts'
import { plainLine } from './escape.ts'
import { clamp, limits } from './limits.ts'

/** Slack shows 100 blocks in a modal; the rest is for what stands around the fields. */
export const fieldsShown = 90

const shown = { label: 150, hint: 500, option: 75, optionValue: 150, options: 100, text: 3000 }

/** The action id of a field whose options are asked for while somebody types. */
export const suggestId = 'suggest_record'
const fieldId = 'value'

const blockPrefix = 'input:'
export const blockOf = (name: string) => `${blockPrefix}${name}`
/** The input that a block is about. */
export function inputOf(blockId: string): string | undefined {
  return blockId.startsWith(blockPrefix) ? blockId.slice(blockPrefix.length) : undefined
}

/** Reads records for their labels; the record store fits. */
export interface Labels extends KnownRecords {
  get(collection: string, key: string): { key: string; value: JsonObject } | undefined
}

type Element = InputBlock['element']

/** One field for each input. Values that are right already, and defaults, are filled in. */
export function inputFields(declared: Inputs, given: JsonObject, records: Labels): InputBlock[] {
  return Object.entries(declared)
    .slice(0, fieldsShown)
    .map(([name, input]) => {
      const value = initial(name, input, given, records)
      return {
        type: 'input',
        block_id: blockOf(name),
        label: plainText(input.label ?? spoken(name), shown.label),
        ...(input.description ? { hint: plainText(input.description, shown.hint) } : {}),
        optional: isOptional(input),
        element: element(input, value, records),
      }
    })
}

/** `message_text` → `Message text` */
export function spoken(name: string): string {
  const words = name.replace(/_/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function isOptional(input: Input): boolean {
  // A box that is not ticked is an answer, but Slack would take it for none.
  return !input.required || isBox(input)
}

/** With a default there are two states and a box shows them; without one, people choose. */
function isBox(input: Input): boolean {
  return input.type === 'boolean' && input.default !== undefined
}

function initial(name: string, input: Input, given: JsonObject, records: Labels): Json | undefined {
  const own = Object.hasOwn(given, name) ? given[name] : undefined
  for (const value of [own, input.default]) {
    if (value === undefined || value === null || value === '') continue
    const checked = checkInputs({ value: input }, { value }, records)
    if (checked.ok) return checked.values.value
    // Too long or too short: there to be corrected.
    if (input.type === 'string' && typeof value === 'string') return value
  }
  return undefined
}

function element(input: Input, value: Json | undefined, records: Labels): Element {
  switch (input.type) {
    case 'string': {
      const max = Math.min(input.max_length ?? shown.text, shown.text)
      return {
        type: 'plain_text_input',
        action_id: fieldId,
        multiline: input.multiline,
        max_length: max,
        ...(input.required && input.min_length && input.min_length <= max
          ? { min_length: input.min_length }
          : {}),
        ...(typeof value === 'string' ? { initial_value: clamp(value, max) } : {}),
      }
    }
    case 'number':
    case 'integer':
      return {
        type: 'number_input',
        action_id: fieldId,
        is_decimal_allowed: input.type === 'number',
        ...bound('min_value', input.min),
        ...bound('max_value', input.max),
        ...bound('initial_value', value),
      }
    case 'boolean':
      return yesOrNo(input, value)
    case 'enum': {
      const options = [...new Set(input.options)].slice(0, shown.options).map((one) => option(one, one))
      const chosen = options.find((one) => one.value === value)
      return {
        type: 'static_select',
        action_id: fieldId,
        placeholder: plainText('Choose one', shown.option),
        options,
        ...(chosen ? { initial_option: chosen } : {}),
      }
    }
    case 'date':
      return {
        type: 'datepicker',
        action_id: fieldId,
        ...(typeof value === 'string' ? { initial_date: value } : {}),
      }
    case 'user':
      return {
        type: 'users_select',
        action_id: fieldId,
        placeholder: plainText('Choose a person', shown.option),
        ...(typeof value === 'string' ? { initial_user: value } : {}),
      }
    case 'channel':
      return {
        type: 'conversations_select',
        action_id: fieldId,
        placeholder: plainText('Choose a channel', shown.option),
        filter: { include: ['public', 'private'], exclude_bot_users: true },
        ...(typeof value === 'string' ? { initial_conversation: value } : {}),
      }
    case 'record': {
      const record = typeof value === 'string' ? records.get(input.collection, value) : undefined
      return {
        type: 'external_select',
        action_id: suggestId,
        min_query_length: 0,
        placeholder: plainText('Type to search', shown.option),
        ...(record && record.key.length <= shown.optionValue
          ? { initial_option: recordOption(record, input.label_field) }
          : {}),
      }
    }
  }
}

function yesOrNo(input: Input, value: Json | undefined): Element {
  const [yes, no] = [option('Yes', 'true'), option('No', 'false')]
  if (isBox(input)) {
    return {
      type: 'checkboxes',
      action_id: fieldId,
      options: [yes],
      ...(value === true ? { initial_options: [yes] } : {}),
    }
  }
  return {
    type: 'radio_buttons',
    action_id: fieldId,
    options: [yes, no],
    ...(typeof value === 'boolean' ? { initial_option: value ? yes : no } : {}),
  }
}

/** Slack takes plain decimals only; `1e21` is left out. */
function bound<Name extends string>(name: Name, value: Json | undefined): { [name in Name]?: string } {
  if (typeof value !== 'number' || !/^-?\d+(\.\d+)?$/.test(String(value))) return {}
  return { [name]: String(value) } as { [name in Name]: string }
}

export function option(text: string, value: string): Option & { text: { type: 'plain_text' } } {
  return { text: plainText(text, shown.option), value } as Option & { text: { type: 'plain_text' } }
}

/** `Café beans · SKU-1` */
export function recordOption(record: { key: string; value: JsonObject }, labelField: string | undefined) {
  return option(recordLabel(record, labelField), record.key)
}

function recordLabel({ key, value }: { key: string; value: JsonObject }, field: string | undefined): string {
  const label = field !== undefined && Object.hasOwn(value, field) ? value[field] : undefined
  const said = typeof label === 'string' || typeof label === 'number' ? String(label).trim() : ''
  if (said === '' || said === key) return key
  // The key tells two of the same name apart, so the name gives way.
  const rest = shown.option - Math.min(key.length, 30) - 3
  return `${clamp(plainLine(said), Math.max(rest, 20))} · ${clamp(plainLine(key), 30)}`
}

/**
 * Records whose label or key holds the words, at most 100. Keys too long for an option are left out, and what cannot be
 * found by its first letters cannot be chosen here.
 */
export function suggestions(
  records: Iterable<{ key: string; value: JsonObject }>,
  labelField: string | undefined,
  query: string,
) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found: ReturnType<typeof recordOption>[] = []
  for (const record of records) {
    if (record.key === '' || record.key.length > shown.optionValue) continue
    const label = recordLabel(record, labelField)
    const text = `${label} ${record.key}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    found.push(option(label, record.key))
    if (found.length >= shown.options) break
  }
  return found
}

/** `view.state.values` of Slack, as far as it is read here. */
export interface FormState {
  [blockId: string]: { [actionId: string]: FieldState }
}

interface FieldState {
  type: string
  value?: string | null | undefined
  selected_option?: { value?: string } | null | undefined
  selected_options?: { value?: string }[] | null | undefined
  selected_date?: string | null | undefined
  selected_user?: string | null | undefined
  selected_conversation?: string | null | undefined
}

/** What was filled in; fields that were left empty are left out. */
export function readFields(declared: Inputs, state: FormState): JsonObject {
  const given: JsonObject = {}
  for (const [name, input] of Object.entries(declared)) {
    const field = Object.values(state[blockOf(name)] ?? {})[0]
    if (!field) continue
    const value = isBox(input)
      ? (field.selected_options ?? []).length > 0
      : (field.value ??
        field.selected_option?.value ??
        field.selected_date ??
        field.selected_user ??
        field.selected_conversation)
    if (value !== undefined && value !== null && value !== '') given[name] = value
  }
  return given
}

/**
 * Faults as Slack shows them at the fields, by block id. A fault of an input that has no field (the workflow has changed
 * meanwhile) stands at the first one.
 */
export function fieldErrors(
  faults: { input: string; message: string }[],
  blocks: readonly { type: string; block_id?: string | undefined }[],
): { [blockId: string]: string } {
  const fields = blocks.flatMap(({ type, block_id }) => (type === 'input' && block_id ? [block_id] : []))
  const errors: { [blockId: string]: string } = {}
  for (const { input, message } of faults) {
    const at = fields.includes(blockOf(input)) ? blockOf(input) : fields[0]
    if (at !== undefined) errors[at] = clamp([errors[at], message].filter(Boolean).join(' '), 300)
  }
  return errors
}

/** Whether the fields fit into one modal: how many, and how large they are together. */
export function fitsForm(declared: Inputs, fields: InputBlock[]): boolean {
  return Object.keys(declared).length <= fieldsShown && JSON.stringify(fields).length <= limits.viewJson * 2
}
