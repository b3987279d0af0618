// Why a step ran, was skipped or failed: the edges that led to it with what their conditions saw, and the cause upstream.
import type { KnownBlock } from '@slack/types'
import type { JudgedEdge, Why } from '../../commands/answers.ts'
import { actions, context, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine, escapeText } from './escape.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { errorBlocks } from './report.ts'
import { shortValue } from './values.ts'
import { age, named, nodeEmoji, reportCommand } from './words.ts'
import { chunk } from './workflow.ts'

const edgesShown = 12
const valuesShown = 6

export function renderWhy(why: Why, now: number): Message {
  const { execution, node, status, summary, causes } = why
  const { shown, more } = firstOf(why.edges, edgesShown)
  const lines = [...shown.map(edgeLine), ...(more > 0 ? [`• and ${more} more`] : [])]
  const root = causes.at(-1)
  const blocks: KnownBlock[] = [
    section(`${nodeEmoji[status]} *${escapeLine(node)}*: ${escapeText(clamp(summary, 1000))}`),
    context(
      `*${escapeLine(execution.workflow.name)}* · ${age(execution.createdAt, now)} by ${named(execution.startedBy)} · ${code(execution.id)}`,
    ),
    ...chunk(lines, 2800).map((text, index) =>
      section(index === 0 ? `*Ways into this step*${joinWords(why)}\n${text}` : text),
    ),
    ...(causes.length > 1 ? [section(`*How it came to this*\n${causes.map(causeLine).join('\n')}`)] : []),
    ...(root?.error ? errorBlocks(root.error) : []),
    actions('why_actions', [openButton(execution.id)]),
  ]
  return fitMessage(
    { text: `${escapeLine(node)}: ${escapeText(clamp(summary, 300))}`, blocks },
    reportCommand(execution.id),
  )
}

function joinWords({ join, edges }: Why): string {
  if (edges.length < 2 || join === 'all') return ''
  return join === 'any' ? ' (any of them is enough)' : ` (${join} of them are needed)`
}

const taken = { yes: ':white_check_mark:', no: ':x:', unknown: ':grey_question:' } as const

function edgeLine(edge: JudgedEdge): string {
  const outcome = { success: '', failure: ' if it fails', always: ' in any case' }[edge.on]
  const condition = edge.when ? ` when ${code(clamp(edge.when, 200))}` : edge.else ? ' otherwise' : ''
  const why = edge.why ? `: ${escapeText(clamp(edge.why, 300))}` : ''
  const { shown, more } = firstOf(edge.values, valuesShown)
  const values = shown.map(
    ({ read, value, late }) =>
      `\n        ${code(clamp(read, 120))} was ${shortValue(value)}${late ? ' at the end' : ''}`,
  )
  if (more > 0) values.push(`\n        and ${more} more values`)
  return `${taken[edge.taken]} from _${escapeLine(edge.from)}_${outcome}${condition}${why}${values.join('')}`
}

function causeLine({ node, status, why }: Why['causes'][number]): string {
  return `${nodeEmoji[status]} _${escapeLine(node)}_ ${escapeText(clamp(why, 240))}`
}
