// Every type of node there is, for whoever reads, checks or describes workflow files.
import { type ActionPorts, createActions } from './actions/index.ts'
import type { NodeKind } from './definition/schema.ts'
import { triggers } from './triggers/index.ts'

/** The kinds alone, without anything to run them with: for checking files, and for the schema that editors use. */
export function nodeKinds(): NodeKind[] {
  return [...triggers, ...createActions({} as ActionPorts)]
}
