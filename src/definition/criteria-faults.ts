// What a schema cannot know of criteria: whether their expressions work and their nodes exist. Pure.
import type { Criterion } from './criteria.ts'
import { compileExpression } from './expression.ts'
import { suggestion } from './nearest.ts'
import type { NodeFault } from './schema.ts'

/** Paths begin with `criteria`. */
export function checkCriteria(criteria: readonly Criterion[], nodes: readonly string[]): NodeFault[] {
  return criteria.flatMap((criterion, index) => {
    const path = ['criteria', index]
    const faults: NodeFault[] = []
    const twin = criteria.findIndex((other) => other.name === criterion.name)
    if (twin < index) {
      const message = `criterion ${twin + 1} is called "${criterion.name}" too.`
      faults.push({ code: 'workflow.duplicate_criterion', message, path: [...path, 'name'] })
    }
    if ('list' in criterion) faults.push(...checkList(criterion.list, nodes, [...path, 'list']))
    if (criterion.kind === 'accuracy' && !accuracyMeasures.some((name) => criterion[name] !== undefined)) {
      faults.push({
        code: 'workflow.missing_field',
        message: 'it says no threshold.',
        hint: 'give it precision, recall or f1',
        path,
      })
    }
    if (criterion.kind === 'coverage') {
      for (const [place, name] of criterion.without.entries())
        faults.push(...unknownNode(name, nodes, [...path, 'without', place]))
    }
    return faults
  })
}

const accuracyMeasures = ['precision', 'recall', 'f1'] as const

function checkList(text: string, nodes: readonly string[], path: (string | number)[]): NodeFault[] {
  const compiled = compileExpression(text, { variables: ['output'] })
  if (!compiled.ok) return [{ ...compiled.fault, path }]
  return compiled.reads.flatMap(({ root, path: [name] }) =>
    root === 'outputs' && typeof name === 'string' ? unknownNode(name, nodes, path) : [],
  )
}

function unknownNode(name: string, nodes: readonly string[], path: (string | number)[]): NodeFault[] {
  if (nodes.includes(name)) return []
  const hint = suggestion(name, nodes)
  const message = `there is no node "${name}" in this workflow.`
  return [{ code: 'workflow.unknown_node', message, ...(hint ? { hint } : {}), path }]
}
