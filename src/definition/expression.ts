// Expressions of workflow files: the conditions on edges and what stands in {{ … }}. Compiles them, says what is wrong
// with them before anything runs, and evaluates them over JSON. Pure; the language itself is in cel.ts.
import { WorkflowError } from '../errors.ts'
import { isJsonObject, type Json } from '../json.ts'
import {
  type CelProblem,
  celFromJson,
  celProblem,
  celToJson,
  createCel,
  functionNames,
  type ParsedCel,
  TooSlow,
} from './cel.ts'
import { nearest, suggestion } from './nearest.ts'
import { type Read, walkExpression } from './reads.ts'

/** What an expression may look at: `inputs`, `context`, `outputs`, and what its place adds (`row` in a table). */
export interface Scope {
  inputs: { [name: string]: Json }
  context: { [name: string]: Json }
  outputs: { [node: string]: Json }
  [variable: string]: Json
}

export interface ExpressionFault {
  /** `expression.syntax`, `.unknown_name`, `.unknown_function`, `.type`, `.too_large`, `.not_boolean` */
  code: string
  message: string
  hint?: string
  /** 0-based position inside the expression, when one place is to blame. */
  position?: number
}

export interface Expression {
  text: string
  /** What it looks at, for checks against the workflow. */
  reads: Read[]
  /** Throws WorkflowError `expression.failed` (names the expression and the values) or `expression.too_slow`. */
  evaluate(scope: Scope): Json
}

export interface ExpressionOptions {
  /** Variables beside `inputs`, `context` and `outputs`. */
  variables?: readonly string[]
  /** Refuse what cannot be true or false, as far as that is known. */
  condition?: boolean
}

export type CompiledExpression = ({ ok: true } & Expression) | { ok: false; fault: ExpressionFault }

/** The variables that every expression has. */
export const scopeVariables = ['inputs', 'context', 'outputs'] as const

const maxLength = 2000
const maxNesting = 3
const limitMs = 500
const shownLength = 200
const shownReads = 5

/** Compiles an expression; a mistake that shows without values is a fault, with the nearest right word. */
export function compileExpression(text: string, options: ExpressionOptions = {}): CompiledExpression {
  const variables = [...(options.variables ?? [])]
  if (text.trim() === '') return refuse('expression.syntax', 'The expression is empty.')
  if (text.length > maxLength) {
    const message = `The expression has ${text.length} characters; ${maxLength} are allowed.`
    return refuse('expression.too_large', message, {
      hint: 'Compute it in a code node and look at the result.',
    })
  }
  let cel: ParsedCel
  try {
    cel = celFor(variables)(text)
  } catch (thrown) {
    const problem = celProblem(thrown)
    if (!problem) throw thrown
    return { ok: false, fault: syntaxFault(text, problem) }
  }
  const { reads, calls, nesting } = walkExpression(cel.ast)
  if (nesting > maxNesting) {
    const message = `The expression \`${text}\` has loops inside loops, ${nesting} deep; ${maxNesting} are allowed.`
    return refuse('expression.too_large', message, {
      hint: 'Compute it in a code node and look at the result.',
    })
  }
  for (const { name, position } of calls) {
    if (functionNames.has(name)) continue
    const meant = nearest(name, functionNames)
    const message = `The expression \`${text}\` calls ${name}(), which does not exist.`
    return refuse('expression.unknown_function', message, {
      ...(meant ? { hint: `did you mean ${meant}()?` } : {}),
      position,
    })
  }
  const checked = cel.check()
  if (checked.problem)
    return { ok: false, fault: checkFault(text, checked.problem, [...scopeVariables, ...variables]) }
  if (options.condition && checked.type !== 'bool' && checked.type !== 'dyn') {
    const message = `The condition \`${text}\` gives ${inWords(checked.type)}, not true or false.`
    return refuse('expression.not_boolean', message, {
      hint: 'Compare it with something, for example "… > 0" or "… != null".',
    })
  }
  // Only these can take long on little data; the watchdog costs more than most expressions.
  const timed = nesting > 0 || calls.some(({ name }) => name === 'matches')
  return { ok: true, text, reads, evaluate: (scope) => evaluate(text, cel, reads, scope, timed) }
}

/** Evaluates an expression over values; throws its fault as WorkflowError when it does not compile. */
export function evaluateExpression(text: string, scope: Scope): Json {
  return compiled(text, scope).evaluate(scope)
}

/**
 * Whether a condition holds. Throws WorkflowError `expression.failed`, or `expression.not_boolean` when it gives
 * neither true nor false: nothing counts as true but true.
 */
export function evaluateCondition(text: string, scope: Scope): boolean {
  const expression = compiled(text, scope)
  const value = expression.evaluate(scope)
  if (typeof value === 'boolean') return value
  throw new WorkflowError(
    'expression.not_boolean',
    `The condition \`${text}\` gave ${capped(value)}, not true or false.${looked(expression.reads, scope)}`,
    { hint: 'Compare it with something, for example "… > 0" or "… != null".' },
  )
}

// Definitions are few and their expressions short; the bound is for texts that come from elsewhere.
const cache = new Map<string, CompiledExpression>()
const cacheSize = 2000

function compiled(text: string, scope: Scope): Expression {
  const variables = Object.keys(scope).filter((name) => !(scopeVariables as readonly string[]).includes(name))
  const key = JSON.stringify([text, variables])
  let found = cache.get(key)
  if (!found) {
    found = compileExpression(text, { variables })
    if (cache.size >= cacheSize) cache.clear()
    cache.set(key, found)
  }
  if (found.ok) return found
  throw new WorkflowError(found.fault.code, found.fault.message, { hint: found.fault.hint })
}

