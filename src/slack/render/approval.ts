// A question to people: what is to be decided, on which facts, by whom and until when; afterwards who decided what.
import type { KnownBlock } from '@slack/types'
import type { ApprovalCard } from '../../actions/ports.ts'
import type { Actor, Decision } from '../../engine/report.ts'
import type { JsonObject } from '../../json.ts'
import type { Evidence } from '../evidence.ts'
import { actions, button, context, header, mrkdwn, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { authored, escapeLine, escapeText } from './escape.ts'
import { clamp, clampMrkdwn, fitMessage, limits, type Message } from './limits.ts'
import { count, named, person, reference, reportCommand, when } from './words.ts'

/** Action ids of the two buttons. */
export const decisionIds = { approve: 'approve', reject: 'reject' } as const

/** What a click on Approve or Reject is about. */
export interface DecideValue {
  executionId: string
  node: string
}

export interface CardState {
  card: ApprovalCard
  /** One for each fact of the card. */
  evidence?: (Evidence | null)[]
  /** Why it was withdrawn, where that is known. */
  stopped?: { by: Actor; reason?: string } | { because: string }
}

const approversShown = 8
const valuesShown = 10
const decisionsShown = 10

export function renderCard(state: CardState): Message {
  const { card } = state
  const { origin, outcome } = card
  const title = escapeLine(clamp(card.title, limits.header))
  const blocks: KnownBlock[] = [
    header(card.title),
    section(clampMrkdwn(authored(card.text), 2500)),
    ...facts(state),
    ...(outcome === undefined ? asked(card) : decided(state)),
    context(
      `From *${escapeLine(clamp(origin.workflowName, 100))}*, step _${escapeLine(clamp(origin.node, 60))}_`,
    ),
  ]
  return fitMessage({ text: preview(state, title), blocks }, reportCommand(origin.executionId))
}

/** For notifications and screen readers. */
function preview({ card }: CardState, title: string): string {
  const last = card.decisions.at(-1)
  switch (card.outcome) {
    case undefined:
      return `Please decide: ${title}`
    case 'approved':
      return `Approved${last ? ` by ${named(last.by)}` : ''}: ${title}`
    case 'rejected':
      return `Rejected${last ? ` by ${named(last.by)}` : ''}: ${title}`
    case 'expired':
      return `Nobody decided in time: ${title}`
    case 'withdrawn':
      return `Withdrawn: ${title}`
  }
}

function facts({ card, evidence = [] }: CardState): KnownBlock[] {
  if (!card.fields || card.fields.length === 0) return []
  const items = card.fields.slice(0, limits.fields).map(({ label, value }, index) => {
    const past = evidence[index]
    const usual = past ? `\n_${usually(past)}_` : ''
    return mrkdwn(
      `*${escapeLine(clamp(label, 100))}*\n${clampMrkdwn(authored(value), 500) || '–'}${usual}`,
      limits.field,
    )
  })
  return [{ type: 'section', fields: items }]
}

/** `median of 12 approved: 190`, written as the number beside it is. */
function usually({ median, of, prefix, suffix, grouped }: Evidence): string {
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2, useGrouping: grouped })
  const said = `${prefix}${number.format(median)}${suffix}`
  return of === 1 ? `approved last time: ${said}` : `median of ${of} approved: ${said}`
}

function asked(card: ApprovalCard): KnownBlock[] {
  const { rules, origin, until } = card
  const value = JSON.stringify({
    executionId: origin.executionId,
    node: origin.node,
  } satisfies DecideValue)
  const form = Object.keys(rules.form).length > 0
  return [
    context(`${deciders(card)} · until ${when(until)}`),
    ...(rules.needed > 1 ? [context(progress(card))] : []),
    actions('decision', [
      button(form ? 'Approve…' : 'Approve', {
        action: decisionIds.approve,
        value,
        style: 'primary',
        label: clamp(`Approve ${card.title}`, limits.buttonText),
      }),
      button('Reject…', {
        action: decisionIds.reject,
        value,
        style: 'danger',
        label: clamp(`Reject ${card.title}`, limits.buttonText),
      }),
      openButton(origin.executionId),
    ]),
  ]
}

