// The sidebar: channels, direct messages, the app, the person switcher and the theme.
import { avatar } from './avatar.js'
import { h, icon, iconButton } from './dom.js'
import { openMenu } from './floating.js'
import { memory } from './memory.js'
import { go, place } from './place.js'
import { displayName, partnerOf, store, unreadIn, userOf, visibleChannels } from './store.js'

/** @typedef {import('../control.ts').SimulatedChannel} Channel */

/**
 * Draws the sidebar anew; it is small.
 * @param {HTMLElement} root
 * @param {{ become: (user: string) => void }} actions
 */
export function drawSidebar(root, actions) {
  const state = store.state
  if (!state) return
  const channels = visibleChannels()
  const plain = channels
    .filter((channel) => channel.kind !== 'im')
    .sort((a, b) => Number(a.is_archived) - Number(b.is_archived) || a.name.localeCompare(b.name))
  const direct = channels.filter((channel) => channel.kind === 'im')
  const focused = root.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : null
  root.replaceChildren(
    h(
      'div',
      { class: 'side-head' },
      h('span', { class: 'side-mark', 'aria-hidden': 'true' }, icon('hash')),
      h(
        'div',
        null,
        h('strong', { dir: 'auto' }, 'Local workspace'),
        h('small', { dir: 'auto' }, state.team.name),
      ),
    ),
    h(
      'div',
      { class: 'side-scroll' },
      group('Channels', plain.map(channelItem)),
      group('Direct messages', direct.map(channelItem)),
      group('Apps', [appItem()]),
    ),
    footer(actions),
  )
  if (focused)
    /** @type {HTMLElement | null} */ (root.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus()
}

/** @param {string} title @param {any[]} items */
const group = (title, items) =>
  items.length > 0 &&
  h(
    'section',
    { class: 'side-group' },
    h('h2', null, title),
    h(
      'ul',
      null,
      items.map((item) => h('li', null, item)),
    ),
  )

/** @param {Channel} channel */
function channelItem(channel) {
  const { count, mention } = unreadIn(channel.id)
  const current = !place.home && place.channel === channel.id
  const isDirect = channel.kind === 'im'
  const partner = partnerOf(channel)
  const name = isDirect ? displayName(partner) : channel.name
  const unread = count > 0 && !current
  return h(
    'button',
    {
      type: 'button',
      class: `side-item${current ? ' current' : ''}${unread ? ' unread' : ''}${channel.is_archived ? ' archived' : ''}`,
      'aria-current': current ? 'page' : null,
      data: { channel: channel.id, key: channel.id },
      on: { click: () => go({ channel: channel.id }) },
    },
    isDirect ? avatar(partner, 'small') : icon(channel.kind === 'private' ? 'lock' : 'hash'),
    h(
      'span',
      { class: 'side-name', dir: 'auto' },
      name,
      isDirect && partner === store.viewer && h('span', { class: 'muted' }, ' you'),
    ),
    unread &&
      h(
        'span',
        { class: `badge${mention || isDirect ? ' strong' : ''}`, 'aria-label': `${count} unread` },
        count > 99 ? '99+' : count,
      ),
  )
}

function appItem() {
  const bot = store.state?.bot
  return h(
    'button',
    {
      type: 'button',
      class: `side-item${place.home ? ' current' : ''}`,
      'aria-current': place.home ? 'page' : null,
      data: { key: 'app', testid: 'app' },
      on: { click: () => go({ home: true }) },
    },
    avatar(bot?.user_id ?? '', 'small'),
    h('span', { class: 'side-name', dir: 'auto' }, bot?.name ?? 'App'),
    h('span', {
      class: `presence${bot?.connected ? ' on' : ''}`,
      title: bot?.connected ? 'connected' : 'not connected',
      role: 'img',
      'aria-label': bot?.connected ? 'connected' : 'not connected',
    }),
  )
}

/** @param {{ become: (user: string) => void }} actions */
function footer(actions) {
  const person = h(
    'button',
    {
      type: 'button',
      class: 'person',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { testid: 'person', user: store.viewer, key: 'person' },
      on: { click: () => openPeople(person, actions) },
    },
    avatar(store.viewer),
    h(
      'span',
      { class: 'person-text' },
      h('small', null, 'Acting as'),
      h('strong', { dir: 'auto' }, displayName(store.viewer)),
    ),
    icon('down'),
  )
  return h('div', { class: 'side-foot' }, person, themeButton())
}

/** @param {HTMLElement} anchor @param {{ become: (user: string) => void }} actions */
function openPeople(anchor, actions) {
  const people = store.state?.users.filter((user) => !user.is_bot) ?? []
  openMenu(
    anchor,
    [
      { heading: 'Act as' },
      ...people.map((user) => ({
        label: user.real_name,
        hint: `@${user.name}${user.is_stranger ? ' · another workspace' : user.is_restricted ? ' · guest' : ''}`,
        icon: avatar(user.id, 'small'),
        checked: user.id === store.viewer,
        data: { user: user.id },
        run: () => actions.become(user.id),
      })),
    ],
    { label: 'Act as', above: true },
  )
}

/** The theme goes round: as the system, light, dark. */
function themeButton() {
  const theme = memory.theme()
  const next = theme === null ? 'light' : theme === 'light' ? 'dark' : null
  const words = { light: 'Light', dark: 'Dark' }
  const label = `Theme: ${theme ? words[theme] : 'as the system'}. Switch to ${next ? words[next].toLowerCase() : 'the system’s'}.`
  const button = iconButton(
    theme === null ? 'auto' : theme === 'light' ? 'sun' : 'moon',
    label,
    () => {
      memory.setTheme(next)
      applyTheme()
      const fresh = themeButton()
      button.replaceWith(fresh)
      fresh.focus()
    },
    { data: { testid: 'theme', key: 'theme' } },
  )
  return button
}

/** Sets `data-theme` on the page; without it the stylesheet follows the system. */
export function applyTheme() {
  const theme = memory.theme()
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
}

/** Whether something waits in a channel other than the open one. */
export const anyUnread = () =>
  visibleChannels().some(
    (channel) => (place.home || channel.id !== place.channel) && unreadIn(channel.id).count > 0,
  )

/** @param {Channel} channel */
export const channelTitle = (channel) =>
  channel.kind === 'im' ? displayName(partnerOf(channel)) : channel.name

/** @param {Channel} channel */
export const memberNames = (channel) => channel.members.map((id) => userOf(id)?.real_name ?? id).join(', ')
