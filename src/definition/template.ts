// Text with {{ expression }} inside: finds the expressions, compiles them, and fills in their values. Pure.
import { WorkflowError } from '../errors.ts'
import type { Json } from '../json.ts'
import {
  type CompiledExpression,
  compileExpression,
  type Expression,
  type ExpressionFault,
  type ExpressionOptions,
  evaluateExpression,
  type Scope,
} from './expression.ts'
import type { Read } from './reads.ts'

export interface RenderOptions {
  /** Applied to each value that is filled in, never to the text around it. */
  escape?: (text: string) => string
}

export interface Template {
  text: string
  reads: Read[]
  /** Throws what `Expression.evaluate` throws. */
  render(scope: Scope, options?: RenderOptions): string
}

export type CompiledTemplate = ({ ok: true } & Template) | { ok: false; fault: ExpressionFault }

type Part = { literal: string } | { expression: string; position: number }

/**
 * Compiles a text. Faults are those of `compileExpression`, with the position in the whole text, and
 * `template.unclosed` for a `{{` without its `}}`. To write `{{` itself: `{{ "{{" }}`.
 */
export function compileTemplate(text: string, options: ExpressionOptions = {}): CompiledTemplate {
  const split = splitTemplate(text)
  if (!split.ok) return split
  const parts: (string | Expression)[] = []
  for (const part of split.parts) {
    if ('literal' in part) {
      parts.push(part.literal)
      continue
    }
    const compiled: CompiledExpression = compileExpression(part.expression, options)
    if (!compiled.ok) {
      return {
        ok: false,
        fault: { ...compiled.fault, position: part.position + (compiled.fault.position ?? 0) },
      }
    }
    parts.push(compiled)
  }
  return {
    ok: true,
    text,
    reads: parts.flatMap((part) => (typeof part === 'string' ? [] : part.reads)),
    render: (scope, { escape: dress = same } = {}) =>
      parts
        .map((part) => (typeof part === 'string' ? part : dress(valueText(part.evaluate(scope)))))
        .join(''),
  }
}

/** Fills in a text; throws WorkflowError with the fault's code when it does not compile, or `expression.failed`. */
export function renderTemplate(
  text: string,
  scope: Scope,
  { escape: dress = same }: RenderOptions = {},
): string {
  const split = splitTemplate(text)
  if (!split.ok) throw new WorkflowError(split.fault.code, split.fault.message, { hint: split.fault.hint })
  return split.parts
    .map((part) =>
      'literal' in part ? part.literal : dress(valueText(evaluateExpression(part.expression, scope))),
    )
    .join('')
}

/** How a value reads inside text: null as nothing, text and numbers plainly, lists and objects as compact JSON. */
export function valueText(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const same = (text: string) => text

function splitTemplate(text: string): { ok: true; parts: Part[] } | { ok: false; fault: ExpressionFault } {
  const parts: Part[] = []
  let from = 0
  for (;;) {
    const open = text.indexOf('{{', from)
    if (open < 0) break
    const close = closing(text, open + 2)
    if (close < 0) {
      const shown = text.slice(open, open + 40)
      return {
        ok: false,
        fault: {
          code: 'template.unclosed',
          message: `"${shown}" opens an expression that is not closed.`,
          hint: 'close it with }}; to write {{ itself, write {{ "{{" }}',
          position: open,
        },
      }
    }
    if (open > from) parts.push({ literal: text.slice(from, open) })
    const inside = text.slice(open + 2, close)
    const expression = inside.trim()
    parts.push({ expression, position: open + 2 + inside.indexOf(expression) })
    from = close + 2
  }
  if (from < text.length) parts.push({ literal: text.slice(from) })
  return { ok: true, parts }
}

/** Where the `}}` of an expression stands: not inside quotes, nor where a `{ … }` of the expression ends. */
function closing(text: string, from: number): number {
  let depth = 0
  let quote = ''
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index)
    if (quote) {
      if (character === '\\') index++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{') depth++
    else if (character === '}') {
      if (depth === 0) return text.charAt(index + 1) === '}' ? index : -1
      depth--
    }
  }
  return -1
}
