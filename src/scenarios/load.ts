// Reads the scenarios of a workflow: the file, its variants, and the CSV files that it names. All faults come at once,
// with file, line and field.
import { basename, join } from 'node:path'
import { readBeside, readText } from '../definition/beside.ts'
import { readDocument } from '../definition/document.ts'
import { compileExpression } from '../definition/expression.ts'
import type { Fault } from '../definition/fault.ts'
import { contentHash } from '../definition/hash.ts'
import { suggestion } from '../definition/nearest.ts'
import type { WorkflowDefinition } from '../definition/schema.ts'
import { checkAgainst } from '../definition/schema-faults.ts'
import { readSeed } from '../definition/seed.ts'
import type { Json, JsonObject } from '../json.ts'
import { expressionVariables } from './expect.ts'
import { ScenarioFaults } from './faults.ts'
import { checkMatcher } from './match.ts'
import type { Collection } from './records.ts'
import { fileSchema, type Scenario, type StartingRecords, scenarioSchema } from './schema.ts'
import { rowText, variantsOf } from './variants.ts'

/** What is right of each item of a file. */
export interface Labels {
  key: string
  /** By the key of the item, what the labels' column says. */
  items: Map<string, string | null>
}

/** One variant of a scenario, ready to be run. */
export interface LoadedScenario {
  /** Unique in the file: `orders whole packs (pack_size=4)`. */
  name: string
  /** Where it stands, as people know the file. */
  file: string
  line: number
  scenario: Scenario
  collections: { [name: string]: Collection }
  labels: { [name: string]: Labels }
}

export type LoadedScenarios = { ok: true; scenarios: LoadedScenario[] } | { ok: false; faults: Fault[] }

/**
 * What a scenario says, however and wherever it is written: with its starting records and labels, so that a change of a
 * file that it names changes it, too.
 */
export function hashOfScenario({ name, scenario, collections, labels }: LoadedScenario): string {
  const right = Object.entries(labels).map(([label, { key, items }]) => [label, key, [...items]])
  return contentHash({ name, scenario, collections, labels: right })
}

/** What all scenarios of a workflow say. */
export function hashOfScenarios(scenarios: readonly LoadedScenario[]): string {
  return contentHash(scenarios.map(hashOfScenario))
}

export const scenariosFile = 'scenarios.yaml'

export interface ScenarioPlace {
  /** Absolute path of the workflow's folder. */
  folder: string
  /** The folder as people know it, for faults: `workflows/reorder-check`. */
  shown: string
}

/** Never throws for what is in the files. A workflow without scenarios has none, which is no fault. */
export async function loadScenarios(
  place: ScenarioPlace,
  definition: WorkflowDefinition,
): Promise<LoadedScenarios> {
  const file = `${place.shown}/${scenariosFile}`
  const read = await readText(join(place.folder, scenariosFile), scenariosFile)
  if (!read.ok) {
    if (read.problem.code === 'workflow.file_missing') return { ok: true, scenarios: [] }
    return { ok: false, faults: [{ ...read.problem, file, line: 1 }] }
  }
  const document = readDocument(read.text)
  if (!document.ok) return { ok: false, faults: document.problems.map((problem) => ({ ...problem, file })) }
  const faults = new ScenarioFaults(file, document.file)
  const whole = checkAgainst(fileSchema, withoutSchema(document.file.data))
  if (!whole.ok) {
    for (const fault of whole.faults) faults.add(fault)
    return { ok: false, faults: faults.sorted() }
  }
  const beside = new Beside(place, definition)
  const seen = new Map<string, number>()
  const scenarios: LoadedScenario[] = []
  for (const [index, raw] of whole.value.scenarios.entries()) {
    const at = ['scenarios', index]
    const add = (fault: Parameters<ScenarioFaults['add']>[0]) =>
      faults.add({ ...fault, path: [...at, ...fault.path] })
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      add({
        code: 'scenario.invalid_field',
        message: 'a scenario should be an object with a name.',
        path: [],
      })
      continue
    }
    const told = variantsOf(raw as JsonObject)
    if (!told.ok) {
      for (const fault of told.faults) add(fault)
      continue
    }
    const { line } = document.file.locate(at)
    for (const { data, row } of told.variants) {
      const checked = checkAgainst(scenarioSchema, data)
      if (!checked.ok) {
        for (const fault of checked.faults) add(fault)
        continue
      }
      const scenario = checked.value
      for (const fault of checkScenario(scenario, definition)) add(fault)
      const name = uniqueName(scenario.name, row, raw as JsonObject, seen)
      if (name === undefined) {
        add({
          code: 'scenario.duplicate',
          message: `another scenario has the name "${scenario.name}" too.`,
          path: ['name'],
        })
        continue
      }
      const collections = await beside.collections(scenario, add, (fault) => faults.addPlaced(fault))
      const labels = await beside.labels(scenario, add, (fault) => faults.addPlaced(fault))
      scenarios.push({ name, file, line, scenario, collections, labels })
    }
  }
  const found = faults.sorted()
  return found.length > 0 ? { ok: false, faults: found } : { ok: true, scenarios }
}

