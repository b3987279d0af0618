// Decides whether a node runs once everything before it has ended, and if not, why. Pure: the order of nodes comes
// from the plan, and running them is the interpreter's.
import { evaluateCondition } from '../definition/expression.ts'
import type { Edge } from '../definition/schema.ts'
import { errorInfo } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Plan } from './plan.ts'
import type { ReportError } from './report.ts'
import type { NodeState } from './state.ts'

export type Decision =
  /** `handles` are the failed nodes whose failure edges lead here: with this node they are dealt with. */
  { go: 'run'; handles: string[] } | { go: 'skip'; reason: string } | { go: 'fail'; error: ReportError }

/** Where the nodes stand. */
interface Standing {
  node(name: string): { status: NodeState['status'] }
}

type ConditionScope = { inputs: JsonObject; context: JsonObject; outputs: JsonObject }

export type EdgeVerdict =
  | { taken: true }
  | { taken: false; why: string }
  | { taken: 'unknown'; error: ReportError }

export interface Router {
  /** Asked once for each node, when everything before it has ended. */
  decide(name: string): Decision
  /** Whether an edge is taken, once the node in front of it has ended. */
  verdict(edge: Edge): EdgeVerdict
}

/** `fired` is the trigger that started the execution. */
export function createRouter(options: {
  plan: Plan
  fired: string
  state: Standing
  /** What a condition may read that is judged when everything before `node` has ended. */
  before: (node: string) => ConditionScope
  /** What it may read when nothing but `node`, and what comes before that, is sure to have ended. */
  after: (node: string) => ConditionScope
}): Router {
  const { plan, fired, state, before, after } = options
  const reachable = plan.reachableFrom(fired)
  const verdicts = new Map<Edge, EdgeVerdict>()

  const verdict = (edge: Edge): EdgeVerdict => {
    const known = verdicts.get(edge)
    if (known) return known
    const fresh = judge(edge)
    verdicts.set(edge, fresh)
    return fresh
  }

  function judge(edge: Edge): EdgeVerdict {
    const continues = plan.nodes.get(edge.from)?.continue_on_error === true
    const outcome = judgeOutcome(edge, state.node(edge.from), continues)
    if (outcome) return outcome
    if (edge.else) {
      const sibling = siblingsOf(edge).find((other) => !other.else && verdict(other).taken !== false)
      return sibling ? { taken: false, why: `"${edge.from}" went on to "${sibling.to}"` } : { taken: true }
    }
    if (edge.when === undefined) return { taken: true }
    // An edge beside an else edge may be judged for the other's sake, before all that leads to its own node has ended.
    const early = siblingsOf(edge).some((other) => other.else)
    try {
      return evaluateCondition(edge.when, early ? after(edge.from) : before(edge.to))
        ? { taken: true }
        : { taken: false, why: `the condition \`${edge.when}\` after "${edge.from}" was not met` }
    } catch (thrown) {
      return { taken: 'unknown', error: errorInfo(thrown) }
    }
  }

  /** The edges among which an else edge is the last choice. */
  function siblingsOf(edge: Edge): Edge[] {
    return plan.edgesFrom(edge.from).filter((other) => other.on === edge.on)
  }

  return {
    verdict,
    decide(name) {
      const incoming = plan.edgesInto(name).filter((edge) => reachable.has(edge.from))
      if (incoming.length === 0) {
        const undone = plan.definition.nodes.find((node) => node.undo === name)
        const reason = undone
          ? `it runs only to take back "${undone.name}"`
          : `the trigger "${fired}" does not lead here`
        return { go: 'skip', reason }
      }
      const judged = incoming.map(verdict)
      const broken = judged.find((one) => one.taken === 'unknown')
      if (broken?.taken === 'unknown') return { go: 'fail', error: broken.error }
      const taken = incoming.filter((edge) => verdict(edge).taken === true)
      const join = plan.nodes.get(name)?.join ?? 'all'
      const needed = join === 'all' ? incoming.length : join === 'any' ? 1 : Math.min(join, incoming.length)
      if (taken.length >= needed) {
        const rescues = taken.filter((edge) => edge.on === 'failure')
        return { go: 'run', handles: rescues.map((edge) => edge.from) }
      }
      const why = judged.flatMap((one) => (one.taken === false ? [one.why] : [])).join('; ')
      return {
        go: 'skip',
        reason: incoming.length > 1 ? `${why} (${taken.length} of ${needed} needed)` : why,
      }
    },
  }
}

/** What the outcome of the node in front says about the edge; undefined when the edge's condition is to decide. */
function judgeOutcome(
  edge: Edge,
  from: { status: NodeState['status'] },
  continues: boolean,
): EdgeVerdict | undefined {
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
