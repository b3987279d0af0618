// The services as one person may see them: workflows that they may not see, and what those did, are not there. So no
// command can tell of them, not even by a hint.
import type { Report } from '../engine/report.ts'
import type { Rights } from './access.ts'
import type { Catalog, History, HistoryItem, Services } from './types.ts'

/** `also`: an execution that is shown whatever its workflow, because its question names this person. */
export async function visibleServices(services: Services, rights: Rights, also?: string): Promise<Services> {
  if (await rights.isAdmin()) return services
  const { engine } = services
  const seen = new Map<string, boolean>()
  const decide = async (ids: Iterable<string>) => {
    for (const id of ids) if (!seen.has(id)) seen.set(id, await rights.may('see', id))
  }
  await decide(services.catalog.list().map(({ id }) => id))
  // Workflows whose files are gone may still have something to show.
  await decide(engine.running().map((report) => report.workflow.id))
  const sees = (workflowId: string) => seen.get(workflowId) === true
  const shows = (report: Report) => report.id === also || sees(report.workflow.id)

  return {
    ...services,
    catalog: visibleCatalog(services.catalog, sees),
    history: visibleHistory(services.history, { sees, seen, decide, also }),
    engine: {
      start: (request) => engine.start(request),
      signal: (...given) => engine.signal(...given),
      cancel: (...given) => engine.cancel(...given),
      result: (id) => engine.result(id),
      observe: (observer) => engine.observe((report) => shows(report) && observer(report)),
      resume: () => engine.resume(),
      close: () => engine.close(),
      running: () => engine.running().filter(shows),
      info(id) {
        const report = engine.info(id)
        return report && shows(report) ? report : undefined
      },
    },
  }
}

function visibleCatalog(catalog: Catalog, sees: (workflowId: string) => boolean): Catalog {
  return {
    list: () => catalog.list().filter(({ id }) => sees(id)),
    get: (id) => (sees(id) ? catalog.get(id) : undefined),
    faults() {
      const hidden = new Set(
        catalog
          .list()
          .filter(({ id }) => !sees(id))
          .flatMap((entry) => entry.faults),
      )
      return catalog.faults().filter((fault) => !hidden.has(fault))
    },
  }
}

interface Sight {
  sees: (workflowId: string) => boolean
  seen: Map<string, boolean>
  decide(workflowIds: Iterable<string>): Promise<void>
  also: string | undefined
}

function visibleHistory(history: History, { sees, seen, decide, also }: Sight): History {
  return {
    async recent({ where, ...options }) {
      for (;;) {
        const unknown = new Set<string>()
        const shown = (item: HistoryItem) => {
          if (!seen.has(item.workflow.id)) unknown.add(item.workflow.id)
          else if (!sees(item.workflow.id)) return false
          return where === undefined || where(item)
        }
        const items = await history.recent({ ...options, where: shown })
        if (unknown.size === 0) return items
        await decide(unknown)
      }
    },
    async visit(options, visitor) {
      // From the first one on that nobody has judged yet, everything waits: the order is a part of the promise.
      const waiting: Parameters<typeof visitor>[] = []
      const unknown = new Set<string>()
      await history.visit(options, (item, report) => {
        if (!seen.has(item.workflow.id)) unknown.add(item.workflow.id)
        if (unknown.size > 0) waiting.push([item, report])
        else if (sees(item.workflow.id)) visitor(item, report)
      })
      await decide(unknown)
      for (const [item, report] of waiting) if (sees(item.workflow.id)) visitor(item, report)
    },
    async report(executionId) {
      const report = await history.report(executionId)
      if (!report || executionId === also) return report
      await decide([report.workflow.id])
      return sees(report.workflow.id) ? report : undefined
    },
    last: (workflowId) => (sees(workflowId) ? history.last(workflowId) : undefined),
  }
}
