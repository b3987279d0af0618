// Times as people read them: message times, day dividers, and the tokens of Slack's <!date^…> markup.
// Everything is shown in the reader's own zone and language, as Slack does.

/** @param {string} ts Slack's timestamp, seconds with six decimals */
export const tsDate = (ts) => new Date(Number(ts.split('.')[0]) * 1000)

/** @param {Intl.DateTimeFormatOptions} options */
const formatter = (options) => {
  const format = new Intl.DateTimeFormat(undefined, options)
  return (/** @type {Date} */ date) => format.format(date)
}

export const clock = formatter({ hour: '2-digit', minute: '2-digit' })
const clockSeconds = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dateShort = formatter({ month: 'short', day: 'numeric', year: 'numeric' })
const dateLong = formatter({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' })
const dateMiddle = formatter({ month: 'long', day: 'numeric', year: 'numeric' })
const dayOfYear = formatter({ weekday: 'long', month: 'long', day: 'numeric' })
export const fullTime = formatter({ dateStyle: 'full', timeStyle: 'medium' })

/** @param {Date} date */
const dayNumber = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000)

/** @param {Date} a @param {Date} b */
export const sameDay = (a, b) => dayNumber(a) === dayNumber(b)

/** @param {Date} date */
export function dayLabel(date) {
  const days = dayNumber(new Date()) - dayNumber(date)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return days > 300 ? dateLong(date) : dayOfYear(date)
}

/** "just now", "4 min ago". @param {Date} date */
export function ago(date) {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000)
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })
  if (Math.abs(seconds) < 45) return 'just now'
  if (Math.abs(seconds) < 3300) return relative.format(-Math.round(seconds / 60), 'minute')
  if (Math.abs(seconds) < 80_000) return relative.format(-Math.round(seconds / 3600), 'hour')
  return relative.format(-Math.round(seconds / 86_400), 'day')
}

/** @param {Date} date @param {(date: Date) => string} otherwise */
const pretty = (date, otherwise) => {
  const days = dayNumber(new Date()) - dayNumber(date)
  return days === 0 ? 'today' : days === 1 ? 'yesterday' : days === -1 ? 'tomorrow' : otherwise(date)
}

/** @type {Record<string, (date: Date) => string>} */
const TOKENS = {
  date_num: (date) => date.toISOString().slice(0, 10),
  date_slash: formatter({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  date: dateMiddle,
  date_short: dateShort,
  date_long: dateLong,
  date_pretty: (date) => pretty(date, dateMiddle),
  date_short_pretty: (date) => pretty(date, dateShort),
  date_long_pretty: (date) => pretty(date, dateLong),
  date_long_full: dateLong,
  day_divider_pretty: dayLabel,
  time: clock,
  time_secs: clockSeconds,
  ago,
}

/**
 * @param {Date} date
 * @param {string} format text with tokens such as `{date_short}` and `{time}`
 */
export const formatDate = (date, format) =>
  format.replace(/\{(\w+)\}/g, (token, name) => TOKENS[name]?.(date) ?? token)