/** Variants whose names do not tell them apart are told apart by their rows. */
function uniqueName(
  name: string,
  row: JsonObject | undefined,
  raw: JsonObject,
  seen: Map<string, number>,
): string | undefined {
  const told = row === undefined || String(raw.name).includes('{{') ? name : `${name} (${rowText(row)})`
  const count = (seen.get(told) ?? 0) + 1
  seen.set(told, count)
  if (count === 1) return told
  return row === undefined ? undefined : `${told} #${count}`
}

type AddFault = (fault: Parameters<ScenarioFaults['add']>[0]) => void

/** What the schema cannot know: the workflow's own nodes, matchers, and expressions. */
function checkScenario(scenario: Scenario, definition: WorkflowDefinition) {
  const { expect, trigger } = scenario
  const names = definition.nodes.map((node) => node.name)
  const found: Parameters<AddFault>[0][] = []
  const known = (name: string, path: (string | number)[]) => {
    if (names.includes(name)) return
    const hint = suggestion(name, names)
    found.push({
      code: 'scenario.unknown_node',
      message: `there is no node "${name}" in the workflow.`,
      ...(hint ? { hint } : {}),
      path,
    })
  }
  if (trigger !== undefined) known(trigger, ['trigger'])
  for (const name of Object.keys(expect.outputs)) known(name, ['expect', 'outputs', name])
  for (const list of ['ran', 'skipped', 'failed'] as const)
    for (const [index, name] of expect.nodes[list].entries()) known(name, ['expect', 'nodes', list, index])
  for (const [index, { node }] of (expect.messages ?? []).entries())
    if (node !== undefined) known(node, ['expect', 'messages', index, 'node'])
  for (const name of Object.keys(scenario.approvals)) known(name, ['approvals', name])
  for (const [index, { url }] of scenario.http.entries())
    found.push(...checkMatcher(url, ['http', index, 'url']))
  found.push(...checkMatcher({ ...expect.outputs }, ['expect', 'outputs']))
  for (const field of ['output', 'context'] as const)
    if (expect[field] !== undefined) found.push(...checkMatcher(expect[field], ['expect', field]))
  for (const [name, { count, created, changed }] of Object.entries(expect.records)) {
    const path = ['expect', 'records', name]
    if (count !== undefined) found.push(...checkMatcher(count, [...path, 'count']))
    if (Array.isArray(created)) found.push(...checkMatcher(created, [...path, 'created']))
    if (changed) found.push(...checkMatcher({ ...changed }, [...path, 'changed']))
  }
  for (const [index, { count: _, ...message }] of (expect.messages ?? []).entries())
    found.push(...checkMatcher(plain(message), ['expect', 'messages', index]))
  for (const [index, { count: _, ...request }] of (expect.requests ?? []).entries())
    found.push(...checkMatcher(plain(request), ['expect', 'requests', index]))
  for (const [index, text] of expect.that.entries()) {
    const compiled = compileExpression(text, { variables: expressionVariables, condition: true })
    if (!compiled.ok) found.push({ ...compiled.fault, path: ['expect', 'that', index] })
  }
  return found
}

/** Files beside the workflow, each read once however many scenarios name it. */
class Beside {
  readonly #place: ScenarioPlace
  readonly #definition: WorkflowDefinition
  readonly #files = new Map<string, ReturnType<typeof readBeside>>()
  readonly #rows = new Map<string, Promise<JsonObject[] | undefined>>()

  constructor(place: ScenarioPlace, definition: WorkflowDefinition) {
    this.#place = place
    this.#definition = definition
  }

