// `handover`: what the next shift has to know: what waits, what fails, what is locked, and what changed.
import { z } from 'zod'
import { durationMs } from '../definition/duration.ts'
import { describeFault } from '../definition/fault.ts'
import { durationSchema } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Handover } from './answers.ts'
import { locks } from './locks.ts'
import { pendingQuestions } from './pending.ts'
import type { Command, HistoryItem, Services } from './types.ts'

const input = z.object({ duration: durationSchema.default('12h').describe('how long the shift was') })
const longestMs = 14 * 86_400_000

export const handover: Command<z.infer<typeof input>> = {
  name: 'handover',
  summary: 'Show what the next shift has to know',
  usage: 'handover [12h]',
  examples: ['handover', 'handover 8h'],
  input,
  needs: 'see',
  async run({ duration }, { services }) {
    const ms = durationMs(duration)
    if (ms > longestMs) {
      throw new WorkflowError('handover.too_long', 'A handover tells of 14 days at most.', {
        hint: 'The commands history and stats go back further.',
      })
    }
    const { clock, engine, catalog } = services
    const now = clock.now()
    const since = new Date(now - ms).toISOString()
    const shift = await countShift(services, since)
    return {
      kind: 'handover',
      since,
      until: new Date(now).toISOString(),
      pending: pendingQuestions(services).sort((a, b) => (a.askedAt < b.askedAt ? -1 : 1)),
      failing: failing(services, shift.byWorkflow),
      locks: locks(services)
        .filter(({ workflowId }) => catalog.get(workflowId) !== undefined)
        .sort((a, b) => (a.until < b.until ? -1 : 1)),
      changes: await changes(services, since),
      broken: catalog.faults().map((fault) => ({ file: fault.file, message: describeFault(fault) })),
      running: engine.running().length,
      executions: shift.executions,
    }
  },
}

type Counts = Handover['executions']

async function countShift(
  { history }: Services,
  since: string,
): Promise<{ executions: Counts; byWorkflow: Map<string, Counts> }> {
  const executions: Counts = { succeeded: 0, failed: 0, cancelled: 0 }
  const byWorkflow = new Map<string, Counts>()
  await history.visit({ since }, ({ workflow, status }) => {
    const own = byWorkflow.get(workflow.id) ?? { succeeded: 0, failed: 0, cancelled: 0 }
    byWorkflow.set(workflow.id, own)
    for (const counts of [executions, own]) {
      if (isFailure(status)) counts.failed += 1
      else if (status === 'cancelled') counts.cancelled += 1
      else counts.succeeded += 1
    }
  })
  return { executions, byWorkflow }
}

function failing({ catalog, history }: Services, byWorkflow: Map<string, Counts>): Handover['failing'] {
  return catalog.list().flatMap(({ id }) => {
    const last = history.last(id)
    if (!last || !isFailure(last.status)) return []
    const { failed, succeeded } = byWorkflow.get(id) ?? { failed: 0, succeeded: 0 }
    return [{ workflow: last.workflow, last, failedSince: failed, succeededSince: succeeded }]
  })
}

async function changes({ catalog, versions }: Services, since: string): Promise<Handover['changes']> {
  const found: Handover['changes'] = []
  for (const { id, version } of catalog.list()) {
    const name = version?.definition.metadata.name ?? id
    for (const { number, at } of await versions.list(id)) {
      if (at >= since) found.push({ workflow: { id, name }, version: number, at, first: number === 1 })
    }
  }
  return found.sort((a, b) => (a.at > b.at ? -1 : 1))
}

function isFailure(status: HistoryItem['status']): boolean {
  return status === 'failed' || status === 'timed_out'
}
