// `pending`: what waits for people.
import { z } from 'zod'
import type { Command, PendingQuestion } from './types.ts'

const input = z.object({})

export const pending: Command<z.infer<typeof input>> = {
  name: 'pending',
  summary: 'Show what waits for a decision',
  usage: 'pending',
  examples: ['pending'],
  input,
  needs: 'see',
  async run(_, { services }) {
    const questions: PendingQuestion[] = []
    for (const report of services.engine.running()) {
      for (const node of report.nodes) {
        if (node.status !== 'waiting' || node.waitingFor.kind !== 'person') continue
        const { what, until, rules, decisions } = node.waitingFor
        questions.push({
          executionId: report.id,
          workflow: report.workflow,
          node: node.name,
          what,
          until,
          rules,
          decisions,
          askedAt: node.startedAt,
        })
      }
    }
    return { kind: 'pending', questions }
  },
}
