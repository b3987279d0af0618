// CEL as authors of workflows meet it: numbers from JSON mix with whole ones, results are JSON, size and time are
// limited. The one module that imports the CEL library.
import vm from 'node:vm'
import {
  type ASTNode,
  Environment,
  EvaluationError,
  Optional,
  ParseError,
  TypeError as TypeMismatch,
} from '@marcbachmann/cel-js'
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator'
import type { Json } from '../json.ts'

export type { ASTNode }

/** What the library says about a mistake in an expression: its own code, its sentence, and where. */
export interface CelProblem {
  code: string
  summary: string
  /** 0-based position in the expression. */
  position: number
  node: ASTNode | undefined
}

export interface ParsedCel {
  ast: ASTNode
  /** What is wrong with names and types as far as they are known without values; null when nothing is. */
  check(): { type: string; problem: null } | { type: null; problem: CelProblem }
  /** Throws what `celProblem` understands, or `TooSlow`. */
  run(variables: { [name: string]: unknown }, limitMs: number | null): unknown
}

/** An evaluation took longer than it may. */
export class TooSlow extends Error {}

const limits = {
  maxAstNodes: 500,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 16,
}

const base = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits })
registerMixedArithmetic()

/** Names of all functions and methods, for hints. */
export const functionNames: ReadonlySet<string> = new Set(
  base.getDefinitions().functions.map(({ name }) => name),
)

/** Parses with these variables; `maps` are objects with text keys, `values` may be anything. Throws ParseError. */
export function createCel(maps: string[], values: string[]): (text: string) => ParsedCel {
  const environment = base.clone()
  for (const name of maps) environment.registerVariable(name, 'map<string, dyn>')
  for (const name of values) environment.registerVariable(name, 'dyn')
  return (text) => {
    const parsed = environment.parse(text)
    return {
      ast: parsed.ast,
      check() {
        const { valid, type, error } = parsed.check()
        if (valid) return { type: type ?? 'dyn', problem: null }
        return { type: null, problem: celProblem(error) ?? unplaced(error) }
      },
      run(variables, limitMs) {
        return limitMs === null ? parsed(variables) : withinTime(() => parsed(variables), limitMs)
      },
    }
  }
}

/** The problem inside an error of the library; undefined for anything else that was thrown. */
export function celProblem(thrown: unknown): CelProblem | undefined {
  if (thrown instanceof ParseError || thrown instanceof EvaluationError || thrown instanceof TypeMismatch) {
    const { code, summary, range, node } = thrown
    return {
      code,
      summary,
      position: range?.start ?? 0,
      node: node && 'op' in node && node.op !== undefined ? (node as ASTNode) : undefined,
    }
  }
  return undefined
}

/** A result as JSON; throws an Error that says which kind of value has no JSON. */
export function celToJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw new Error('it gives a number that is not finite, as a division by zero does')
  }
  if (typeof value === 'bigint') {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    throw new Error(`it gives ${value}, which is too large to be kept exactly`)
  }
  if (Array.isArray(value)) return value.map(celToJson)
  if (value instanceof UnsignedInt) return celToJson(value.value)
  if (value instanceof Duration) return value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Optional) return value.hasValue() ? celToJson(value.value()) : null
  if (value instanceof Map) return jsonObject([...value])
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return jsonObject(Object.entries(value))
  }
  throw new Error('it gives bytes or a type, which are not JSON')
}

/**
 * JSON as the library may see it. It recognises an object by its `constructor`, so data with a field of that name
 * becomes a Map; everything else stays as it is.
 */
export function celFromJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(celFromJson)
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const entries = Object.entries(value).map(([key, one]) => [key, celFromJson(one)] as const)
  if (Object.hasOwn(value, 'constructor')) return new Map(entries)
  return entries.some(([key, one]) => one !== value[key as keyof typeof value]) ? fromEntries(entries) : value
}

function jsonObject(entries: [unknown, unknown][]): { [key: string]: Json } {
  return fromEntries(entries.map(([key, value]) => [String(key), celToJson(value)] as const))
}

function fromEntries<T>(entries: (readonly [string, T])[]): { [key: string]: T } {
  const plain: { [key: string]: T } = {}
  for (const [key, value] of entries) {
    // An assignment would not create the field "__proto__".
    Object.defineProperty(plain, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return plain
}

/**
 * JSON knows only numbers, which CEL takes for doubles, and CEL refuses `double + int`; so `count + 1` over data would
 * fail. Here a whole number becomes a double first, and is refused where that could not be exact.
 */
function registerMixedArithmetic(): void {
  const exact = (value: number | bigint): number => {
    const number = Number(value)
    if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
      throw new EvaluationError(`${value} is too large to be mixed with numbers from data`)
    }
    return number
  }
  const divisor = (value: number | bigint): number => {
    if (Number(value) === 0) throw new EvaluationError('division by zero')
    return exact(value)
  }
  type Operand = number | bigint
  for (const [left, right] of [
    ['double', 'int'],
    ['int', 'double'],
  ]) {
    base.registerOperator(`${left} + ${right}: double`, (a: Operand, b: Operand) => exact(a) + exact(b))
    base.registerOperator(`${left} - ${right}: double`, (a: Operand, b: Operand) => exact(a) - exact(b))
    base.registerOperator(`${left} * ${right}: double`, (a: Operand, b: Operand) => exact(a) * exact(b))
    base.registerOperator(`${left} / ${right}: double`, (a: Operand, b: Operand) => exact(a) / divisor(b))
    base.registerOperator(`${left} % ${right}: double`, (a: Operand, b: Operand) => exact(a) % divisor(b))
  }
  base.registerOperator('double % double: double', (a: number, b: number) => a % divisor(b))
  base.registerOperator('int == double: bool', (a: Operand, b: Operand) => Number(a) === Number(b))
}

const timer = vm.createContext(Object.create(null))
const callRun = new vm.Script('run()')

/**
 * Ends `run` when it takes too long: a regular expression that backtracks, lists inside lists. Node's vm is used for
 * its watchdog alone (it interrupts regular expressions too), not as a wall: nothing of an author runs as JavaScript.
 */
function withinTime(run: () => unknown, limitMs: number): unknown {
  const outer = timer.run
  timer.run = run
  try {
    return callRun.runInContext(timer, { timeout: limitMs })
  } catch (thrown) {
    if ((thrown as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TooSlow()
    throw thrown
  } finally {
    timer.run = outer
  }
}

function unplaced(thrown: unknown): CelProblem {
  const summary = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'unknown', summary, position: 0, node: undefined }
}
