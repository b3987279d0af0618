// When a cron pattern comes round in a time zone. Pure. The one module that imports croner: a time that a clock change
// leaves out comes right after it, and one that it repeats comes once, unless the pattern is meant to come all the time.
import { Cron } from 'croner'

export interface CronTime {
  /** Five fields (minute, hour, day of month, month, day of week) or a nickname such as `@daily`. */
  cron: string
  /** IANA name, for example `Europe/Berlin`. */
  timezone: string
}

export type CronProblem = { field: 'cron' | 'timezone'; message: string; hint?: string }

const form = /^\s*(\S+\s+\S+\s+\S+\s+\S+\s+\S+|@(yearly|annually|monthly|weekly|daily|midnight|hourly))\s*$/i

/** What is wrong with a pattern or its time zone; undefined when it comes round. */
export function cronProblem(time: CronTime, now: number): CronProblem | undefined {
  if (!isTimeZone(time.timezone)) {
    return { field: 'timezone', message: `there is no time zone "${time.timezone}".` }
  }
  if (!form.test(time.cron)) {
    const message = `"${time.cron}" is no cron pattern.`
    return { field: 'cron', message, hint: 'minute hour day month weekday, for example "0 7 * * 1-5"' }
  }
  try {
    if (nextAfter(time, now) !== undefined) return undefined
    return { field: 'cron', message: `"${time.cron}" never comes.`, hint: 'there is no such day' }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^\w+: /, '') : String(thrown)
    return { field: 'cron', message: `"${time.cron}" is no cron pattern: ${why}.` }
  }
}

/** The first time after `moment`, milliseconds since 1970. */
export function nextAfter(time: CronTime, moment: number): number | undefined {
  return jobOf(time).nextRun(new Date(moment))?.getTime()
}

/** The last time that is not after `moment`. */
export function lastUntil(time: CronTime, moment: number): number | undefined {
  return jobOf(time)
    .previousRuns(1, new Date(moment + 1))[0]
    ?.getTime()
}

function jobOf({ cron, timezone }: CronTime): Cron {
  return new Cron(cron.trim(), { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true })
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00, which newer Nodes understand, know no clock change.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
