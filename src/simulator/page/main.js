// Starts the page and wires its parts: who acts, where they are, what is drawn when something changes.
import { createComposer } from './composer.js'
import { append, h, icon, iconButton } from './dom.js'
import { closePopover } from './floating.js'
import { drawHome, empty, homeRoot, openHome } from './home.js'
import { memory } from './memory.js'
import { createList } from './messages.js'
import { followModals } from './modal.js'
import { names } from './mrkdwn.js'
import {
  followPermalink,
  go,
  onMove,
  personInAddress,
  place,
  readAddress,
  target,
  writePerson,
} from './place.js'
import { drawProblems, problemsButton } from './problems.js'
import { anyUnread, channelTitle, drawSidebar, memberNames } from './sidebar.js'
import {
  become,
  channelMessages,
  channelOf,
  displayName,
  isReply,
  markRead,
  on,
  store,
  userOf,
  visibleChannels,
} from './store.js'
import { createThread } from './thread.js'
import { announce } from './toast.js'

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id))
const app = byId('app')
const sidebar = byId('sidebar')

const list = createList({ inThread: false, testid: 'messages', label: 'Messages' })
const composer = createComposer({
  prefix: '',
  label: 'Message',
  where: () => ({ channel: place.channel }),
})
composer.root.querySelector('textarea').id = 'composer-main'
const thread = createThread(byId('thread'))
const problems = problemsButton()
const title = h('div', { class: 'pane-title' })
const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'App' })
const banner = h('div', { class: 'banner', role: 'status', hidden: true, data: { testid: 'banner' } })
const menuButton = iconButton('menu', 'Channels', () => openDrawer(true), {
  class: 'menu-button',
  'aria-controls': 'sidebar',
  'aria-expanded': 'false',
  data: { testid: 'menu' },
})
const archived = h(
  'div',
  { class: 'archived-note', hidden: true },
  icon('lock'),
  'This channel is archived. Its messages stay readable.',
)
const channelPane = h(
  'div',
  { class: 'channel-pane' },
  h('div', { class: 'messages-frame' }, list.root, list.pill),
  archived,
  composer.root,
)

append(byId('main'), [
  h('header', { class: 'pane-head' }, menuButton, title, problems),
  tabs,
  banner,
  channelPane,
  homeRoot,
])

names.user = (id) => {
  const user = userOf(id)
  return user ? { name: user.real_name || user.name, self: id === store.viewer } : null
}
names.channel = (id) => channelOf(id)?.name ?? null
names.usergroup = (id) => store.state?.usergroups.find((group) => group.id === id)?.handle ?? null
names.openChannel = (id) => go({ channel: id })

/** @param {boolean} open */
function openDrawer(open) {
  app.classList.toggle('drawer-open', open)
  menuButton.setAttribute('aria-expanded', String(open))
  if (open)
    /** @type {HTMLElement | null} */ (
      sidebar.querySelector('.side-item.current') ?? sidebar.querySelector('button')
    )?.focus()
}

/** @param {string} user */
async function actAs(user) {
  closePopover()
  memory.setPerson(user)
  writePerson(user)
  app.dataset.ready = 'false'
  await become(user)
  thread.reset()
  drawn = ''
  readAddress()
  app.dataset.ready = 'true'
}

const drawSide = () => {
  drawSidebar(sidebar, { become: (user) => void actAs(user) })
  menuButton.classList.toggle('has-unread', anyUnread())
  const unread = anyUnread() ? '• ' : ''
  const channel = channelOf(place.channel)
  document.title = `${unread}${place.home ? (store.state?.bot.name ?? 'App') : channel ? channelTitle(channel) : ''} · Local workspace`
}

function drawHead() {
  const channel = channelOf(place.channel)
  const bot = store.state?.bot
  if (place.home) title.replaceChildren(h('h1', { dir: 'auto' }, bot?.name ?? 'App'))
  else if (channel) {
    title.replaceChildren(
      h(
        'h1',
        { dir: 'auto' },
        channel.kind === 'im' ? null : icon(channel.kind === 'private' ? 'lock' : 'hash'),
        h('span', null, channelTitle(channel)),
      ),
      h(
        'p',
        { class: 'topic', dir: 'auto' },
        channel.kind !== 'im' &&
          h(
            'span',
            { class: 'member-count', title: memberNames(channel) },
            icon('people'),
            channel.members.length,
          ),
        channel.topic,
      ),
    )
  }
  const botChannel = visibleChannels().find(
    (c) => c.kind === 'im' && c.members.includes(bot?.user_id ?? '') && c.members.includes(store.viewer),
  )
  const showTabs = place.home || (botChannel && place.channel === botChannel.id)
  tabs.hidden = !showTabs
  if (showTabs) {
    const tab = (
      /** @type {string} */ label,
      /** @type {boolean} */ selected,
      /** @type {() => void} */ open,
    ) =>
      h(
        'button',
        { type: 'button', role: 'tab', 'aria-selected': String(selected), on: { click: open } },
        label,
      )
    tabs.replaceChildren(tab('Home', place.home, () => go({ home: true })))
    if (botChannel) tabs.append(tab('Messages', !place.home, () => go({ channel: botChannel.id })))
  }
}

