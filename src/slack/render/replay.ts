// A replay as a message: how many executions come to the same, what the others would do differently in people's words,
// and what cannot be said.
import type { Button, KnownBlock } from '@slack/types'
import type { CommandResult } from '../../commands/types.ts'
import type { ReplayDifference, ReplayedExecution } from '../../scenarios/index.ts'
import { actions, button, context, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { excerpt } from './differences.ts'
import { code, escapeLine } from './escape.ts'
import { activateButton, type ReportValue, versionsButton } from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { note } from './notes.ts'
import { replayWords } from './replay-words.ts'
import { replayFigures, replayMark } from './test-figures.ts'
import { age, count, duration, statusWord } from './words.ts'

type ReplayReport = Extract<CommandResult, { kind: 'replayed' }>['report']

const groupsShown = 4
const headsShown = 3
const linesShown = 5
const replaysShown = 10
const spokenGroups = 3
/** As comparisons write it where one side has nothing. */
const absent = new Set(['nothing', 'nothing more', 'missing'])

export interface ReplayOptions {
  /** The addresses of the messages that show executions, by execution. */
  links?: ReadonlyMap<string, string> | undefined
  /** Set when the version that was replayed is a tested draft: `from` answers now. */
  activatable?: { from: number | null } | undefined
}

export function renderReplayed(
  { report }: { report: ReplayReport },
  now: number,
  { links = new Map(), activatable }: ReplayOptions = {},
): Message {
  const { workflow, version, totals } = report
  const name = escapeLine(workflow.name)
  const outcome = outcomeText(report)
  const head = (all: ReplayedExecution[]) => heads(all, now, links)
  return fitMessage(
    {
      text: `${name} version ${version.number}, replayed: ${outcome}${spoken(report)}`,
      blocks: [
        section(
          `${replayMark(report)} *${name}* version ${version.number}, replayed on ${count(totals.executions, 'real execution')}\n*${replayFigures(report)}*${rest(report)}`,
        ),
        ...group('Would go another way', report, 'different', differentWords, head),
        ...group('Cannot be told', report, 'unrepeatable', unrepeatableWords, head),
        ...leftOut(report),
        context(`Nothing was sent or changed · took ${duration(report.durationMs)}`),
        actions('replay_actions', buttons(report, activatable)),
      ],
    },
    '_Details_ has everything.',
  )
}

/** What a notification and a screen reader say of what would go another way. */
function spoken({ executions }: ReplayReport): string {
  const different = executions.filter(({ outcome }) => outcome === 'different')
  const { shown, more } = firstOf(alike(different, sayAll), spokenGroups)
  const lines = shown.map(({ first }) => sayAll(first).replace(/[*`]/g, ''))
  return lines.length === 0 ? '' : `. ${lines.join('. ')}${more > 0 ? `. And ${more} more` : ''}`
}

const sayAll = (one: ReplayedExecution) => differentWords(one).join('; ')

/** The replays that were, newest first. */
export function renderReplays(
  { workflowId, reports }: Extract<CommandResult, { kind: 'replays' }>,
  now: number,
): Message {
  const [latest] = reports
  const name = escapeLine(latest?.workflow.name ?? workflowId)
  if (!latest)
    return note(`${code(workflowId)} has never been replayed: ${code(`/workflow replay ${workflowId}`)}`)
  const { shown, more } = firstOf(reports, replaysShown)
  const lines = shown.map(
    (report) =>
      `${replayMark(report)} *Version ${report.version.number}*, ${age(report.startedAt, now)}: ${outcomeText(report)}`,
  )
  return fitMessage({
    text: `Replays of ${name}: ${lines.slice(0, 3).join('; ')}`,
    blocks: [
      section(`*Replays of ${name}*  ${code(workflowId)}`),
      section(lines.join('\n')),
      ...(more > 0 ? [context(`And ${more} older ones.`)] : []),
      actions('replays_actions', [
        detailsButton(latest, 'Details of the latest'),
        versionsButton(latest.workflow),
      ]),
    ],
  })
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
  say: (one: ReplayedExecution) => string[],
  head: (all: ReplayedExecution[]) => string,
): KnownBlock[] {
  const all = alike(
    executions.filter((one) => one.outcome === outcome),
    (one) => say(one).join('\n'),
  )
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, groupsShown)
  return [
    section(`*${title}*`),
    ...shown.map(({ same, first }) =>
      section([head(same), ...say(first).map((line) => `• ${line}`)].join('\n')),
    ),
    ...(more > 0 ? [context(`And ${more} more, each in its own way.`)] : []),
  ]
}

/** Executions of which the same is to be said, together. */
export function alike(
  executions: ReplayedExecution[],
  say: (one: ReplayedExecution) => string,
): { first: ReplayedExecution; same: ReplayedExecution[] }[] {
  const all = new Map<string, { first: ReplayedExecution; same: ReplayedExecution[] }>()
  for (const one of executions) {
    const known = all.get(say(one))
    if (known) known.same.push(one)
    else all.set(say(one), { first: one, same: [one] })
  }
  return [...all.values()]
}

/** `*3 executions*, worked then: 2 h ago id, yesterday id`, each with a link to its message where there is one. */
export function heads(
  all: ReplayedExecution[],
  now: number,
  links: ReadonlyMap<string, string> = new Map(),
): string {
  const { shown, more } = firstOf(all, headsShown)
  const each = shown.map(({ id, createdAt }) => {
    const ago = age(createdAt, now)
    const link = links.get(id)
    return `${link ? `<${link}|${ago}>` : ago} ${code(clamp(id, 60))}`
  })
  const [first] = all
  const ended = first && all.every(({ status }) => status === first.status) ? statusWords(first.status) : ''
  const listed = `${each.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  if (all.length === 1) return [listed, ended].filter(Boolean).join(' · ')
  return `*${all.length} executions*${ended ? `, ${ended}` : ''}: ${listed}`
}

function statusWords(status: string): string {
  const word = statusWord[status as keyof typeof statusWord]
  return word ? `${word} then` : `ended as ${escapeLine(clamp(status, 40))}`
}

function differentWords({ differences, differs }: ReplayedExecution): string[] {
  const lines = replayWords(differences)
  const { shown, more } = firstOf(lines, linesShown)
  const rest = more + Math.max(0, differs - differences.length)
  return [...shown, ...(rest > 0 ? [`and ${count(rest, 'more difference')}`] : [])]
}

/** What the version that ran then came to, and what the same version comes to now. */
function unrepeatableWords({ version, differences }: ReplayedExecution): string[] {
  const [first] = differences
  const already = `Version ${version}, which ran then, does not come to the same again, so nothing can be said`
  return [first ? `${already}: ${changeText(first)}` : already]
}

function changeText({ at, before, now }: ReplayDifference): string {
  const was = escapeLine(excerpt(before, now).shown)
  const is = escapeLine(excerpt(now, before).shown)
  const there = code(clamp(at, 120))
  if (absent.has(before)) return `${there} was not there, and is now ${is}`
  if (absent.has(now)) return `${there} was ${was}, and is not there any more`
  return `${there} was ${was}, and is now ${is}`
}

function leftOut({ leftOut: all }: ReplayReport): KnownBlock[] {
  if (all.length === 0) return []
  const lines = all.slice(0, 5).map(({ why, count: n }) => `${n} ${escapeLine(clamp(why, 150))}`)
  return [context(`Left out: ${lines.join('; ')}`)]
}

function buttons(report: ReplayReport, activatable: ReplayOptions['activatable']): Button[] {
  const { workflow, version, totals } = report
  return [
    ...(activatable ? [activateButton(workflow, version.number, activatable)] : []),
    ...(totals.executions > 0 ? [detailsButton(report)] : []),
    versionsButton(workflow),
  ]
}

function detailsButton({ id, workflow }: ReplayReport, label = 'Details'): Button {
  const value: ReportValue = { workflowId: workflow.id, id }
  return button(label, {
    action: `${actionIds.openReplay}:${id}`,
    value: JSON.stringify(value),
    label: `${label}: everything that the replay found`,
  })
}
