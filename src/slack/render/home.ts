// The home tab: what I can run, what runs now, what ran lately.
import type { HomeView, KnownBlock } from '@slack/types'
import type { HistoryItem, WorkflowSummary } from '../../commands/types.ts'
import type { Report } from '../../engine/report.ts'
import { context, divider, header, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code } from './escape.ts'
import { historyRow } from './history.ts'
import { firstOf, fitView } from './limits.ts'
import { happened } from './report.ts'
import { age, person } from './words.ts'
import { workflowRow } from './workflows.ts'

export interface HomeContent {
  workflows: WorkflowSummary[]
  running: Report[]
  recent: HistoryItem[]
}

const shown = { workflows: 30, running: 10, recent: 10 }

export function renderHome(content: HomeContent, now: number): HomeView {
  const workflows = firstOf(content.workflows, shown.workflows)
  const running = firstOf(content.running, shown.running)
  const recent = firstOf(content.recent, shown.recent)
  const blocks: KnownBlock[] = [
    ...(running.shown.length > 0
      ? [header('Running now'), ...running.shown.map((report) => runningRow(report, now))]
      : []),
    ...more(running.more),
    header('Workflows'),
    ...workflows.shown.map((workflow) => workflowRow(workflow, now)),
    ...(workflows.shown.length === 0 ? [section('There are no workflows yet.')] : []),
    ...more(workflows.more, `Find one with ${code('/workflow list <word>')}`),
    divider,
    header('Lately'),
    ...recent.shown.map((item) => historyRow(item, now)),
    ...(recent.shown.length === 0 ? [section('Nothing has run yet.')] : []),
    context('Results of what you run here come to you as a direct message.'),
  ]
  return {
    type: 'home',
    callback_id: 'home',
    blocks: unique(fitView(blocks, `More with ${code('/workflow list')} and ${code('/workflow history')}`)),
  }
}

function more(n: number, how = ''): KnownBlock[] {
  return n > 0 ? [context(`And ${n} more. ${how}`.trim())] : []
}

function runningRow(report: Report, now: number): KnownBlock {
  return section(
    `:hourglass_flowing_sand: ${happened(report)}\nStarted ${age(report.createdAt, now)} by ${person(report.startedBy)}`,
    { id: `running:${report.id}`, accessory: openButton(report.id) },
  )
}

/** Slack refuses two blocks of one id; an execution may stand in two lists while it ends. */
function unique(blocks: KnownBlock[]): KnownBlock[] {
  const seen = new Set<string>()
  return blocks.filter((block) => {
    if (block.block_id === undefined) return true
    const fresh = !seen.has(block.block_id)
    seen.add(block.block_id)
    return fresh
  })
}