/** `@Ana, @Ben or @buyers may decide` */
function deciders({ rules }: ApprovalCard): string {
  const all = [...rules.users, ...rules.groups]
  if (all.length === 0)
    return `Everybody here may decide${rules.notRequester ? ', but not who started it' : ''}`
  const shown = all.slice(0, approversShown).map(reference)
  if (all.length > shown.length) shown.push(`${all.length - shown.length} more`)
  return `${listed(shown, 'or')} may decide`
}

/** `1 of 2 approvals: Ana` */
function progress({ rules, decisions }: ApprovalCard): string {
  const made = decisions.filter(({ decision }) => decision === 'approve')
  const who = made.slice(0, decisionsShown).map(({ by }) => person(by))
  return who.length === 0
    ? `${count(rules.needed, 'approval')} needed, none yet`
    : `*${made.length} of ${rules.needed}* approvals: ${who.join(', ')}`
}

function decided({ card, stopped }: CardState): KnownBlock[] {
  const { decisions, outcome, until } = card
  const blocks: KnownBlock[] = []
  switch (outcome) {
    case undefined:
      break
    case 'approved':
    case 'rejected':
      blocks.push(section(decisions.slice(-decisionsShown).map(decisionLine).join('\n')))
      break
    case 'expired':
      blocks.push(section(`:alarm_clock: *Expired:* nobody decided until ${when(until)}`))
      break
    case 'withdrawn':
      blocks.push(section(`:no_entry_sign: *Withdrawn:* ${withdrawal(stopped)}`))
      break
  }
  if (outcome === 'expired' || outcome === 'withdrawn') {
    if (decisions.length > 0) blocks.push(context(decisions.map(decisionLine).join('\n')))
  }
  const values = formValues(card)
  if (values !== '') blocks.push(context(values))
  return [...blocks, actions('decision', [openButton(card.origin.executionId)])]
}

/** `✅ Approved by @Ana, 10:32`, and below it the reason. */
function decisionLine({ decision, by, at, reason }: Decision): string {
  const verb = decision === 'approve' ? ':white_check_mark: *Approved*' : ':x: *Rejected*'
  const why = reason ? `\n${quoted(clamp(reason, 600))}` : ''
  return `${verb} by ${person(by)}, ${when(at)}${why}`
}

function quoted(text: string): string {
  return escapeText(text)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')
}

function withdrawal(stopped: CardState['stopped']): string {
  if (!stopped) return 'the execution was stopped.'
  if ('because' in stopped) return escapeLine(clamp(stopped.because, 300))
  const why = stopped.reason ? `: ${escapeLine(clamp(stopped.reason, 300))}` : '.'
  return `${person(stopped.by)} stopped the execution${why}`
}

/** What was filled in with the approvals; later answers replace earlier ones, as in the output of the step. */
function formValues({ decisions, rules }: ApprovalCard): string {
  const values = Object.assign({}, ...decisions.map(({ form }) => form)) as JsonObject
  return Object.entries(rules.form)
    .filter(([name]) => values[name] !== undefined && values[name] !== null)
    .slice(0, valuesShown)
    .map(([name, input]) => {
      const value = values[name]
      const said = typeof value === 'string' ? value : JSON.stringify(value)
      const shown = mentioned(input.type, said) ?? escapeLine(clamp(said, 200))
      return `${escapeLine(clamp(input.label ?? name, 100))}: *${shown}*`
    })
    .join(' · ')
}

/** People and channels by their ids; undefined for everything else. */
function mentioned(type: string, id: string): string | undefined {
  if (type === 'user' && /^[UW][A-Z0-9]{2,30}$/.test(id)) return `<@${id}>`
  return type === 'channel' && /^[CG][A-Z0-9]{2,30}$/.test(id) ? `<#${id}>` : undefined
}

function listed(words: string[], last: 'and' | 'or'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
