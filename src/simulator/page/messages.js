// The list of messages of a channel or a thread: grouped by author and day, kept at the newest one, updated in place.
// A row is only built again when its message changed, so that focus, open menus and scroll position survive.
import { h, icon } from './dom.js'
import { messageRow } from './message-row.js'
import { dayLabel, sameDay, tsDate } from './time.js'

/** @typedef {import('../control.ts').SimulatedMessage} Message */

/** Consecutive messages of one author within this time share one head. */
const GROUP_SECONDS = 300
const PAGE = 150

/**
 * @param {{ inThread: boolean, testid: string, label: string }} options
 */
export function createList(options) {
  const inner = h('div', { class: 'messages-inner', role: 'list' })
  const pill = h(
    'button',
    { type: 'button', class: 'new-pill', hidden: true, on: { click: () => toEnd() } },
    icon('down'),
    'New messages',
  )
  const root = h(
    'div',
    {
      class: 'messages',
      tabindex: '0',
      role: 'region',
      'aria-label': options.label,
      data: { testid: options.testid },
    },
    inner,
  )
  /** @type {Map<string, { message: Message, compact: boolean, node: HTMLElement }>} */
  let rows = new Map()
  /** @type {Map<string, HTMLElement>} */
  let dividers = new Map()
  let shown = PAGE
  let sticky = true
  /** @type {Message[]} */
  let current = []
  let unreadFrom = ''

  const toEnd = () => {
    root.scrollTop = root.scrollHeight
    sticky = true
    pill.hidden = true
  }
  root.addEventListener(
    'scroll',
    () => {
      sticky = root.scrollHeight - root.scrollTop - root.clientHeight < 48
      if (sticky) pill.hidden = true
    },
    { passive: true },
  )
  new ResizeObserver(() => sticky && toEnd()).observe(inner)
  new ResizeObserver(() => sticky && toEnd()).observe(root)
  root.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => moveByKey(event, inner))

  /** @param {string} key @param {() => HTMLElement} make */
  const divider = (key, make) => {
    const node = dividers.get(key) ?? make()
    dividers.set(key, node)
    return node
  }

  const render = () => {
    const list = current.slice(-shown)
    const kept = new Map()
    const used = new Map()
    /** @type {HTMLElement[]} */
    const wanted = []
    const put = (/** @type {string} */ key, /** @type {() => HTMLElement} */ make) => {
      used.set(key, divider(key, make))
      wanted.push(used.get(key))
    }
    const earlier = current.length - list.length
    if (earlier > 0)
      put(`earlier-${earlier}`, () =>
        h(
          'button',
          { type: 'button', class: 'button small earlier', on: { click: showEarlier } },
          `Show earlier messages (${earlier})`,
        ),
      )
    /** @type {Message | undefined} */
    let previous
    let unreadShown = false
    for (const [index, message] of list.entries()) {
      const day = tsDate(message.ts)
      const newDay = !previous || !sameDay(tsDate(previous.ts), day)
      if (newDay && !options.inThread)
        put(`day-${day.toDateString()}`, () => h('div', { class: 'day' }, h('span', null, dayLabel(day))))
      const isUnread = unreadFrom !== '' && !unreadShown && message.ts > unreadFrom
      if (isUnread) {
        unreadShown = true
        put('unread', () => h('div', { class: 'unread-line', role: 'separator' }, h('span', null, 'New')))
      }
      const compact = !newDay && !isUnread && follows(previous, message) && !(options.inThread && index === 1)
      const old = rows.get(message.ts)
      const same = old && old.message === message && old.compact === compact
      const node = same ? old.node : messageRow(message, { compact, inThread: options.inThread })
      if (old && !same) keepFocus(old.node, node)
      node.setAttribute('role', 'listitem')
      kept.set(message.ts, { message, compact, node })
      wanted.push(node)
      if (options.inThread && index === 0) {
        const count = list.length - 1
        put(`count-${count}`, () =>
          h(
            'div',
            { class: 'reply-line' },
            h('span', null, count === 0 ? 'No replies yet' : `${count} ${count === 1 ? 'reply' : 'replies'}`),
          ),
        )
      }
      previous = message
    }
    rows = kept
    dividers = used
    reconcile(inner, wanted)
  }

  const showEarlier = () => {
    const fromEnd = root.scrollHeight - root.scrollTop
    shown += PAGE
    render()
    root.scrollTop = root.scrollHeight - fromEnd
  }

  return {
    root,
    pill,
    /**
     * @param {Message[]} messages oldest first
     * @param {{ fresh?: boolean, mine?: boolean, reset?: boolean, unreadFrom?: string }} [how] `reset` for another
     * channel, `fresh` when a message came in, `mine` when it is the person's own
     */
    show(messages, how = {}) {
      current = messages
      if (how.reset) {
        rows = new Map()
        dividers = new Map()
        inner.replaceChildren()
        shown = PAGE
        unreadFrom = how.unreadFrom ?? ''
      }
      const stay = !how.reset && !how.mine && !sticky
      render()
      if (!stay) toEnd()
      else if (how.fresh) pill.hidden = false
    },
    /** Scrolls to a message and lights it up. @param {string} ts @returns {boolean} */
    reveal(ts) {
      const node = rows.get(ts)?.node
      if (!node) return false
      sticky = false
      node.scrollIntoView({ block: 'center' })
      node.classList.remove('lit')
      requestAnimationFrame(() => node.classList.add('lit'))
      return true
    },
  }
}

/** @param {Message | undefined} previous @param {Message} message */
function follows(previous, message) {
  if (!previous || previous.user !== message.user || previous.ephemeral_for || message.ephemeral_for)
    return false
  return Number(message.ts) - Number(previous.ts) < GROUP_SECONDS && !previous.reply_count
}

/** Moves, adds and removes only what differs. @param {HTMLElement} parent @param {HTMLElement[]} wanted */
function reconcile(parent, wanted) {
  const keep = new Set(wanted)
  for (const child of [...parent.children]) if (!keep.has(/** @type {HTMLElement} */ (child))) child.remove()
  for (const [index, node] of wanted.entries())
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null)
}

/** After a rebuild the focus goes to the same element of the new row. @param {HTMLElement} old @param {HTMLElement} node */
function keepFocus(old, node) {
  const active = document.activeElement
  if (!(active instanceof HTMLElement) || !old.contains(active)) return
  const { actionId } = active.dataset
  const blockId = active.closest('[data-block-id]')?.getAttribute('data-block-id')
  queueMicrotask(() => {
    const scope = (blockId && node.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`)) || node
    const next = actionId ? scope.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`) : node
    if (next instanceof HTMLElement) next.focus({ preventScroll: true })
    else node.focus({ preventScroll: true })
  })
}

/** Arrow keys walk from message to message once the list or a message has the focus. @param {KeyboardEvent} event @param {HTMLElement} inner */
function moveByKey(event, inner) {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  const from = /** @type {HTMLElement} */ (event.target)
  const row = from.classList.contains('message') ? from : null
  if (!row && !from.classList.contains('messages')) return
  const all = /** @type {HTMLElement[]} */ ([...inner.querySelectorAll('.message')])
  const at = row ? all.indexOf(row) : all.length
  const next = all[at + (event.key === 'ArrowUp' ? -1 : 1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}
