// A replay as text for the terminal: the figures, each execution that went another way, and what was left out.
import type { ReplayList, ReplayReport } from '../answers.ts'
import { duration, indent, line, plural, table, time, visible } from './table.ts'
import { replayFigures } from './versions.ts'

type Replayed = ReplayReport['executions'][number]

export function replayText(report: ReplayReport): string {
  const { workflow, version, totals, executions, leftOut, durationMs } = report
  const head =
    totals.executions === 0 ? 'There was no execution to replay.' : `${sign(report)} ${replayFigures(report)}`
  const parts = [
    head,
    `Version ${version.number} of ${line(workflow.name)} (${workflow.id}) over ${plural(totals.executions, 'real execution')}, in ${duration(durationMs)}`,
    ...executions.filter(({ outcome }) => outcome !== 'same').map(replayedText),
    leftOut.length > 0
      ? `Left out\n${leftOut.map(({ why, count }) => `  ${plural(count, 'execution')}: ${line(why, 300)}`).join('\n')}`
      : '',
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function replayedText({ id, version, createdAt, status, outcome, differences, differs }: Replayed): string {
  const more = differs - differences.length
  const what =
    outcome === 'unrepeatable'
      ? 'does not repeat itself: the version that ran then comes to another result now'
      : 'is different'
  return [
    `${outcome === 'different' ? '✗' : '?'} ${id} ${what}`,
    `    ran ${time(createdAt)} on version ${version}: ${line(status.replace('_', ' '))}`,
    ...differences.map(({ at, before, now }) => {
      const told = table([
        ['before', line(before, 400)],
        ['now', line(now, 400)],
      ])
      return `    ${visible(line(at, 300))}\n${indent(told)}`
    }),
    ...(more > 0 ? [`    and ${plural(more, 'difference')} more`] : []),
  ].join('\n')
}

/** Kept replays, newest first. */
export function replayListText({ replays }: ReplayList): string {
  if (replays.length === 0) return 'It was never replayed.'
  return table(
    replays.map((report) => [
      time(report.startedAt),
      `version ${report.version.number}`,
      `${sign(report)} ${replayFigures(report)}`,
      line(report.startedBy.name, 30),
    ]),
  )
}

/** Nothing failed when something differs; somebody should look. */
const sign = ({ totals }: ReplayReport) => (totals.same === totals.executions ? '✓' : '!')
