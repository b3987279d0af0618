// Which workflows call which: a node that names a workflow that does not exist, and workflows that call one another in a
// circle. The only check that looks at several files; each fault stays with the file that causes it. Pure.
import type { Fault } from './fault.ts'
import { suggestion } from './nearest.ts'
import type { NodeKind, WorkflowDefinition } from './schema.ts'

/** A node calls this workflow; `place` is where its file says so. */
export interface Call {
  workflow: string
  place: Omit<Fault, 'code' | 'message' | 'hint'>
}

export interface Caller {
  id: string
  /** Whether the file has no fault of its own. */
  good: boolean
  calls: Call[]
}

/**
 * The faults by id of workflow; every folder that holds a workflow is in `callers`, a broken one too, so that nothing
 * that calls it becomes unknown. `inService` gives what a workflow calls as it is in service until its new file is taken:
 * the file that is new closes the circle. Without that, it is the last one in the order of ids.
 */
export function checkCalls(
  callers: Caller[],
  inService: (id: string) => string[] = () => [],
): Map<string, Fault[]> {
  const ids = callers.map(({ id }) => id)
  const faults = new Map<string, Fault[]>()
  const add = (id: string, fault: Fault) => faults.set(id, [...(faults.get(id) ?? []), fault])
  for (const { id, calls } of callers) {
    for (const { workflow, place } of calls) {
      if (ids.includes(workflow)) continue
      add(id, {
        code: 'workflow.unknown_workflow',
        message: `There is no workflow "${workflow}".`,
        hint: suggestion(
          workflow,
          ids.filter((one) => one !== id),
        ),
        ...place,
      })
    }
  }

  const graph = new Map(ids.map((id) => [id, inService(id)]))
  let open = callers.filter(({ id, good }) => good && !faults.has(id))
  // One file may break a circle that another one would close, so those that do not fit are tried again after it.
  for (let before = Number.POSITIVE_INFINITY; open.length < before; ) {
    before = open.length
    open = open.filter(({ id, calls }) => {
      const called = calls.map(({ workflow }) => workflow)
      if (called.some((one) => pathBetween(graph, one, id))) return true
      graph.set(id, called)
      return false
    })
  }
  for (const { id, calls } of open) {
    for (const { workflow, place } of calls) {
      const path = pathBetween(graph, workflow, id)
      if (!path) continue
      const circle = [id, ...path].join(' → ')
      const message =
        path.length === 1 ? `It calls itself: ${circle}.` : `Workflows call one another: ${circle}.`
      add(id, { code: 'workflow.recursion', message, hint: 'remove one of these calls', ...place })
    }
  }
  return faults
}

/** What the nodes of a definition call, by the kinds that there are. */
export function calledBy(definition: WorkflowDefinition, kinds: NodeKind[]): string[] {
  return definition.nodes.flatMap((node) => {
    const kind = kinds.find(({ type }) => type === node.type)
    return kind?.calls?.(node).map(({ workflow }) => workflow) ?? []
  })
}

/** The shortest way from one workflow to another, both included; undefined when there is none. */
function pathBetween(graph: Map<string, string[]>, from: string, to: string): string[] | undefined {
  const paths = [[from]]
  const seen = new Set([from])
  for (const path of paths) {
    const last = path.at(-1) as string
    if (last === to) return path
    for (const next of graph.get(last) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}
