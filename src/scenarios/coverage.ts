// Which nodes ran and which edges were taken, over all scenarios. Pure.
import { evaluateCondition, type Scope } from '../definition/expression.ts'
import type { Edge, WorkflowDefinition } from '../definition/schema.ts'
import { WorkflowError } from '../errors.ts'
import type { Outcome } from './expect.ts'
import type { Coverage } from './report.ts'

/** Nodes that only take back what others did run in rollbacks, not here; `without` are left out on request. */
export function coverageOf(
  definition: WorkflowDefinition,
  outcomes: readonly Outcome[],
  without: readonly string[] = [],
): Coverage {
  const left = new Set([...definition.nodes.flatMap((node) => node.undo ?? []), ...without])
  const nodes = definition.nodes.filter(({ name }) => !left.has(name))
  const edges = definition.edges.filter(({ from, to }) => !left.has(from) && !left.has(to))
  const missingNodes = nodes.filter(({ name }) => !outcomes.some((outcome) => ran(outcome, name)))
  const missingEdges = edges.filter((edge) => !outcomes.some((outcome) => isTaken(edge, definition, outcome)))
  return {
    nodes: {
      total: nodes.length,
      reached: nodes.length - missingNodes.length,
      missing: missingNodes.map(({ name }) => name),
    },
    edges: {
      total: edges.length,
      reached: edges.length - missingEdges.length,
      missing: missingEdges.map(({ from, to, on, when }) => ({ from, to, on, ...(when ? { when } : {}) })),
    },
  }
}

const statusOf = ({ scope }: Outcome, name: string) => (scope.nodes as { [name: string]: string })[name]

function ran(outcome: Outcome, name: string): boolean {
  const status = statusOf(outcome, name)
  return status !== undefined && status !== 'skipped' && status !== 'pending'
}

/**
 * An edge counts when the node at its end ran because of it. A node that joins all of its edges ran because of each;
 * for one that takes some of them, the report does not say which: outcome and condition do.
 */
function isTaken(edge: Edge, definition: WorkflowDefinition, outcome: Outcome): boolean {
  if (!ran(outcome, edge.to) || !fits(edge, outcome)) return false
  const join = definition.nodes.find((node) => node.name === edge.to)?.join ?? 'all'
  if (join === 'all') return true
  const siblings = definition.edges.filter((other) => other.from === edge.from && other.on === edge.on)
  if (edge.else) return !siblings.some((other) => !other.else && holds(other, outcome.scope))
  return holds(edge, outcome.scope)
}

function fits({ from, on }: Edge, outcome: Outcome): boolean {
  const status = statusOf(outcome, from)
  if (on === 'failure') return status === 'failed'
  return status === 'succeeded' || (status === 'failed' && outcome.played.report.success === true)
}

function holds({ when }: Edge, scope: Scope): boolean {
  if (when === undefined) return true
  const { inputs, context, outputs } = scope
  try {
    return evaluateCondition(when, { inputs, context, outputs })
  } catch (thrown) {
    if (thrown instanceof WorkflowError) return false
    throw thrown
  }
}
