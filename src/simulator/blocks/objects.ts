// The small objects that blocks and elements are made of: texts, options, confirmations, filters.
import {
  address,
  anything,
  byType,
  type Check,
  choice,
  count,
  exactlyOne,
  flag,
  list,
  record,
  text,
} from './shape.ts'

export const ids = {
  action: text({ max: 255 }),
  block: text({ max: 255 }),
  user: text({ pattern: /^[UW][A-Z0-9]+$/ }),
  channel: text({ pattern: /^[CG][A-Z0-9]+$/ }),
  usergroup: text({ pattern: /^S[A-Z0-9]+$/ }),
  team: text({ pattern: /^T[A-Z0-9]+$/ }),
}

export function plainText(max = 3000): Check {
  return record({ 'type!': choice('plain_text'), 'text!': text({ max }), emoji: flag })
}

export function mrkdwn(max = 3000): Check {
  return record({ 'type!': choice('mrkdwn'), 'text!': text({ max }), verbatim: flag })
}

export function anyText(max = 3000): Check {
  return byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) }, 'text type')
}

export const placeholder = plainText(150)

export const confirm = record({
  'title!': plainText(100),
  'text!': anyText(300),
  'confirm!': plainText(30),
  'deny!': plainText(30),
  style: choice('primary', 'danger'),
})

const optionValue = text({ max: 150 })

export const option = record({ 'text!': plainText(75), 'value!': optionValue, description: plainText(75) })

export const overflowOption = record({
  'text!': plainText(75),
  'value!': optionValue,
  description: plainText(75),
  url: address({ max: 3000 }),
})

/** Radio buttons and checkboxes take mrkdwn too. */
export const richOption = record({ 'text!': anyText(75), 'value!': optionValue, description: anyText(75) })

export const optionGroup = record({
  'label!': plainText(75),
  'options!': list(option, { min: 1, max: 100 }),
})

export const slackFile = record({ url: address(), id: text() }, { also: exactlyOne('url', 'id') })

export const dispatchConfig = record({
  'trigger_actions_on!': list(choice('on_enter_pressed', 'on_character_entered'), {
    min: 1,
    max: 2,
    unique: true,
  }),
})

export const conversationFilter: Check = (value, at, found) => {
  record({
    include: list(choice('im', 'mpim', 'private', 'public'), { min: 1, unique: true }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  })(value, at, found)
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    found.faults.push({ pointer: at, code: 'missing_field', message: 'a filter must say something' })
}

export const workflow = record({
  'trigger!': record({
    'url!': address(),
    customizable_input_parameters: list(record({ 'name!': text(), 'value!': anything })),
  }),
})

export const selectedCount = count({ min: 1 })
