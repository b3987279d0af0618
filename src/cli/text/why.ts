// Why a step ran, was skipped or failed, as text for the terminal.
import type { WhyAnswer } from '../answers.ts'
import { indent, line, status, table, visible } from './table.ts'

export function whyText({ execution, node, status: is, summary, join, edges, causes }: WhyAnswer): string {
  const root = causes.at(-1)
  const parts = [
    `${status(is)}: ${node}, in execution ${execution.id} of ${line(execution.workflow.name)}`,
    visible(summary),
    causes.length > 1
      ? [
          'Because:',
          ...causes.slice(1).map((cause) => `  ← ${status(cause.status)}  ${line(cause.why, 400)}`),
        ].join('\n')
      : '',
    root?.error ? errorPlace(root.error) : '',
    edges.length > 0
      ? [
          `It takes ${join === 'all' ? 'all of' : join === 'any' ? 'one of' : `${join} of`} these edges:`,
          ...edges.map(edgeText),
        ].join('\n')
      : '',
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const signs = { yes: '✓', no: '–', unknown: '?' }

function edgeText({ from, fromStatus, on, taken, why, values }: WhyAnswer['edges'][number]): string {
  const outcome = on === 'success' ? '' : ` (on ${on})`
  const head = `  ${signs[taken]} from ${from}${outcome}, ${status(fromStatus)}: ${line(why, 400)}`
  const rows = values.map(({ read, value, late }) => [
    line(read),
    value === undefined ? 'is missing' : `= ${line(JSON.stringify(value), 120)}`,
    late ? '(as it was at the end)' : '',
  ])
  return rows.length === 0 ? head : `${head}\n${indent(table(rows))}`
}

function errorPlace({
  file,
  line: number,
  source,
  hint,
}: NonNullable<WhyAnswer['causes'][number]['error']>): string {
  const place = file === undefined ? '' : `${file}${number === undefined ? '' : `:${number}`}`
  const text = source === undefined ? '' : `: ${source.trim()}`
  return visible([place + text, hint ? `Hint: ${hint}` : ''].filter((part) => part !== '').join('\n'))
}
