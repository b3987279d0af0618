// Durations as people write them in workflow files and commands.
import type { Duration } from './schema.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `"90s"`, `"15m"`, `"2h"`, `"7d"`, `"500ms"`, or of a number of seconds. The schema has checked the form. */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number') return duration * 1000
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? []
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}
