// Reads ended executions, newest first: those in db.json, then archive by archive as far back as is asked for.
import type { History, HistoryItem } from '../commands/types.ts'
import type { FinishedReport } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { Archives } from './archive.ts'
import type { StoreLog } from './index.ts'
import type { Archive, EndedExecution, State } from './state.ts'

export function history(state: State, archives: Archives, log: StoreLog): History {
  /** Where the executions of archives that were looked through are. Built as needed: a start must not read them all. */
  const whereabouts = new Map<string, number>()
  const indexed = new Set<number>()

  /** Undefined for an archive that retention has just removed. */
  async function open(archive: Archive): Promise<EndedExecution[] | undefined> {
    try {
      const rows = await archives.read(archive.number)
      if (!indexed.has(archive.number)) {
        indexed.add(archive.number)
        for (const { item } of rows) whereabouts.set(item.id, archive.number)
      }
      return rows
    } catch (error) {
      if (!state.archives.includes(archive)) return undefined
      throw error
    }
  }

  async function openIfSound(archive: Archive): Promise<EndedExecution[]> {
    try {
      return (await open(archive)) ?? []
    } catch (error) {
      if (!(error instanceof WorkflowError) || error.code !== 'store.corrupt') throw error
      log({ level: 'error', event: 'store.history_unreadable', message: error.message })
      return []
    }
  }

  async function find(id: string): Promise<EndedExecution | undefined> {
    const number = whereabouts.get(id)
    const known = state.archives.find((archive) => archive.number === number)
    if (known) return (await open(known))?.find(({ item }) => item.id === id)
    let damage: unknown
    for (const archive of [...state.archives].reverse()) {
      if (indexed.has(archive.number)) continue
      try {
        const found = (await open(archive))?.find(({ item }) => item.id === id)
        if (found) return found
      } catch (error) {
        damage = error
      }
    }
    // It may be in the part that cannot be read: "unknown" would be a lie.
    if (damage) throw damage
    return undefined
  }

  return {
    /** By the time at which they ended. A damaged archive is logged and left out. Rejects `store.unreadable`. */
    async recent({ workflowId, limit, where }) {
      const wanted = (item: HistoryItem) =>
        (workflowId === undefined || item.workflow.id === workflowId) && (where?.(item) ?? true)
      const items = [...state.ended.values()]
        .map(({ item }) => item)
        .filter(wanted)
        .reverse()
      for (const archive of [...state.archives].reverse()) {
        if (items.length >= limit) break
        if (workflowId !== undefined && !archive.workflows.some(([id]) => id === workflowId)) continue
        const rows = await openIfSound(archive)
        items.push(
          ...rows
            .map(({ item }) => item)
            .filter(wanted)
            .reverse(),
        )
      }
      return items.slice(0, Math.max(0, limit)).map((item) => structuredClone(item))
    },

    /** A damaged archive is logged and left out. Rejects `store.unreadable`. */
    async visit({ workflowId, since }, visitor) {
      const visit = ({ item, endedAt, report }: EndedExecution) => {
        if (endedAt < since || (workflowId !== undefined && item.workflow.id !== workflowId)) return
        visitor(structuredClone(item), () => report.copy())
      }
      for (const row of [...state.ended.values()].reverse()) visit(row)
      for (const archive of [...state.archives].reverse()) {
        if (archive.to < since) break
        if (workflowId !== undefined && !archive.workflows.some(([id]) => id === workflowId)) continue
        for (const row of (await openIfSound(archive)).toReversed()) visit(row)
      }
    },

    /** Rejects `store.corrupt` when it may be in a part of the history that cannot be read. */
    async report(executionId): Promise<FinishedReport | undefined> {
      const recent = state.ended.get(executionId)
      return (recent ?? (await find(executionId)))?.report.copy()
    },

    last(workflowId) {
      const item = state.last.get(workflowId)
      return item && structuredClone(item)
    },
  }
}
