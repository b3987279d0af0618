// Sample executions for the tests of the store, plain enough for a process that is no test itself.
import type { Version, WorkflowDefinition } from '../../src/definition/schema.ts'
import type { ExecutionStart } from '../../src/engine/ports.ts'
import type { Actor, FinishedReport } from '../../src/engine/report.ts'
import type { Json } from '../../src/json.ts'

export const ana: Actor = { kind: 'slack', id: 'U0ANA', name: 'Ana Lima' }

/** Milliseconds of 2026-03-02T08:00:00Z. */
export const morning = Date.parse('2026-03-02T08:00:00Z')

export function definition(id = 'sample', description = ''): WorkflowDefinition {
  return {
    metadata: { id, name: `The ${id}`, description, tags: [] },
    settings: { mode: 'sequential', timeout: '1h' },
    context: {},
    collections: {},
    nodes: [{ name: 'start', type: 'manual' }],
    edges: [],
  }
}

export const version: Version = { number: 1, hash: 'a'.repeat(64), definition: definition() }

export function start(id: string, more: Partial<ExecutionStart> = {}): ExecutionStart {
  return {
    id,
    version,
    trigger: { node: 'start', type: 'manual' },
    inputs: {},
    startedBy: ana,
    createdAt: new Date(morning).toISOString(),
    ...more,
  }
}

/** A report of one node; `endedAt` in milliseconds since 1970. */
export function report(
  id: string,
  { workflow = 'sample', output = 'done' as Json, endedAt = morning + 1000 } = {},
): FinishedReport {
  const at = new Date(endedAt - 1000).toISOString()
  const end = new Date(endedAt).toISOString()
  return {
    id,
    workflow: { id: workflow, name: `The ${workflow}` },
    version: { number: 1, hash: version.hash },
    trigger: { node: 'start', type: 'manual' },
    startedBy: ana,
    inputs: {},
    context: {},
    nodes: [
      {
        name: 'count',
        type: 'code',
        role: 'action',
        status: 'succeeded',
        attempts: 1,
        startedAt: at,
        endedAt: end,
        durationMs: 1000,
        printed: [],
        output,
      },
    ],
    errors: [],
    createdAt: at,
    startedAt: at,
    endedAt: end,
    durationMs: 1000,
    output: null,
    undoable: [],
    status: 'succeeded',
    success: true,
  }
}
