// Fills the values that a node hands on (inputs of a sub-workflow, a request's body): texts are templates, at any depth.

import type { Scope } from '../definition/expression.ts'
import { evaluateExpression } from '../definition/expression.ts'
import type { NodeText } from '../definition/schema.ts'
import { renderTemplate } from '../definition/template.ts'
import type { Json } from '../json.ts'

/** A text that is nothing but one `{{ expression }}` gives the value itself, not its text. */
const alone = /^\s*\{\{((?:(?!\}\}).)+)\}\}\s*$/s

export function fillValue(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    const expression = alone.exec(value)?.[1]
    return expression === undefined
      ? renderTemplate(value, scope)
      : evaluateExpression(expression.trim(), scope)
  }
  if (Array.isArray(value)) return value.map((item) => fillValue(item, scope))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillValue(item, scope)]))
  }
  return value
}

/** The templates in such a value, for checks when the file is loaded. */
export function textsOf(value: Json | undefined, path: (string | number)[]): NodeText[] {
  if (typeof value === 'string') return value.includes('{{') ? [{ is: 'template', text: value, path }] : []
  if (typeof value !== 'object' || value === null) return []
  const entries: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  return entries.flatMap(([key, item]) => textsOf(item, [...path, key]))
}
