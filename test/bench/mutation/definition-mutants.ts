// Faulty versions of a workflow file apart from its Python: edges, conditions, rules, limits, texts and who is told.
import { isDeepStrictEqual } from 'node:util'
import { parse, stringify } from 'yaml'
import type { WorkflowDefinition } from '../../../src/definition/schema.ts'
import type { Json, JsonObject } from '../../../src/json.ts'
import type { Mutant } from './mutants.ts'
import { checkedText, type Subject } from './trial.ts'

interface Change {
  at: (string | number)[]
  from: string
  to: string
  /** Undefined: it is lost. */
  value: Json | undefined
}

/** What no scenario can see: how a form looks, when the clock starts it, and how long things really take. */
const unseen = new Set([
  ...['name', 'type', 'description', 'label_field', 'multiline', 'code', 'file', 'style'],
  ...['cron', 'timezone', 'catch_up', 'timeout', 'max_size'],
])

const otherWords: { [field: string]: string[] } = {
  on_expiry: ['reject', 'approve', 'fail'],
  reason: ['optional', 'required'],
  join: ['all', 'any'],
  on: ['success', 'failure', 'always'],
  parse: ['json', 'text'],
}

/** Every mutant that would be accepted when the file is loaded, in the order of the file. */
export async function mutantsOfDefinition(subject: Subject): Promise<Mutant[]> {
  const text = subject.files.get('workflow.yaml') ?? ''
  const data = parse(text) as { nodes: JsonObject[]; edges: JsonObject[]; context?: JsonObject }
  const changes = [
    ...changesOf(data.context ?? {}, ['context']),
    ...data.nodes.flatMap((node, index) => changesOf(node, ['nodes', index])),
    ...data.edges.flatMap((edge, index) => changesOfEdge(edge, ['edges', index])),
  ]
  const original = said(subject.definition)
  const mutants: Mutant[] = []
  for (const { at, from, to, value } of changes) {
    const copy = structuredClone(data)
    put(copy as unknown as Json, at, value)
    const checked = await checkedText(subject.id, stringify(copy, { blockQuote: 'literal', lineWidth: 0 }))
    // Refused, or only another way to say the same.
    if (!checked.ok || isDeepStrictEqual(said(checked.definition), original)) continue
    const [part, index, ...fields] = at
    const node = part === 'nodes' ? String(data.nodes[Number(index)]?.name) : String(part)
    const edge = part === 'edges' ? [arrow(data.edges[Number(index)])] : []
    const place = [...edge, fields.join('.') || String(index)].join(': ')
    mutants.push({ where: node, at: place, from, to, definition: checked.definition })
  }
  return mutants
}

/** Apart from the lines on which code stands. */
const said = (definition: WorkflowDefinition) => ({
  ...definition,
  nodes: definition.nodes.map(({ source: _, ...node }) => node),
})

const words = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

const arrow = (edge: JsonObject | undefined) => `${edge?.from} → ${edge?.to}`

function changesOfEdge({ from: _, to: __, ...edge }: JsonObject, at: Change['at']): Change[] {
  return [{ at, from: words(edge), to: 'nothing', value: undefined }, ...changesOf(edge, at)]
}

function changesOf(value: Json, at: Change['at']): Change[] {
  if (Array.isArray(value)) {
    const lost = value.map(
      (entry, index): Change => ({
        at: [...at, index],
        from: words(entry),
        to: 'nothing',
        value: undefined,
      }),
    )
    return value.length === 1
      ? value.flatMap((entry, index) => changesOf(entry, [...at, index]))
      : [...lost, ...value.flatMap((entry, index) => changesOf(entry, [...at, index]))]
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([field, inner]) => {
      // An input may have any name, and its label is for people.
      const named = at.at(-1) === 'inputs'
      if (!named && (unseen.has(field) || (at.includes('inputs') && field === 'label'))) return []
      const place = [...at, field]
      const lost: Change = { at: place, from: words(inner), to: 'nothing', value: undefined }
      return [lost, ...changesOf(inner, place)]
    })
  }
  return othersOf(value, String(at.at(-1))).map((other) => ({
    at,
    from: words(value),
    to: words(other),
    value: other,
  }))
}

function othersOf(value: Json, field: string): Json[] {
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'number') return [value + 1, value - 1]
  if (typeof value !== 'string') return []
  if (field === 'when') return ['true', `!(${value})`, ...otherExpressions(value)]
  if (field === 'rows') return otherExpressions(value)
  const known = otherWords[field]
  if (known) return known.filter((word) => word !== value)
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(value) ?? []
  if (amount) return [Number(amount) * 2, Number(amount) / 2].map((other) => `${other}${unit}`)
  const filled = [...value.matchAll(/\{\{(.*?)\}\}/gs)].flatMap(([whole, expression = '']) => [
    value.replace(whole, ''),
    ...otherExpressions(expression).map((other) => value.replace(whole, () => `{{${other}}}`)),
  ])
  return [...filled.filter((text) => text.trim() !== ''), 'something else']
}

const swapped = new Map([
  ['==', '!='],
  ['!=', '=='],
  ['<=', '<'],
  ['>=', '>'],
  ['<', '<='],
  ['>', '>='],
  ['&&', '||'],
  ['||', '&&'],
])

/** One operator, text or number of the expression is another. Names of nodes that are no more are refused when loaded. */
function otherExpressions(expression: string): string[] {
  return [...expression.matchAll(/"[^"]*"|[=!<>]=|[<>]|&&|\|\||\b\d+\b/g)].flatMap(({ 0: part, index }) => {
    const others = part.startsWith('"')
      ? ['""']
      : /^\d/.test(part)
        ? [`${Number(part) + 1}`, `${Number(part) - 1}`]
        : [swapped.get(part) ?? part]
    return others.map(
      (other) => `${expression.slice(0, index)}${other}${expression.slice(index + part.length)}`,
    )
  })
}

function put(root: Json, path: Change['at'], value: Json | undefined): void {
  const last = path.at(-1) as string | number
  const holder = path.slice(0, -1).reduce((inner, step) => (inner as JsonObject)[step] as Json, root)
  if (value !== undefined) (holder as JsonObject)[last] = value
  else if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else delete (holder as JsonObject)[last]
}
