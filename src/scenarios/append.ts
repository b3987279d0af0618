// Adds a scenario to a file of scenarios, every line of which stays as its authors wrote it. Pure.
import { isMap, isSeq, parseDocument, stringify } from 'yaml'
import { maxFileBytes } from '../definition/beside.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { scenarioText } from './from-report.ts'
import { maxScenarios } from './schema.ts'

/**
 * The text of the file with this scenario at the end of its list. An empty text becomes a whole file. Throws
 * `scenario.duplicate` when one of this name is there, `scenario.cannot_append` for a file that is not a plain list.
 */
export function appendScenario(text: string, scenario: JsonObject): string {
  if (text.trim() === '') return scenarioText(scenario)
  const before = parseDocument(text, { logLevel: 'error' })
  const list = isMap(before.contents) ? before.contents.get('scenarios') : undefined
  if (before.errors.length > 0 || !isSeq(list) || list.flow || !list.range) throw cannotAppend()
  const known = namesIn(text)
  if (known.includes(scenario.name)) {
    throw new WorkflowError('scenario.duplicate', `The scenario "${scenario.name}" is in the file already.`, {
      hint: 'Change it there.',
    })
  }
  const column = /[^\n]*$/.exec(text.slice(0, list.range[0]))?.[0] ?? ''
  const lines = stringify([scenario], { lineWidth: 110, aliasDuplicateObjects: false }).trimEnd().split('\n')
  const block = lines.map((line) => (line === '' ? line : column + line)).join('\n')
  const end = list.range[1]
  const rest = text.slice(end).trimStart()
  const after = `${text.slice(0, end).trimEnd()}\n\n${block}\n${rest === '' ? '' : `\n${rest}`}`
  // Better none than one in the wrong place, whatever the file looks like.
  const now = namesIn(after)
  if (JSON.stringify(now) !== JSON.stringify([...known, scenario.name])) throw cannotAppend()
  if (now.length > maxScenarios || Buffer.byteLength(after) > maxFileBytes)
    throw cannotAppend('The file of scenarios is full.')
  return after
}

function namesIn(text: string): unknown[] {
  const document = parseDocument(text, { logLevel: 'error' })
  if (document.errors.length > 0) return []
  const { scenarios } = document.toJS() as { scenarios: { name?: unknown }[] }
  return scenarios.map((one) => one?.name)
}

function cannotAppend(why = 'The file of scenarios is not a list that can grow.'): WorkflowError {
  return new WorkflowError('scenario.cannot_append', why, {
    hint: 'Take the scenario as a file and put it there yourself.',
  })
}
