// Everything that a replay found, in a modal: each execution that would go another way with all its differences, then
// those of which nothing can be said.
import type { KnownBlock, ModalView } from '@slack/types'
import { z } from 'zod'
import type { ReplayedExecution, ReplayReport } from '../../scenarios/index.ts'
import { actions, button, context, divider, plainText, preformatted, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { differenceBox, type Sides } from './differences.ts'
import { escapeLine } from './escape.ts'
import { reportValueSchema } from './lifecycle-buttons.ts'
import { firstOf, fitView, limits } from './limits.ts'
import { hiddenNote } from './redact.ts'
import { alike, heads, outcomeText } from './replay.ts'
import { replayMark } from './test-figures.ts'
import { count } from './words.ts'

const groupsShown = 20
/** As many as are kept of one. */
const differencesShown = 20

/** What the modal remembers: whose replay, and the message that it was opened from. */
export const replayPlaceSchema = reportValueSchema.extend({
  channel: z.string().optional(),
  ts: z.string().optional(),
})
export type ReplayPlace = z.infer<typeof replayPlaceSchema>

export function renderReplayDetails(
  report: ReplayReport,
  place: Pick<ReplayPlace, 'channel' | 'ts'>,
  now: number,
  { hidden = false }: { hidden?: boolean } = {},
): ModalView {
  const kept: ReplayPlace = { workflowId: report.workflow.id, id: report.id, ...place }
  const executions = hidden
    ? report.executions.map((one) => ({ ...one, differences: [] }))
    : report.executions
  const different = executions.filter(({ outcome }) => outcome === 'different')
  const unrepeatable = executions.filter(({ outcome }) => outcome === 'unrepeatable')
  const blocks: KnownBlock[] = [
    section(
      `${replayMark(report)} *${escapeLine(report.workflow.name)}* version ${report.version.number}\n${outcomeText(report)}`,
    ),
    ...(hidden ? [context(hiddenNote)] : [fileRow(report)]),
    ...listed('Would go another way', different, now, { expected: 'then', actual: 'now' }),
    ...listed('Cannot be told: the same version does not come to the same again', unrepeatable, now, {
      expected: 'then',
      actual: 'again',
    }),
    ...(different.length + unrepeatable.length === 0
      ? [section('All of them come to the same: what is sent, recorded and requested.')]
      : []),
  ]
  return {
    type: 'modal',
    callback_id: 'replay_details',
    title: plainText(`Replay of version ${report.version.number}`, limits.viewTitle),
    close: plainText('Close', limits.viewTitle),
    private_metadata: JSON.stringify(kept),
    blocks: fitView(blocks, 'The file has everything.'),
  }
}

function fileRow({ id }: ReplayReport): KnownBlock {
  return actions('replay_file', [
    button('Send as file', {
      action: actionIds.replayFile,
      value: id,
      label: 'Send the whole replay as a file',
    }),
  ])
}

function listed(title: string, all: ReplayedExecution[], now: number, sides: Sides): KnownBlock[] {
  if (all.length === 0) return []
  const groups = alike(all, (one) => boxOf(one, sides))
  const { shown, more } = firstOf(groups, groupsShown)
  return [
    divider,
    section(`*${title}*`),
    ...shown.flatMap(({ first, same }) => together(first, same, now, sides)),
    ...(more > 0 ? [context(`And ${more} more, which are in the file.`)] : []),
  ]
}

/** What is the same of several executions is said once. */
function together(
  first: ReplayedExecution,
  same: ReplayedExecution[],
  now: number,
  sides: Sides,
): KnownBlock[] {
  const box = boxOf(first, sides)
  const more = first.differs - first.differences.length
  return [
    section(heads(same, now)),
    ...(box === '' ? [] : [preformatted(box)]),
    ...(box !== '' && more > 0 ? [context(`And ${count(more, 'more difference')}.`)] : []),
  ]
}

function boxOf({ differences }: ReplayedExecution, sides: Sides): string {
  const pairs = differences.map(({ at, before, now }) => ({ at, expected: before, actual: now }))
  return differenceBox(pairs, differencesShown, sides).text
}
