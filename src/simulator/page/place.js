// Where the person is: a channel, a thread in it, or the app's home tab. Kept in the address, so that reload stays.
// `#C…` is a channel, `#C…/ts` a thread, `#home` the home tab; `?as=U…` says who is looking.
import { store, visibleChannels } from './store.js'

/** @typedef {{ home: boolean, channel: string, thread: string }} Place */

/** @type {Place} */
export const place = { home: false, channel: '', thread: '' }

/** A message to scroll to after the next move. @type {{ ts: string }} */
export const target = { ts: '' }

/** @type {Set<() => void>} */
const listeners = new Set()

/** @param {() => void} listener */
export const onMove = (listener) => listeners.add(listener)

/** @param {Partial<Place> & { message?: string }} to */
export function go(to) {
  const next = {
    home: to.home ?? false,
    channel: to.channel ?? (to.home ? place.channel : place.channel),
    thread: to.thread ?? '',
  }
  target.ts = to.message ?? ''
  const hash = hashOf(next)
  if (hash === location.hash) return adopt(next)
  location.hash = hash
}

/** @param {Place} next */
const hashOf = (next) => (next.home ? '#home' : `#${next.channel}${next.thread ? `/${next.thread}` : ''}`)

/** @param {Place} next */
function adopt(next) {
  Object.assign(place, next)
  for (const listener of listeners) listener()
}

/** Reads the address; a place that the person cannot see becomes their first channel. */
export function readAddress() {
  const [first, thread] = decodeURIComponent(location.hash.slice(1)).split('/')
  const known = visibleChannels()
  const fallback =
    known.find((c) => c.id === place.channel) ??
    known.find((c) => c.kind === 'public' && c.members.includes(store.viewer)) ??
    known[0]
  if (first === 'home') return adopt({ home: true, channel: fallback?.id ?? '', thread: '' })
  const wanted = known.find((channel) => channel.id === first)
  adopt({ home: false, channel: (wanted ?? fallback)?.id ?? '', thread: wanted && thread ? thread : '' })
}

/** Writes who is looking into the address, without a new entry in the history. @param {string} user */
export function writePerson(user) {
  const url = new URL(location.href)
  url.searchParams.set('as', user)
  history.replaceState(history.state, '', url)
}

export const personInAddress = () => new URL(location.href).searchParams.get('as')

/**
 * Follows permalinks to messages of this workspace inside the page.
 * @param {string} href
 * @returns {boolean} whether it was one
 */
export function followPermalink(href) {
  const found = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?.*thread_ts=(\d+\.\d+))?/.exec(href)
  if (!found || !visibleChannels().some((channel) => channel.id === found[1])) return false
  go({ channel: found[1], thread: found[4] ?? '', message: `${found[2]}.${found[3]}` })
  return true
}
