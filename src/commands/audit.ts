// `audit`: who did what, when, from where; and whether the log is as it was written.
import { z } from 'zod'
import type { AuditEntry } from './answers.ts'
import type { Command } from './types.ts'

const input = z.object({
  search: z.string().max(200).optional(),
  verify: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(50),
})

export const audit: Command<z.infer<typeof input>> = {
  name: 'audit',
  summary: 'Show who did what, or verify that the log is whole',
  usage: 'audit [search | verify]',
  examples: ['audit', 'audit ana', 'audit verify'],
  input,
  needs: 'admin',
  async run({ search, verify, limit }, { services }) {
    if (verify) return { kind: 'audit_verified', verdict: await services.audit.verify() }
    const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    const matches = (entry: AuditEntry) => {
      const text = textOf(entry)
      return words.every((word) => text.includes(word))
    }
    const entries = await services.audit.recent(limit, words.length > 0 ? matches : undefined)
    return { kind: 'audit', entries, ...(search ? { search } : {}) }
  },
}

/** What a search looks at: everything but the hashes. */
function textOf({ at, actor, action, subject, details }: AuditEntry): string {
  return `${at} ${actor.kind} ${actor.id} ${actor.name} ${action} ${subject} ${JSON.stringify(details)}`.toLowerCase()
}
