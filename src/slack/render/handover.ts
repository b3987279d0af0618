// What the next shift must know: what waits, what fails, what is locked, what changed.
import type { KnownBlock } from '@slack/types'
import type { Handover } from '../../commands/answers.ts'
import { context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine, escapeText } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, count, named, reference, statusEmoji, statusWord, when } from './words.ts'

const eachShown = 8

export function renderHandover(handover: Handover, now: number): Message {
  const { pending, failing, locks, changes, broken, executions, running } = handover
  const calm = pending.length + failing.length + locks.length + broken.length === 0
  const blocks: KnownBlock[] = [
    section(
      `*Handover*, since ${when(handover.since)}\n` +
        `${executions.succeeded} worked, ${executions.failed} failed, ${executions.cancelled} stopped, ${running} running now`,
    ),
    ...(calm ? [section(':white_check_mark: Nothing waits, fails or is locked.')] : []),
    ...list(':double_vertical_bar: Waits for a decision', pending, (question) =>
      section(
        `*${escapeLine(question.workflow.name)}*: ${escapeLine(clamp(question.what, 200))}\n` +
          `Asked ${age(question.askedAt, now)}, until ${when(question.until)} · ${deciders(question.rules)}`,
        { accessory: openButton(question.executionId) },
      ),
    ),
    ...list(':x: Failing', failing, ({ workflow, last, failedSince, succeededSince }) =>
      section(
        `${statusEmoji[last.status]} *${escapeLine(workflow.name)}* ${statusWord[last.status]} ${age(last.createdAt, now)}\n` +
          `${failedSince} failed, ${succeededSince} worked in this shift${last.error ? `\n${escapeLine(clamp(last.error, 160))}` : ''}`,
        { accessory: openButton(last.id) },
      ),
    ),
    ...lines(
      ':lock: Locked',
      locks,
      ({ workflowId, by, until, reason }) =>
        `• ${code(workflowId)} by ${named(by)} until ${when(until)}${reason ? `: ${escapeLine(clamp(reason, 120))}` : ''}`,
    ),
    ...lines(
      ':pencil2: Changed',
      changes,
      ({ workflow, version, at, first }) =>
        `• *${escapeLine(workflow.name)}* ${first ? 'is new' : `is version ${version} now`}, ${age(at, now)}`,
    ),
    ...lines(
      ':warning: Files with faults',
      broken,
      ({ file, message }) => `• ${code(clamp(file, 120))} ${escapeText(clamp(message, 160))}`,
    ),
  ]
  const text = calm
    ? 'Handover: nothing waits, fails or is locked.'
    : `Handover: ${count(pending.length, 'decision')} open, ${count(failing.length, 'workflow')} failing, ${count(locks.length, 'lock')}`
  return fitMessage(
    { text, blocks },
    `More with ${code('/workflow pending')} and ${code('/workflow history')}`,
  )
}

function deciders({ users, groups }: Handover['pending'][number]['rules']): string {
  return `${[...users, ...groups].slice(0, 5).map(reference).join(', ') || 'anybody'} may decide`
}

function list<T>(title: string, all: T[], row: (one: T) => KnownBlock): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, eachShown)
  return [section(`*${title}*`), ...shown.map(row), ...(more > 0 ? [context(`And ${more} more.`)] : [])]
}

function lines<T>(title: string, all: T[], line: (one: T) => string): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, eachShown)
  const rest = more > 0 ? [`• and ${more} more`] : []
  return [section([`*${title}*`, ...shown.map(line), ...rest].join('\n'))]
}
