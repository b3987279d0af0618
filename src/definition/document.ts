// Reads the text of a workflow file (YAML, or JSON, which YAML includes) and knows where in it every field stands.
// The one module of this folder that imports the YAML library.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
} from 'yaml'
import type { ErrorInfo } from '../errors.ts'

export type FieldPath = readonly (string | number)[]

/** 1-based line and column. */
export interface Place {
  line: number
  column: number
}

export interface ParsedFile {
  data: unknown
  /** Where a field stands; for one that is missing, where its owner stands. */
  locate(path: FieldPath): Place
  /** Where the name of a field stands. */
  locateKey(path: FieldPath): Place
  /** Where a character of a text field stands; `position` is 0-based in the text. */
  locateInside(path: FieldPath, position: number): Place
  /** 1-based line of the first line of a field with source code, or why its lines could not be named. */
  codeLine(path: FieldPath): { ok: true; line: number } | { ok: false; hint: string }
}

export type ReadDocument = { ok: true; file: ParsedFile } | { ok: false; problems: (ErrorInfo & Place)[] }

// More is a bomb (a list of lists of lists of aliases) rather than a workflow.
const maxAliases = 50
const maxSyntaxFaults = 10

/** Parses a file; syntax mistakes come with their places: `workflow.syntax`, `.duplicate_key`, `.aliases`, `.empty`. */
export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems = [...document.errors, ...document.warnings]
    .slice(0, maxSyntaxFaults)
    .map((error) => ({ ...syntaxProblem(error), ...place(error.pos[0]) }))
  if (problems.length > 0) return { ok: false, problems }

  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: maxAliases })
  } catch (thrown) {
    const message = `The aliases (*name) of the file cannot be resolved: ${thrown instanceof Error ? thrown.message : thrown}.`
    return {
      ok: false,
      problems: [{ code: 'workflow.aliases', message, hint: 'write the values out', line: 1, column: 1 }],
    }
  }
  if (data === null || data === undefined) {
    const problem = { code: 'workflow.empty', message: 'The file is empty.', line: 1, column: 1 }
    return { ok: false, problems: [{ ...problem, hint: 'it needs metadata, nodes and edges' }] }
  }
  return { ok: true, file: parsedFile(data, document.contents as Node, place) }
}

function parsedFile(data: unknown, root: Node, place: (offset: number) => Place): ParsedFile {
  const resolve = (node: unknown): unknown => (isAlias(node) ? anchored(root, node.source) : node)

  /** The pair (for a field of an object) or the item (of a list) at the end of a path, as far as the path exists. */
  function walk(path: FieldPath): { at: Pair | Node; value: unknown; found: boolean } {
    let at: Pair | Node = root
    let value: unknown = root
    for (const step of path) {
      const owner = resolve(value)
      if (isMap(owner)) {
        const pair: Pair | undefined = owner.items.find((item) => keyOf(item) === String(step))
        if (!pair) return { at, value, found: false }
        at = pair
        value = pair.value
      } else if (isSeq(owner)) {
        const item = owner.items[Number(step)] as Node | undefined
        if (!item) return { at, value, found: false }
        at = item
        value = item
      } else return { at, value, found: false }
    }
    return { at, value, found: true }
  }

  const start = (node: unknown): Place => place((node as Node | null)?.range?.[0] ?? 0)
  const nameOf = (at: Pair | Node): Place => start('key' in at ? at.key : at)

  return {
    data,
    locate(path) {
      const { at, value, found } = walk(path)
      return found && isScalar(value) ? start(value) : nameOf(at)
    },
    locateKey: (path) => nameOf(walk(path).at),
    locateInside(path, position) {
      const { at, value, found } = walk(path)
      if (!found || !isScalar(value)) return nameOf(at)
      const from = start(value)
      if (value.type === Scalar.BLOCK_LITERAL) {
        const before = String(value.value).slice(0, position).split('\n')
        return { line: from.line + before.length, column: 1 }
      }
      if (value.type === Scalar.PLAIN) return { line: from.line, column: from.column + position }
      return from
    },
    codeLine(path) {
      const { value } = walk(path)
      const node = resolve(value)
      if (!isScalar(node)) return { ok: false, hint: 'write the code as text' }
      const { line } = start(node)
      if (node.type === Scalar.BLOCK_LITERAL) return { ok: true, line: line + 1 }
      const [, end] = node.range ?? [0, 0]
      const oneLine =
        !String(node.value).trimEnd().includes('\n') && place(Math.max(0, end - 1)).line === line
      if (oneLine && node.type !== Scalar.BLOCK_FOLDED) return { ok: true, line }
      return {
        ok: false,
        hint: 'write "code: |" and the code on the lines below it, or put it in a .py file and name that with file:',
      }
    },
  }
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}

function anchored(node: unknown, name: string): unknown {
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return undefined
  if (node.anchor === name) return node
  if (isScalar(node)) return undefined
  for (const item of node.items) {
    const found = anchored(isMap(node) ? (item as Pair).value : item, name)
    if (found) return found
  }
  return undefined
}

function syntaxProblem({ code, message }: YAMLError): ErrorInfo {
  switch (code) {
    case 'DUPLICATE_KEY':
      return {
        code: 'workflow.duplicate_key',
        message: 'This field is written twice.',
        hint: 'remove one of the two',
      }
    case 'TAB_AS_INDENT':
      return { code: 'workflow.syntax', message: 'A tab cannot indent YAML.', hint: 'indent with blanks' }
    case 'MULTIPLE_DOCS':
      return {
        code: 'workflow.syntax',
        message: 'A second document begins here.',
        hint: 'remove the line "---"; one file holds one workflow',
      }
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'workflow.syntax',
        message: `${message}.`,
        hint: 'remove the tag (the word that begins with "!")',
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        code: 'workflow.syntax',
        message: `${message}.`,
        hint: 'put quotes around a text that holds ": "',
      }
    default:
      return { code: 'workflow.syntax', message: `${message}.` }
  }
}
