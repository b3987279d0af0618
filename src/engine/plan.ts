// What the graph of a definition says once for all its executions: the order of nodes, what comes before which, and
// which edges lead where. Computed when first asked for, and kept as long as the definition is.
import { topologicalOrder, unreachableFrom } from '../definition/graph.ts'
import type { Edge, WorkflowDefinition, WorkflowNode } from '../definition/schema.ts'

export class Plan {
  static readonly #known = new WeakMap<WorkflowDefinition, Plan>()

  /** Throws `workflow.cycle`. */
  static of(definition: WorkflowDefinition): Plan {
    const plan = Plan.#known.get(definition) ?? new Plan(definition)
    Plan.#known.set(definition, plan)
    return plan
  }

  readonly definition: WorkflowDefinition
  /** Names, each after all that lead to it. */
  readonly order: string[]
  readonly nodes: Map<string, WorkflowNode>
  readonly #into = new Map<string, Edge[]>()
  readonly #from = new Map<string, Edge[]>()
  readonly #before = new Map<string, Set<string>>()
  readonly #reachable = new Map<string, Set<string>>()

  private constructor(definition: WorkflowDefinition) {
    this.definition = definition
    this.order = topologicalOrder(definition)
    this.nodes = new Map(definition.nodes.map((node) => [node.name, node]))
    for (const edge of definition.edges) {
      this.#into.set(edge.to, [...(this.#into.get(edge.to) ?? []), edge])
      this.#from.set(edge.from, [...(this.#from.get(edge.from) ?? []), edge])
    }
  }

  /** In the order of the file. */
  edgesInto(name: string): readonly Edge[] {
    return this.#into.get(name) ?? []
  }

  /** In the order of the file. */
  edgesFrom(name: string): readonly Edge[] {
    return this.#from.get(name) ?? []
  }

  /** Every node that comes before this one on some path, without the node itself. */
  before(name: string): ReadonlySet<string> {
    const known = this.#before.get(name)
    if (known) return known
    // In the order of the nodes, so that each finds what comes before its neighbours and the stack stays flat.
    for (const one of this.order) {
      if (this.#before.has(one)) continue
      const found = new Set<string>()
      for (const { from } of this.edgesInto(one)) {
        found.add(from)
        for (const earlier of this.#before.get(from) ?? []) found.add(earlier)
      }
      this.#before.set(one, found)
    }
    return this.#before.get(name) ?? new Set()
  }

  /** The nodes that this trigger leads to, itself among them. */
  reachableFrom(trigger: string): ReadonlySet<string> {
    const known = this.#reachable.get(trigger)
    if (known) return known
    const unreachable = new Set(unreachableFrom(this.definition, [trigger]))
    const reachable = new Set(this.order.filter((name) => !unreachable.has(name)))
    this.#reachable.set(trigger, reachable)
    return reachable
  }
}
