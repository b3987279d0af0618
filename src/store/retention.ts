// Decides which ended executions stay in db.json, which move to an archive, and which are old enough to go. Pure.
import { durationMs } from '../definition/duration.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import type { Archive, EndedExecution, State } from './state.ts'

export interface Retention {
  /** Ended executions that are kept of each workflow; the newest ones stay. */
  maxPerWorkflow: number
  /** How long an ended execution is kept, in milliseconds since it ended. */
  maxAgeMs: number
}

export const defaultRetention: Retention = { maxPerWorkflow: 10_000, maxAgeMs: 365 * 24 * 3_600_000 }

/** What a workflow says of its own history; what it leaves out follows the configuration. */
export function ownRetention(definition: WorkflowDefinition | undefined): Partial<Retention> {
  const { max_age, max_count } = definition?.settings.history ?? {}
  return {
    ...(max_age === undefined ? {} : { maxAgeMs: durationMs(max_age) }),
    ...(max_count === undefined ? {} : { maxPerWorkflow: max_count }),
  }
}

/** db.json holds at most this many ended executions, and at most this much of their reports, so that a start is quick … */
const mostEnded = 100
const mostEndedLength = 256_000
/** … and the oldest of them leave it together, in files of this many. */
const archiveCount = 100
/** An archive is read as a whole, so its reports are at most this long together. */
const archiveLength = 2_000_000

/** An archive is written anew without its expired executions once this share of them has expired. */
const worthRewriting = 0.25

export interface HistoryPlan {
  /** What stays in db.json, in the order in which it ended. */
  ended: EndedExecution[]
  /** What leaves it for new archives, oldest first. */
  move: EndedExecution[][]
  /** Archives of which at least a part has expired: what stays of each workflow, the newest ones. */
  thin: { archive: Archive; keep: Map<string, Kept> }[]
  /** Archives of which nothing stays. */
  drop: Archive[]
}

/** At most `count` executions, and only those that ended at `since` (ISO 8601) or later. */
export interface Kept {
  count: number
  since: string
}

/** `now` in milliseconds since 1970. Counts go back from the newest execution of each workflow. */
export function planHistory(
  state: State,
  retentionOf: (workflowId: string) => Retention,
  now: number,
): HistoryPlan {
  /** What is still to be given away. */
  const room = new Map<string, Kept>()
  const roomOf = (workflow: string): Kept => {
    const known = room.get(workflow)
    if (known) return known
    const { maxPerWorkflow, maxAgeMs } = retentionOf(workflow)
    const fresh = { count: maxPerWorkflow, since: new Date(Math.max(0, now - maxAgeMs)).toISOString() }
    room.set(workflow, fresh)
    return fresh
  }
  const take = (workflow: string, wanted: number): number => {
    const left = roomOf(workflow)
    const taken = Math.min(left.count, wanted)
    left.count -= taken
    return taken
  }
  const stay = [...state.ended.values()]
    .reverse()
    .filter(({ item, endedAt }) => {
      const { id } = item.workflow
      return endedAt >= roomOf(id).since && take(id, 1) === 1
    })
    .reverse()
  const thin: HistoryPlan['thin'] = []
  const drop: Archive[] = []
  for (const archive of [...state.archives].reverse()) {
    const keep = new Map<string, Kept>()
    for (const [workflow, count] of archive.workflows) {
      const { since } = roomOf(workflow)
      if (archive.to >= since) keep.set(workflow, { count: take(workflow, count), since })
    }
    const kept = [...keep.values()].reduce((sum, { count }) => sum + count, 0)
    // The earliest of the limits: after a rewriting nothing is older, so it is not done again for nothing.
    const [earliest] = [...keep.values()].map(({ since }) => since).sort()
    if (kept === 0 || earliest === undefined) drop.push(archive)
    else if (
      keep.size < archive.workflows.length ||
      1 - kept / archive.count >= worthRewriting ||
      shareBefore(archive, earliest) >= worthRewriting
    ) {
      thin.push({ archive, keep })
    }
  }
  return { ...split(stay), thin, drop }
}

/** How much of an archive ended before `since`, taking its executions as spread evenly over its time. */
function shareBefore({ from, to }: Archive, since: string): number {
  if (to < since) return 1
  if (from >= since) return 0
  const [start, end, limit] = [Date.parse(from), Date.parse(to), Date.parse(since)]
  return end > start ? Math.min(0.99, (limit - start) / (end - start)) : 0
}

function split(stay: EndedExecution[]): { ended: EndedExecution[]; move: EndedExecution[][] } {
  const move: EndedExecution[][] = []
  let length = 0
  for (const { report } of stay) length += report.json.length
  let first = 0
  while (stay.length - first > mostEnded || (length > mostEndedLength && first < stay.length)) {
    const group: EndedExecution[] = []
    let groupLength = 0
    for (const row of stay.slice(first, first + archiveCount)) {
      if (group.length > 0 && groupLength + row.report.json.length > archiveLength) break
      group.push(row)
      groupLength += row.report.json.length
    }
    move.push(group)
    first += group.length
    length -= groupLength
  }
  return { ended: stay.slice(first), move }
}

/** What stays of an archive's executions by such a plan. */
export function thinned(rows: EndedExecution[], keep: Map<string, Kept>): EndedExecution[] {
  const room = new Map([...keep].map(([workflow, { count }]) => [workflow, count]))
  return [...rows]
    .reverse()
    .filter(({ item, endedAt }) => {
      const { id } = item.workflow
      const left = room.get(id) ?? 0
      room.set(id, left - 1)
      return left > 0 && endedAt >= (keep.get(id)?.since ?? '')
    })
    .reverse()
}
