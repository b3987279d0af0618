// `list`: which workflows there are, how they stand and how they last went.
import { z } from 'zod'
import { deactivationOf } from './deactivation.ts'
import type { Command, WorkflowSummary } from './types.ts'

const input = z.object({ search: z.string().max(100).optional() })

export const list: Command<z.infer<typeof input>> = {
  name: 'list',
  summary: 'Show the workflows',
  usage: 'list [search]',
  examples: ['list', 'list reorder'],
  input,
  needs: 'see',
  async run({ search }, { services }) {
    const { catalog, engine, history, records, activation } = services
    const running = engine.running()
    const workflows: WorkflowSummary[] = []
    for (const { id, version, draft, faults } of catalog.list()) {
      const known = version ?? draft
      if (!known) continue
      const { metadata } = known.definition
      workflows.push({
        id,
        name: metadata.name,
        description: metadata.description,
        version: version?.number ?? null,
        draft: draft?.number ?? null,
        deactivated: deactivationOf(records, id) !== undefined,
        testing: !version && activation.isExpected(id),
        faults,
        running: running.filter((report) => report.workflow.id === id).length,
        last: history.last(id),
      })
    }
    const wanted = search?.toLowerCase()
    const matching = wanted
      ? workflows.filter(({ id, name, description }) =>
          `${id} ${name} ${description}`.toLowerCase().includes(wanted),
        )
      : workflows
    const broken = new Map<string, { file: string; faults: WorkflowSummary['faults'] }>()
    for (const fault of catalog.faults()) {
      const entry = broken.get(fault.file) ?? { file: fault.file, faults: [] }
      entry.faults.push(fault)
      broken.set(fault.file, entry)
    }
    return {
      kind: 'workflows',
      workflows: matching,
      broken: [...broken.values()],
      ...(search ? { search } : {}),
    }
  },
}
