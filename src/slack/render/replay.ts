// A replay as a message: how many executions come to the same, what the others would do differently in people's words,
// and what cannot be said.
import type { Button, KnownBlock } from '@slack/types'
import type { CommandResult } from '../../commands/types.ts'
import type { ReplayDifference, ReplayedExecution } from '../../scenarios/index.ts'
import { actions, button, context, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { activateButton, type ReportValue, versionsButton } from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { replayFigures, replayMark } from './test-figures.ts'
import { age, count, duration, statusWord } from './words.ts'

type ReplayReport = Extract<CommandResult, { kind: 'replayed' }>['report']

const executionsShown = 4
const differencesShown = 5

export interface ReplayOptions {
  /** The addresses of the messages that show executions, by execution. */
  links?: ReadonlyMap<string, string>
  /** Set when the version that was replayed is a tested draft: `from` answers now. */
  activatable?: { from: number | null }
}

export function renderReplayed(
  { report }: { report: ReplayReport },
  now: number,
  { links = new Map(), activatable }: ReplayOptions = {},
): Message {
  const { workflow, version, totals } = report
  const name = escapeLine(workflow.name)
  const outcome = outcomeText(report)
  return fitMessage(
    {
      text: `${name} version ${version.number}, replayed: ${outcome}`,
      blocks: [
        section(
          `${replayMark(report)} *${name}* version ${version.number}, replayed on ${count(totals.executions, 'real execution')}\n*${replayFigures(report)}*${rest(report)}`,
        ),
        ...group('Would go another way', report, 'different', now, links),
        ...group('Do not repeat themselves', report, 'unrepeatable', now, links),
        ...leftOut(report),
        context(`Nothing was sent or changed · took ${duration(report.durationMs)}`),
        actions('replay_actions', buttons(report, activatable)),
      ],
    },
    '_Details_ has everything.',
  )
}

/** `23 of 25 the same, 1 differs, 1 does not repeat itself` */
export function outcomeText(report: Pick<ReplayReport, 'totals'>): string {
  return `${replayFigures(report)}${rest(report)}`
}

function rest({ totals: { different, unrepeatable } }: Pick<ReplayReport, 'totals'>): string {
  return [
    ...(different > 0 ? [`, ${different} ${different === 1 ? 'differs' : 'differ'}`] : []),
    ...(unrepeatable > 0
      ? [`, ${unrepeatable} ${unrepeatable === 1 ? 'does not repeat itself' : 'do not repeat themselves'}`]
      : []),
  ].join('')
}

function group(
  title: string,
  { executions }: ReplayReport,
  outcome: ReplayedExecution['outcome'],
  now: number,
  links: ReadonlyMap<string, string>,
): KnownBlock[] {
  const all = executions.filter((one) => one.outcome === outcome)
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, executionsShown)
  return [
    section(`*${title}*`),
    ...shown.map((one) => section(executionLines(one, now, links.get(one.id)))),
    ...(more > 0 ? [context(`And ${more} more.`)] : []),
  ]
}

function executionLines(one: ReplayedExecution, now: number, link: string | undefined): string {
  const ago = age(one.createdAt, now)
  const status = statusWord[one.status as keyof typeof statusWord] ?? escapeLine(clamp(one.status, 40))
  const { shown } = firstOf(one.differences, differencesShown)
  const more = Math.max(0, one.differs - shown.length)
  return [
    `${link ? `<${link}|${ago}>` : ago} · ${code(clamp(one.id, 60))} · ${status} on version ${one.version}`,
    ...shown.map((difference) => `        • ${differenceText(difference)}`),
    ...(more > 0 ? [`        • and ${count(more, 'more difference')}`] : []),
  ].join('\n')
}

function differenceText({ at, before, now }: ReplayDifference): string {
  return `${code(clamp(at, 120))}: ${escapeLine(clamp(now, 200))} instead of ${escapeLine(clamp(before, 200))}`
}

function leftOut({ leftOut: all }: ReplayReport): KnownBlock[] {
  if (all.length === 0) return []
  const lines = all.slice(0, 5).map(({ why, count: n }) => `${n} ${escapeLine(clamp(why, 150))}`)
  return [context(`Left out: ${lines.join('; ')}`)]
}

function buttons(
  { id, workflow, version, totals }: ReplayReport,
  activatable: ReplayOptions['activatable'],
): Button[] {
  const value: ReportValue = { workflowId: workflow.id, id }
  return [
    ...(activatable ? [activateButton(workflow, version.number, activatable)] : []),
    ...(totals.executions > 0
      ? [
          button('Details', {
            action: `${actionIds.openReplay}:${id}`,
            value: JSON.stringify(value),
            label: 'Everything that would go another way',
          }),
        ]
      : []),
    versionsButton(workflow),
  ]
}
