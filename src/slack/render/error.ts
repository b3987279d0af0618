// An error as a person reads it: what went wrong, what to do, and the code small for whoever helps them.
import type { Button } from '@slack/types'
import { commandList } from '../../commands/index.ts'
import type { ErrorInfo } from '../../errors.ts'
import { actions, context, section } from './blocks.ts'
import { escapeLine, escapeText } from './escape.ts'
import { type NamedWorkflow, versionsButton } from './lifecycle-buttons.ts'
import { clamp, fitMessage, type Message } from './limits.ts'

/**
 * A private answer. Messages and hints may hold what the person typed, so both are escaped; a hint may name people and
 * channels all the same ("Ask @Ana"), who hear nothing of it. `workflow`: what it was about, for buttons that lead on.
 */
export function renderError(error: ErrorInfo, workflow?: NamedWorkflow): Message {
  const hint = error.hint ? typed(named(escapeText(clamp(error.hint, 1000)))) : ''
  const ways = workflow ? waysOn(error.code, workflow) : []
  const mark = settledAlready.has(error.code) ? ':information_source:' : ':warning:'
  return fitMessage({
    text: `${escapeLine(clamp(error.message, 300))} ${hint.replace(/\s+/g, ' ')}`,
    blocks: [
      section(`${mark} *${escapeText(clamp(error.message, 1500))}*${hint ? `\n${hint}` : ''}`),
      context(`Error code: ${escapeText(clamp(error.code, 100))}`),
      ...(ways.length > 0 ? [actions('ways_on', ways)] : []),
    ],
  })
}

/** What was asked for is so already: nothing went wrong. */
const settledAlready = new Set(['activation.already'])

/** What to press next, where the command that was refused says what is lacking. */
function waysOn(code: string, workflow: NamedWorkflow): Button[] {
  switch (code) {
    case 'activation.already':
    case 'activation.second_person':
    case 'activation.unknown_version':
    case 'activation.reason_needed':
    case 'dry_run.unknown_version':
    case 'replay.unknown_version':
    case 'workflow.deactivated':
    case 'workflow.not_active':
      return [versionsButton(workflow)]
    default:
      return []
  }
}

const commandAtTheEnd = new RegExp(`: ((?:${commandList.map(({ name }) => name).join('|')}) [^\\n\`]+)$`)

/** A command that a hint ends with, as it is typed here: hints leave out what differs from place to place. */
function typed(hint: string): string {
  return hint.replace(commandAtTheEnd, ': `/workflow $1`')
}

/** Mentions of single people, groups and channels by id, back from their escaped form. */
function named(escaped: string): string {
  return escaped.replace(/&lt;(@[UW]|#[CG]|!subteam\^S)([A-Z0-9]{2,30})&gt;/g, '<$1$2>')
}
