// What the page keeps in this browser between visits: theme, last place, recent commands, how far each person read.
// Everything still works when the browser refuses storage.

/** @param {string} key @returns {any} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(`workspace.${key}`) ?? 'null')
  } catch {
    return null
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    localStorage.setItem(`workspace.${key}`, JSON.stringify(value))
  } catch {
    // Private windows may refuse storage; the page then forgets, nothing else.
  }
}

const RECENT_LIMIT = 30
const openedAt = (Date.now() / 1000).toFixed(6)

export const memory = {
  /** @returns {'light' | 'dark' | null} null follows the system */
  theme: () => read('theme'),
  /** @param {'light' | 'dark' | null} theme */
  setTheme: (theme) => write('theme', theme),

  /** Commands sent before, newest first. @returns {string[]} */
  recentCommands: () => read('recent') ?? [],
  /** @param {string} text */
  addRecentCommand: (text) =>
    write('recent', [text, ...memory.recentCommands().filter((old) => old !== text)].slice(0, RECENT_LIMIT)),

  /** `ts` of the newest message that the person has seen; what is older than the first visit counts as read.
   * @param {string} user @param {string} channel @returns {string} */
  lastRead: (user, channel) => {
    let first = read('first-visit')
    if (!first) {
      first = openedAt
      write('first-visit', first)
    }
    return read(`read.${user}.${channel}`) ?? first
  },
  /** @param {string} user @param {string} channel @param {string} ts */
  setLastRead: (user, channel, ts) => write(`read.${user}.${channel}`, ts),

  /** @returns {string | null} */
  person: () => read('person'),
  /** @param {string} user */
  setPerson: (user) => write('person', user),
}
