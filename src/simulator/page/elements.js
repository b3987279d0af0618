// Interactive elements: buttons, menus, choices, pickers and text inputs, each with its `data-action-id`.
// In an input block a change is only remembered until the submit; elsewhere it is sent to the app at once.
import { act, note, track, valueKey } from './actions.js'
import { choicesFor, enteredValue } from './choices.js'
import { h, icon, picture, safeImage, safeLink } from './dom.js'
import { openMenu } from './floating.js'
import { select } from './select.js'
import { store } from './store.js'
import { plainText, textObject } from './text.js'

/** @typedef {import('./actions.js').Surface} Surface */
/**
 * @typedef {{ block: any, surface: Surface, labelId?: string, describedBy?: string, onEdit?: () => void }} Place
 * `onEdit` is there in input blocks: it hears of each change (to clear an error).
 */

/**
 * @param {any} element
 * @param {Place} place
 * @returns {HTMLElement | DocumentFragment}
 */
export function renderElement(element, place) {
  const make = RENDERERS[element.type.replace(/^multi_/, '')]
  if (!make)
    return h(
      'pre',
      { class: 'code-block unknown', data: { actionId: element.action_id } },
      JSON.stringify(element, null, 2),
    )
  return make(element, place)
}

/** @type {Record<string, (element: any, place: Place) => any>} */
const RENDERERS = {
  button,
  workflow_button: button,
  icon_button: iconOnly,
  feedback_buttons: feedback,
  overflow,
  image,
  checkboxes: options,
  radio_buttons: options,
  static_select: anySelect,
  external_select: anySelect,
  users_select: anySelect,
  channels_select: anySelect,
  conversations_select: anySelect,
  datepicker: (element, place) => picker(element, place, 'date'),
  timepicker: (element, place) => picker(element, place, 'time'),
  datetimepicker: (element, place) => picker(element, place, 'datetime-local'),
  plain_text_input: textInput,
  rich_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  file_input: (element) =>
    h(
      'div',
      { class: 'unsupported', data: { actionId: element.action_id } },
      icon('file'),
      'Choosing files is not supported in the local workspace.',
    ),
}

/** Remembers a value and, outside input blocks or where the block asks for it, sends it. @param {any} element @param {Place} place @param {string | string[] | null} value */
function changed(element, place, value) {
  place.surface.values.set(valueKey(place.block.block_id, element.action_id), value)
  place.onEdit?.()
  if (place.block.type !== 'input' || place.block.dispatch_action)
    void act(place.surface, place.block, element, value)
  else note(place.surface, place.block, element, value)
}

/** @param {any} element @param {Place} place */
const naming = (element, place) => ({
  'data-action-id': element.action_id,
  'aria-labelledby': place.labelId,
  'aria-describedby': place.describedBy,
})

/** @param {any} element @param {Place} place */
function button(element, { block, surface }) {
  const style = element.style === 'primary' || element.style === 'danger' ? ` ${element.style}` : ''
  const href = element.url && safeLink(element.url)
  const common = {
    class: `button${style}`,
    'aria-label': element.accessibility_label,
    data: { actionId: element.action_id, value: element.value },
    on: { click: () => void act(surface, block, element) },
  }
  const node = href
    ? h(
        'a',
        { ...common, href, target: '_blank', rel: 'noopener noreferrer' },
        textObject(element.text),
        icon('link', 'trailing'),
      )
    : h('button', { ...common, type: 'button' }, textObject(element.text))
  return track(node, surface, block, element)
}

/** @param {any} element @param {Place} place */
function iconOnly(element, { block, surface }) {
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(store.viewer))
    return document.createDocumentFragment()
  const label = element.accessibility_label ?? plainText(element.text)
  const node = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      title: plainText(element.text),
      'aria-label': label,
      data: { actionId: element.action_id },
      on: { click: () => void act(surface, block, element) },
    },
    icon(element.icon === 'trash' ? 'trash' : 'bolt'),
  )
  return track(node, surface, block, element)
}

/** @param {any} element @param {Place} place */
function feedback(element, { block, surface }) {
  const one = (/** @type {any} */ given, /** @type {string} */ className) => {
    const label = given.accessibility_label ?? plainText(given.text)
    const press = (/** @type {any} */ event) => {
      for (const other of event.currentTarget.parentElement.children)
        other.setAttribute('aria-pressed', String(other === event.currentTarget))
      void act(surface, block, element, given.value)
    }
    return h(
      'button',
      {
        type: 'button',
        class: `icon-button ${className}`,
        title: plainText(given.text),
        'aria-label': label,
        'aria-pressed': 'false',
        data: { value: given.value },
        on: { click: press },
      },
      icon('like'),
    )
  }
  const node = h(
    'span',
    { class: 'feedback', role: 'group', data: { actionId: element.action_id } },
    one(element.positive_button, 'like'),
    one(element.negative_button, 'dislike'),
  )
  return track(node, surface, block, element)
}

/** @param {any} element @param {Place} place */
function overflow(element, { block, surface }) {
  const items = element.options.map((/** @type {any} */ option) => ({
    label: plainText(option.text),
    hint: option.description && plainText(option.description),
    href: option.url && safeLink(option.url),
    data: { value: option.value },
    run: () => void act(surface, block, element, option.value),
  }))
  const node = h(
    'button',
    {
      type: 'button',
      class: 'icon-button bordered',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { actionId: element.action_id },
      on: { click: () => openMenu(node, items, { align: 'end', label: 'More actions' }) },
    },
    icon('dots'),
  )
  return track(node, surface, block, element)
}

