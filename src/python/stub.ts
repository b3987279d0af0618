// The built-ins as a .pyi file, so that editors complete and check what workflows call.
import type { BuiltinErrorSpec, BuiltinSpec } from '../actions/ports.ts'
import type { Json } from '../json.ts'

/** Text of a stub that declares the built-ins, their errors, and the four names that every node sees. */
export function pythonStub(builtins: readonly BuiltinSpec[], errors: readonly BuiltinErrorSpec[]): string {
  const lines = [
    '# What Python in a workflow sees besides the standard library. Generated; do not edit.',
    'from datetime import datetime',
    'from typing import Any',
    '',
    'context: dict[str, Any]',
    '"""State that all nodes of an execution share; changes are kept when the node succeeds."""',
    'node: dict[str, Any]',
    '"""State of this node alone, kept over its attempts."""',
    'inputs: dict[str, Any]',
    '"""What the execution was started with (a copy)."""',
    'outputs: dict[str, Any]',
    '"""What earlier nodes returned, by name (a copy)."""',
    'item: Any',
    '"""The entry of the list, in a node with `for_each`."""',
    'index: int',
    '"""Its number, from 0, in a node with `for_each`."""',
    'output: Any',
    '"""What this node hands on; `return value` at top level does the same."""',
    '',
    'class BuiltinError(Exception):',
    '    """What a built-in could not do; `code` is stable, `message` and `hint` are for people."""',
    '    code: str',
    '    message: str',
    '    hint: str | None',
  ]
  for (const { exception, doc } of errors)
    lines.push('', `class ${exception}(BuiltinError):`, `    ${docstring(doc)}`)
  const namespaces = new Map<string, BuiltinSpec[]>()
  for (const spec of builtins) {
    const at = spec.name.lastIndexOf('.')
    if (at < 0) lines.push('', ...definition(spec, spec.name, ''))
    else {
      const space = spec.name.slice(0, at)
      namespaces.set(space, [...(namespaces.get(space) ?? []), spec])
    }
  }
  for (const [space, specs] of namespaces) {
    lines.push('', `class ${space}:`)
    for (const spec of specs)
      lines.push('    @staticmethod', ...definition(spec, spec.name.slice(space.length + 1), '    '))
  }
  return `${lines.join('\n')}\n`
}

function definition(spec: BuiltinSpec, name: string, indent: string): string[] {
  const parts: string[] = []
  let star = false
  for (const parameter of spec.parameters) {
    if (parameter.keywordOnly && !star) {
      parts.push('*')
      star = true
    }
    const value = parameter.default === undefined ? '' : ` = ${literal(parameter.default)}`
    parts.push(`${parameter.name}: ${parameter.annotation}${value}`)
  }
  return [
    `${indent}def ${name}(${parts.join(', ')}) -> ${spec.returns}:`,
    `${indent}    ${docstring(spec.doc)}`,
  ]
}

function docstring(text: string): string {
  return `"""${text.replaceAll('\\', '\\\\').replaceAll('"""', "'''").replaceAll('\n', ' ')}"""`
}

function literal(value: Json): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`)
      .join(', ')}}`
  }
  return JSON.stringify(value)
}
