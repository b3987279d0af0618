// Small workflows and a small engine for tests: actions are plain functions, the store is in memory.

import { z } from 'zod'
import type { Edge, Settings, Version, WorkflowNode } from '../../src/definition/schema.ts'
import type { Action, ActionContext, ActionResult } from '../../src/engine/action.ts'
import { createLocalEngine } from '../../src/engine/local.ts'
import type { StartRequest } from '../../src/engine/ports.ts'
import type { Actor } from '../../src/engine/report.ts'
import { ManualClock } from './clock.ts'
import { MemoryExecutionStore } from './memory-store.ts'

export const ana: Actor = { kind: 'slack', id: 'U0ANA', name: 'Ana Lima' }

type Work = (context: ActionContext, node: WorkflowNode) => Promise<ActionResult> | ActionResult

/** An edge written as `a -> b`, with more fields if needed. */
export function edge(path: string, more: Partial<Edge> = {}): Edge {
  const [from = '', to = ''] = path.split(' -> ')
  return { from, to, on: 'success', ...more }
}

export function workflow(
  nodes: (string | (Partial<WorkflowNode> & { name: string }))[],
  edges: Edge[],
  more: { settings?: Partial<Settings>; context?: { [key: string]: unknown } } = {},
): Version {
  return {
    number: 1,
    hash: 'f'.repeat(64),
    definition: {
      metadata: { id: 'sample', name: 'Sample', description: '', tags: [] },
      settings: { mode: 'sequential', timeout: '1h', ...more.settings },
      context: more.context ?? {},
      collections: {},
      nodes: [
        { name: 'start', type: 'manual' },
        ...nodes.map((node) => ({ type: 'work', ...(typeof node === 'string' ? { name: node } : node) })),
      ],
      edges,
    },
  }
}

/** An engine whose nodes of type `work` do what `work` says for their name. */
export function engineOf(
  work: { [node: string]: Work },
  options: {
    store?: MemoryExecutionStore
    clock?: ManualClock
    unexpected?: (thrown: unknown) => void
    maxBusy?: number
  } = {},
) {
  const store = options.store ?? new MemoryExecutionStore()
  const clock = options.clock ?? new ManualClock()
  const action: Action = {
    type: 'work',
    role: 'action',
    summary: 'Does what the test says',
    fields: z.strictObject({}),
    async run(node, context) {
      const own = work[node.name]
      return own ? own(context, node) : { output: await context.step('run', async () => `${node.name} done`) }
    },
  }
  const onceKeys = new Map<string, { executionId: string; at: number }>()
  let count = 0
  const engine = createLocalEngine({
    store,
    findReport: async (id) => store.reports.get(id),
    once: { get: (key) => onceKeys.get(key), set: async (key, value) => void onceKeys.set(key, value) },
    clock,
    ids: { execution: () => `x${++count}` },
    maxBusy: options.maxBusy ?? 100,
    action: (type) => (type === 'work' ? action : undefined),
    unexpected: options.unexpected ?? (() => undefined),
  })
  const start = (version: Version, more: Partial<StartRequest> = {}) =>
    engine.start({ version, trigger: { node: 'start', type: 'manual' }, inputs: {}, startedBy: ana, ...more })
  const run = async (version: Version, more: Partial<StartRequest> = {}) =>
    engine.result((await start(version, more)).executionId)
  return { engine, store, clock, start, run }
}
