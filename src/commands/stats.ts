// `stats`: how well workflows do: success, times, and what fails where, day by day.
import { z } from 'zod'
import type { FinishedReport } from '../engine/report.ts'
import type { DayStats, FailureCount, WorkflowStats } from './answers.ts'
import { findWorkflow } from './find.ts'
import type { Command, HistoryItem } from './types.ts'

const dayMs = 86_400_000
/** Kinds of failures that are told apart; what is rarer is not shown. */
const failuresShown = 20

const input = z.object({
  workflowId: z.string().max(200).optional(),
  days: z.number().int().min(1).max(90).default(30),
})

export const stats: Command<z.infer<typeof input>> = {
  name: 'stats',
  summary: 'Show how well workflows do: success, times, failures',
  usage: 'stats [workflow]',
  examples: ['stats', 'stats reorder-check'],
  input,
  needs: 'see',
  async run({ workflowId, days }, { services }) {
    if (workflowId !== undefined) findWorkflow(services, workflowId)
    const now = services.clock.now()
    const today = Math.floor(now / dayMs) * dayMs
    const firstDay = today - (days - 1) * dayMs
    const since = new Date(firstDay).toISOString()
    const tallies = new Map<string, Tally>()
    const only = workflowId === undefined ? {} : { workflowId }
    await services.history.visit({ ...only, since }, (item, report) => {
      const tally = tallies.get(item.workflow.id) ?? new Tally(item.workflow, firstDay, days)
      tallies.set(item.workflow.id, tally)
      tally.count(item, report)
    })
    return {
      kind: 'stats',
      since,
      until: new Date(now).toISOString(),
      ...only,
      workflows: [...tallies.values()]
        .map((tally) => tally.result())
        .sort((a, b) => b.executions - a.executions || (a.workflow.id < b.workflow.id ? -1 : 1)),
    }
  },
}

interface Counted {
  succeeded: number
  failed: number
  cancelled: number
  /** Milliseconds of those that ended well. */
  times: number[]
}

class Tally {
  readonly #workflow: HistoryItem['workflow']
  readonly #firstDay: number
  readonly #days: Counted[]
  readonly #failures = new Map<string, FailureCount>()
  #warning = 0
  #timedOut = 0

  constructor(workflow: HistoryItem['workflow'], firstDay: number, days: number) {
    this.#workflow = workflow
    this.#firstDay = firstDay
    this.#days = Array.from({ length: days }, () => ({ succeeded: 0, failed: 0, cancelled: 0, times: [] }))
  }

  /** Executions come newest first, so the first failure of a kind is the last one in time. */
  count(item: HistoryItem, report: () => FinishedReport): void {
    const endedAt = Date.parse(item.createdAt) + (item.durationMs ?? 0)
    const index = Math.floor((endedAt - this.#firstDay) / dayMs)
    const day = this.#days[Math.min(Math.max(index, 0), this.#days.length - 1)]
    if (!day) return
    if (item.status === 'cancelled') {
      day.cancelled += 1
    } else if (item.status === 'succeeded' || item.status === 'warning') {
      day.succeeded += 1
      if (item.status === 'warning') this.#warning += 1
      day.times.push(item.durationMs ?? 0)
    } else {
      day.failed += 1
      if (item.status === 'timed_out') this.#timedOut += 1
      this.#countFailure(report())
    }
  }

  #countFailure(report: FinishedReport): void {
    // Failures that the workflow dealt with are no reason for the end.
    const handled = new Set(
      report.nodes.flatMap((node) => (node.status === 'failed' && node.handled ? [node.name] : [])),
    )
    const error = report.errors.find(({ node }) => node === undefined || !handled.has(node))
    const node = error?.node ?? null
    const code = error?.code ?? 'unknown'
    const key = JSON.stringify([node, code])
    const known = this.#failures.get(key)
    if (known) known.count += 1
    else {
      const { endedAt: lastAt, id: lastExecutionId } = report
      this.#failures.set(key, { node, code, count: 1, lastAt, lastExecutionId })
    }
  }

  result(): WorkflowStats {
    const total = (what: 'succeeded' | 'failed' | 'cancelled') =>
      this.#days.reduce((sum, day) => sum + day[what], 0)
    const [succeeded, failed, cancelled] = [total('succeeded'), total('failed'), total('cancelled')]
    return {
      workflow: this.#workflow,
      executions: succeeded + failed + cancelled,
      succeeded: succeeded - this.#warning,
      warning: this.#warning,
      failed: failed - this.#timedOut,
      timedOut: this.#timedOut,
      cancelled,
      successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
      durationMs: percentiles(this.#days.flatMap((day) => day.times)),
      failures: [...this.#failures.values()].sort((a, b) => b.count - a.count).slice(0, failuresShown),
      days: this.#days.map((day, index) => dayStats(day, this.#firstDay + index * dayMs)),
    }
  }
}

function dayStats({ succeeded, failed, cancelled, times }: Counted, at: number): DayStats {
  return {
    day: new Date(at).toISOString().slice(0, 10),
    executions: succeeded + failed + cancelled,
    succeeded,
    failed,
    cancelled,
    durationMs: percentiles(times),
  }
}

/** The nearest rank: a time that really was. */
function percentiles(times: number[]): { p50: number; p95: number } | null {
  if (times.length === 0) return null
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95) }
}
