// What an expression looks at: `outputs["find low stock"].count`, `inputs.limit`. Pure; walks the tree of an expression.
import type { ASTNode } from './cel.ts'

/** One value that an expression reads, as far as its path is known without running it. */
export interface Read {
  /** `inputs`, `context`, `outputs`, … */
  root: string
  path: (string | number)[]
  /** As written by the author. */
  text: string
  /** 0-based position in the expression. */
  position: number
}

export interface Calls {
  name: string
  position: number
}

export interface Walk {
  reads: Read[]
  calls: Calls[]
  /** How deep loops (`map`, `filter`, `exists`, …) and `cel.bind` stand in one another. */
  nesting: number
}

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** Walks the whole tree; the variables of loops are no reads. */
export function walkExpression(ast: ASTNode): Walk {
  const walk: Walk = { reads: [], calls: [], nesting: 0 }
  visit(ast, new Set(), 0, walk)
  return walk
}

function visit(node: ASTNode, locals: Set<string>, depth: number, walk: Walk): void {
  const read = readOf(node)
  if (read) {
    if (!locals.has(read.root)) walk.reads.push(read)
    return
  }
  const inside = (child: ASTNode) => visit(child, locals, depth, walk)
  switch (node.op) {
    case 'value':
    case 'id':
      return
    case '.':
    case '.?':
      inside(node.args[0])
      return
    case '!_':
    case '-_':
      inside(node.args)
      return
    case 'list':
      for (const item of node.args) inside(item)
      return
    case 'map':
      for (const [key, value] of node.args) {
        inside(key)
        inside(value)
      }
      return
    case 'call':
      walk.calls.push({ name: node.args[0], position: node.start })
      for (const argument of node.args[1]) inside(argument)
      return
    case 'rcall':
      visitMethod(node.args, node.pos, locals, depth, walk)
      return
    default:
      for (const child of node.args) inside(child)
  }
}

function visitMethod(
  [name, receiver, given]: [string, ASTNode, ASTNode[]],
  position: number,
  locals: Set<string>,
  depth: number,
  walk: Walk,
): void {
  walk.calls.push({ name, position })
  const [first, ...rest] = given
  const binds = receiver.op === 'id' && receiver.args === 'cel' && name === 'bind'
  if ((binds || loops.has(name)) && first?.op === 'id' && rest.length > 0) {
    walk.nesting = Math.max(walk.nesting, depth + 1)
    if (!binds) visit(receiver, locals, depth, walk)
    const inner = new Set(locals).add(first.args)
    for (const [index, argument] of rest.entries()) {
      visit(argument, binds && index === 0 ? locals : inner, depth + 1, walk)
    }
    return
  }
  visit(receiver, locals, depth, walk)
  for (const argument of given) visit(argument, locals, depth, walk)
}

/** The longest path of fields and fixed keys that ends in this node, or null when the node is something else. */
function readOf(node: ASTNode): Read | null {
  const text = node.input.slice(node.start, node.end)
  if (node.op === 'id') return { root: node.args, path: [], text, position: node.start }
  if (node.op === '.' || node.op === '.?') {
    const owner = readOf(node.args[0])
    return owner && { ...owner, path: [...owner.path, node.args[1]], text }
  }
  if (node.op === '[]' || node.op === '[?]') {
    const [target, key] = node.args
    const owner = readOf(target)
    if (!owner || key.op !== 'value') return null
    const fixed = typeof key.args === 'bigint' ? Number(key.args) : key.args
    if (typeof fixed !== 'string' && typeof fixed !== 'number') return null
    return { ...owner, path: [...owner.path, fixed], text }
  }
  return null
}
