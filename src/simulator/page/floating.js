// Things that float above the page: popovers next to an anchor, menus, and the small "are you sure?" dialog.
// Popovers sit in the browser's top layer inside the nearest dialog, so that they are never cut off or inert.
import { append, h, icon } from './dom.js'

/** @type {{ node: HTMLElement, close: (refocus?: boolean) => void } | null} */
let current = null

/** Closes the open popover, if there is one. */
export const closePopover = () => current?.close(false)

/**
 * Opens content beside an anchor. One popover at a time; Escape, a press elsewhere or `close()` ends it.
 * @param {HTMLElement} anchor
 * @param {HTMLElement} node
 * @param {{ onClose?: () => void, matchWidth?: boolean, align?: 'start' | 'end', above?: boolean }} [options]
 * @returns {{ close: (refocus?: boolean) => void, place: () => void }}
 */
export function openPopover(anchor, node, options = {}) {
  closePopover()
  const host = anchor.closest('dialog') ?? document.body
  node.classList.add('popover')
  node.popover = 'manual'
  host.append(node)
  node.showPopover()
  const place = () => position(anchor, node, options)
  place()

  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target)
    if (!node.contains(target) && !anchor.contains(target)) close(false)
  }
  const onEscape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    close(true)
  }
  const close = (refocus = true) => {
    if (current?.node !== node) return
    current = null
    document.removeEventListener('pointerdown', outside, true)
    document.removeEventListener('keydown', onEscape, true)
    removeEventListener('resize', place)
    document.removeEventListener('scroll', place, true)
    node.remove()
    options.onClose?.()
    if (refocus && anchor.isConnected) anchor.focus()
  }
  document.addEventListener('pointerdown', outside, true)
  document.addEventListener('keydown', onEscape, true)
  addEventListener('resize', place)
  document.addEventListener('scroll', place, true)
  current = { node, close }
  return { close, place }
}

/** @param {HTMLElement} anchor @param {HTMLElement} node @param {{ matchWidth?: boolean, align?: string, above?: boolean }} options */
function position(anchor, node, options) {
  const gap = 4
  const box = anchor.getBoundingClientRect()
  if (options.matchWidth) node.style.setProperty('--anchor-width', `${Math.round(box.width)}px`)
  const width = node.offsetWidth
  const height = node.offsetHeight
  const wanted = options.align === 'end' ? box.right - width : box.left
  const left = Math.max(8, Math.min(wanted, innerWidth - width - 8))
  const below = box.bottom + gap
  const above = box.top - gap - height
  const fitsBelow = below + height <= innerHeight - 8
  const top = options.above ? (above >= 8 ? above : below) : fitsBelow || above < 8 ? below : above
  node.style.setProperty('--left', `${Math.round(left)}px`)
  node.style.setProperty('--top', `${Math.round(Math.max(8, Math.min(top, innerHeight - height - 8)))}px`)
}

/**
 * @typedef {{ label: string, hint?: string, icon?: Node, danger?: boolean, checked?: boolean, href?: string | null,
 *   data?: Record<string, string>, run: () => void }} MenuItem
 */

/**
 * A menu of buttons with arrow keys.
 * @param {HTMLElement} anchor
 * @param {(MenuItem | { heading: string })[]} items
 * @param {{ align?: 'start' | 'end', label?: string, above?: boolean, onClose?: () => void }} [options]
 */
export function openMenu(anchor, items, options = {}) {
  if (anchor.getAttribute('aria-expanded') === 'true') return closePopover()
  const menu = h('div', { class: 'menu', role: 'menu', 'aria-label': options.label })
  const popover = { close: (/** @type {boolean} */ _refocus) => {} }
  append(
    menu,
    items.map((item) => {
      if ('heading' in item) return h('div', { class: 'menu-heading' }, item.heading)
      const role = item.checked === undefined ? 'menuitem' : 'menuitemradio'
      const attributes = {
        class: `menu-item${item.danger ? ' danger' : ''}`,
        role,
        tabindex: '-1',
        data: item.data,
      }
      const content = [
        item.icon,
        h('span', { class: 'menu-text', dir: 'auto' }, item.label, item.hint && h('small', null, item.hint)),
        item.checked && icon('check', 'menu-check'),
      ]
      const run = () => {
        popover.close(true)
        item.run()
      }
      return item.href
        ? h(
            'a',
            {
              ...attributes,
              href: item.href,
              target: '_blank',
              rel: 'noopener noreferrer',
              on: { click: run },
            },
            content,
          )
        : h(
            'button',
            {
              ...attributes,
              type: 'button',
              'aria-checked': item.checked === undefined ? null : String(item.checked),
              on: { click: run },
            },
            content,
          )
    }),
  )
  menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) =>
    moveFocus(menu, '.menu-item', event),
  )
  anchor.setAttribute('aria-expanded', 'true')
  const opened = openPopover(anchor, menu, {
    ...options,
    onClose: () => {
      anchor.setAttribute('aria-expanded', 'false')
      options.onClose?.()
    },
  })
  popover.close = opened.close
  const first = menu.querySelector('[aria-checked="true"]') ?? menu.querySelector('.menu-item')
  if (first instanceof HTMLElement) first.focus()
}

/**
 * Arrow keys, Home and End move the focus among the matching children.
 * @param {HTMLElement} root @param {string} selector @param {KeyboardEvent} event
 */
export function moveFocus(root, selector, event) {
  const all = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)])
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement))
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
  if (next === undefined || all.length === 0) return
  event.preventDefault()
  all[(next + all.length) % all.length]?.focus()
}

let titles = 0

/**
 * Asks before something happens.
 * @param {{ title: string, body: any, confirm: string, deny: string, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export function confirmDialog(question) {
  return new Promise((resolve) => {
    const titleId = `confirm-title-${++titles}`
    const dialog = h('dialog', {
      class: 'dialog dialog-confirm',
      'aria-labelledby': titleId,
      data: { testid: 'confirm' },
    })
    const finish = (/** @type {boolean} */ answer) => {
      dialog.close()
      dialog.remove()
      resolve(answer)
    }
    dialog.addEventListener('cancel', (/** @type {Event} */ event) => {
      event.preventDefault()
      finish(false)
    })
    dialog.append(
      h('h2', { id: titleId, dir: 'auto' }, question.title),
      h('div', { class: 'dialog-text', dir: 'auto' }, question.body),
      h(
        'div',
        { class: 'dialog-actions' },
        h(
          'button',
          {
            type: 'button',
            class: 'button',
            data: { testid: 'confirm-no' },
            on: { click: () => finish(false) },
          },
          question.deny,
        ),
        h(
          'button',
          {
            type: 'button',
            class: `button ${question.danger ? 'danger' : 'primary'}`,
            data: { testid: 'confirm-yes' },
            on: { click: () => finish(true) },
          },
          question.confirm,
        ),
      ),
    )
    document.body.append(dialog)
    dialog.showModal()
    dialog.querySelector('[data-testid="confirm-yes"]').focus()
  })
}
