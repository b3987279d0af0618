// `report`: how one execution went, or goes.
import { z } from 'zod'
import { findReport } from './find.ts'
import type { Command } from './types.ts'

const input = z.object({ executionId: z.string().max(100) })

export const report: Command<z.infer<typeof input>> = {
  name: 'report',
  summary: 'Show how an execution went',
  usage: 'report <execution>',
  examples: ['report 1f3k9ab-x7q2m'],
  input,
  needs: 'see',
  async run({ executionId }, { services }) {
    return { kind: 'report', report: await findReport(services, executionId) }
  },
}
