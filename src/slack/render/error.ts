// An error as a person reads it: what went wrong, what to do, and the code small for whoever helps them.
import type { ErrorInfo } from '../../errors.ts'
import { context, section } from './blocks.ts'
import { escapeText, plainLine } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'

/** A private answer. Messages and hints may hold what the person typed, so both are escaped. */
export function renderError(error: ErrorInfo): Message {
  const hint = error.hint ? `\n${escapeText(clamp(error.hint, 1000))}` : ''
  return fitMessage({
    text: clamp(`${plainLine(error.message)} ${plainLine(error.hint ?? '')}`.trim(), 300).replace(
      /[<>&]/g,
      ' ',
    ),
    blocks: [
      section(`:warning: *${escapeText(clamp(error.message, 1500))}*${hint}`),
      context(`Error code: ${escapeText(clamp(error.code, 100))}`),
    ],
  })
}
