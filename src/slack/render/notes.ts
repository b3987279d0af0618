// Results that take a sentence or two: locks, decisions, what waits for people.
import type { KnownBlock } from '@slack/types'
import type { CommandResult } from '../../commands/types.ts'
import { context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, person, reference, when } from './words.ts'

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>

const questionsShown = 15

/** One sentence of mrkdwn. */
export function note(text: string): Message {
  return fitMessage({ text, blocks: [section(text)] })
}

/** A start waits until the first version of its workflow is tested. */
export function renderWaiting(workflow: string): Message {
  return note(
    `:hourglass_flowing_sand: *${escapeLine(workflow)}* is tested before it answers for the first time. It starts when it passes.`,
  )
}

export function renderLocked({ lock }: Result<'locked'>): Message {
  const why = lock.reason ? `: ${escapeLine(clamp(lock.reason, 300))}` : ''
  return note(
    `:lock: ${code(lock.workflowId)} is locked by ${person(lock.by)} until ${when(lock.until)}${why}`,
  )
}

/** `to` is what was asked for, `#channel`, or an id. */
export function renderPosted({ workflow, to, ref }: Result<'posted'>): Message {
  const where = /^[CG][A-Z0-9]+$/.test(ref.channel) ? `<#${ref.channel}>` : escapeLine(clamp(to, 100))
  return note(
    `:white_check_mark: A message with a Run button for *${escapeLine(workflow.name)}* stands in ${where}.`,
  )
}

export function renderUnlocked({ lock, by }: Result<'unlocked'>): Message {
  return note(`:unlock: ${code(lock.workflowId)} can be run again. Unlocked by ${person(by)}.`)
}

export function renderDecided({ what, decision }: Result<'decided'>): Message {
  const approved = decision.decision === 'approve'
  const why = decision.reason ? ` Reason: ${escapeLine(clamp(decision.reason, 500))}` : ''
  return note(
    `${approved ? ':white_check_mark:' : ':x:'} ${person(decision.by)} ${approved ? 'approved' : 'rejected'} ` +
      `“${escapeLine(clamp(what, 300))}”.${why}`,
  )
}

export function renderPending({ questions }: Result<'pending'>, now: number): Message {
  if (questions.length === 0) return note('Nothing waits for a decision.')
  const { shown, more } = firstOf(questions, questionsShown)
  const title = questions.length === 1 ? 'One decision is open' : `${questions.length} decisions are open`
  const blocks: KnownBlock[] = [
    section(`*${title}*`),
    ...shown.map(({ executionId, workflow, what, askedAt, until, rules }) => {
      const who = [...rules.users, ...rules.groups].slice(0, 5).map(reference).join(', ') || 'anybody'
      return section(
        `*${escapeLine(workflow.name)}*: ${escapeLine(clamp(what, 300))}\n` +
          `Asked ${age(askedAt, now)}, until ${when(until)} · ${who} may decide`,
        { accessory: openButton(executionId) },
      )
    }),
    ...(more > 0 ? [context(`And ${more} more.`)] : []),
  ]
  return fitMessage({ text: title, blocks })
}
