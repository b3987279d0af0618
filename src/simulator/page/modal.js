// Modals: a stack of the app's views in native dialogs (which hold the focus inside), with field errors, a waiting
// state until the ack, and view_closed on Escape. They belong to the acting person and go when another one acts.
import { forgetView, surfaceOf } from './actions.js'
import { post } from './api.js'
import { avatar } from './avatar.js'
import { fieldError, renderBlocks } from './blocks.js'
import { enteredValue, initialValue } from './choices.js'
import { h, icon, iconButton } from './dom.js'
import { closePopover } from './floating.js'
import { on, refreshViews, store } from './store.js'
import { plainText } from './text.js'

/** @typedef {import('../control.ts').OpenView} OpenView */

/** @type {Map<string, { dialog: any, open: OpenView }>} */
const dialogs = new Map()

/** Shows what `store.modals` says, from now on. */
export const followModals = () => on('views', sync)

function sync() {
  const wanted = new Set(store.modals.map((open) => open.id))
  for (const [id, { dialog }] of dialogs) {
    if (wanted.has(id)) continue
    closePopover()
    dialogs.delete(id)
    forgetView(id)
    dialog.close()
    dialog.remove()
  }
  for (const open of store.modals) {
    const known = dialogs.get(open.id)
    if (!known) show(open)
    else if (known.open.hash !== open.hash || known.open.view !== open.view) {
      known.open = open
      update(known.dialog, open)
    }
  }
  for (const [index, open] of store.modals.entries()) {
    dialogs.get(open.id)?.dialog.classList.toggle('under', index < store.modals.length - 1)
  }
}

/** @param {OpenView} open */
function show(open) {
  const dialog = h('dialog', { class: 'dialog modal' })
  dialogs.set(open.id, { dialog, open })
  dialog.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    void requestClose(open.id)
  })
  dialog.addEventListener('cancel', (/** @type {Event} */ event) => {
    if (event.target !== dialog) return
    event.preventDefault()
    void requestClose(open.id)
  })
  document.body.append(dialog)
  fill(dialog, open)
  dialog.showModal()
  focusFirst(dialog)
}

/** @param {any} dialog */
function focusFirst(dialog) {
  const wanted =
    dialog.querySelector('[autofocus]') ??
    dialog.querySelector('.modal-body :is(input, textarea, select, button):not([disabled])') ??
    dialog.querySelector('.modal-foot button:last-child')
  wanted?.focus()
}

