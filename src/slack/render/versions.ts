// Every version of a workflow in a line or two: how it stands, how it came to answer, what its test and its replay say;
// and the buttons that lead on.
import type { Button, KnownBlock } from '@slack/types'
import type { CommandResult, VersionState } from '../../commands/types.ts'
import { actions, context, section } from './blocks.ts'
import { code, escapeLine } from './escape.ts'
import { activateButton, backButton, replayButton, testButton } from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { passMark, replayFigures, replayMark, stateMark, testFigures } from './test-figures.ts'
import { age, named } from './words.ts'

type VersionsResult = Extract<CommandResult, { kind: 'versions' }>

const versionsShown = 12

export function renderVersions(result: VersionsResult, now: number): Message {
  const { workflow, versions, deactivation } = result
  const name = escapeLine(workflow.name)
  const { shown, more } = firstOf(versions, versionsShown)
  const summary = versions
    .slice(0, 4)
    .map((version) => spoken(version, deactivation !== null))
    .join(', ')
  const title = `${name}: ${summary || 'no version was ever loaded'}${deactivation ? '; it does not answer' : ''}`
  const blocks: KnownBlock[] = [
    section(`*Versions of ${name}*  ${code(workflow.id)}`),
    ...(deactivation ? [deactivated(deactivation, now)] : []),
    ...shown.map((version) => section(versionLines(version, deactivation !== null, now))),
    ...(more > 0 ? [context(`And ${more} older ones.`)] : []),
    ...(versions.length === 0 ? [section('No good version of it was ever loaded.')] : []),
    ...buttonRow(result),
  ]
  return fitMessage(
    { text: title, blocks },
    `Its tests: ${code(`/workflow tests ${clamp(workflow.id, 100)}`)}`,
  )
}

/** `version 4 is tested (32 of 32 scenarios, 8 of 8 criteria)` */
function spoken({ number, state, test, replay }: VersionState, deactivated: boolean): string {
  const stands = state === 'active' && deactivated ? 'stopped' : state
  const figures = [
    test ? testFigures(test) : 'not tested',
    ...(replay ? [`replayed: ${replayFigures(replay)}`] : []),
  ]
  return `version ${number} is ${stands} (${figures.join('; ')})`
}

function deactivated(
  { version, reason, at }: NonNullable<VersionsResult['deactivation']>,
  now: number,
): KnownBlock {
  return section(
    `:no_entry: *It does not answer.* Version ${version} stopped itself ${age(at, now)}: ${escapeLine(clamp(reason, 400))}`,
  )
}

function versionLines(version: VersionState, deactivated: boolean, now: number): string {
  const { number, state } = version
  const stands =
    state !== 'active'
      ? `${stateMark[state]} *Version ${number}* · ${state}`
      : deactivated
        ? `:no_entry: *Version ${number}* · *stopped*`
        : `${stateMark.active} *Version ${number}* · *active*`
  return [
    `${stands} · ${story(version, now)}`,
    testWords(version, now),
    ...(version.replay ? [replayWords(version.replay, now)] : []),
  ].join('\n')
}

/** `loaded 2 h ago`, `rolled back to 5 min ago by Ana: prices were wrong` */
function story({ at, activated, proposed }: VersionState, now: number): string {
  if (proposed) return `proposed ${age(proposed.at, now)} by ${named(proposed.by)}, waits for a second person`
  if (!activated) return `loaded ${age(at, now)}`
  const who = activated.by ? ` by ${named(activated.by)}` : ''
  const why = activated.reason ? `: ${escapeLine(clamp(activated.reason, 200))}` : ''
  const how = {
    first: 'the first one,',
    edited: 'edited',
    activated: 'activated',
    overridden: 'activated in spite of its tests',
    rolled_back: 'brought back',
  }[activated.how]
  return `${how} ${age(activated.at, now)}${who}${why}`
}

function testWords({ test, outdated, state }: VersionState, now: number): string {
  if (!test) return state === 'draft' ? ':white_circle: not tested yet' : ':white_circle: never tested'
  const stale = outdated ? ', but the scenarios have changed since' : ''
  return `${outdated ? ':warning:' : passMark(test.passed)} ${testFigures(test)}, ${age(test.startedAt, now)}${stale}`
}

function replayWords(replay: NonNullable<VersionState['replay']>, now: number): string {
  return `${replayMark(replay)} replayed: ${replayFigures(replay)}, ${age(replay.startedAt, now)}`
}

/** What leads on from here: with the draft, or back. */
export function versionButtons({ workflow, versions, deactivation }: VersionsResult): Button[] {
  const active = versions.find(({ state }) => state === 'active')
  const from = active?.number ?? null
  const draft = versions.find(({ state }) => state === 'draft' || state === 'tested')
  const earlier = lastActive(versions)
  return [
    ...(deactivation
      ? [
          activateButton(workflow, deactivation.version, {
            from,
            label: `Bring back version ${deactivation.version}`,
          }),
        ]
      : []),
    ...(draft?.state === 'tested' && draft.number !== deactivation?.version
      ? [
          activateButton(workflow, draft.number, {
            from,
            label: `Activate version ${draft.number}`,
            primary: !deactivation,
          }),
        ]
      : []),
    testButton(workflow, {
      label: (draft ?? active)?.test ? 'Test again' : 'Test',
      ...(draft?.state === 'draft' && !deactivation ? { style: 'primary' } : {}),
    }),
    ...(draft ? [replayButton(workflow, draft.number)] : []),
    ...(earlier ? [backButton(workflow, earlier.number, from)] : []),
  ]
}

function buttonRow(result: VersionsResult): KnownBlock[] {
  return result.versions.length === 0 ? [] : [actions('versions_actions', versionButtons(result))]
}

/** The one that answered before the one that does. */
function lastActive(versions: VersionState[]): VersionState | undefined {
  return versions
    .filter(({ state, activated }) => state === 'retired' && activated !== null)
    .sort((one, other) => (activatedAt(one) < activatedAt(other) ? 1 : -1))[0]
}

const activatedAt = ({ activated }: VersionState) => activated?.at ?? ''
