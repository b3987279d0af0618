// What runs while the process is killed again and again: every kind of durable operation, with effects outside.
import type { Edge, Version, WorkflowNode } from '../../src/definition/schema.ts'

function version(id: string, mode: 'sequential' | 'parallel', nodes: WorkflowNode[], edges: Edge[]): Version {
  return {
    number: 1,
    hash: id.padEnd(64, '0'),
    definition: {
      metadata: { id, name: id, description: '', tags: [] },
      settings: { mode, timeout: '30d' },
      context: {},
      collections: {},
      nodes: [{ name: 'start', type: 'manual' }, ...nodes],
      edges,
    },
  }
}

const edge = (from: string, to: string, when?: string): Edge => ({
  from,
  to,
  on: 'success',
  ...(when ? { when } : {}),
})

const effect = (name: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  name,
  type: 'effect',
  ...more,
})

/** Steps one after the other, a list, an attempt that fails, and a change of records. */
const chain = version(
  'chain',
  'sequential',
  [
    effect('first'),
    effect('list', { for_each: { items: '[1, 2, 3]', at_once: 2, on_error: 'stop' } }),
    effect('flaky', {
      retry: { attempts: 2, delay: '20ms', backoff: 'constant', max_delay: '1s', jitter: false },
    }),
    { name: 'count', type: 'count' },
    effect('last'),
  ],
  [
    edge('start', 'first'),
    edge('first', 'list'),
    edge('list', 'flaky'),
    edge('flaky', 'count'),
    edge('count', 'last'),
  ],
)

/** A wait, and a question to two people. */
const asks = version(
  'asks',
  'sequential',
  [
    effect('before'),
    { name: 'pause', type: 'wait', for: '60ms' },
    {
      name: 'ask',
      type: 'approval',
      to: '#torture',
      text: 'Go on?',
      approvers: { users: [], groups: [], not_requester: false },
      needed: 2,
      reason: 'optional',
      form: {},
      expires: '30d',
      on_expiry: 'reject',
    },
    effect('approved'),
    effect('rejected'),
  ],
  [
    edge('start', 'before'),
    edge('before', 'pause'),
    edge('pause', 'ask'),
    edge('ask', 'approved', 'outputs.ask.approved'),
    edge('ask', 'rejected', '!outputs.ask.approved'),
  ],
)

/** Branches side by side, one of them a workflow of its own. */
const family = version(
  'family',
  'parallel',
  [
    effect('left'),
    effect('right'),
    { name: 'below', type: 'workflow', workflow: 'chain' },
    effect('together'),
  ],
  ['left', 'right', 'below'].flatMap((name) => [edge('start', name), edge(name, 'together')]),
)

export const workflows = [chain, asks, family]

/** The keys under which a node of type `effect` acts outside, in an execution that ended well. */
export function expectedEffects(
  workflow: string,
  executionId: string,
  ran: (node: string) => boolean,
): string[] {
  const { nodes } = workflows.find((one) => one.definition.metadata.id === workflow)?.definition ?? {
    nodes: [],
  }
  return nodes
    .filter((node) => node.type === 'effect' && ran(node.name))
    .flatMap((node) => {
      if (node.for_each) return [0, 1, 2].map((index) => `${executionId}/${node.name}[${index}]/act`)
      if (node.retry) return [`${executionId}/${node.name}/act`, `${executionId}/${node.name}#2/act`]
      return [`${executionId}/${node.name}/act`]
    })
}
