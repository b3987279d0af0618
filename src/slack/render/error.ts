// An error as a person reads it: what went wrong, what to do, and the code small for whoever helps them.
import type { ErrorInfo } from '../../errors.ts'
import { context, section } from './blocks.ts'
import { escapeLine, escapeText } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'

/**
 * A private answer. Messages and hints may hold what the person typed, so both are escaped; a hint may name people and
 * channels all the same ("Ask @Ana"), who hear nothing of it.
 */
export function renderError(error: ErrorInfo): Message {
  const hint = error.hint ? named(escapeText(clamp(error.hint, 1000))) : ''
  return fitMessage({
    text: `${escapeLine(clamp(error.message, 300))} ${hint.replace(/\s+/g, ' ')}`,
    blocks: [
      section(`:warning: *${escapeText(clamp(error.message, 1500))}*${hint ? `\n${hint}` : ''}`),
      context(`Error code: ${escapeText(clamp(error.code, 100))}`),
    ],
  })
}

/** Mentions of single people, groups and channels by id, back from their escaped form. */
function named(escaped: string): string {
  return escaped.replace(/&lt;(@[UW]|#[CG]|!subteam\^S)([A-Z0-9]{2,30})&gt;/g, '<$1$2>')
}
