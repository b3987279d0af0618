// Decides whether a node runs once everything before it has ended, and if not, why. Pure: the order of nodes comes
// from definition/graph, and running them is the interpreter's.
import { evaluateCondition } from '../definition/expression.ts'
import type { Edge, WorkflowDefinition } from '../definition/schema.ts'
import { errorInfo } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { ReportError } from './report.ts'
import type { ExecutionState, NodeState } from './state.ts'

export type Decision = { go: 'run' } | { go: 'skip'; reason: string } | { go: 'fail'; error: ReportError }

type EdgeVerdict = { taken: true } | { taken: false; why: string } | { taken: 'unknown'; error: ReportError }

export interface Router {
  decide(name: string): Decision
  /** Whether a failure of this node is dealt with: by `continue_on_error`, or by an edge `on: failure`. */
  handlesFailure(name: string): boolean
}

/** `scopeOf` gives what conditions on edges into a node may read. `fired` is the trigger that started the execution. */
export function createRouter(options: {
  definition: WorkflowDefinition
  fired: string
  state: ExecutionState
  /** Nodes that the fired trigger leads to. */
  reachable: Set<string>
  scopeOf: (node: string) => { inputs: JsonObject; context: JsonObject; outputs: JsonObject }
}): Router {
  const { definition, fired, state, reachable, scopeOf } = options
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]))
  const verdicts = new Map<Edge, EdgeVerdict>()

  const verdict = (edge: Edge): EdgeVerdict => {
    const known = verdicts.get(edge)
    if (known) return known
    const fresh = judge(edge)
    verdicts.set(edge, fresh)
    return fresh
  }

  function judge(edge: Edge): EdgeVerdict {
    const outcome = judgeOutcome(
      edge,
      state.node(edge.from),
      nodes.get(edge.from)?.continue_on_error === true,
    )
    if (outcome) return outcome
    if (edge.else) {
      const sibling = definition.edges.find(
        (other) =>
          other.from === edge.from && other.on === edge.on && !other.else && verdict(other).taken !== false,
      )
      return sibling ? { taken: false, why: `"${edge.from}" went on to "${sibling.to}"` } : { taken: true }
    }
    if (edge.when === undefined) return { taken: true }
    try {
      return evaluateCondition(edge.when, scopeOf(edge.to))
        ? { taken: true }
        : { taken: false, why: `the condition \`${edge.when}\` after "${edge.from}" was not met` }
    } catch (thrown) {
      return { taken: 'unknown', error: errorInfo(thrown) }
    }
  }

  return {
    decide(name) {
      const incoming = definition.edges.filter((edge) => edge.to === name && reachable.has(edge.from))
      if (incoming.length === 0) {
        const undone = definition.nodes.find((node) => node.undo === name)
        const reason = undone
          ? `it runs only to take back "${undone.name}"`
          : `the trigger "${fired}" does not lead here`
        return { go: 'skip', reason }
      }
      const judged = incoming.map(verdict)
      const broken = judged.find((one) => one.taken === 'unknown')
      if (broken?.taken === 'unknown') return { go: 'fail', error: broken.error }
      const taken = judged.filter((one) => one.taken === true).length
      const join = nodes.get(name)?.join ?? 'all'
      const needed = join === 'all' ? incoming.length : join === 'any' ? 1 : Math.min(join, incoming.length)
      if (taken >= needed) return { go: 'run' }
      const why = judged.flatMap((one) => (one.taken === false ? [one.why] : [])).join('; ')
      return { go: 'skip', reason: incoming.length > 1 ? `${why} (${taken} of ${needed} needed)` : why }
    },
    handlesFailure(name) {
      if (nodes.get(name)?.continue_on_error) return true
      return definition.edges.some(
        (edge) => edge.from === name && edge.on === 'failure' && verdict(edge).taken === true,
      )
    },
  }
}

/** What the outcome of the node in front says about the edge; undefined when the edge's condition is to decide. */
function judgeOutcome(edge: Edge, from: NodeState, continues: boolean): EdgeVerdict | undefined {
  switch (from.status) {
    case 'skipped':
      return { taken: false, why: `"${edge.from}" was skipped` }
    case 'failed':
      if (edge.on === 'success' && !continues) return { taken: false, why: `"${edge.from}" failed` }
      return undefined
    case 'succeeded':
      return edge.on === 'failure' ? { taken: false, why: `"${edge.from}" did not fail` } : undefined
    default:
      return { taken: false, why: `"${edge.from}" has not ended` }
  }
}
