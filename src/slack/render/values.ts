// Values and their changes in one line, for answers that compare. Mrkdwn.
import type { Change, Changes } from '../../commands/answers.ts'
import type { Json } from '../../json.ts'
import { code } from './escape.ts'
import { clamp, firstOf } from './limits.ts'

const valueShown = 80

/** `"shipped"`, `3`, `nothing` */
export function shortValue(value: Json | undefined): string {
  return value === undefined ? '_nothing_' : code(clamp(JSON.stringify(value), valueShown))
}

/** `• items[3].price: 4 → 5` */
export function changeLine({ path, before, after, line }: Change): string {
  const where = path === '' ? '' : `${code(clamp(path, 120))} `
  const at = line === undefined ? '' : ` (from line ${line})`
  return `• ${where}${shortValue(before)} → ${shortValue(after)}${at}`
}

/** At most `max` lines, and how many changes are not among them. */
export function changeLines(changes: Changes, max: number): string[] {
  const { shown, more } = firstOf(changes.shown, max)
  const missing = more + changes.more
  return [...shown.map(changeLine), ...(missing > 0 ? [`• and ${missing} more`] : [])]
}
