// What each interactive element's value looks like in Slack's payloads, before and after somebody touched it.
import { describe, expect, it } from 'vitest'
import { elementsOf, initialValue, isEmpty, stateOf, valueFor } from '../../src/simulator/controls.ts'
import { actionElements, goodBlocks, plain } from './samples.ts'

const options = [
  { text: plain('A'), value: 'a' },
  { text: plain('B'), value: 'b' },
]

function element(type: string, more: object = {}) {
  const found = elementsOf([
    { type: 'actions', block_id: 'b', elements: [{ type, action_id: 'e', ...more }] },
  ])[0]
  if (!found) throw new Error('no element')
  return found
}

describe('the value of an element', () => {
  it.each([
    ['plain_text_input', {}, 'hello', { value: 'hello' }],
    ['number_input', {}, '4.5', { value: '4.5' }],
    ['datepicker', {}, '2026-03-31', { selected_date: '2026-03-31' }],
    ['timepicker', {}, '08:30', { selected_time: '08:30' }],
    ['datetimepicker', {}, '1700000000', { selected_date_time: 1_700_000_000 }],
    ['static_select', { options }, 'b', { selected_option: options[1] }],
    [
      'static_select',
      { option_groups: [{ label: plain('G'), options }] },
      'a',
      { selected_option: options[0] },
    ],
    ['radio_buttons', { options }, 'a', { selected_option: options[0] }],
    ['overflow', { options }, 'a', { selected_option: options[0] }],
    ['checkboxes', { options }, ['a', 'b'], { selected_options: options }],
    ['multi_static_select', { options }, ['b'], { selected_options: [options[1]] }],
    ['users_select', {}, 'U1', { selected_user: 'U1' }],
    ['multi_users_select', {}, ['U1', 'U2'], { selected_users: ['U1', 'U2'] }],
    ['conversations_select', {}, 'C1', { selected_conversation: 'C1' }],
    ['multi_conversations_select', {}, ['C1'], { selected_conversations: ['C1'] }],
    ['channels_select', {}, 'C1', { selected_channel: 'C1' }],
    ['multi_channels_select', {}, [], { selected_channels: [] }],
  ])('of a %s has its own field', (type, more, value, expected) => {
    expect(valueFor(element(type, more), value)).toEqual({ type, ...expected })
  })

  it.each([
    ['button', {}, 'x'],
    ['static_select', { options }, 'c'],
    ['static_select', { options }, ['a']],
    ['external_select', {}, 'a'],
    ['checkboxes', { options }, ['c']],
    ['multi_static_select', { options, max_selected_items: 1 }, ['a', 'b']],
    ['datepicker', {}, 'tomorrow'],
    ['timepicker', {}, 'noon'],
    ['datetimepicker', {}, '2026-01-01'],
  ])('of a %s is refused where no person could choose it', (type, more, value) => {
    expect(() => valueFor(element(type, more), value)).toThrow(type)
  })

  it('can be taken away again', () => {
    expect(valueFor(element('datepicker'), null)).toEqual({ type: 'datepicker', selected_date: null })
    expect(isEmpty(valueFor(element('checkboxes', { options }), null))).toBe(true)
  })

  it('starts from what the app preselected, and is absent for buttons', () => {
    const initial = actionElements.map((e) => [e.type, initialValue(e)])
    expect(Object.fromEntries(initial)).toMatchObject({
      button: undefined,
      overflow: undefined,
      checkboxes: { selected_options: [{ value: 'a' }] },
      datepicker: { selected_date: '2026-02-28' },
      datetimepicker: { selected_date_time: 1_700_000_000 },
      timepicker: { selected_time: '23:59' },
      users_select: { selected_user: 'U1' },
      conversations_select: { selected_conversation: 'C1' },
      multi_users_select: { selected_users: ['U1', 'W2'] },
      multi_static_select: { selected_options: [] },
    })
  })
})

describe('the state of blocks', () => {
  it('holds every element that has a value, wherever it stands', () => {
    const blocks = [
      { type: 'section', block_id: 's', accessory: { type: 'datepicker', action_id: 'd' } },
      {
        type: 'container',
        child_blocks: [
          { type: 'input', block_id: 'i', element: { type: 'plain_text_input', action_id: 't' } },
        ],
      },
      { type: 'actions', block_id: 'a', elements: [{ type: 'button', action_id: 'go' }] },
      {
        type: 'carousel',
        elements: [{ type: 'card', block_id: 'c', actions: [{ type: 'button', action_id: 'in_card' }] }],
      },
    ]
    expect(elementsOf(blocks).map((l) => [l.block_id, l.action_id])).toEqual([
      ['s', 'd'],
      ['i', 't'],
      ['a', 'go'],
      ['c', 'in_card'],
    ])
    const touched = { i: { t: { type: 'plain_text_input', value: 'x' } } }
    expect(stateOf(blocks, touched)).toEqual({
      s: { d: { type: 'datepicker', selected_date: null } },
      i: { t: { type: 'plain_text_input', value: 'x' } },
    })
    expect(elementsOf(goodBlocks).length).toBeGreaterThan(30)
  })
})
