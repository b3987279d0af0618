// Finds the interactive elements of blocks, and knows what each one's value looks like in Slack's payloads.
import type { ElementValue } from './control.ts'
import { asList, asObject, isObject, type Payload } from './payload.ts'
import { ControlRefusal } from './refusal.ts'

export interface Located {
  block: Payload
  block_id: string
  element: Payload
  action_id: string
}

export type StateValues = Record<string, Record<string, Payload>>

/** Every interactive element, in the order in which it is drawn. Blocks must have their ids. */
export function elementsOf(blocks: readonly unknown[]): Located[] {
  return blocks.filter(isObject).flatMap((block) => {
    const own = [
      ...(block.type === 'carousel' ? [] : asList(block.elements)),
      block.accessory,
      block.element,
      ...asList(block.actions),
    ]
      .filter(isObject)
      .filter((element) => typeof element.action_id === 'string')
      .map((element) => ({
        block,
        block_id: String(block.block_id),
        element,
        action_id: String(element.action_id),
      }))
    const inner = block.type === 'carousel' ? asList(block.elements) : asList(block.child_blocks)
    return [...own, ...elementsOf(inner)]
  })
}

const fields: Record<string, string> = {
  plain_text_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  number_input: 'value',
  rich_text_input: 'rich_text_value',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  overflow: 'selected_option',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  checkboxes: 'selected_options',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
  file_input: 'files',
}

/** Under which name an element's value stands in payloads; undefined for buttons, which have none. */
export function valueField(type: unknown): string | undefined {
  return fields[String(type)]
}

/** What the element is set to before anybody touched it, as in `state.values`. */
export function initialValue(element: Payload): Payload | undefined {
  const field = valueField(element.type)
  if (!field || element.type === 'overflow') return undefined
  const preset =
    element[`initial_${field.replace('selected_', '')}`] ??
    (field === 'rich_text_value' ? element.initial_value : undefined)
  const empty = field.endsWith('s') ? [] : null
  const value = structuredClone(preset ?? empty)
  return { type: element.type, [field]: value }
}

/** `state.values` of blocks: what was typed or chosen so far, over the initial values. */
export function stateOf(blocks: readonly unknown[], touched: StateValues): StateValues {
  const values: StateValues = {}
  for (const { block_id, action_id, element } of elementsOf(blocks)) {
    const initial = initialValue(element)
    if (!initial) continue
    const known = touched[block_id]?.[action_id]
    values[block_id] = {
      ...values[block_id],
      [action_id]: known?.type === element.type && known ? known : initial,
    }
  }
  return values
}

/** Looks up an option by its value: among the element's own, or among those that were suggested last. */
export function optionsOf(element: Payload, suggested: readonly Payload[] = []): Payload[] {
  const groups = asList(element.option_groups).map((group) => asList(asObject(group).options))
  const initial = [element.initial_option, ...asList(element.initial_options)]
  const listed = [...asList(element.options), ...groups.flat()].filter(isObject)
  const external = String(element.type).endsWith('external_select')
  return external ? [...suggested, ...initial.filter(isObject)] : listed
}

/**
 * What a person set an element to, in the shape of `state.values`.
 * @throws ControlRefusal `invalid_value` when no client of Slack could produce that value here.
 */
export function valueFor(located: Located, value: ElementValue, suggested: readonly Payload[] = []): Payload {
  const { element, action_id } = located
  const type = String(element.type)
  const field = valueField(type)
  if (!field) throw new ControlRefusal('invalid_value', `${type} "${action_id}" takes no value`)
  const wrong = (what: string) =>
    new ControlRefusal('invalid_value', `${type} "${action_id}" ${what}, not ${JSON.stringify(value)}`)
  const pick = (one: string) => {
    const option = optionsOf(element, suggested).find((o) => o.value === one)
    if (!option)
      throw new ControlRefusal('invalid_value', `"${one}" is not among the options of ${type} "${action_id}"`)
    return structuredClone(option)
  }
  if (field === 'rich_text_value') {
    if (value !== null && typeof value !== 'string') throw wrong('takes text')
    return { type, ...(value ? { [field]: richTextOf(value) } : {}) }
  }
  if (field.endsWith('s')) {
    const many = value === null ? [] : Array.isArray(value) ? value : [value]
    const limit = element.max_selected_items
    if (typeof limit === 'number' && many.length > limit) throw wrong(`takes at most ${limit} values`)
    return { type, [field]: field === 'selected_options' ? many.map(pick) : many }
  }
  if (Array.isArray(value)) throw wrong('takes one value')
  if (value === null || value === '') return { type, [field]: null }
  if (field === 'selected_option') return { type, [field]: pick(value) }
  if (field === 'selected_date' && !/^\d{4}-\d\d-\d\d$/.test(value))
    throw wrong('takes a date like 2026-03-31')
  if (field === 'selected_time' && !/^\d\d:\d\d$/.test(value)) throw wrong('takes a time like 08:30')
  if (field === 'selected_date_time') {
    if (!/^\d{1,10}$/.test(value)) throw wrong('takes seconds since 1970')
    return { type, [field]: Number(value) }
  }
  return { type, [field]: value }
}

function richTextOf(text: string): Payload {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
  }
}

/** Whether a value in the shape of `state.values` says nothing. */
export function isEmpty(value: Payload | undefined): boolean {
  if (!value) return true
  const held = value[valueField(value.type) ?? '']
  return held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0)
}
