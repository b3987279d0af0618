// Whether what an expression looks at is there when it runs: outputs of nodes that exist and come before. Pure.
import type { ExpressionFault, ExpressionOptions } from './expression.ts'
import { compileExpression } from './expression.ts'
import { ancestors, type GraphSource, withUndo } from './graph.ts'
import { suggestion } from './nearest.ts'
import type { Read } from './reads.ts'
import { compileTemplate } from './template.ts'

/** Where an expression stands: on an edge into this node, or inside this node. */
export interface ExpressionPlace extends ExpressionOptions {
  definition: { nodes: { name: string; undo?: string }[]; edges: GraphSource['edges'] }
  node: string
}

/** Everything that can be known to be wrong with an expression at its place; empty when nothing is. */
export function checkExpression(text: string, place: ExpressionPlace): ExpressionFault[] {
  const compiled = compileExpression(text, place)
  return compiled.ok ? checkReads(text, compiled.reads, place) : [compiled.fault]
}

/** The same for a text with `{{ … }}`. */
export function checkTemplate(text: string, place: ExpressionPlace): ExpressionFault[] {
  const compiled = compileTemplate(text, place)
  if (!compiled.ok) return [compiled.fault]
  const shown = text.length <= 100 ? text : `${[...text].slice(0, 99).join('')}…`
  // Positions of reads are inside their own expression, which is of no use in the whole text.
  return checkReads(shown, compiled.reads, place).map(({ position: _, ...fault }) => fault)
}

function checkReads(text: string, reads: Read[], { definition, node }: ExpressionPlace): ExpressionFault[] {
  const names = definition.nodes.map((one) => one.name)
  const before = ancestors(withUndo(definition), node)
  const faults = new Map<string, ExpressionFault>()
  for (const read of reads) {
    const [name] = read.path
    if (read.root !== 'outputs' || typeof name !== 'string' || faults.has(name)) continue
    if (!names.includes(name)) {
      faults.set(name, {
        code: 'expression.unknown_node',
        message: `\`${text}\` looks at the output of "${name}", which is not a node of this workflow.`,
        hint: suggestion(name, before),
        position: read.position,
      })
    } else if (!before.has(name)) {
      faults.set(name, {
        code: 'expression.not_before',
        message: `\`${text}\` looks at the output of "${name}", which does not come before "${node}".`,
        hint:
          before.size === 0
            ? undefined
            : `what comes before: ${[...before].map((one) => `"${one}"`).join(', ')}`,
        position: read.position,
      })
    }
  }
  return [...faults.values()]
}
