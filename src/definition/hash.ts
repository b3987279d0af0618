// The identity of a version: a hash of what the definition says, however its file was written. Pure.
import { createHash } from 'node:crypto'
import type { WorkflowDefinition } from './schema.ts'

/**
 * SHA-256 (hex) of the definition as canonical JSON: the order of fields, comments and blanks make no difference.
 * The lines on which code stands do, for an error has to name the line that its author sees.
 */
export function versionHash(definition: WorkflowDefinition): string {
  return contentHash(definition)
}

/** SHA-256 (hex) of any value that is JSON, whatever the order of its fields. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    const entries = Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return Object.fromEntries(entries)
  })
}
