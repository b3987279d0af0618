// The JSON Schema that editors use for workflow files.
import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { workflowJsonSchema } from '../../src/definition/workflow-schema.ts'
import { nodeKinds } from '../../src/kinds.ts'
import { kinds, sample } from './support.ts'

const workflows = new URL('../../workflows/', import.meta.url)
const read = (path: string) => readFile(new URL(path, workflows), 'utf8')

function validator(schema: object) {
  // Formats are for people; zod checks them when the file is loaded.
  return new Ajv({ strict: false, validateFormats: false }).compile(schema)
}

describe('the schema for editors', () => {
  it('that ships is what the types of nodes give now (npx tsx src/definition/write-schema.ts renews it)', async () => {
    const shipped = JSON.parse(await read('workflow.schema.json')) as unknown
    expect(shipped).toEqual(JSON.parse(JSON.stringify(workflowJsonSchema(nodeKinds()))))
  })

  it('accepts the workflow that ships, which names it in its first line', async () => {
    const text = await read('reorder-check/workflow.yaml')
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../workflow.schema.json')
    const valid = validator(workflowJsonSchema(nodeKinds()))
    expect(valid(parse(text)), JSON.stringify(valid.errors)).toBe(true)
  })

  it.each([
    ['id: sample', 'id: Not An Id'],
    ['type: manual', 'type: manaul'],
    ['name: work', 'name: work\n    cod: x'],
    ['to: work', 'to: work\n    on: failed'],
    ['to: work', 'to: 5'],
    ['name: Sample', 'nam: Sample'],
  ])('refuses what loading refuses: %s as %s', (right, wrong) => {
    const valid = validator(workflowJsonSchema(kinds))
    expect(valid(parse(sample)), JSON.stringify(valid.errors)).toBe(true)
    expect(valid(parse(sample.replace(right, wrong)))).toBe(false)
  })

  it('explains every field that all workflows have', () => {
    const unexplained: string[] = []
    const walk = (schema: unknown, path: string) => {
      if (typeof schema !== 'object' || schema === null) return
      const { properties, items, additionalProperties, anyOf, oneOf } = schema as { [key: string]: unknown }
      for (const [name, property] of Object.entries(properties ?? {})) {
        const { description } = property as { description?: string }
        if (!description) unexplained.push(`${path}${name}`)
        walk(property, `${path}${name}.`)
      }
      walk(items, path)
      walk(additionalProperties, path)
      for (const one of [anyOf, oneOf].flat()) walk(one, path)
    }
    // These types have no fields of their own but `code` and `file`, `to`, `text` and `style`.
    walk(workflowJsonSchema(kinds), '')
    const own = ['nodes.code', 'nodes.file', 'nodes.to', 'nodes.text', 'nodes.style']
    expect(unexplained.filter((path) => !own.includes(path))).toEqual([])
  })
})