function drawBanner() {
  const down = store.connection === 'down'
  const botAway = !down && store.state && !store.state.bot.connected
  banner.hidden = !down && !botAway
  banner.classList.toggle('banner-down', down)
  if (down)
    banner.replaceChildren(icon('plug'), h('span', null, 'The simulator cannot be reached. Trying again…'))
  else if (botAway)
    banner.replaceChildren(
      icon('plug'),
      h(
        'span',
        null,
        h('strong', null, `${store.state?.bot.name} is not connected.`),
        ' Commands and buttons will go unanswered until the bot is running.',
      ),
    )
}

let drawn = ''

function drawPlace() {
  const channel = channelOf(place.channel)
  channelPane.hidden = place.home
  homeRoot.hidden = !place.home
  drawHead()
  const key = place.home ? 'home' : place.channel
  if (key !== drawn) {
    drawn = key
    openDrawer(false)
    if (place.home) void openHome()
    else if (channel) {
      const unreadFrom = memory.lastRead(store.viewer, channel.id)
      const all = channelMessages(channel.id)
      const hasNew = all.some((message) => message.ts > unreadFrom && message.user !== store.viewer)
      list.show(all, { reset: true, unreadFrom: hasNew ? unreadFrom : '' })
      archived.hidden = !channel.is_archived
      composer.enter(
        `Message ${channel.kind === 'im' ? '' : '#'}${channelTitle(channel)}`,
        channel.is_archived,
      )
      if (matchMedia('(min-width: 720px)').matches && !place.thread) composer.focus()
    }
  }
  if (!place.home && channel) markRead(channel.id)
  drawSide()
  void thread.move()
  if (target.ts && !place.thread && list.reveal(target.ts)) target.ts = ''
}

onMove(drawPlace)
on('state', () => {
  const isArchived = channelOf(place.channel)?.is_archived ?? false
  archived.hidden = !isArchived
  composer.lock(isArchived)
  drawSide()
  drawHead()
  drawBanner()
})
on('connection', drawBanner)
on('unread', drawSide)
on('problems', () => drawProblems(problems))
on('views', () => place.home && drawHome())
on('messages', () => {
  if (!place.home) list.show(channelMessages(place.channel))
  thread.draw()
})
on('message', ({ message, isNew }) => {
  const here = message.channel === place.channel && !place.home
  if (!here) return
  const mine = isNew && message.user === store.viewer
  if (isReply(message)) {
    if (message.thread_ts === place.thread) thread.draw({ fresh: isNew, mine })
  } else {
    list.show(channelMessages(place.channel), { fresh: isNew, mine })
    if (message.ts === place.thread) thread.draw()
  }
  if (!isNew) return
  if (document.visibilityState === 'visible') markRead(message.channel)
  if (!mine) announce(`${displayName(message.user)}: ${message.text}`)
})
followModals()

addEventListener('hashchange', readAddress)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && !place.home && place.channel) markRead(place.channel)
})
byId('scrim').addEventListener('click', () => openDrawer(false))
sidebar.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !app.classList.contains('drawer-open')) return
  openDrawer(false)
  menuButton.focus()
})
byId('skip').addEventListener('click', (event) => {
  event.preventDefault()
  composer.focus()
})
document.addEventListener('click', (event) => {
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(anchor instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.defaultPrevented)
    return
  if (followPermalink(anchor.href)) event.preventDefault()
})

/** Tries until the simulator answers: the page may be open before it is up. */
async function start() {
  for (;;) {
    try {
      const wanted = personInAddress() ?? memory.person() ?? undefined
      await become(wanted).catch((error) => {
        if (!wanted || error.code === 'unreachable') throw error
        return become()
      })
      break
    } catch (error) {
      homeRoot.replaceChildren(
        empty('plug', 'The workspace did not open', /** @type {Error} */ (error).message),
      )
      channelPane.hidden = true
      await new Promise((resolve) => setTimeout(resolve, 1500))
    }
  }
  memory.setPerson(store.viewer)
  writePerson(store.viewer)
  readAddress()
  drawBanner()
  app.dataset.ready = 'true'
}

void start()