const environments = new Map<string, (text: string) => ParsedCel>()

function celFor(variables: string[]): (text: string) => ParsedCel {
  const key = variables.join(' ')
  const known = environments.get(key)
  if (known) return known
  const created = createCel([...scopeVariables], variables)
  environments.set(key, created)
  return created
}

function evaluate(text: string, cel: ParsedCel, reads: Read[], scope: Scope, timed: boolean): Json {
  const roots = new Set(reads.map((read) => read.root))
  const variables: { [name: string]: unknown } = {}
  for (const root of roots) if (Object.hasOwn(scope, root)) variables[root] = celFromJson(scope[root])
  try {
    return celToJson(cel.run(variables, timed ? limitMs : null))
  } catch (thrown) {
    if (thrown instanceof TooSlow) {
      throw new WorkflowError(
        'expression.too_slow',
        `The expression \`${text}\` took longer than ${limitMs} ms.`,
        {
          hint: 'Compute it in a code node and look at the result.',
        },
      )
    }
    const problem = celProblem(thrown)?.summary ?? (thrown instanceof Error ? thrown.message : String(thrown))
    const missing = reads.map((read) => resolve(read, scope)).find((found) => !found.found)
    const hint = missing?.found === false ? suggestion(missing.key, missing.present) : undefined
    throw new WorkflowError(
      'expression.failed',
      `The expression \`${text}\` could not be evaluated: ${problem}.${looked(reads, scope)}`,
      { hint, cause: thrown },
    )
  }
}

type Resolved = { found: true; value: Json } | { found: false; key: string; present: string[] }

function resolve(read: Read, scope: Scope): Resolved {
  let value: Json = scope
  for (const step of [read.root, ...read.path]) {
    if (Array.isArray(value) && typeof step === 'number' && value[step] !== undefined) {
      value = value[step]
    } else if (isJsonObject(value) && Object.hasOwn(value, step)) {
      value = value[step] as Json
    } else {
      return { found: false, key: String(step), present: isJsonObject(value) ? Object.keys(value) : [] }
    }
  }
  return { found: true, value }
}

/** ` Values: outputs["x"].count = 3, inputs.limit is missing.` */
function looked(reads: Read[], scope: Scope): string {
  const shown = new Map<string, string>()
  for (const read of reads) {
    const found = resolve(read, scope)
    shown.set(read.text, found.found ? `${read.text} = ${capped(found.value)}` : `${read.text} is missing`)
  }
  if (shown.size === 0) return ''
  const more = shown.size > shownReads ? `, and ${shown.size - shownReads} more` : ''
  return ` Values: ${[...shown.values()].slice(0, shownReads).join(', ')}${more}.`
}

function capped(value: Json): string {
  const text = JSON.stringify(value)
  return text.length <= shownLength ? text : `${[...text.slice(0, shownLength)].slice(0, -1).join('')}…`
}

function syntaxFault(text: string, problem: CelProblem): ExpressionFault {
  if (problem.code === 'limit_exceeded') {
    const message = `The expression is too large: ${problem.summary}.`
    return {
      code: 'expression.too_large',
      message,
      hint: 'Compute it in a code node and look at the result.',
    }
  }
  const message = `The expression \`${text}\` cannot be read: ${problem.summary}, at character ${problem.position + 1}.`
  const hint = syntaxHint(text)
  return { code: 'expression.syntax', message, ...(hint ? { hint } : {}), position: problem.position }
}

/** Habits of other languages. */
function syntaxHint(text: string): string | undefined {
  if (/[^=!<>]=[^=]/.test(text)) return 'write "==" to compare'
  if (/\b(and|or|not)\b/.test(text)) return 'write "&&", "||" and "!" for and, or and not'
  if (/\boutputs\.[\p{L}\p{N}_]+ [\p{L}\p{N}_]/u.test(text))
    return 'write outputs["node name"] for a name with blanks'
  return undefined
}

function checkFault(text: string, problem: CelProblem, known: string[]): ExpressionFault {
  const { position } = problem
  if (problem.code === 'unknown_variable' && problem.node?.op === 'id') {
    const name = problem.node.args
    const hint = habit[name] ?? suggestion(name, known)
    const message = `The expression \`${text}\` uses "${name}", which does not exist.`
    return { code: 'expression.unknown_name', message, ...(hint ? { hint } : {}), position }
  }
  return {
    code: 'expression.type',
    message: `The expression \`${text}\` cannot work: ${problem.summary}.`,
    position,
  }
}

const habit: { [name: string]: string | undefined } = {
  True: 'write true',
  False: 'write false',
  None: 'write null',
  undefined: 'write null',
  len: 'write size(…)',
}

const typeWords: { [type: string]: string | undefined } = {
  int: 'a number',
  uint: 'a number',
  double: 'a number',
  string: 'text',
  list: 'a list',
  map: 'an object',
  null: 'null',
}

function inWords(type: string): string {
  return typeWords[type.replace(/<.*/, '')] ?? `a value of type ${type}`
}

function refuse(
  code: string,
  message: string,
  more: { hint?: string; position?: number } = {},
): { ok: false; fault: ExpressionFault } {
  return { ok: false, fault: { code, message, ...more } }
}
