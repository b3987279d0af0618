// Talks to the simulator's control API, and follows its events. The only file that knows addresses.

/** @typedef {import('../control.ts').ControlRequests} Requests */
/** @typedef {import('../control.ts').Delivery} Delivery */

/** What the control API refused, with its stable code. */
export class ControlError extends Error {
  /** @param {string} code @param {string} message @param {Record<string, string>} [errors] by block_id, for a modal */
  constructor(code, message, errors) {
    super(message)
    this.code = code
    this.errors = errors
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function call(path, init) {
  let response
  try {
    response = await fetch(`/control/${path}`, init)
  } catch {
    throw new ControlError('unreachable', 'The simulator cannot be reached. Is it still running?')
  }
  const body = await response.json().catch(() => ({}))
  if (!response.ok)
    throw new ControlError(
      body.error ?? `http_${response.status}`,
      body.message ?? body.error ?? `HTTP ${response.status}`,
      body.errors,
    )
  return body
}

/** @param {string} path @param {Record<string, string | undefined>} query */
function get(path, query) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value)
  return call(`${path}?${search}`)
}

/**
 * Does what a person does; see ControlRequests. Deliveries answer when the app has acked or after the 3 s it has.
 * @template {keyof Requests} Name
 * @param {Name} name
 * @param {Requests[Name]} body
 * @returns {Promise<any>}
 */
export const post = (name, body) =>
  call(name, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** @param {string} [user] */
export const getState = (user) => get('state', { user })

/** @param {string} user @param {string} channel @param {string} [thread_ts] */
export const getMessages = async (user, channel, thread_ts) =>
  (await get('messages', { user, channel, thread_ts })).messages

/** @param {string} user */
export const getViews = (user) => get('views', { user })

export const getProblems = async () => (await get('problems', {})).problems

/**
 * Follows the events of one person until the returned function is called. The browser's EventSource reconnects by
 * itself after a cut; when it gives up (the server answered an error) this tries again with growing pauses.
 * @param {string} user
 * @param {{ open: () => void, event: (event: any) => void, down: () => void }} handlers
 * @returns {() => void}
 */
export function follow(user, handlers) {
  /** @type {EventSource | null} */
  let source = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let pauseMs = 500
  const connect = () => {
    source = new EventSource(`/control/events?user=${encodeURIComponent(user)}`)
    source.addEventListener('open', () => {
      pauseMs = 500
      handlers.open()
    })
    source.addEventListener('message', (message) => handlers.event(JSON.parse(message.data)))
    source.addEventListener('error', () => {
      handlers.down()
      if (source?.readyState !== EventSource.CLOSED) return
      timer = setTimeout(connect, pauseMs)
      pauseMs = Math.min(pauseMs * 2, 8000)
    })
  }
  connect()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}
