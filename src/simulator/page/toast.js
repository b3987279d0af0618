// Short notes at the foot of the page, and the live region that reads new messages to screen readers.
import { h } from './dom.js'

const SHOWN_MS = 5000

/** @param {string} text @param {'info' | 'error'} [kind] */
export function toast(text, kind = 'info') {
  const region = document.getElementById('toasts')
  const node = h(
    'div',
    {
      class: `toast toast-${kind}`,
      role: kind === 'error' ? 'alert' : 'status',
      dir: 'auto',
      data: { testid: 'toast' },
    },
    text,
  )
  region?.append(node)
  setTimeout(() => node.remove(), SHOWN_MS)
}

/** @param {string} text */
export function announce(text) {
  const region = document.getElementById('live')
  if (region) region.textContent = text.slice(0, 300)
}
