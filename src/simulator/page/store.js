// What the page knows: workspace, messages, views and problems of the acting person, kept live by events.
// Nothing here touches the DOM; the parts of the page listen to the topics that concern them.
import * as api from './api.js'
import { memory } from './memory.js'

/** @typedef {import('../control.ts').SimulatedMessage} Message */
/** @typedef {import('../control.ts').OpenView} OpenView */
/** @typedef {import('../control.ts').ControlState} State */
/** @typedef {import('../control.ts').ControlEvent} ControlEvent */
/** @typedef {'state' | 'messages' | 'message' | 'views' | 'problems' | 'connection' | 'unread'} Topic */

/** @type {{ state: State | null, viewer: string, modals: OpenView[], home: OpenView | null, problems: any[],
 *   connection: 'connecting' | 'open' | 'down' }} */
export const store = {
  state: null,
  viewer: '',
  modals: [],
  home: null,
  problems: [],
  connection: 'connecting',
}

/** Messages by channel, then `ts`: roots and replies together. @type {Map<string, Map<string, Message>>} */
const messages = new Map()
/** Threads whose replies have been loaded, as `channel:ts`. @type {Set<string>} */
const loadedThreads = new Set()
/** @type {Map<string, Set<(detail?: any) => void>>} */
const listeners = new Map()
/** Events that arrive while a snapshot is being loaded wait here. @type {ControlEvent[] | null} */
let waiting = null
let stopFollowing = () => {}

/** @param {Topic} topic @param {(detail?: any) => void} listener */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set())
  listeners.get(topic)?.add(listener)
}

/** @param {Topic} topic @param {any} [detail] */
function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail)
}

/**
 * Whether a message stands in a thread only; a reply that was also sent to the channel stands in both.
 * @param {Message & { subtype?: string }} message
 */
export const isReply = (message) =>
  Boolean(message.thread_ts && message.thread_ts !== message.ts && message.subtype !== 'thread_broadcast')

/** @param {Message} a @param {Message} b */
const byTs = (a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0)

/** The channel's own messages, oldest first. @param {string} channel */
export const channelMessages = (channel) =>
  [...(messages.get(channel)?.values() ?? [])].filter((m) => !isReply(m)).sort(byTs)

/** The first message of a thread and its replies. @param {string} channel @param {string} ts */
export const threadMessages = (channel, ts) =>
  [...(messages.get(channel)?.values() ?? [])].filter((m) => m.ts === ts || m.thread_ts === ts).sort(byTs)

/** @param {string} channel @param {string} ts */
export const messageAt = (channel, ts) => messages.get(channel)?.get(ts)

/** @param {string} id */
export const userOf = (id) => store.state?.users.find((user) => user.id === id)

/** @param {string} id */
export const channelOf = (id) => store.state?.channels.find((channel) => channel.id === id)

/** @param {string} id */
export const displayName = (id) => {
  const user = userOf(id)
  return user?.real_name || user?.name || (id === store.state?.bot.user_id ? store.state.bot.name : id)
}

/** Channels that the acting person sees. @returns {State['channels']} */
export const visibleChannels = () =>
  (store.state?.channels ?? []).filter((c) => c.kind === 'public' || c.members.includes(store.viewer))

/** The other person of a direct message. @param {State['channels'][number]} channel */
export const partnerOf = (channel) => channel.members.find((id) => id !== store.viewer) ?? store.viewer

/**
 * Becomes a person: loads what they see and follows their events.
 * @param {string} [user] id; without one the simulator's first person
 */
export async function become(user) {
  stopFollowing()
  const state = await api.getState(user)
  store.state = state
  store.viewer = user ?? state.viewer
  messages.clear()
  loadedThreads.clear()
  store.modals = []
  store.home = null
  await new Promise((resolve) => {
    let first = true
    stopFollowing = api.follow(store.viewer, {
      open: () => void reload().then(resolve),
      event: receive,
      down: () => {
        setConnection('down')
        if (first) resolve(undefined)
        first = false
      },
    })
  })
}

/** Loads everything again; used at the start and after each reconnect. */
async function reload() {
  waiting ??= []
  const viewer = store.viewer
  try {
    const [state, views, problems] = await Promise.all([
      api.getState(viewer),
      api.getViews(viewer),
      api.getProblems(),
    ])
    if (viewer === store.viewer) store.state = state
    const lists = await Promise.all(
      visibleChannels().map(
        async (channel) => /** @type {const} */ ([channel.id, await api.getMessages(viewer, channel.id)]),
      ),
    )
    const threads = await Promise.all([...loadedThreads].map((key) => fetchThread(key)))
    for (const [channel, list] of lists)
      messages.set(channel, new Map(list.map((/** @type {Message} */ m) => [m.ts, m])))
    for (const { channel, list } of threads) for (const m of list) messages.get(channel)?.set(m.ts, m)
    adoptViews(views)
    store.problems = problems
    setConnection('open')
    emit('state')
    emit('messages')
    emit('views')
    emit('problems')
    emit('unread')
  } catch {
    if (viewer === store.viewer) setConnection('down')
  } finally {
    const late = waiting ?? []
    waiting = null
    for (const event of late) receive(event)
  }
}

