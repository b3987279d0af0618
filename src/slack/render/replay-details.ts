// Everything that a replay found, in a modal: each execution that would go another way with all its differences, then
// those of which nothing can be said.
import type { KnownBlock, ModalView } from '@slack/types'
import { z } from 'zod'
import type { ReplayedExecution, ReplayReport } from '../../scenarios/index.ts'
import { actions, button, context, divider, plainText, preformatted, section } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { differenceBox } from './differences.ts'
import { code, escapeLine } from './escape.ts'
import { reportValueSchema } from './lifecycle-buttons.ts'
import { clamp, fitView, limits } from './limits.ts'
import { hiddenNote } from './redact.ts'
import { outcomeText } from './replay.ts'
import { replayMark } from './test-figures.ts'
import { age } from './words.ts'

const executionsShown = 20
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

function listed(
  title: string,
  all: ReplayedExecution[],
  now: number,
  sides: { expected: string; actual: string },
): KnownBlock[] {
  if (all.length === 0) return []
  const more = all.length - executionsShown
  return [
    divider,
    section(`*${title}*`),
    ...all.slice(0, executionsShown).flatMap((one) => execution(one, now, sides)),
    ...(more > 0 ? [context(`And ${more} more, which are in the file.`)] : []),
  ]
}

function execution(
  { id, createdAt, version, differences, differs }: ReplayedExecution,
  now: number,
  sides: { expected: string; actual: string },
): KnownBlock[] {
  const pairs = differences.map(({ at, before, now: after }) => ({ at, expected: before, actual: after }))
  const box = differenceBox(pairs, differencesShown, sides)
  return [
    section(`${age(createdAt, now)} · ${code(clamp(id, 60))} · version ${version}`),
    ...(box.text === '' ? [] : [preformatted(box.text)]),
    ...(differs > differences.length
      ? [context(`And ${differs - differences.length} more differences.`)]
      : []),
  ]
}
