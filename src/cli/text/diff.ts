// What changed since the last good execution, as text for the terminal.
import type { DiffAnswer } from '../answers.ts'
import { duration, indent, line, plural, status, time, visible } from './table.ts'

type Changes = DiffAnswer['inputs']

export function diffText(diff: DiffAnswer): string {
  const { execution, against, definition, inputs, context, nodes, durationMs } = diff
  const head = `${status(execution.status)}: ${line(execution.workflow.name)}, execution ${execution.id}`
  if (!against) return `${head}\n\nThere is no good execution before it to compare with.`
  const parts = [
    head,
    `Compared with ${against.id}, which succeeded ${time(against.createdAt)}`,
    definition ? definitionText(definition) : '',
    section('Inputs', inputs),
    nodes.length > 0 ? ['Steps:', ...nodes.map(nodeText)].join('\n') : '',
    section('Context at the end', context),
  ]
  const shown = parts.filter((part) => part !== '')
  if (shown.length === 2) shown.push('Nothing that is worth a word differs.')
  if (durationMs) shown.push(`It took ${duration(durationMs.after)}, before ${duration(durationMs.before)}.`)
  return shown.join('\n\n')
}

function definitionText({ from, to, changes, known }: NonNullable<DiffAnswer['definition']>): string {
  const head = `Definition: version ${from} → ${to}`
  if (!known) return `${head} (one of them is not kept any more)`
  const lines = changes.flatMap(({ part, name, change, fields }) => [
    `  ${change} ${part}${name === '' ? '' : ` ${line(name)}`}`,
    ...changeLines(fields).map((text) => indent(text, '    ')),
  ])
  return [`${head}:`, ...lines].join('\n')
}

function nodeText({ node, before, after, output, durationMs, error }: DiffAnswer['nodes'][number]): string {
  const was = before === null ? 'was not there' : status(before)
  const is = after === null ? 'is gone' : status(after)
  const took = durationMs ? `, ${duration(durationMs.before)} → ${duration(durationMs.after)}` : ''
  const state = before === after ? is : `${was} → ${is}`
  return [
    `  ${line(node)}: ${state}${took}`,
    ...(error ? [indent(visible(error.message))] : []),
    ...changeLines(output).map((text) => indent(text)),
  ].join('\n')
}

function section(title: string, changes: Changes): string {
  const lines = changeLines(changes)
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((text) => indent(text, '  '))].join('\n')
}

function changeLines({ shown, more }: Changes): string[] {
  const lines = shown.map(({ path, before, after, line: at }) => {
    const place = path === '' ? 'value' : line(path)
    if (at !== undefined) {
      const text = [...textLines('-', before), ...textLines('+', after)]
      return [`${place}, from line ${at}:`, ...text].join('\n')
    }
    return `${place}: ${word(before)} → ${word(after)}`
  })
  return more > 0 ? [...lines, `… ${plural(more, 'change')} more`] : lines
}

function textLines(sign: string, text: unknown): string[] {
  if (typeof text !== 'string' || text === '') return []
  return visible(text)
    .split('\n')
    .map((one) => `  ${sign} ${one}`)
}

function word(value: unknown): string {
  return value === undefined ? 'nothing' : line(JSON.stringify(value), 120)
}
