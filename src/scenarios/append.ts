// Adds a scenario to a file of scenarios, every line of which stays as its authors wrote it. Pure.
import { isMap, isSeq, parseDocument, stringify } from 'yaml'
import { maxFileBytes } from '../definition/beside.ts'
import { WorkflowError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { scenarioText } from './from-report.ts'
import { maxScenarios } from './schema.ts'

/**
 * The text of the file with this scenario at the end of its list. An empty text becomes a whole file. Throws as
 * `requireRoom`, and `scenario.cannot_append` when the file would become too large.
 */
export function appendScenario(text: string, scenario: JsonObject): string {
  if (text.trim() === '') return scenarioText(scenario)
  const { known, start, end } = requireRoom(text, scenario)
  const column = /[^\n]*$/.exec(text.slice(0, start))?.[0] ?? ''
  const lines = stringify([scenario], { lineWidth: 110, aliasDuplicateObjects: false }).trimEnd().split('\n')
  const block = lines.map((line) => (line === '' ? line : column + line)).join('\n')
  const rest = text.slice(end).trimStart()
  const after = `${text.slice(0, end).trimEnd()}\n\n${block}\n${rest === '' ? '' : `\n${rest}`}`
  if (Buffer.byteLength(after) > maxFileBytes) throw full()
  // Better none than one in the wrong place, whatever the file looks like.
  const now = namesIn(parseDocument(after, { logLevel: 'error' }))
  if (JSON.stringify(now) !== JSON.stringify([...known, scenario.name])) throw cannotAppend()
  return after
}

/**
 * Reads where the list of a file stands that can grow by this scenario, and the names in it. Throws
 * `scenario.duplicate` when one of this name is there, `scenario.cannot_append` for a file that is not a plain list, and
 * for a full one.
 */
export function requireRoom(
  text: string,
  { name }: JsonObject,
): { known: unknown[]; start: number; end: number } {
  const document = parseDocument(text, { logLevel: 'error' })
  const list = isMap(document.contents) ? document.contents.get('scenarios') : undefined
  if (document.errors.length > 0 || !isSeq(list) || list.flow || !list.range) throw cannotAppend()
  const known = namesIn(document)
  if (known.includes(name)) {
    throw new WorkflowError('scenario.duplicate', `The scenario "${name}" is in the file already.`, {
      hint: 'Change it there.',
    })
  }
  if (known.length >= maxScenarios) throw full()
  return { known, start: list.range[0], end: list.range[1] }
}

function namesIn(document: ReturnType<typeof parseDocument>): unknown[] {
  if (document.errors.length > 0) return []
  const { scenarios } = document.toJS() as { scenarios: { name?: unknown }[] }
  return scenarios.map((one) => one?.name)
}

function full(): WorkflowError {
  return cannotAppend('The file of scenarios is full.')
}

function cannotAppend(why = 'The file of scenarios is not a list that can grow.'): WorkflowError {
  return new WorkflowError('scenario.cannot_append', why, {
    hint: 'Take the scenario as a file and put it there yourself.',
  })
}
