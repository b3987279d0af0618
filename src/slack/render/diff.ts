// What changed since a workflow last went well: its definition, its inputs, what its steps returned, its time.
import type { KnownBlock } from '@slack/types'
import type { Changes, DefinitionChange, Diff, NodeDifference } from '../../commands/answers.ts'
import { actions, context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { errorText } from './report.ts'
import { changeLine, changeLines } from './values.ts'
import { age, duration, nodeEmoji, reportCommand, statusEmoji, statusWord } from './words.ts'
import { chunk } from './workflow.ts'

const partsShown = 12
const nodesShown = 12
const changesShown = 8

export function renderDiff(diff: Diff, now: number): Message {
  const { execution, against } = diff
  const name = `*${escapeLine(execution.workflow.name)}*`
  const head = `${statusEmoji[execution.status]} ${name} ${statusWord[execution.status]}`
  if (!against) {
    return fitMessage({
      text: `There is nothing to compare with: ${escapeLine(execution.workflow.name)} has not gone well before.`,
      blocks: [
        section(`${head}\nThere is no good execution before it to compare with.`),
        actions('diff_actions', [openButton(execution.id)]),
      ],
    })
  }
  const body = [
    ...definition(diff),
    ...listed('Inputs', diff.inputs),
    ...steps(diff),
    ...listed('Context at the end', diff.context),
    ...time(diff),
  ]
  const blocks: KnownBlock[] = [
    section(
      `${head}\nWhat changed since it last went well, ${age(against.createdAt, now)} (${code(against.id)})`,
    ),
    ...(body.length > 0
      ? body
      : [section('Nothing that is kept differs: same definition, inputs and results.')]),
    actions('diff_actions', [openButton(execution.id, 'This one'), openButton(against.id, 'The good one')]),
  ]
  const text = `What changed since ${escapeLine(execution.workflow.name)} last went well`
  return fitMessage({ text, blocks }, reportCommand(execution.id))
}

function listed(title: string, changes: Changes): KnownBlock[] {
  const lines = changeLines(changes, changesShown)
  return lines.length === 0 ? [] : paragraphs(title, lines)
}

function paragraphs(title: string, lines: string[]): KnownBlock[] {
  return chunk(lines, 2800).map((text, index) => section(index === 0 ? `*${title}*\n${text}` : text))
}

function definition({ definition }: Diff): KnownBlock[] {
  if (!definition) return []
  const title = `Definition: version ${definition.from} → ${definition.to}`
  if (!definition.known) return [section(`*${title}*\nOne of the two is not kept any more.`)]
  const { shown, more } = firstOf(definition.changes, partsShown)
  const lines = [...shown.flatMap(partLines), ...(more > 0 ? [`• and ${more} more parts`] : [])]
  return lines.length === 0 ? [section(`*${title}*`)] : paragraphs(title, lines)
}

const changeWord = { added: 'new', removed: 'gone', changed: 'changed' } as const

function partLines({ part, name, change, fields }: DefinitionChange): string[] {
  const what = name === '' ? part : `${part} _${escapeLine(clamp(name, 120))}_`
  return [
    `• ${what}: ${changeWord[change]}`,
    ...fields.shown.slice(0, 4).map((field) => `        ${changeLine(field)}`),
    ...(fields.shown.length > 4 || fields.more > 0 ? ['        • and more'] : []),
  ]
}

function steps({ nodes }: Diff): KnownBlock[] {
  const { shown, more } = firstOf(nodes, nodesShown)
  const lines = [...shown.flatMap(stepLines), ...(more > 0 ? [`• and ${more} more steps`] : [])]
  return lines.length === 0 ? [] : paragraphs('Steps', lines)
}

function stepLines({ node, before, after, output, durationMs, error }: NodeDifference): string[] {
  const status =
    before === after || after === null || before === null
      ? after === null
        ? ' is gone'
        : before === null
          ? ' is new'
          : ''
      : `: ${before} → ${after}`
  const took = durationMs ? `, ${duration(durationMs.before)} → ${duration(durationMs.after)}` : ''
  return [
    `${after === null ? '•' : nodeEmoji[after]} _${escapeLine(node)}_${status}${took}`,
    ...(error ? [`        ${escapeLine(clamp(errorText(error), 200))}`] : []),
    ...changeLines(output, 4).map((line) => `        ${line}`),
  ]
}

function time({ durationMs }: Diff): KnownBlock[] {
  if (!durationMs) return []
  return [context(`Time: ${duration(durationMs.before)} → ${duration(durationMs.after)}`)]
}
