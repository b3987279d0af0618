// A dry run as text for the terminal: the report, then what would become of records, who would be told what, and what was
// taken for granted. `--json` has all of it.
import type { Json, JsonObject } from '../../json.ts'
import type { DryRun } from '../answers.ts'
import { reportText } from './report.ts'
import { indent, line, plural, time } from './table.ts'

const rowsShown = 20
const textLines = 12

export function dryRunText(run: DryRun): string {
  const { messages, requests, workflows, assumed } = run
  const questions = messages.filter(({ question }) => question)
  const told = messages.filter(({ question }) => !question)
  const parts = [
    `${triedText(run)} This is what would happen. Nothing was done.`,
    reportText(run.report),
    recordsText(run.records),
    questions.length > 0 ? `Questions\n${questions.map(messageText).join('\n')}` : '',
    told.length > 0 ? `Messages\n${told.map(messageText).join('\n')}` : 'No message would be sent.',
    requests.length > 0 ? `Requests that were not sent\n${requests.map(requestText).join('\n')}` : '',
    workflows.length > 0 ? `Workflows that would run\n${workflows.map(calledText).join('\n')}` : '',
    assumed.length > 0 ? `Taken for granted\n${assumed.map((one) => `  ${line(one, 300)}`).join('\n')}` : '',
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function triedText({ report: { version }, answering }: DryRun): string {
  if (answering === version.number) return `Version ${version.number}, which answers now.`
  const answers = answering === null ? 'none answers yet' : `version ${answering} answers now`
  return `Version ${version.number}; ${answers}.`
}

// ---- Records --------------------------------------------------------------------------------------------------

function recordsText(records: DryRun['records']): string {
  const lines = Object.entries(records).flatMap(([name, changes]) => collectionLines(name, changes))
  return lines.length > 0 ? `Records\n${lines.join('\n')}` : 'No record would change.'
}

function collectionLines(
  name: string,
  { created, changed, deleted, key, before, by }: DryRun['records'][string],
) {
  const row = (sign: string, id: string, words: string) =>
    `  ${sign} ${line(name, 60)} ${line(id, 60)}  ${line(words, 300)}${byText(own(by, id))}`
  const rows = [
    ...created.map((value) => row('+', shortText(own(value, key)), fieldsText(value, key))),
    ...Object.entries(changed).map(([id, value]) => row('~', id, changesText(own(before, id) ?? {}, value))),
    ...deleted.map((id) => row('-', id, fieldsText(own(before, id) ?? {}, key))),
  ]
  const more = rows.length - rowsShown
  return [...rows.slice(0, rowsShown), ...(more > 0 ? [`    and ${more} more in ${line(name, 60)}`] : [])]
}

function fieldsText(value: JsonObject, key: string): string {
  return Object.entries(value)
    .filter(([name]) => name !== key)
    .map(([name, field]) => `${name}: ${shortText(field)}`)
    .join(', ')
}

function byText(by: string[] | undefined): string {
  return by ? `  (by ${by.map((one) => line(one, 60)).join(', ')})` : ''
}

/** `stock: 3 → 40, status: open → done` */
function changesText(before: JsonObject, after: JsonObject): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changes = names
    .filter((name) => JSON.stringify(own(before, name)) !== JSON.stringify(own(after, name)))
    .map((name) => `${name}: ${shortText(own(before, name))} → ${shortText(own(after, name))}`)
  return changes.join(', ') || 'written again as it is'
}

/** A record or a field may be called "constructor". */
function own<T>(values: { [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function shortText(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return '–'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return line(text, 80)
}

// ---- The rest -------------------------------------------------------------------------------------------------

function messageText(message: DryRun['messages'][number]): string {
  const { to, title, text, fields = [], table, buttons = [], question, workflow } = message
  const labels = [...(question ? ['Approve', 'Reject'] : []), ...buttons.map(({ label }) => label)]
  const said = text.split('\n')
  const lines = [
    ...(title ? [title] : []),
    ...said.slice(0, textLines),
    ...(said.length > textLines ? [`… ${plural(said.length - textLines, 'line')} more`] : []),
    ...fields.map(({ label, value }) => `${label}: ${value}`),
    ...(table ? [`Table of ${plural(table.rows.length, 'row')}: ${table.columns.join(', ')}`] : []),
    ...(labels.length > 0 ? [labels.map((label) => `[ ${label} ]`).join(' ')] : []),
  ]
  const takes = question && question.rules.needed > 1 ? `, takes ${question.rules.needed} approvals` : ''
  const from = workflow ? ` (by ${line(workflow, 60)})` : ''
  const body = lines.map((one) => line(one, 300)).filter((one) => one !== '')
  return `  To ${line(to, 80)}${takes}${from}\n${indent(body.join('\n'), '    | ')}`
}

function requestText({ method, url, body, workflow, answeredFrom }: DryRun['requests'][number]): string {
  const how = answeredFrom
    ? `answered as in execution ${line(answeredFrom.executionId, 60)} of ${time(answeredFrom.at)}`
    : 'no answer is on record'
  return [
    `  ${line(method, 10)} ${line(url, 300)}${workflow ? ` (by ${line(workflow, 60)})` : ''}`,
    ...(body ? [`    ${line(body, 300)}`] : []),
    `    ${how}`,
  ].join('\n')
}

function calledText({ workflow, version, node, status }: DryRun['workflows'][number]): string {
  return `  ${line(workflow.name, 100)} (${line(workflow.id, 63)}, version ${version}) at "${line(node, 60)}": ${status.replace('_', ' ')}`
}