/** @param {{ modals: OpenView[], home: OpenView | null }} views */
function adoptViews(views) {
  store.modals = [...views.modals].sort((a, b) => a.depth - b.depth)
  store.home = views.home
}

/** Asks which views are open, after a submit or a close whose event may still be under way. */
export async function refreshViews() {
  adoptViews(await api.getViews(store.viewer))
  emit('views')
}

/** @param {string} key `channel:ts` */
async function fetchThread(key) {
  const [channel, ts] = key.split(':')
  return { channel, list: /** @type {Message[]} */ (await api.getMessages(store.viewer, channel, ts)) }
}

/** Loads a thread's replies once. @param {string} channel @param {string} ts */
export async function loadThread(channel, ts) {
  const key = `${channel}:${ts}`
  if (loadedThreads.has(key)) return
  loadedThreads.add(key)
  const { list } = await fetchThread(key)
  for (const message of list) messages.get(channel)?.set(message.ts, message)
  emit('messages')
}

/** @param {'connecting' | 'open' | 'down'} connection */
function setConnection(connection) {
  if (store.connection === connection) return
  store.connection = connection
  emit('connection')
}

/** @param {ControlEvent} event */
function receive(event) {
  if (waiting) {
    waiting.push(event)
    return
  }
  switch (event.type) {
    case 'message':
    case 'message_changed':
      return put(event.message, event.type === 'message')
    case 'message_deleted':
      return remove(event.channel, event.ts)
    case 'view_opened':
    case 'view_updated':
      return putView(event.view)
    case 'view_closed':
      if (event.user !== store.viewer) return
      store.modals = store.modals.filter((open) => open.id !== event.view_id)
      return emit('views')
    case 'state':
      return void api.getState(store.viewer).then((state) => {
        store.state = state
        emit('state')
        emit('unread')
      })
    case 'problem':
      store.problems = [...store.problems, event.problem]
      return emit('problems')
  }
}

/** @param {Message} message @param {boolean} isNew */
function put(message, isNew) {
  if (message.ephemeral_for && message.ephemeral_for !== store.viewer) return
  if (!messages.has(message.channel)) messages.set(message.channel, new Map())
  const known = messages.get(message.channel)
  const fresh = isNew && !known?.has(message.ts)
  known?.set(message.ts, message)
  if (fresh && isReply(message) && !message.ephemeral_for) countReply(message)
  emit('message', { message, isNew: fresh })
  if (fresh) emit('unread')
}

/** A parent that already counts this reply has its `ts` as `latest_reply`. @param {Message} reply */
function countReply(reply) {
  const parent = messageAt(reply.channel, reply.thread_ts ?? '')
  if (!parent || (parent.latest_reply ?? '') >= reply.ts) return
  const counted = { ...parent, reply_count: (parent.reply_count ?? 0) + 1, latest_reply: reply.ts }
  messages.get(reply.channel)?.set(parent.ts, counted)
  emit('message', { message: counted, isNew: false })
}

/** @param {string} channel @param {string} ts */
function remove(channel, ts) {
  const gone = messageAt(channel, ts)
  if (!gone) return
  messages.get(channel)?.delete(ts)
  emit('messages')
  emit('unread')
}

/** @param {OpenView} view */
function putView(view) {
  if (view.user !== store.viewer) return
  if (view.depth < 0) store.home = view
  else
    store.modals = [...store.modals.filter((open) => open.id !== view.id), view].sort(
      (a, b) => a.depth - b.depth,
    )
  emit('views')
}

/** Marks everything in a channel as read by the acting person. @param {string} channel */
export function markRead(channel) {
  const latest = channelMessages(channel).at(-1)?.ts
  if (!latest || latest <= memory.lastRead(store.viewer, channel)) return
  memory.setLastRead(store.viewer, channel, latest)
  emit('unread')
}

/** Messages of others since the person last looked. @param {string} channel */
export function unreadIn(channel) {
  const since = memory.lastRead(store.viewer, channel)
  const fresh = channelMessages(channel).filter(
    (m) => m.ts > since && m.user !== store.viewer && !m.ephemeral_for,
  )
  const mention = fresh.some((m) => JSON.stringify([m.text, m.blocks]).includes(store.viewer))
  return { count: fresh.length, mention }
}
