// The versions of a workflow as text for the terminal: which one answers, and what is known of how good each is.
import type { ReplayReport, TestReport, VersionList } from '../answers.ts'
import { indent, line, plural, time } from './table.ts'

type VersionState = VersionList['versions'][number]

export function versionsText({ workflow, versions, deactivation }: VersionList): string {
  const head = `${line(workflow.name)} (${workflow.id})`
  if (versions.length === 0) return `${head}\n\nNo version of it was ever loaded.`
  const parts = [
    head,
    deactivation
      ? `It does not answer: version ${deactivation.version} stopped itself ${time(deactivation.at)}.\n` +
        indent(line(deactivation.reason, 400), '  ')
      : '',
    versions.map((version) => versionText(version, workflow.id)).join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const SIGNS: { [state in VersionState['state']]: string } = {
  active: '▸',
  tested: '✓',
  draft: '…',
  retired: '–',
}

function versionText(version: VersionState, workflowId: string): string {
  const { number, state, proposed, test, outdated, replay } = version
  const details = [
    proposed
      ? `proposed ${time(proposed.at)} by ${line(proposed.by.name, 60)}; somebody else has to activate it`
      : '',
    test ? `${testFigures(test)}, ${time(test.startedAt)}` : 'not tested',
    test && outdated ? 'the scenarios have changed since, so that this test no longer counts' : '',
    replay ? `replayed: ${replayFigures(replay)}, ${time(replay.startedAt)}` : '',
    next(version, workflowId),
  ]
  return [
    `${SIGNS[state]} version ${number}: ${state}, ${since(version)}`,
    ...details.filter((detail) => detail !== '').map((detail) => `    ${detail}`),
  ].join('\n')
}

const HOW: { [how in NonNullable<VersionState['activated']>['how']]: string } = {
  first: 'the first',
  edited: 'edited',
  activated: 'activated',
  overridden: 'activated in spite of its tests',
  rolled_back: 'brought back',
}

function since({ at, activated }: VersionState): string {
  if (!activated) return `first seen ${time(at)}`
  const by = activated.by ? ` by ${line(activated.by.name, 60)}` : ''
  const reason = activated.reason ? `: ${line(activated.reason, 300)}` : ''
  return `${HOW[activated.how]} ${time(activated.at)}${by}${reason}`
}

function next({ state, outdated }: VersionState, workflowId: string): string {
  if (state === 'draft' || (state === 'tested' && outdated)) return `next: test ${workflowId} --keep`
  return state === 'tested' ? `next: activate ${workflowId}` : ''
}

/** `✓ 12 of 12 scenarios, 3 of 3 criteria` */
export function testFigures({ passed, totals, criteria }: TestReport): string {
  const met = criteria.filter((one) => one.met).length
  const scenarios = `${totals.passed} of ${plural(totals.scenarios, 'scenario')}`
  return `${passed ? '✓' : '✗'} ${scenarios}${criteria.length > 0 ? `, ${met} of ${criteria.length} criteria` : ''}`
}

/** `23 of 25 the same, 1 different, 1 does not repeat itself` */
export function replayFigures({ totals }: ReplayReport): string {
  const { executions, same, different, unrepeatable } = totals
  return [
    `${same} of ${executions} the same`,
    ...(different > 0 ? [`${different} different`] : []),
    ...(unrepeatable > 0
      ? [`${unrepeatable} ${unrepeatable === 1 ? 'does not repeat itself' : 'do not repeat themselves'}`]
      : []),
  ].join(', ')
}
