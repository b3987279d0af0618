// Pictures to answers: the graph of a workflow that was asked for, the charts of its figures and of its tests. They follow in the thread
// of the answer, so that the answer never waits for them.
import type { Stats, WorkflowStats } from '../commands/answers.ts'
import type { CommandResult, Services } from '../commands/types.ts'
import type { NodeResult, Report } from '../engine/report.ts'
import type {
  ChartPicture,
  DayFigures,
  GraphPicture,
  Picture,
  Pictures,
  StepState,
} from '../pictures/index.ts'
import { slackError } from './call.ts'
import type { SlackClients } from './clients.ts'
import type { Log } from './ports.ts'
import { percent } from './render/stats.ts'
import { age, count, duration, statusWord } from './render/words.ts'
import { chartOfTests, chartOfVersions } from './trial-charts.ts'

export interface Illustrator {
  /** Puts the picture that belongs to this answer into the thread of `message`. Never rejects. */
  illustrate(result: CommandResult, message: { channel: string; ts: string }): Promise<void>
}

export function createIllustrator(options: {
  clients: SlackClients
  services: Services
  pictures: Pictures | undefined
  log: Log
}): Illustrator {
  const { clients, services, pictures, log } = options

  async function pictureOf(result: CommandResult): Promise<(Picture & { filename: string }) | undefined> {
    if (result.kind === 'stats') {
      const charts = chartsOf(result)
      return (
        charts && { kind: 'charts', ...charts, filename: `${result.workflowId ?? 'workflows'}-figures.png` }
      )
    }
    if (result.kind === 'versions' || result.kind === 'tests') {
      const versions = result.kind === 'versions'
      const trials = versions ? chartOfVersions(result) : chartOfTests(result, services.clock.now())
      const id = versions ? result.workflow.id : result.workflowId
      return trials && { kind: 'trials', ...trials, filename: `${id}-${result.kind}.png` }
    }
    if (result.kind !== 'workflow') return undefined
    const graph = graphOf(result, services, await lastReport(result.entry.id))
    return graph && { kind: 'graph', ...graph, filename: `${result.entry.id}.png` }
  }

  /** The one that runs now, or else the one that ran last. */
  async function lastReport(workflowId: string): Promise<Report | undefined> {
    const running = services.engine.running().filter((report) => report.workflow.id === workflowId)
    const last = services.history.last(workflowId)
    return running.at(-1) ?? (last && (await services.history.report(last.id)))
  }

  return {
    async illustrate(result, { channel, ts }) {
      if (!pictures || ts === '') return
      try {
        const picture = await pictureOf(result)
        if (!picture) return
        const { filename, ...drawn } = picture
        const { png, altText } = await pictures.draw(drawn)
        await clients.answers.filesUploadV2({
          channel_id: channel,
          thread_ts: ts,
          file: Buffer.from(png),
          filename,
          title: picture.title,
          alt_text: altText,
        })
      } catch (thrown) {
        const error = slackError(thrown) ?? String(thrown)
        log.warn({ channel, error }, 'a picture did not get through; the answer stands without it')
      }
    },
  }
}

export function graphOf(
  { entry }: Extract<CommandResult, { kind: 'workflow' }>,
  { kinds, clock }: Pick<Services, 'kinds' | 'clock'>,
  last: Report | undefined,
): GraphPicture | undefined {
  const version = entry.version ?? entry.draft
  if (!version) return undefined
  const { metadata, nodes, edges } = version.definition
  const results = new Map(last?.nodes.map((node) => [node.name, node]))
  const triggers = new Set(kinds.filter(({ role }) => role === 'trigger').map(({ type }) => type))
  const went = last ? `last run ${statusWord[last.status]}, ${age(last.createdAt, clock.now())}` : 'never run'
  const drawn = nodes.map((node) => {
    const result = results.get(node.name)
    return {
      name: node.name,
      type: node.type,
      role: triggers.has(node.type) ? ('trigger' as const) : ('action' as const),
      ...(result ? { state: stateOf(result), note: noteOf(result) } : {}),
    }
  })
  return { title: metadata.name, subtitle: `Version ${version.number} · ${went}`, nodes: drawn, edges }
}

function stateOf(node: NodeResult): StepState {
  return node.status === 'failed' && node.handled ? 'handled' : node.status
}

function noteOf(node: NodeResult): string {
  if (node.role === 'trigger' || !('durationMs' in node)) return ''
  return node.status === 'succeeded' && node.kept ? 'kept' : duration(node.durationMs)
}

export function chartsOf({ workflowId, workflows, since, until }: Stats): ChartPicture | undefined {
  const [only] = workflows
  if (!only) return undefined
  const span = spanOf(since, until)
  if (workflowId !== undefined || workflows.length === 1) {
    return {
      title: only.workflow.name,
      subtitle: `${span} · ${percent(only.successRate)} of ${count(only.executions, 'execution')} went well`,
      days: fromTheFirst(only.days.map(figures)),
      failures: only.failures.map(({ node, code, count: n }) => ({
        label: `${node ?? 'the execution'}: ${code}`,
        count: n,
      })),
      rates: [],
    }
  }
  return {
    title: 'All workflows',
    subtitle: span,
    days: fromTheFirst(together(workflows)),
    failures: [],
    rates: workflows.map(({ workflow, successRate, executions }) => ({
      label: workflow.name,
      rate: successRate,
      runs: executions,
    })),
  }
}

function figures({
  day,
  succeeded,
  failed,
  cancelled,
  durationMs,
}: WorkflowStats['days'][number]): DayFigures {
  const { p50 = null, p95 = null } = durationMs ?? {}
  return { day, good: succeeded, bad: failed, stopped: cancelled, p50, p95 }
}

/** Counts add up; times of different workflows do not. */
function together(workflows: WorkflowStats[]): DayFigures[] {
  const byDay = new Map<string, DayFigures>()
  for (const { days } of workflows) {
    for (const { day, succeeded, failed, cancelled } of days) {
      const sum = byDay.get(day) ?? { day, good: 0, bad: 0, stopped: 0, p50: null, p95: null }
      sum.good += succeeded
      sum.bad += failed
      sum.stopped += cancelled
      byDay.set(day, sum)
    }
  }
  return [...byDay.values()].sort((one, other) => (one.day < other.day ? -1 : 1))
}

/** Nothing ran in the days before the first execution; a week is shown in any case. */
function fromTheFirst(days: DayFigures[]): DayFigures[] {
  const first = days.findIndex(({ good, bad, stopped }) => good + bad + stopped > 0)
  return days.slice(Math.max(0, Math.min(first, days.length - 7)))
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

/** `25 Oct 2026 to 23 Nov 2026`, in UTC like the days themselves. */
function spanOf(since: string, until: string): string {
  return `${dates.format(new Date(since))} to ${dates.format(new Date(until))}`
}
