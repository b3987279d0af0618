// Presses and choices on their way to the app: confirm dialog, spinner until the ack, a mark where no ack came.
// Their state outlives a re-rendering of the message, because an app often edits its message before it acks.
import { post } from './api.js'
import { h, icon } from './dom.js'
import { confirmDialog } from './floating.js'
import { store } from './store.js'
import { textObject } from './text.js'

/**
 * Where blocks live: a message or a view, and what the person has entered there so far.
 * @typedef {{
 *   in: { channel: string, ts: string } | { view_id: string }, key: string, channel?: string,
 *   values: Map<string, import('../control.ts').ElementValue>, submitsOnEnter?: boolean
 * }} Surface
 */

/** Entered values by surface key. @type {Map<string, Surface['values']>} */
const entered = new Map()

/**
 * @param {Surface['in']} place
 * @param {string} [channel]
 * @returns {Surface}
 */
export function surfaceOf(place, channel) {
  const key = `${store.viewer}|${'view_id' in place ? place.view_id : `${place.channel}|${place.ts}`}`
  if (!entered.has(key)) entered.set(key, new Map())
  return { in: place, key, channel, values: /** @type {Surface['values']} */ (entered.get(key)) }
}

/** Forgets what was entered in a view that is gone. @param {string} viewId */
export const forgetView = (viewId) => entered.delete(`${store.viewer}|${viewId}`)

/** @param {string | undefined} blockId @param {string | undefined} actionId */
export const valueKey = (blockId, actionId) => `${blockId ?? ''}\n${actionId ?? ''}`

/** @type {Map<string, 'pending' | { error: string }>} */
const progress = new Map()

/** What was typed into input blocks is on its way to the workspace; an action waits for it. @type {Map<string, Promise<unknown>>} */
const noted = new Map()

/**
 * Tells the workspace what an input block holds, so that the next action carries it. The app hears nothing of it.
 * @param {Surface} surface @param {any} block @param {any} element @param {import('../control.ts').ElementValue} value
 */
export function note(surface, block, element, value) {
  const sent = (noted.get(surface.key) ?? Promise.resolve())
    .then(() =>
      post('action', {
        user: store.viewer,
        in: surface.in,
        block_id: block.block_id,
        action_id: element.action_id,
        value,
      }),
    )
    .catch(() => undefined)
  noted.set(surface.key, sent)
}

/**
 * Sends one action and shows how it fares on every element that carries its key.
 * @param {Surface} surface
 * @param {any} block
 * @param {any} element
 * @param {import('../control.ts').ElementValue} [value]
 * @returns {Promise<boolean>} whether the app acked
 */
export async function act(surface, block, element, value) {
  const key = keyOf(surface, block, element)
  if (progress.get(key) === 'pending') return false
  if (element.confirm && !(await confirmed(element.confirm))) return false
  set(key, 'pending')
  await noted.get(surface.key)
  try {
    const delivery = await post('action', {
      user: store.viewer,
      in: surface.in,
      block_id: block.block_id,
      action_id: element.action_id,
      ...(value === undefined ? {} : { value }),
    })
    set(key, delivery.acked ? null : { error: 'The app did not answer within 3 seconds.' })
    return delivery.acked
  } catch (error) {
    set(key, { error: /** @type {Error} */ (error).message })
    return false
  }
}

/** @param {any} confirm */
const confirmed = (confirm) =>
  confirmDialog({
    title: confirm.title?.text ?? 'Are you sure?',
    body: textObject(confirm.text ?? { type: 'plain_text', text: '' }),
    confirm: confirm.confirm?.text ?? 'Yes',
    deny: confirm.deny?.text ?? 'Cancel',
    danger: confirm.style === 'danger',
  })

/** @param {Surface} surface @param {any} block @param {any} element */
const keyOf = (surface, block, element) => `${surface.key}|${valueKey(block.block_id, element.action_id)}`

/** @param {string} key @param {'pending' | { error: string } | null} state */
function set(key, state) {
  if (state) progress.set(key, state)
  else progress.delete(key)
  for (const node of document.querySelectorAll('[data-action-key]')) {
    if (node instanceof HTMLElement && node.dataset.actionKey === key) paint(node, state)
  }
}

/**
 * Ties an element to the state of its action.
 * @template {HTMLElement} Node
 * @param {Node} node @param {Surface} surface @param {any} block @param {any} element
 * @returns {Node}
 */
export function track(node, surface, block, element) {
  const key = keyOf(surface, block, element)
  node.dataset.actionKey = key
  const state = progress.get(key)
  if (state) queueMicrotask(() => paint(node, state))
  return node
}

/** @param {HTMLElement} node @param {'pending' | { error: string } | null} state */
function paint(node, state) {
  const failed = state && state !== 'pending' ? state.error : null
  node.classList.toggle('is-pending', state === 'pending')
  node.classList.toggle('is-failed', failed !== null)
  node.toggleAttribute('aria-busy', state === 'pending')
  if (state === 'pending') node.setAttribute('aria-busy', 'true')
  const mark = node.nextElementSibling
  if (mark?.classList.contains('action-error')) mark.remove()
  if (failed) {
    node.after(
      h(
        'span',
        { class: 'action-error', role: 'alert', data: { testid: 'action-error' } },
        icon('alert'),
        failed,
      ),
    )
  }
}
