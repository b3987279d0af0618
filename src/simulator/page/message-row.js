// One message: avatar, name, time, blocks or text, files, reply count, and the toolbar that appears on hover and focus.
import { surfaceOf } from './actions.js'
import { post } from './api.js'
import { avatar } from './avatar.js'
import { renderBlocks } from './blocks.js'
import { h, icon, iconButton, picture, safeImage, safeLink } from './dom.js'
import { emojiNode } from './emoji.js'
import { openMenu } from './floating.js'
import { mrkdwn } from './mrkdwn.js'
import { go } from './place.js'
import { displayName, isReply, store, threadMessages, userOf } from './store.js'
import { ago, clock, fullTime, tsDate } from './time.js'
import { toast } from './toast.js'

/** @typedef {import('../control.ts').SimulatedMessage} Message */

/**
 * @param {Message} message
 * @param {{ compact: boolean, inThread: boolean }} how
 * @returns {HTMLElement}
 */
export function messageRow(message, how) {
  const when = tsDate(message.ts)
  const time = h(
    'time',
    { class: 'message-time', datetime: when.toISOString(), title: fullTime(when) },
    clock(when),
  )
  const name = displayName(message.user)
  const isApp = userOf(message.user)?.is_bot ?? message.user === store.state?.bot.user_id
  const head =
    !how.compact &&
    h(
      'div',
      { class: 'message-head' },
      h('span', { class: 'message-author', dir: 'auto' }, name),
      isApp && h('span', { class: 'app-badge' }, 'App'),
      personBadge(message.user),
      time,
    )
  return h(
    'article',
    {
      class: `message${how.compact ? ' compact' : ''}${message.ephemeral_for ? ' ephemeral' : ''}`,
      'aria-label': `${name}, ${clock(when)}`,
      tabindex: '-1',
      data: { testid: 'message', ts: message.ts, user: message.user },
    },
    h('div', { class: 'message-gutter' }, how.compact ? time : avatar(message.user)),
    h(
      'div',
      { class: 'message-main' },
      message.ephemeral_for && h('div', { class: 'ephemeral-note' }, icon('eye'), 'Only visible to you'),
      head,
      content(message),
      message.files?.map(file),
      reactions(message),
      !how.inThread && (message.reply_count ?? 0) > 0 && replies(message),
    ),
    toolbar(message, how.inThread),
  )
}

/** @param {string} id */
function personBadge(id) {
  const user = userOf(id)
  return user?.is_stranger
    ? h('span', { class: 'app-badge' }, 'External')
    : user?.is_restricted && h('span', { class: 'app-badge' }, 'Guest')
}

/** @param {Message} message */
function content(message) {
  const edited =
    message.edited && h('span', { class: 'edited', title: fullTime(tsDate(message.edited.ts)) }, '(edited)')
  if (message.blocks && message.blocks.length > 0) {
    return h(
      'div',
      { class: 'message-content' },
      renderBlocks(message.blocks, surfaceOf({ channel: message.channel, ts: message.ts }, message.channel)),
      edited,
    )
  }
  return h('div', { class: 'message-content message-text', dir: 'auto' }, mrkdwn(message.text), edited)
}

/** @param {import('../control.ts').SimulatedFile} given */
function file(given) {
  const href = safeLink(given.url)
  const source = given.mimetype.startsWith('image/') ? safeImage(given.url) : null
  if (source) {
    return h(
      'figure',
      { class: 'picture', data: { fileId: given.id } },
      h('figcaption', { dir: 'auto' }, given.title || given.name),
      h(
        'a',
        { href: source, target: '_blank', rel: 'noopener noreferrer' },
        picture(source, given.alt_text ?? given.title),
      ),
    )
  }
  const inside = [
    icon('file'),
    h(
      'span',
      null,
      h('strong', { dir: 'auto' }, given.title || given.name),
      h('small', null, `${given.name} · ${bytes(given.size)}`),
    ),
  ]
  return href
    ? h(
        'a',
        {
          class: 'file-card',
          href,
          target: '_blank',
          rel: 'noopener noreferrer',
          data: { fileId: given.id },
        },
        inside,
      )
    : h('div', { class: 'file-card' }, inside)
}

/** @param {number} size */
const bytes = (size) =>
  size < 1024
    ? `${size} B`
    : size < 1_048_576
      ? `${(size / 1024).toFixed(1)} kB`
      : `${(size / 1_048_576).toFixed(1)} MB`

/** @param {any} message */
function reactions(message) {
  const given = message.reactions ?? []
  if (given.length === 0) return null
  return h(
    'div',
    { class: 'reactions', role: 'group', 'aria-label': 'Reactions' },
    given.map((/** @type {any} */ reaction) =>
      h(
        'span',
        { class: 'reaction', title: reaction.users.map(displayName).join(', ') },
        emojiNode(reaction.name) ?? `:${reaction.name}:`,
        ' ',
        reaction.count,
      ),
    ),
  )
}

/** @param {Message} message */
function replies(message) {
  const count = message.reply_count ?? 0
  const faces = [
    ...new Set(
      threadMessages(message.channel, message.ts)
        .slice(1)
        .map((reply) => reply.user),
    ),
  ].slice(0, 4)
  return h(
    'button',
    {
      type: 'button',
      class: 'replies',
      data: { testid: 'replies' },
      on: { click: () => go({ channel: message.channel, thread: message.ts }) },
    },
    h('span', { class: 'faces' }, faces.length > 0 ? faces.map((id) => avatar(id, 'small')) : icon('reply')),
    h('span', { class: 'replies-count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    message.latest_reply &&
      h('span', { class: 'replies-when' }, `Last reply ${ago(tsDate(message.latest_reply))}`),
  )
}

/** @param {Message} message @param {boolean} inThread */
function toolbar(message, inThread) {
  const root = h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Message actions' })
  if (!inThread && !message.ephemeral_for && !isReply(message)) {
    root.append(
      iconButton('reply', 'Reply in thread', () => go({ channel: message.channel, thread: message.ts }), {
        data: { testid: 'reply' },
      }),
    )
  }
  const more = iconButton(
    'dots',
    'More actions',
    () => openMenu(more, shortcutItems(message), { align: 'end', label: 'Message actions' }),
    {
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { testid: 'message-menu' },
    },
  )
  root.append(more)
  return root
}

/** @param {Message} message */
function shortcutItems(message) {
  const shortcuts = message.ephemeral_for
    ? []
    : (store.state?.shortcuts.filter((s) => s.type === 'message') ?? [])
  return [
    { label: 'Copy text', icon: icon('copy'), run: () => copy(message.text) },
    { label: 'Copy link', icon: icon('link'), run: () => copy(message.permalink) },
    ...(shortcuts.length > 0 ? [{ heading: 'Shortcuts' }] : []),
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      hint: shortcut.description,
      icon: icon('bolt'),
      data: { callbackId: shortcut.callback_id },
      run: () => void runShortcut(shortcut, { channel: message.channel, ts: message.ts }),
    })),
  ]
}

/**
 * @param {{ name: string, callback_id: string }} shortcut
 * @param {{ channel: string, ts: string }} [message]
 */
export async function runShortcut(shortcut, message) {
  try {
    const delivery = await post('shortcut', {
      user: store.viewer,
      callback_id: shortcut.callback_id,
      message,
    })
    if (!delivery.acked) toast(`“${shortcut.name}” got no answer from the app within 3 seconds.`, 'error')
  } catch (error) {
    toast(/** @type {Error} */ (error).message, 'error')
  }
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    toast('Copied')
  } catch {
    toast('The browser did not allow copying.', 'error')
  }
}