/** @param {any} element */
function image(element) {
  const source = safeImage(element.image_url ?? element.slack_file?.url ?? '')
  return source
    ? picture(source, element.alt_text ?? '', 'element-image')
    : h('span', { class: 'element-image missing', role: 'img', 'aria-label': element.alt_text }, icon('file'))
}

let groups = 0

/** Checkboxes and radio buttons. @param {any} element @param {Place} place */
function options(element, place) {
  const many = element.type === 'checkboxes'
  const current = enteredValue(place.block, element, place.surface)
  const chosen = new Set(Array.isArray(current) ? current : current === null ? [] : [current])
  const name = `group-${++groups}`
  const root = h('div', { class: 'choices', role: many ? 'group' : 'radiogroup', ...naming(element, place) })
  const read = () =>
    [...root.querySelectorAll('input:checked')].map((input) => /** @type {HTMLInputElement} */ (input).value)
  for (const option of element.options) {
    const input = h('input', {
      type: many ? 'checkbox' : 'radio',
      name,
      value: option.value,
      on: { change: () => changed(element, place, many ? read() : (read()[0] ?? null)) },
    })
    input.checked = chosen.has(option.value)
    root.append(
      h(
        'label',
        { class: 'choice' },
        input,
        h(
          'span',
          { class: 'choice-text', dir: 'auto' },
          textObject(option.text),
          option.description && h('small', null, textObject(option.description)),
        ),
      ),
    )
  }
  return track(root, place.surface, place.block, element)
}

/** @param {any} element @param {Place} place */
function anySelect(element, place) {
  const multiple = element.type.startsWith('multi_')
  const current = enteredValue(place.block, element, place.surface)
  const node = select({
    ...choicesFor(element, place.block, place.surface),
    multiple,
    maximum: element.max_selected_items,
    placeholder: element.placeholder ? plainText(element.placeholder) : multiple ? 'Choose…' : 'Choose one…',
    selected: Array.isArray(current) ? current : current === null ? [] : [current],
    onChange: (values) => changed(element, place, multiple ? values : (values[0] ?? null)),
    attributes: {
      ...naming(element, place),
      'aria-label': place.labelId ? null : plainText(element.placeholder) || 'Choose',
    },
  })
  return track(node, place.surface, place.block, element)
}

/** @param {any} element @param {Place} place @param {'date' | 'time' | 'datetime-local'} type */
function picker(element, place, type) {
  const current = enteredValue(place.block, element, place.surface)
  const input = h('input', {
    type,
    class: 'text-input picker',
    ...naming(element, place),
    'aria-label': place.labelId ? null : plainText(element.placeholder) || 'Choose a date',
  })
  const seconds = type === 'datetime-local'
  if (typeof current === 'string') input.value = seconds ? localMinutes(Number(current)) : current
  input.addEventListener('change', () => {
    const value =
      seconds && input.value ? String(Math.floor(new Date(input.value).getTime() / 1000)) : input.value
    changed(element, place, value || null)
  })
  return track(input, place.surface, place.block, element)
}

/** Seconds since 1970 as `YYYY-MM-DDTHH:mm` in the reader's zone. @param {number} seconds */
function localMinutes(seconds) {
  const date = new Date(seconds * 1000)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** @param {any} block */
const richToText = (block) =>
  (block?.elements ?? [])
    .map((/** @type {any} */ part) =>
      (part.elements ?? []).map((/** @type {any} */ leaf) => leaf.text ?? '').join(''),
    )
    .join('\n')

/** @param {any} element @param {Place} place */
function textInput(element, place) {
  const isRich = element.type === 'rich_text_input'
  const multiline = element.multiline || isRich
  const given =
    isRich && !place.surface.values.has(valueKey(place.block.block_id, element.action_id))
      ? richToText(element.initial_value)
      : enteredValue(place.block, element, place.surface)
  const kind =
    { number_input: 'text', email_text_input: 'email', url_text_input: 'url' }[
      /** @type {string} */ (element.type)
    ] ?? 'text'
  const input = h(multiline ? 'textarea' : 'input', {
    class: 'text-input',
    type: multiline ? null : kind,
    rows: multiline ? 4 : null,
    inputmode: element.type === 'number_input' ? (element.is_decimal_allowed ? 'decimal' : 'numeric') : null,
    maxlength: element.max_length,
    placeholder: element.placeholder ? plainText(element.placeholder) : null,
    autocomplete: 'off',
    dir: 'auto',
    ...naming(element, place),
  })
  input.value = typeof given === 'string' ? given : ''
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed']
  const dispatches = place.block.type !== 'input' || place.block.dispatch_action
  const send = () => void act(place.surface, place.block, element, input.value || null)
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause
  input.addEventListener('input', () => {
    place.surface.values.set(valueKey(place.block.block_id, element.action_id), input.value || null)
    place.onEdit?.()
    if (!dispatches || !triggers.includes('on_character_entered')) return
    clearTimeout(pause)
    pause = setTimeout(send, 250)
  })
  if (!dispatches)
    input.addEventListener('change', () => note(place.surface, place.block, element, input.value || null))
  input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || multiline || !dispatches) return
    if (!triggers.includes('on_enter_pressed')) return
    event.preventDefault()
    send()
  })
  return track(input, place.surface, place.block, element)
}