/** @param {any} dialog @param {OpenView} open */
function update(dialog, open) {
  const scroll = dialog.querySelector('.modal-body')?.scrollTop ?? 0
  const active = dialog.contains(document.activeElement) ? document.activeElement : null
  const actionId = active?.getAttribute('data-action-id')
  const caret =
    active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active.selectionStart : null
  fill(dialog, open)
  dialog.querySelector('.modal-body').scrollTop = scroll
  const next = actionId && dialog.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`)
  if (!next) return focusFirst(dialog)
  next.focus()
  if (caret !== null && next.type !== 'number' && next.setSelectionRange) {
    try {
      next.setSelectionRange(caret, caret)
    } catch {
      // Date, email and number inputs have no selection.
    }
  }
}

/** @param {any} dialog @param {OpenView} open */
function fill(dialog, open) {
  const view = /** @type {any} */ (open.view)
  const titleId = `modal-title-${open.id}`
  const submitLabel = view.submit ? plainText(view.submit) : null
  const closeLabel = view.close ? plainText(view.close) : submitLabel ? 'Cancel' : 'Close'
  const nested = open.depth > 0
  const surface = surfaceOf({ view_id: open.id })
  dialog.dataset.testid = 'modal'
  dialog.dataset.viewId = open.id
  if (view.callback_id) dialog.dataset.callbackId = view.callback_id
  dialog.setAttribute('aria-labelledby', titleId)
  const close = () => void requestClose(open.id)
  dialog.replaceChildren(
    h(
      'form',
      {
        class: 'modal-form',
        novalidate: true,
        on: {
          submit: (/** @type {Event} */ event) => {
            event.preventDefault()
            if (submitLabel) void submit(dialog, open)
          },
        },
      },
      h(
        'header',
        { class: 'modal-head' },
        nested ? iconButton('back', 'Back', close) : avatar(store.state?.bot.user_id ?? '', 'small'),
        h('h2', { id: titleId, dir: 'auto' }, plainText(view.title)),
        iconButton('close', 'Close', close, { data: { testid: 'modal-close' } }),
      ),
      h('div', { class: 'modal-error', role: 'alert', hidden: true, data: { testid: 'modal-error' } }),
      h('div', { class: 'modal-body' }, renderBlocks(view.blocks, surface)),
      h(
        'footer',
        { class: 'modal-foot' },
        h(
          'span',
          { class: 'modal-person' },
          `As ${store.state?.users.find((user) => user.id === store.viewer)?.real_name ?? store.viewer}`,
        ),
        h(
          'button',
          { type: 'button', class: 'button', data: { testid: 'modal-cancel' }, on: { click: close } },
          closeLabel,
        ),
        submitLabel &&
          h(
            'button',
            {
              type: 'submit',
              class: 'button primary',
              disabled: view.submit_disabled === true,
              data: { testid: 'modal-submit' },
            },
            submitLabel,
          ),
      ),
    ),
  )
  const focusId = findFocus(view.blocks)
  if (focusId)
    dialog.querySelector(`[data-action-id="${CSS.escape(focusId)}"]`)?.setAttribute('autofocus', '')
}

/** @param {any[]} blocks @returns {any[]} */
const inputBlocks = (blocks) =>
  blocks.flatMap((block) =>
    block.type === 'input' ? [block] : block.type === 'container' ? inputBlocks(block.child_blocks) : [],
  )

/** @param {any[]} blocks @returns {string | undefined} */
const findFocus = (blocks) =>
  blocks
    .flatMap((block) => [block.element, block.accessory, ...(block.elements ?? [])])
    .find((element) => element?.focus_on_load)?.action_id

/** @param {any} dialog @param {OpenView} open */
async function submit(dialog, open) {
  const form = dialog.querySelector('form')
  if (form.classList.contains('is-waiting')) return
  const blocks = inputBlocks(open.view.blocks)
  const surface = surfaceOf({ view_id: open.id })
  /** @type {Record<string, string>} */
  const faults = {}
  /** @type {Record<string, Record<string, any>>} */
  const values = {}
  for (const block of blocks) {
    const value = enteredValue(block, block.element, surface)
    const fault = faultOf(block, value)
    if (fault) faults[block.block_id] = fault
    if (
      String(value) !== String(initialValue(block.element, surface)) &&
      block.element.type !== 'file_input'
    ) {
      values[block.block_id] = { [block.element.action_id]: value }
    }
  }
  showErrors(dialog, faults)
  if (Object.keys(faults).length > 0) return
  wait(form, true)
  try {
    const delivery = await post('submit', { user: store.viewer, view_id: open.id, values })
    if (!delivery.acked)
      return problem(dialog, 'The app did not answer within 3 seconds. Nothing was saved; try again.')
    if (delivery.response?.trouble) return problem(dialog, delivery.response.trouble)
    if (delivery.response?.response_action === 'errors')
      return showErrors(dialog, delivery.response.errors ?? {})
    await refreshViews()
  } catch (error) {
    if (/** @type {any} */ (error).errors) showErrors(dialog, /** @type {any} */ (error).errors)
    else problem(dialog, /** @type {Error} */ (error).message)
  } finally {
    wait(form, false)
  }
}

/** @param {HTMLElement} form @param {boolean} waiting */
function wait(form, waiting) {
  form.classList.toggle('is-waiting', waiting)
  form.setAttribute('aria-busy', String(waiting))
  form.querySelector('.modal-body')?.toggleAttribute('inert', waiting)
  form.querySelector('[data-testid="modal-submit"]')?.classList.toggle('is-pending', waiting)
}

/** @param {any} dialog @param {string} text */
function problem(dialog, text) {
  const banner = dialog.querySelector('.modal-error')
  banner.replaceChildren(icon('alert'), h('span', { dir: 'auto' }, text))
  banner.hidden = false
}

/** Shows errors on their fields, and those without a field above them all. @param {any} dialog @param {Record<string, string>} errors by block_id */
function showErrors(dialog, errors) {
  dialog.querySelector('.modal-error').hidden = true
  for (const field of dialog.querySelectorAll('.input-field')) fieldError(field, null)
  const homeless = []
  for (const [blockId, message] of Object.entries(errors)) {
    const field = dialog.querySelector(`[data-block-id="${CSS.escape(blockId)}"] .input-field`)
    if (field) fieldError(field, message)
    else homeless.push(message)
  }
  if (homeless.length > 0) problem(dialog, homeless.join(' '))
  const first = dialog.querySelector('.has-error')
  first?.scrollIntoView({ block: 'center' })
  first?.querySelector('[data-action-id], [data-action-id] input')?.focus()
}

/** What Slack's own client refuses before it asks the app. @param {any} block @param {any} value @returns {string | null} */
function faultOf(block, value) {
  const { element } = block
  const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
  if (empty)
    return block.optional || element.type === 'file_input' ? null : 'Please complete this required field.'
  const text = String(value)
  if (element.min_length && text.length < element.min_length)
    return `Please enter at least ${element.min_length} characters.`
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(text))
    return 'Please enter a valid email address.'
  if (element.type === 'url_text_input' && !/^https?:\/\/\S+$/i.test(text)) return 'Please enter a valid URL.'
  if (element.type !== 'number_input') return null
  if (!(element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(text)) {
    return element.is_decimal_allowed ? 'Please enter a number.' : 'Please enter a whole number.'
  }
  if (element.min_value !== undefined && Number(text) < Number(element.min_value))
    return `Must be at least ${element.min_value}.`
  if (element.max_value !== undefined && Number(text) > Number(element.max_value))
    return `Must be at most ${element.max_value}.`
  return null
}

/** @param {string} viewId */
async function requestClose(viewId) {
  const known = dialogs.get(viewId)
  if (!known) return
  try {
    await post('close', { user: store.viewer, view_id: viewId })
    await refreshViews()
  } catch (error) {
    problem(known.dialog, /** @type {Error} */ (error).message)
  }
}
