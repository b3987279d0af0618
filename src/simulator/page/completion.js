// What the composer can complete at the caret: slash commands, earlier commands, people, groups and channels.
// Pure: text and workspace in, suggestions out. Names stay as typed; the simulator turns them into references.

/** @typedef {import('../control.ts').ControlState} State */
/** @typedef {{ insert: string, label: string, hint?: string, kind: 'command' | 'recent' | 'user' | 'group' | 'channel', id?: string }} Suggestion */
/**
 * @typedef {{ from: number, to: number, items: Suggestion[], preselect: boolean, usage: string | null }} Completion
 * `preselect`: Enter takes the first suggestion; otherwise Enter sends and only Tab or the arrow keys choose.
 */

const MOST = 8

/**
 * @param {string} text
 * @param {number} caret
 * @param {State} state
 * @param {string[]} recent commands sent before, newest first
 * @returns {Completion | null}
 */
export function complete(text, caret, state, recent) {
  const before = text.slice(0, caret)
  if (/^\/\S*$/.test(before)) return commandNames(before, text, state)
  const mention = /(^|[\s(])([@#])([\p{L}\p{N}._-]*)$/u.exec(before)
  if (mention) {
    const from = caret - mention[3].length - 1
    const items = mention[2] === '@' ? people(mention[3], state) : channels(mention[3], state)
    if (items.length > 0) return { from, to: caret, items, preselect: true, usage: null }
  }
  const command = state.commands.find((known) => text.startsWith(`${known.command} `))
  if (!command) return null
  const items = recent
    .filter(
      (old) =>
        old !== text.trimEnd() && old.startsWith(text.trimEnd()) && old.startsWith(`${command.command} `),
    )
    .slice(0, 5)
    .map((old) => /** @type {Suggestion} */ ({ insert: old, label: old, kind: 'recent' }))
  return {
    from: 0,
    to: text.length,
    items,
    preselect: false,
    usage: command.usage_hint || command.description,
  }
}

/** @param {string} before @param {string} text @param {State} state @returns {Completion | null} */
function commandNames(before, text, state) {
  const query = before.toLowerCase()
  const items = state.commands
    .filter((command) => command.command.toLowerCase().startsWith(query))
    .slice(0, MOST)
    .map(
      (command) =>
        /** @type {Suggestion} */ ({
          insert: `${command.command} `,
          label: command.command,
          hint: [command.usage_hint, command.description].filter(Boolean).join(' — '),
          kind: 'command',
        }),
    )
  if (items.length === 0) return null
  const exact = state.commands.some((command) => command.command === text.trim())
  return { from: 0, to: before.length, items, preselect: !exact, usage: null }
}

/** @param {string} query @param {State} state @returns {Suggestion[]} */
function people(query, state) {
  const wanted = query.toLocaleLowerCase()
  const users = state.users
    .filter(
      (user) =>
        user.name.toLocaleLowerCase().startsWith(wanted) ||
        user.real_name
          .toLocaleLowerCase()
          .split(' ')
          .some((word) => word.startsWith(wanted)),
    )
    .map(
      (user) =>
        /** @type {Suggestion} */ ({
          insert: `@${user.name} `,
          label: user.real_name,
          hint: `@${user.name}${user.is_bot ? ' · app' : ''}`,
          kind: 'user',
          id: user.id,
        }),
    )
  const groups = state.usergroups
    .filter((group) => group.handle.toLocaleLowerCase().startsWith(wanted))
    .map(
      (group) =>
        /** @type {Suggestion} */ ({
          insert: `@${group.handle} `,
          label: `@${group.handle}`,
          hint: group.name,
          kind: 'group',
          id: group.id,
        }),
    )
  return [...users, ...groups].slice(0, MOST)
}

/** @param {string} query @param {State} state @returns {Suggestion[]} */
const channels = (query, state) =>
  state.channels
    .filter(
      (channel) =>
        channel.kind !== 'im' && (channel.kind === 'public' || channel.members.includes(state.viewer)),
    )
    .filter((channel) => channel.name.toLocaleLowerCase().includes(query.toLocaleLowerCase()))
    .slice(0, MOST)
    .map((channel) => ({
      insert: `#${channel.name} `,
      label: `#${channel.name}`,
      hint: channel.topic,
      kind: 'channel',
      id: channel.id,
    }))
