// Figures: how often workflows went well, how long they took, what they fail of. The pictures beside it are drawn
// elsewhere.
import type { KnownBlock, TableBlock } from '@slack/types'
import type { Stats, WorkflowStats } from '../../commands/answers.ts'
import { actions, context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine, plain } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { age, count, duration, when } from './words.ts'

const rowsShown = 20
const failuresShown = 5

export function renderStats(stats: Stats, now: number): Message {
  const [only] = stats.workflows
  const span = `${when(stats.since)} to ${when(stats.until)}`
  if (!only) {
    const of = stats.workflowId ? ` of ${code(stats.workflowId)}` : ''
    return fitMessage({
      text: 'Nothing ran in this time.',
      blocks: [section(`Nothing${of} ran in this time.`), context(span)],
    })
  }
  if (stats.workflowId !== undefined || stats.workflows.length === 1) return one(only, span, now)
  const { shown, more } = firstOf(stats.workflows, rowsShown)
  const total = stats.workflows.reduce((sum, { executions }) => sum + executions, 0)
  const headline = `${count(total, 'execution')} of ${count(stats.workflows.length, 'workflow')}`
  return fitMessage({
    text: headline,
    blocks: [
      section(`*${headline}*`),
      table(shown),
      ...(more > 0 ? [context(`And ${more} more workflows.`)] : []),
      context(`${span} · One alone: ${code('/workflow stats <workflow>')}`),
    ],
  })
}

/** `98 %`; a run of failures is not rounded up to success. */
export function percent(rate: number | null): string {
  if (rate === null) return '–'
  return `${rate === 1 ? 100 : Math.min(99, Math.round(rate * 100))} %`
}

function one(stats: WorkflowStats, span: string, now: number): Message {
  const { workflow, executions, successRate, durationMs } = stats
  const name = escapeLine(workflow.name)
  const outcomes = [
    `${stats.succeeded} worked`,
    ...(stats.warning > 0 ? [`${stats.warning} with a problem`] : []),
    ...(stats.failed > 0 ? [`${stats.failed} failed`] : []),
    ...(stats.timedOut > 0 ? [`${stats.timedOut} took too long`] : []),
    ...(stats.cancelled > 0 ? [`${stats.cancelled} stopped`] : []),
  ].join(', ')
  const time = durationMs
    ? `half took at most ${duration(durationMs.p50)}, 95 % at most ${duration(durationMs.p95)}`
    : 'none ended well'
  const { shown, more } = firstOf(stats.failures, failuresShown)
  const failures = shown.map(
    ({ node, code: errorCode, count: n, lastAt }) =>
      `• ${n}× ${node === null ? 'the execution' : `_${escapeLine(clamp(node, 60))}_`}: ${code(clamp(errorCode, 80))}, last ${age(lastAt, now)}`,
  )
  const last = shown[0]?.lastExecutionId
  const blocks: KnownBlock[] = [
    section(
      `*${name}*: ${percent(successRate)} of ${count(executions, 'execution')} went well\n${outcomes}; ${time}`,
    ),
    ...(failures.length > 0
      ? [section(`*What fails*\n${failures.join('\n')}${more > 0 ? `\n• and ${more} more` : ''}`)]
      : []),
    context(span),
    ...(last ? [actions('stats_actions', [openButton(last, 'Last failure')])] : []),
  ]
  return fitMessage({
    text: `${name}: ${percent(successRate)} of ${count(executions, 'execution')} went well`,
    blocks,
  })
}

function table(workflows: WorkflowStats[]): TableBlock {
  const cell = (text: string) => ({ type: 'raw_text' as const, text: clamp(plain(text), 80) || ' ' })
  const head = ['Workflow', 'Runs', 'Went well', 'Median', '95 %', 'Failed']
  const rows = workflows.map(({ workflow, executions, successRate, durationMs, failed, timedOut }) => [
    workflow.name,
    String(executions),
    percent(successRate),
    durationMs ? duration(durationMs.p50) : '–',
    durationMs ? duration(durationMs.p95) : '–',
    String(failed + timedOut),
  ])
  return {
    type: 'table',
    rows: [head, ...rows].map((row) => row.map(cell)),
    column_settings: head.map((_name, index) => ({
      align: index === 0 ? 'left' : 'right',
      is_wrapped: index === 0,
    })),
  }
}
