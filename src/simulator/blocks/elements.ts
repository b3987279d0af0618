// The interactive elements and images, and which of them may stand in which block.
import { isObject } from '../payload.ts'
import {
  confirm,
  conversationFilter,
  dispatchConfig,
  ids,
  option,
  optionGroup,
  overflowOption,
  placeholder,
  plainText,
  richOption,
  selectedCount,
  slackFile,
  workflow,
} from './objects.ts'
import { richText } from './rich-text.ts'
import {
  address,
  all,
  byType,
  type Check,
  choice,
  count,
  exactlyOne,
  flag,
  list,
  record,
  rule,
  text,
} from './shape.ts'

const action_id = ids.action
const style = choice('primary', 'danger')
const label = text({ max: 75 })
const decimal = text({ pattern: /^-?[0-9]+(\.[0-9]+)?$/ })
const base = { 'type!': text(), action_id }
const chosen = { ...base, confirm, focus_on_load: flag }
const picked = { ...chosen, placeholder }
const typed = { ...base, dispatch_action_config: dispatchConfig, focus_on_load: flag, placeholder }
const externalQuery = { min_query_length: count({ min: 0 }) }

/** What is preselected must be among the options, to the letter. */
const initialAmongOptions = rule('invalid_initial', (element) => {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : []
  const options = [element.options, ...groups.map((g) => g.options)].flatMap((o) =>
    Array.isArray(o) ? o : [],
  )
  const initial = element.initial_option !== undefined ? [element.initial_option] : element.initial_options
  if (options.length === 0 || !Array.isArray(initial)) return undefined
  const known = new Set(options.map(optionKey))
  return initial.every((o) => known.has(optionKey(o)))
    ? undefined
    : 'initial_option(s) must be among the options'
})

function optionKey(value: unknown): string {
  const o = isObject(value) ? value : {}
  return JSON.stringify([o.value, isObject(o.text) ? o.text.text : undefined])
}

const staticOptions = {
  options: list(option, { min: 1, max: 100 }),
  option_groups: list(optionGroup, { min: 1, max: 100 }),
}
const oneSource = all(exactlyOne('options', 'option_groups'), initialAmongOptions)
const initialOptions = list(option, { min: 1 })
const boxes = list(richOption, { min: 1, max: 10 })

const button = record({
  ...base,
  'text!': plainText(75),
  url: address({ max: 3000 }),
  value: text({ max: 2000 }),
  style,
  confirm,
  accessibility_label: label,
})

const feedbackButton = record({
  'text!': plainText(75),
  'value!': text({ max: 2000 }),
  accessibility_label: label,
})

export const imageElement = record(
  { 'type!': choice('image'), 'alt_text!': text(), image_url: address({ max: 3000 }), slack_file: slackFile },
  { also: exactlyOne('image_url', 'slack_file') },
)

const elements = {
  button,
  icon_button: record({
    ...base,
    'icon!': choice('trash'),
    'text!': plainText(75),
    value: text({ max: 2000 }),
    confirm,
    accessibility_label: label,
    visible_to_user_ids: list(ids.user),
  }),
  feedback_buttons: record({
    ...base,
    'positive_button!': feedbackButton,
    'negative_button!': feedbackButton,
  }),
  workflow_button: record({
    ...base,
    'action_id!': action_id,
    'text!': plainText(75),
    'workflow!': workflow,
    style,
    accessibility_label: label,
  }),
  checkboxes: record(
    { ...chosen, 'options!': boxes, initial_options: list(richOption, { min: 1 }) },
    { also: initialAmongOptions },
  ),
  radio_buttons: record(
    { ...chosen, 'options!': boxes, initial_option: richOption },
    { also: initialAmongOptions },
  ),
  datepicker: record({
    ...picked,
    initial_date: text({ pattern: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/ }),
  }),
  datetimepicker: record({ ...chosen, initial_date_time: count({ min: 0, max: 9_999_999_999 }) }),
  timepicker: record({
    ...picked,
    initial_time: text({ pattern: /^([01][0-9]|2[0-3]):[0-5][0-9]$/ }),
    timezone: text(),
  }),
  overflow: record({ ...base, 'options!': list(overflowOption, { min: 1, max: 5 }), confirm }),
  plain_text_input: record(
    {
      ...typed,
      initial_value: text({ min: 0 }),
      multiline: flag,
      min_length: count({ min: 0, max: 3000 }),
      max_length: count({ min: 1, max: 3000 }),
    },
    {
      also: rule('invalid_range', (e) =>
        typeof e.min_length === 'number' && typeof e.max_length === 'number' && e.min_length > e.max_length
          ? 'min_length must not be greater than max_length'
          : undefined,
      ),
    },
  ),
  email_text_input: record({ ...typed, initial_value: text({ min: 0 }) }),
  url_text_input: record({ ...typed, initial_value: text({ min: 0 }) }),
  number_input: record(
    {
      ...typed,
      'is_decimal_allowed!': flag,
      initial_value: decimal,
      min_value: decimal,
      max_value: decimal,
    },
    {
      also: rule('invalid_range', (e) =>
        e.min_value !== undefined && e.max_value !== undefined && Number(e.min_value) > Number(e.max_value)
          ? 'min_value must not be greater than max_value'
          : undefined,
      ),
    },
  ),
  rich_text_input: record({ ...typed, 'action_id!': action_id, initial_value: richText }),
  file_input: record({
    ...base,
    filetypes: list(text(), { min: 1 }),
    max_files: count({ min: 1, max: 10 }),
  }),
  static_select: record({ ...picked, ...staticOptions, initial_option: option }, { also: oneSource }),
  external_select: record({ ...picked, ...externalQuery, initial_option: option }),
  users_select: record({ ...picked, initial_user: ids.user }),
  conversations_select: record({
    ...picked,
    initial_conversation: text(),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: conversationFilter,
  }),
  channels_select: record({ ...picked, initial_channel: ids.channel, response_url_enabled: flag }),
  multi_static_select: record(
    { ...picked, ...staticOptions, initial_options: initialOptions, max_selected_items: selectedCount },
    { also: oneSource },
  ),
  multi_external_select: record({
    ...picked,
    ...externalQuery,
    initial_options: initialOptions,
    max_selected_items: selectedCount,
  }),
  multi_users_select: record({
    ...picked,
    initial_users: list(ids.user, { min: 1 }),
    max_selected_items: selectedCount,
  }),
  multi_conversations_select: record({
    ...picked,
    initial_conversations: list(text(), { min: 1 }),
    default_to_current_conversation: flag,
    max_selected_items: selectedCount,
    filter: conversationFilter,
  }),
  multi_channels_select: record({
    ...picked,
    initial_channels: list(ids.channel, { min: 1 }),
    max_selected_items: selectedCount,
  }),
} satisfies Record<string, Check>

type ElementName = keyof typeof elements

function pick(names: ElementName[], more: Record<string, Check> = {}): Check {
  return byType({ ...Object.fromEntries(names.map((n) => [n, elements[n]])), ...more }, 'element type')
}

const selects: ElementName[] = [
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_external_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
]
const choices: ElementName[] = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...selects]
const buttons: ElementName[] = ['button', 'overflow', 'workflow_button']

export const buttonElement = byType({ button }, 'element type')
export const actionsElement = pick([...buttons, ...choices, 'datetimepicker'])
export const accessoryElement = pick([...buttons, ...choices], { image: imageElement })
export const inputElement = pick([
  ...choices,
  'datetimepicker',
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
  'file_input',
])
export const contextActionsElement = pick(['feedback_buttons', 'icon_button'])
