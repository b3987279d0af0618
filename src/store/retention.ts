// Decides which ended executions stay in db.json, which move to an archive, and which are old enough to go. Pure.
import type { Archive, EndedExecution, State } from './state.ts'

export interface Retention {
  /** Ended executions that are kept of each workflow; the newest ones stay. */
  maxPerWorkflow: number
  /** How long an ended execution is kept, in milliseconds since it ended. */
  maxAgeMs: number
}

export const defaultRetention: Retention = { maxPerWorkflow: 10_000, maxAgeMs: 365 * 24 * 3_600_000 }

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
  /** Archives of which at least a part has expired: how many of each workflow stay (the newest ones), and since when. */
  thin: { archive: Archive; keep: Map<string, number>; since: string }[]
  /** Archives of which nothing stays. */
  drop: Archive[]
}

/** `now` in milliseconds since 1970. Counts go back from the newest execution of each workflow. */
export function planHistory(state: State, retention: Retention, now: number): HistoryPlan {
  const since = new Date(Math.max(0, now - retention.maxAgeMs)).toISOString()
  const room = new Map<string, number>()
  const take = (workflow: string, wanted: number): number => {
    const left = room.get(workflow) ?? retention.maxPerWorkflow
    const taken = Math.min(left, wanted)
    room.set(workflow, left - taken)
    return taken
  }
  const stay = [...state.ended.values()]
    .reverse()
    .filter(({ item, endedAt }) => endedAt >= since && take(item.workflow.id, 1) === 1)
    .reverse()
  const thin: HistoryPlan['thin'] = []
  const drop: Archive[] = []
  for (const archive of [...state.archives].reverse()) {
    const keep = new Map(archive.workflows.map(([workflow, count]) => [workflow, take(workflow, count)]))
    const kept = [...keep.values()].reduce((sum, count) => sum + count, 0)
    const agedShare = shareBefore(archive, since)
    if (kept === 0 || agedShare === 1) drop.push(archive)
    else if (1 - kept / archive.count >= worthRewriting || agedShare >= worthRewriting) {
      thin.push({ archive, keep, since })
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
export function thinned(rows: EndedExecution[], keep: Map<string, number>, since: string): EndedExecution[] {
  const room = new Map(keep)
  return [...rows]
    .reverse()
    .filter(({ item, endedAt }) => {
      const left = room.get(item.workflow.id) ?? 0
      room.set(item.workflow.id, left - 1)
      return left > 0 && endedAt >= since
    })
    .reverse()
}
