// The app's home tab: the view that the bot published for the acting person, asked for each time it is opened.
import { surfaceOf } from './actions.js'
import { post } from './api.js'
import { renderBlocks } from './blocks.js'
import { h, icon } from './dom.js'
import { store } from './store.js'

/** Nothing has been asked, the app is being asked, or why it gave no view. */
let status = /** @type {'asking' | 'asked' | { error: string }} */ ('asked')
/** @type {{ id: string, hash: string, view: unknown } | null} */
let drawn = null

export const homeRoot = h('div', {
  class: 'home',
  tabindex: '0',
  role: 'region',
  'aria-label': 'Home',
  data: { testid: 'home' },
})

/** Tells the app that its home tab was opened. */
export async function openHome() {
  const viewer = store.viewer
  status = 'asking'
  drawn = null
  drawHome()
  try {
    const delivery = await post('home', { user: viewer })
    status = delivery.acked ? 'asked' : { error: 'The app did not answer within 3 seconds.' }
  } catch (error) {
    status = { error: /** @type {Error} */ (error).message }
  }
  if (viewer === store.viewer) drawHome()
}

/** Draws the view that is there, again only when it changed. */
export function drawHome() {
  const open = store.home
  if (!open) {
    drawn = null
    homeRoot.replaceChildren(h('div', { class: 'home-inner' }, placeholder()))
    return
  }
  if (drawn && drawn.id === open.id && drawn.hash === open.hash && drawn.view === open.view) return
  const scroll = homeRoot.scrollTop
  const active = homeRoot.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-action-id')
    : null
  drawn = { id: open.id, hash: open.hash, view: open.view }
  homeRoot.replaceChildren(
    h(
      'div',
      { class: 'home-inner', data: { viewId: open.id } },
      renderBlocks(/** @type {any[]} */ (open.view.blocks), surfaceOf({ view_id: open.id })),
    ),
  )
  homeRoot.scrollTop = scroll
  const next = active && homeRoot.querySelector(`[data-action-id="${CSS.escape(active)}"]`)
  if (next instanceof HTMLElement) next.focus({ preventScroll: true })
}

function placeholder() {
  if (status === 'asking') {
    return h(
      'div',
      { class: 'skeleton', role: 'status', 'aria-label': 'Loading' },
      [60, 90, 75, 40].map((width) => h('span', { vars: { '--width': `${width}%` } })),
    )
  }
  if (status === 'asked')
    return empty('home', 'Nothing here yet', 'The app has not published a home tab for you.')
  return empty('alert', 'The home tab did not open', status.error)
}

/** @param {any} sign @param {string} title @param {string} text */
export const empty = (sign, title, text) =>
  h(
    'div',
    { class: 'empty' },
    h('span', { class: 'empty-mark' }, icon(sign)),
    h('strong', null, title),
    h('p', { dir: 'auto' }, text),
  )
