// `pending`: what waits for people.
import { z } from 'zod'
import type { Command, PendingQuestion, Services } from './types.ts'

const input = z.object({})

export const pending: Command<z.infer<typeof input>> = {
  name: 'pending',
  summary: 'Show what waits for a decision',
  usage: 'pending',
  examples: ['pending'],
  input,
  needs: 'see',
  async run(_, { services }) {
    return { kind: 'pending', questions: pendingQuestions(services) }
  },
}

/** In the order in which their executions were started. */
export function pendingQuestions({ engine }: Pick<Services, 'engine'>): PendingQuestion[] {
  const questions: PendingQuestion[] = []
  for (const report of engine.running()) {
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
  return questions
}
