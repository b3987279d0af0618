// `test`: tries a workflow on its scenarios, measures its criteria, and answers the report.
import { z } from 'zod'
import { findNewest, findWorkflow } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ workflowId: z.string().max(200) })

export const test: Command<z.infer<typeof input>> = {
  name: 'test',
  summary: 'Try a workflow on its scenarios, and measure what it promises',
  usage: 'test <workflow>',
  examples: ['test reorder-check'],
  input,
  needs: 'test',
  audit: ({ workflowId }, result) =>
    result.kind === 'tested'
      ? {
          action: 'workflow.tested',
          subject: workflowId,
          details: {
            version: result.report.version.number,
            passed: result.report.passed,
            test: result.report.id,
          },
        }
      : undefined,
  /** Throws `workflow.unknown`, `workflow.broken`, `scenario.none`, `scenario.broken`. */
  async run({ workflowId }, { services, actor, progress }) {
    const { version: active } = findWorkflow(services, workflowId)
    const version = findNewest(services, workflowId)
    const since = services.activation.of(workflowId)?.versions.at(-1)?.at ?? ''
    const answering = active && { hash: active.hash, since }
    const options = { startedBy: actor, answering, progress }
    return { kind: 'tested', report: await services.tests.run(version, options) }
  },
}
