// The thread panel: beside the channel on a wide screen, in front of it on a narrow one.
import { createComposer } from './composer.js'
import { h, iconButton } from './dom.js'
import { createList } from './messages.js'
import { go, place, target } from './place.js'
import { channelTitle } from './sidebar.js'
import { channelOf, loadThread, messageAt, threadMessages } from './store.js'
import { toast } from './toast.js'

/**
 * @param {HTMLElement} root the aside
 */
export function createThread(root) {
  const list = createList({ inThread: true, testid: 'thread-messages', label: 'Messages of the thread' })
  const composer = createComposer({
    prefix: 'thread-',
    label: 'Reply in the thread',
    where: () => ({ channel: place.channel, thread_ts: place.thread }),
  })
  const where = h('small', { class: 'muted', dir: 'auto' })
  const close = () => go({ channel: place.channel })
  root.dataset.testid = 'thread'
  root.append(
    h(
      'header',
      { class: 'pane-head' },
      iconButton('back', 'Back to the channel', close, { class: 'only-narrow' }),
      h('div', { class: 'pane-title' }, h('h2', null, 'Thread'), where),
      iconButton('close', 'Close the thread', close, {
        class: 'only-wide',
        data: { testid: 'thread-close' },
      }),
    ),
    h('div', { class: 'messages-frame' }, list.root, list.pill),
    composer.root,
  )
  root.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Escape') close()
  })
  let shown = ''

  const draw = (/** @type {{ fresh?: boolean, mine?: boolean }} */ how = {}) => {
    if (place.thread) list.show(threadMessages(place.channel, place.thread), how)
  }
  return {
    draw,
    /** Opens, changes or closes the panel according to the place. */
    async move() {
      const key = place.thread && !place.home ? `${place.channel}:${place.thread}` : ''
      if (key === shown) return
      shown = key
      root.hidden = key === ''
      document.getElementById('app')?.classList.toggle('has-thread', key !== '')
      if (!key) return
      const channel = channelOf(place.channel)
      where.textContent = channel ? `${channel.kind === 'im' ? '' : '#'}${channelTitle(channel)}` : ''
      list.show(threadMessages(place.channel, place.thread), { reset: true })
      composer.enter('Reply…', channel?.is_archived ?? false)
      composer.focus()
      try {
        await loadThread(place.channel, place.thread)
      } catch (error) {
        toast(/** @type {Error} */ (error).message, 'error')
      }
      if (shown !== key) return
      if (!messageAt(place.channel, place.thread)) toast('That thread is not there any more.', 'error')
      if (target.ts && list.reveal(target.ts)) target.ts = ''
    },
    reset: () => {
      shown = ''
    },
  }
}