  async collections(
    { records }: Scenario,
    add: AddFault,
    addPlaced: (fault: Fault) => void,
  ): Promise<LoadedScenario['collections']> {
    const declared = this.#definition.collections
    const empty = Object.entries(declared).map(([name, { key }]): [string, Collection] => [
      name,
      { key, records: [] },
    ])
    const collections = Object.fromEntries(empty)
    for (const [name, given] of Object.entries(records)) {
      const start: StartingRecords = Array.isArray(given) ? { rows: given } : given
      const { key = start.key ?? 'id', fields = {}, seed } = declared[name] ?? {}
      const path = ['records', name]
      if (start.key !== undefined && start.key !== key) {
        const message = `the workflow declares "${name}" with the key "${key}".`
        add({ code: 'scenario.key', message, path: [...path, 'key'] })
      }
      if (start.seed && seed === undefined) {
        const message = `the workflow has no seed for "${name}".`
        add({ code: 'scenario.no_seed', message, path: [...path, 'seed'] })
        continue
      }
      const rows: JsonObject[] = []
      const files = [...(start.seed && seed !== undefined ? [seed] : []), ...(start.file ? [start.file] : [])]
      for (const file of files) {
        const read = await this.#read(file, { key, fields }, (fault) => add({ ...fault, path }), addPlaced)
        rows.push(...(read ?? []))
      }
      for (const row of start.rows ?? []) rows.push({ ...start.fill, ...row })
      const kept = changed(rows, key, start, (message, field) =>
        add({ code: 'scenario.unknown_record', message, path: [...path, field] }),
      )
      if (
        new Set(kept.map((row) => String(row[key]))).size < kept.length ||
        kept.some((row) => row[key] == null)
      )
        add({ code: 'scenario.key', message: `each record needs a "${key}" of its own.`, path })
      collections[name] = { key, records: kept }
    }
    return collections
  }

  async labels(
    scenario: Scenario,
    add: AddFault,
    addPlaced: (fault: Fault) => void,
  ): Promise<LoadedScenario['labels']> {
    const labels: LoadedScenario['labels'] = {}
    for (const [name, { file, key, column }] of Object.entries(scenario.labels)) {
      const path = ['labels', name]
      const rows = await this.#read(file, { key, fields: {} }, (fault) => add({ ...fault, path }), addPlaced)
      if (!rows) continue
      if (rows[0] && !Object.hasOwn(rows[0], column)) {
        const hint = suggestion(column, Object.keys(rows[0]))
        const message = `"${file}" has no column "${column}".`
        add({
          code: 'scenario.unknown_column',
          message,
          ...(hint ? { hint } : {}),
          path: [...path, 'column'],
        })
      }
      const items = rows.map((row): [string, string | null] => [
        String(row[key]),
        (row[column] ?? null) as string | null,
      ])
      labels[name] = { key, items: new Map(items) }
    }
    return labels
  }

  async #read(
    file: string,
    declared: Pick<WorkflowDefinition['collections'][string], 'key' | 'fields'>,
    add: (problem: { code: string; message: string; hint?: string }) => void,
    addPlaced: (fault: Fault) => void,
  ): Promise<JsonObject[] | undefined> {
    const text = await this.#text(file)
    if (!text.ok) {
      add(text.problem)
      return undefined
    }
    const slot = JSON.stringify([file, declared])
    const known = this.#rows.get(slot)
    if (known) return known
    const read = readSeed(text.text, file, declared)
    if (!read.ok)
      for (const fault of read.faults) addPlaced({ ...fault, file: `${this.#place.shown}/${basename(file)}` })
    const rows = Promise.resolve(read.ok ? read.records : undefined)
    this.#rows.set(slot, rows)
    return rows
  }

  #text(file: string): ReturnType<typeof readBeside> {
    const known = this.#files.get(file) ?? readBeside(this.#place.folder, file)
    this.#files.set(file, known)
    return known
  }
}

function changed(
  rows: JsonObject[],
  key: string,
  { change = {}, remove = [] }: StartingRecords,
  unknown: (message: string, field: string) => void,
): JsonObject[] {
  const keys = new Set(rows.map((row) => String(row[key])))
  for (const id of Object.keys(change))
    if (!keys.has(id)) unknown(`there is no record "${id}" to change.`, 'change')
  const removed = new Set(remove.map(String))
  for (const id of removed) if (!keys.has(id)) unknown(`there is no record "${id}" to remove.`, 'remove')
  return rows
    .filter((row) => !removed.has(String(row[key])))
    .map((row) => ({ ...row, ...change[String(row[key])] }))
}

function withoutSchema(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
  const { $schema: _, ...rest } = data as { [field: string]: unknown }
  return rest
}

/** Without the fields that zod leaves undefined. */
function plain(fields: { [field: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
