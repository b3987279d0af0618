// What editors know of scenarios.yaml.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenariosJsonSchema } from '../../src/scenarios/json-schema.ts'

const workflows = new URL('../../workflows/', import.meta.url)
const ajv = new Ajv({ allErrors: true, strict: false })
formats.default(ajv)
const validate = ajv.compile(scenariosJsonSchema())

const faultsOf = (text: string) => {
  validate(parse(text))
  return (validate.errors ?? []).map((error) => error.instancePath)
}

describe('the schema of scenarios for editors', () => {
  it('is the one that ships; after a change run: npx tsx src/scenarios/write-schema.ts', () => {
    const shipped = JSON.parse(readFileSync(new URL('scenarios.schema.json', workflows), 'utf8'))
    expect(shipped).toEqual(JSON.parse(JSON.stringify(scenariosJsonSchema())))
  })

  it.each(
    readdirSync(workflows, { withFileTypes: true })
      .map(({ name }) => name)
      .filter((name) => existsSync(new URL(`${name}/scenarios.yaml`, workflows))),
  )('accepts the scenarios of %s', (id) => {
    const text = readFileSync(new URL(`${id}/scenarios.yaml`, workflows), 'utf8')
    expect(faultsOf(text)).toEqual([])
    expect(text).toContain('# yaml-language-server: $schema=../scenarios.schema.json')
  })

  it('finds a misspelt field and a value of the wrong type, and takes a placeholder for any value', () => {
    const scenario = (expected: string) => `scenarios: [{ name: A, expect: ${expected} }]`
    expect(new Set(faultsOf(scenario('{ stauts: failed }')))).toEqual(new Set(['/scenarios/0/expect']))
    expect(faultsOf(scenario('{ status: done }'))).toContain('/scenarios/0/expect/status')
    expect(faultsOf(scenario('{ status: "{{ case.status }}" }'))).toEqual([])
    expect(faultsOf(scenario('{ messages: [{ count: "{{ case.count }}" }] }'))).toEqual([])
    expect(faultsOf(scenario('{ messages: "{{ case.messages }}", nodes: "{{ case.nodes }}" }'))).toEqual([])
    expect(faultsOf(scenario('{ messages: none }'))).toContain('/scenarios/0/expect/messages')
    expect(faultsOf('scenarios: "{{ case.all }}"')).toContain('/scenarios')
  })
})
