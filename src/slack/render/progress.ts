// An execution under way: one plan with a card for each step, edited as it advances until it becomes the report.
import type { KnownBlock, PlanBlock, TaskCardBlock } from '@slack/types'
import type { NodeResult, Report } from '../../engine/report.ts'
import { actions, context, paragraph } from './blocks.ts'
import { plainLine, plainWords } from './escape.ts'
import { clamp, fitMessage, type Message, textLength } from './limits.ts'
import { withoutValues } from './redact.ts'
import { happened, progress, type ReportOptions, relations } from './report.ts'
import { reportButtons } from './report-buttons.ts'
import { count, named, reportCommand, statusEmoji, stepsOf, waiting } from './words.ts'

/** How many cards, and whether with notes: what is tried in turn. */
const sizes: [cards: number, notes: boolean][] = [
  [60, true],
  [60, false],
  [40, false],
  [20, false],
]
/** What the plan may take of a message; the rest is for what stands around it. */
const room = { json: 12_000, text: 8000 }

export function renderProgress(whole: Report, { hidden = false, before }: ReportOptions = {}): Message {
  const report = hidden ? withoutValues(whole) : whole
  const plan: PlanBlock = { type: 'plan', block_id: 'plan', title: title(report), tasks: tasks(report) }
  const blocks: KnownBlock[] = [
    plan,
    context(
      `Started by ${named(report.startedBy)} · version ${report.version.number}`,
      ...relations(report, before),
    ),
    actions('report_actions', reportButtons(report)),
  ]
  return fitMessage(
    { text: `${statusEmoji[report.status]} ${happened(report).replace(/\*/g, '')}`, blocks },
    reportCommand(report.id),
  )
}

/** Plain text: a plan shows no markup. */
function title(report: Report): string {
  const name = clamp(plainLine(report.workflow.name), 80) || 'The workflow'
  if (report.status === 'queued') return `${name} is about to start`
  if (report.status === 'waiting')
    return `${name}: ${clamp(plainLine(plainWords(waiting(report.waitingFor))), 150)}`
  return `${name}: ${clamp(plainLine(plainWords(progress(report))), 100)}`
}

/** The most that fits: first with notes, then without, then fewer cards. */
function tasks(report: Report): TaskCardBlock[] {
  const steps = stepsOf(report)
  for (const [cards, notes] of sizes) {
    const window = within(steps, cards, notes)
    if (JSON.stringify(window).length <= room.json && textLength(window) <= room.text) return window
  }
  return []
}

/** A long workflow shows a window around what runs now, and says how much lies before and after it. */
function within(nodes: NodeResult[], cards: number, notes: boolean): TaskCardBlock[] {
  if (nodes.length <= cards) return nodes.map((node, index) => card(node, index, notes))
  const current = nodes.findIndex((node) => node.status === 'running' || node.status === 'waiting')
  const size = cards - 2
  const start = Math.max(0, Math.min(Math.max(current, 0) - Math.floor(size / 2), nodes.length - size))
  const before = nodes.slice(0, start)
  const after = nodes.slice(start + size)
  return [
    ...(before.length > 0 ? [summary('before', count(before.length, 'earlier step'), before)] : []),
    ...nodes.slice(start, start + size).map((node, index) => card(node, start + index, notes)),
    ...(after.length > 0 ? [summary('after', count(after.length, 'more step'), after)] : []),
  ]
}

function summary(id: string, title: string, nodes: NodeResult[]): TaskCardBlock {
  const failed = nodes.some((node) => node.status === 'failed' && !node.handled)
  const open = nodes.some((node) => node.status === 'pending')
  return { type: 'task_card', task_id: id, title, status: failed ? 'error' : open ? 'pending' : 'complete' }
}

function card(node: NodeResult, index: number, notes: boolean): TaskCardBlock {
  const note = notes ? noteOf(node) : undefined
  const name = clamp(plainLine(node.name), 70) || `Step ${index + 1}`
  return {
    type: 'task_card',
    task_id: `step-${index + 1}`,
    title: node.status === 'skipped' ? `${name} (skipped)` : name,
    status: cardStatus(node),
    ...(note ? { details: paragraph(note, 120) } : {}),
  }
}

function cardStatus(node: NodeResult): TaskCardBlock['status'] {
  switch (node.status) {
    case 'pending':
      return 'pending'
    case 'running':
    case 'waiting':
      return 'in_progress'
    case 'failed':
      return node.handled ? 'complete' : 'error'
    case 'cancelled':
      return 'error'
    case 'succeeded':
    case 'skipped':
      return 'complete'
  }
}

/** Only what a person would act on: a long list of notes hides the one that matters. */
function noteOf(node: NodeResult): string | undefined {
  if (node.status === 'waiting') return plainWords(waiting(node.waitingFor))
  if (node.status === 'running') {
    const notes = [
      ...(node.attempts > 1 ? [`attempt ${node.attempts}`] : []),
      ...(node.items
        ? [`${node.items.succeeded + node.items.failed} of ${count(node.items.total, 'item')}`]
        : []),
      ...(node.items && node.items.failed > 0 ? [`${node.items.failed} failed`] : []),
    ]
    return notes.length > 0 ? notes.join(', ') : undefined
  }
  if (node.status === 'succeeded' && node.kept) return 'kept from before'
  if (node.status === 'failed') return node.error.message
  return undefined
}
