// `save`: makes a scenario of an execution, as a file, and adds it to the workflow's own where that is asked for.
import { z } from 'zod'
import type { FinishedReport } from '../engine/report.ts'
import { findFinished, findVersionOf } from './find.ts'
import type { Command, Services } from './types.ts'

const input = z.object({ executionId: z.string().max(100), write: z.boolean().default(false) })

/** So many times a re-run is followed back to what it is a re-run of. */
const mostReruns = 50

export const save: Command<z.infer<typeof input>> = {
  name: 'save',
  summary: 'Save an execution as a scenario, with secrets and personal data masked',
  usage: 'save <execution>',
  examples: ['save 1f3k9ab-x7q2m'],
  input,
  needs: 'test',
  audit: ({ executionId, write }, result) =>
    write && result.kind === 'scenario'
      ? { action: 'scenario.saved', subject: result.workflow.id, details: { executionId } }
      : undefined,
  /**
   * Throws `execution.unknown`, `execution.not_ended`, `workflow.version_gone`, `scenario.not_repeatable`,
   * `scenario.too_large`; with `write` also `scenario.duplicate`, `scenario.cannot_append`, `scenario.not_writable`.
   */
  async run({ executionId, write }, { services }) {
    const report = await findFinished(services, executionId)
    const version = await findVersionOf(services, report)
    const { scenario, ...made } = await services.saving.make(
      report,
      version,
      await earlierOf(report, services),
    )
    const { id, workflow } = report
    const written = write ? await services.tests.keep(workflow.id, scenario) : null
    const { file: place, addable } = written
      ? { file: written, addable: 'there' as const }
      : await services.saving.place(workflow.id, scenario)
    const file = `${workflow.id}-${id}.scenarios.yaml`
    return { kind: 'scenario', executionId: id, workflow, file, ...made, written, place, addable }
  },
}

/** What a re-run from a step in the middle goes back to, the latest first; as far as the history goes. */
async function earlierOf(report: FinishedReport, { history }: Services): Promise<FinishedReport[]> {
  const earlier: FinishedReport[] = []
  for (let one: FinishedReport | undefined = report; one?.rerunOf?.from && earlier.length < mostReruns; ) {
    one = await history.report(one.rerunOf.executionId)
    if (one) earlier.push(one)
  }
  return earlier
}
