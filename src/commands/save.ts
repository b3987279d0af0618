// `save`: makes a scenario of an execution, as a file, and adds it to the workflow's own where that is asked for.
import { z } from 'zod'
import { scenarioFromReport, scenarioText } from '../scenarios/index.ts'
import { findFinished, findVersionOf } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ executionId: z.string().max(100), write: z.boolean().default(false) })

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
   * Throws `execution.unknown`, `execution.not_ended`, `workflow.version_gone`, `scenario.not_repeatable`; with `write`
   * also `scenario.duplicate`, `scenario.cannot_append`, `scenario.not_writable`.
   */
  async run({ executionId, write }, { services }) {
    const report = await findFinished(services, executionId)
    const { definition } = await findVersionOf(services, report)
    const scenario = scenarioFromReport(report, definition)
    const file = `${report.workflow.id}-${report.id}.scenarios.yaml`
    const written = write ? await services.tests.keep(report.workflow.id, scenario) : null
    const text = scenarioText(scenario)
    return { kind: 'scenario', executionId: report.id, workflow: report.workflow, file, text, written }
  },
}
