// One workflow in detail: what it does, its steps in order with the ways between them in words, and its faults.
import type { KnownBlock } from '@slack/types'
import type { CommandResult, VersionState } from '../../commands/types.ts'
import { describeFault } from '../../definition/fault.ts'
import type { Edge, Version, WorkflowNode } from '../../definition/schema.ts'
import { actions, context, section } from './blocks.ts'
import { runButton } from './buttons.ts'
import { code, escapeLine, escapeText } from './escape.ts'
import { testButton, versionsButton } from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { stateMark } from './test-figures.ts'
import { age, count, named, reference } from './words.ts'
import { lastWords } from './workflows.ts'

type Detail = Extract<CommandResult, { kind: 'workflow' }>

const stepsShown = 40
const faultsShown = 8

export function renderWorkflow(detail: Detail, now: number): Message {
  const { entry, last, deactivation, testing, standing } = detail
  // What waits is what there is to see while nothing answers.
  const version = entry.version ?? entry.draft
  const name = version?.definition.metadata.name ?? entry.id
  const workflow = { id: entry.id, name }
  const blocks: KnownBlock[] = version
    ? [...about(entry.id, version), ...standingLines(detail, now), ...steps(version)]
    : [section(`*${escapeLine(name)}*  ${code(entry.id)}\nIt cannot run: no good version was ever loaded.`)]
  if (version && last) blocks.push(context(lastWords(last, now)))
  blocks.push(...faults(entry, entry.version !== undefined))
  if (version) {
    const runs = (entry.version !== undefined || testing) && deactivation === null
    const untested = standing.draft?.state === 'draft' && !testing
    blocks.push(
      actions('workflow_actions', [
        ...(runs ? [runButton(workflow, { style: 'primary' })] : []),
        ...(untested ? [testButton(workflow, { label: 'Test the draft' })] : []),
        versionsButton(workflow),
      ]),
    )
  }
  const state = deactivation
    ? ' It does not answer: it stopped itself.'
    : entry.version || !version
      ? ''
      : ' It does not answer yet.'
  return fitMessage(
    {
      text: `${escapeLine(name)}: ${escapeLine(clamp(version?.definition.metadata.description ?? 'has faults', 200))}${state}`,
      blocks,
    },
    `The whole is in ${code(entry.file)}`,
  )
}

/** What keeps it from answering, and which version waits. */
function standingLines({ standing, deactivation, testing }: Detail, now: number): KnownBlock[] {
  const { active, draft } = standing
  const lines: string[] = []
  if (deactivation) {
    const why = escapeLine(clamp(deactivation.reason, 300))
    lines.push(`:no_entry: *It does not answer.* It stopped itself ${age(deactivation.at, now)}: ${why}`)
  }
  if (testing) {
    lines.push(':hourglass_flowing_sand: It is being tested for the first time; a run waits for that')
  } else if (draft) {
    const until = active
      ? `version ${active.number} answers until it is activated`
      : 'nothing answers until it is activated'
    lines.push(`${stateMark[draft.state]} Version ${draft.number} is a ${draftWords(draft)}; ${until}`)
  }
  return lines.length === 0 ? [] : [section(lines.join('\n'))]
}

/** `draft that was not tested yet`, `draft that passes its tests` */
export function draftWords({
  test,
  outdated,
  proposed,
}: Pick<VersionState, 'test' | 'outdated' | 'proposed'>): string {
  if (proposed) return `draft that ${named(proposed.by)} proposed`
  if (!test) return 'draft that was not tested yet'
  if (outdated) return 'draft whose scenarios have changed since its test'
  return test.passed ? 'draft that passes its tests' : 'draft that does not pass its tests'
}

function about(id: string, version: Version): KnownBlock[] {
  const { metadata } = version.definition
  const description = metadata.description ? `\n${escapeText(clamp(metadata.description, 1200))}` : ''
  const facts = [
    `Version ${version.number}`,
    metadata.owner ? `Owner: ${reference(metadata.owner)}` : 'No owner',
    ...(metadata.tags.length > 0 ? [metadata.tags.map(escapeLine).join(', ')] : []),
  ]
  return [section(`*${escapeLine(metadata.name)}*  ${code(id)}${description}`), context(facts.join(' · '))]
}

function steps(version: Version): KnownBlock[] {
  const { nodes, edges } = version.definition
  const { shown, more } = firstOf(nodes, stepsShown)
  const lines = shown.map((node, index) =>
    step(
      node,
      index + 1,
      edges.filter((edge) => edge.from === node.name),
    ),
  )
  if (more > 0) lines.push(`… and ${count(more, 'more step', 'more steps')}, which you find in the file`)
  return chunk(lines, 2800).map((text, index) => section(index === 0 ? `*Steps*\n${text}` : text))
}

function step(node: WorkflowNode, position: number, out: Edge[]): string {
  const description = node.description ? ` – ${escapeLine(clamp(node.description, 120))}` : ''
  const ways = out.slice(0, 6).map((edge) => `\n        → ${way(edge)}`)
  if (out.length > 6) ways.push(`\n        → and ${out.length - 6} more`)
  return `${position}. *${escapeLine(node.name)}* (${escapeLine(node.type)})${description}${ways.join('')}`
}

/** `notify buyers, when outputs["check"].low > 0` */
function way(edge: Edge): string {
  const to = escapeLine(edge.to)
  const outcome = { success: '', failure: ' if it fails', always: ' in any case' }[edge.on]
  if (edge.else) return `${to} otherwise${outcome}`
  return edge.when ? `${to}${outcome} when ${code(clamp(edge.when, 160))}` : `${to}${outcome}`
}

function faults(entry: Detail['entry'], inService: boolean): KnownBlock[] {
  if (entry.faults.length === 0) return []
  const { shown, more } = firstOf(entry.faults, faultsShown)
  const lines = shown.map((fault) => `• ${escapeText(clamp(describeFault(fault), 300))}`)
  if (more > 0) lines.push(`• and ${more} more`)
  const title = inService
    ? 'The file on disk has faults. The version above stays in service until they are mended.'
    : 'Faults to mend'
  return chunk(lines, 2800).map((text, index) =>
    section(index === 0 ? `:warning: *${title}*\n${text}` : text),
  )
}

/** Joins lines into texts of at most `max` characters. */
export function chunk(lines: string[], max: number): string[] {
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + line.length + 1 <= max)
      texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts
}
