// The composer: writes messages and slash commands, completes at the caret, recalls earlier commands with ArrowUp.
import { post } from './api.js'
import { avatar } from './avatar.js'
import { complete } from './completion.js'
import { h, icon, iconButton } from './dom.js'
import { openMenu } from './floating.js'
import { memory } from './memory.js'
import { runShortcut } from './message-row.js'
import { store } from './store.js'

/** @typedef {import('./completion.js').Completion} Completion */

/** Unsent text by channel or thread. @type {Map<string, string>} */
const drafts = new Map()
let composers = 0

/**
 * `prefix` goes before the `data-testid` of every part, so that the two composers can be told apart.
 * @param {{ prefix: '' | 'thread-', label: string, where: () => { channel: string, thread_ts?: string } }} options
 */
export function createComposer(options) {
  const listId = `completions-${++composers}`
  const area = h('textarea', {
    class: 'composer-text',
    rows: '1',
    dir: 'auto',
    autocomplete: 'off',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-label': options.label,
    data: { testid: `${options.prefix}composer` },
  })
  const send = h(
    'button',
    {
      type: 'submit',
      class: 'send',
      title: 'Send',
      'aria-label': 'Send',
      disabled: true,
      data: { testid: `${options.prefix}send` },
    },
    icon('send'),
  )
  const list = h('div', {
    class: 'completions',
    role: 'listbox',
    id: listId,
    'aria-label': 'Suggestions',
    hidden: true,
    data: { testid: `${options.prefix}completions` },
  })
  const usage = h('div', { class: 'usage', hidden: true, data: { testid: `${options.prefix}usage-hint` } })
  const note = h('div', {
    class: 'composer-note',
    role: 'alert',
    hidden: true,
    dir: 'auto',
    data: { testid: `${options.prefix}composer-note` },
  })
  const waiting = h('span', { class: 'composer-wait', role: 'status' })
  const shortcuts = iconButton('bolt', 'Shortcuts', () => openShortcuts(), {
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
    data: { testid: `${options.prefix}shortcuts` },
  })
  const root = h(
    'form',
    {
      class: 'composer',
      on: {
        submit: (/** @type {Event} */ event) => {
          event.preventDefault()
          void submit()
        },
      },
    },
    list,
    note,
    h(
      'div',
      { class: 'composer-box' },
      usage,
      area,
      h(
        'div',
        { class: 'composer-bar' },
        shortcuts,
        iconButton('slash', 'Slash command', () => insert('/')),
        iconButton('at', 'Mention somebody', () => insert('@')),
        waiting,
        h(
          'span',
          { class: 'composer-keys', 'aria-hidden': 'true' },
          h('kbd', null, 'Shift'),
          '+',
          h('kbd', null, 'Enter'),
          ' new line',
        ),
        send,
      ),
    ),
  )

  /** @type {Completion | null} */
  let completion = null
  let active = -1
  /** Position in the earlier commands while ArrowUp walks through them; -1 when not. */
  let recalled = -1
  let pending = 0

  const draftKey = () => {
    const { channel, thread_ts } = options.where()
    return `${store.viewer}|${channel}|${thread_ts ?? ''}`
  }
  const grow = () => {
    area.style.setProperty('--height', 'auto')
    area.style.setProperty('--height', `${Math.min(area.scrollHeight, 220)}px`)
    send.disabled = area.value.trim() === ''
  }
  const setText = (/** @type {string} */ text, caret = text.length) => {
    area.value = text
    area.setSelectionRange(caret, caret)
    grow()
  }
  const insert = (/** @type {string} */ text) => {
    const at = area.selectionStart
    const lead = text === '@' && at > 0 && !/\s$/.test(area.value.slice(0, at)) ? ' ' : ''
    if (text === '/' && area.value !== '') return area.focus()
    setText(
      area.value.slice(0, at) + lead + text + area.value.slice(area.selectionEnd),
      at + lead.length + text.length,
    )
    area.focus()
    refresh()
  }

  const hideList = () => {
    list.hidden = true
    active = -1
    area.setAttribute('aria-expanded', 'false')
    area.removeAttribute('aria-activedescendant')
  }
  const refresh = () => {
    completion =
      store.state && complete(area.value, area.selectionStart, store.state, memory.recentCommands())
    usage.hidden = !completion?.usage
    if (completion?.usage)
      usage.replaceChildren(
        h('strong', null, area.value.split(' ')[0]),
        ' ',
        h('span', { dir: 'auto' }, completion.usage),
      )
    if (!completion || completion.items.length === 0) return hideList()
    active = completion.preselect ? 0 : -1
    drawList()
  }
  const drawList = () => {
    if (!completion) return
    const heading = {
      command: 'Commands',
      recent: 'Used before',
      user: 'People',
      group: 'People',
      channel: 'Channels',
    }[completion.items[0].kind]
    list.hidden = false
    area.setAttribute('aria-expanded', 'true')
    list.replaceChildren(
      h(
        'div',
        { class: 'completions-head' },
        h('span', null, heading),
        h(
          'span',
          { 'aria-hidden': 'true' },
          h('kbd', null, '↑'),
          h('kbd', null, '↓'),
          ' choose ',
          h('kbd', null, 'Tab'),
          ' insert ',
          h('kbd', null, 'Esc'),
          ' close',
        ),
      ),
      ...completion.items.map((item, index) =>
        h(
          'div',
          {
            class: `completion completion-${item.kind}`,
            role: 'option',
            id: `${listId}-${index}`,
            'aria-selected': String(index === active),
            on: {
              pointerdown: (/** @type {Event} */ event) => {
                event.preventDefault()
                accept(index)
              },
            },
          },
          item.kind === 'user' && item.id
            ? avatar(item.id, 'small')
            : icon(
                item.kind === 'channel'
                  ? 'hash'
                  : item.kind === 'group'
                    ? 'people'
                    : item.kind === 'recent'
                      ? 'up'
                      : 'bolt',
              ),
          h('span', { class: 'completion-label', dir: 'auto' }, item.label),
          item.hint && h('span', { class: 'completion-hint', dir: 'auto' }, item.hint),
        ),
      ),
    )
    if (active < 0) return area.removeAttribute('aria-activedescendant')
    area.setAttribute('aria-activedescendant', `${listId}-${active}`)
    list.querySelectorAll('.completion')[active]?.scrollIntoView({ block: 'nearest' })
  }
  const accept = (/** @type {number} */ index) => {
    const item = completion?.items[index]
    if (!completion || !item) return
    const text =
      area.value.slice(0, completion.from) + item.insert + area.value.slice(completion.to).replace(/^ /, '')
    setText(text, completion.from + item.insert.length)
    area.focus()
    hideList()
    refresh()
    if (item.kind === 'recent') hideList()
  }

  const recall = (/** @type {number} */ step) => {
    const recent = memory.recentCommands()
    const next = recalled + step
    if (next < -1 || next >= recent.length) return
    recalled = next
    setText(next < 0 ? '' : recent[next])
    refresh()
    hideList()
  }

  area.addEventListener('input', () => {
    recalled = -1
    note.hidden = true
    drafts.set(draftKey(), area.value)
    grow()
    refresh()
  })
  area.addEventListener('click', refresh)
  area.addEventListener('blur', hideList)
  area.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return
    const open = !list.hidden && completion
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey
    if (open && plain && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const count = open.items.length
      const step = event.key === 'ArrowDown' ? 1 : -1
      active = active < 0 ? (step > 0 ? 0 : count - 1) : (active + step + count) % count
      drawList()
    } else if (open && plain && (event.key === 'Tab' || (event.key === 'Enter' && active >= 0)))
      accept(Math.max(0, active))
    else if (open && event.key === 'Escape') hideList()
    else if (event.key === 'Enter' && !event.shiftKey) void submit()
    else if (plain && event.key === 'ArrowUp' && (area.value === '' || recalled >= 0)) recall(1)
    else if (plain && event.key === 'ArrowDown' && recalled >= 0) recall(-1)
    else return
    event.preventDefault()
    event.stopPropagation()
  })

  const fail = (/** @type {string} */ text) => {
    note.replaceChildren(
      icon('alert'),
      h('span', null, text),
      iconButton('close', 'Dismiss', () => {
        note.hidden = true
      }),
    )
    note.hidden = false
  }

  async function submit() {
    const text = area.value.trim()
    const { channel, thread_ts } = options.where()
    if (!text || !store.state) return
    hideList()
    const isCommand = /^\/\S/.test(text)
    if (isCommand && thread_ts) {
      return fail(
        `${text.split(/\s/)[0]} does not work in threads. Mention @${botHandle()} here instead, or use the command in the channel.`,
      )
    }
    note.hidden = true
    recalled = -1
    drafts.delete(draftKey())
    setText('')
    refresh()
    pending += 1
    waiting.textContent = isCommand ? 'Waiting for the app…' : 'Sending…'
    try {
      if (isCommand) {
        memory.addRecentCommand(text)
        // Where no ack comes, the workspace itself tells the person so in the channel.
        await post('command', { user: store.viewer, channel, text })
      } else {
        await post('message', { user: store.viewer, channel, thread_ts, text })
      }
    } catch (error) {
      fail(/** @type {Error} */ (error).message)
      if (area.value === '') setText(text)
    } finally {
      pending -= 1
      if (pending === 0) waiting.textContent = ''
    }
  }

  const botHandle = () =>
    store.state?.users.find((user) => user.id === store.state?.bot.user_id)?.name ?? store.state?.bot.name

  const openShortcuts = () => {
    const global = store.state?.shortcuts.filter((shortcut) => shortcut.type === 'global') ?? []
    openMenu(
      shortcuts,
      global.length === 0
        ? [{ heading: 'The app has no shortcuts' }]
        : [
            { heading: 'Shortcuts' },
            ...global.map((shortcut) => ({
              label: shortcut.name,
              hint: shortcut.description,
              icon: icon('bolt'),
              data: { callbackId: shortcut.callback_id },
              run: () => void runShortcut(shortcut),
            })),
          ],
      { label: 'Shortcuts', above: true },
    )
  }

  return {
    root,
    focus: () => area.focus(),
    /** @param {boolean} readOnly */
    lock: (readOnly) => {
      area.disabled = readOnly
    },
    /** Shows the draft of the place that the person is in. @param {string} placeholder @param {boolean} readOnly */
    enter(placeholder, readOnly) {
      area.placeholder = placeholder
      area.disabled = readOnly
      note.hidden = true
      recalled = -1
      setText(drafts.get(draftKey()) ?? '')
      usage.hidden = true
      hideList()
    },
  }
}
