// Who lets which version answer: said when it happened, with the way back, and asked for when a second person is needed.
import type { KnownBlock } from '@slack/types'
import type { CommandResult, VersionState } from '../../commands/types.ts'
import type { ErrorInfo } from '../../errors.ts'
import type { TestReport } from '../../scenarios/index.ts'
import { actions, context, section } from './blocks.ts'
import { criteriaBlocks } from './criteria.ts'
import { code, escapeLine } from './escape.ts'
import {
  activateButton,
  backButton,
  type NamedWorkflow,
  testButton,
  versionsButton,
} from './lifecycle-buttons.ts'
import { clamp, firstOf, fitMessage, type Message } from './limits.ts'
import { passMark, replayFigures, replayMark, testFigures } from './test-figures.ts'
import { age, named, person } from './words.ts'

const lacksShown = 5

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>

export function renderActivated(result: Result<'activated'>): Message {
  const { workflow, version, from, previous, by, how, reason } = result
  const name = escapeLine(workflow.name)
  const again = how === 'rolled_back' || from === version ? ' again' : ''
  const instead = from === null || from === version ? '' : `, instead of version ${from}`
  const mark = how === 'rolled_back' ? ':rewind:' : how === 'overridden' ? ':warning:' : ':white_check_mark:'
  const words = `Version ${version} of *${name}* answers from now on${again}${instead}`
  const details = [
    `By ${person(by)}`,
    ...(how === 'overridden' ? ['as an admin, against the rules'] : []),
    ...(reason ? [escapeLine(clamp(reason, 300))] : []),
  ].join(' · ')
  return fitMessage({
    text: `${mark} ${words.replace(/\*/g, '')}. By ${named(by)}${reason ? `: ${escapeLine(clamp(reason, 300))}` : ''}`,
    blocks: [
      section(`${mark} ${words}`),
      context(`${details} · Executions under way end on the version they began with`),
      actions('activated_actions', [
        ...(previous === null ? [] : [backButton(workflow, previous, version)]),
        versionsButton(workflow),
      ]),
    ],
  })
}

export interface ProposedOptions {
  /** How the proposed version stands, with its test and its replay. */
  state?: VersionState | undefined
  /** The number of the version that answers now; null while none does. */
  from?: number | null
}

export function renderProposed(
  { workflow, version, by }: Result<'activation_proposed'>,
  now: number,
  { state, from = null }: ProposedOptions = {},
): Message {
  const name = escapeLine(workflow.name)
  const instead = from === null ? '' : `, instead of version ${from}`
  const figures = stateFigures(state, now)
  return fitMessage({
    text: `:raised_hand: ${named(by)} wants version ${version} of ${name} to answer${instead}. Somebody else has to activate it. ${figures.join('. ')}`,
    blocks: [
      section(`:raised_hand: ${person(by)} wants version ${version} of *${name}* to answer${instead}`),
      ...(figures.length > 0 ? [section(figures.join('\n'))] : []),
      context(`Somebody else has to activate it: here, or with ${code(`/workflow activate ${workflow.id}`)}`),
      actions('proposed_actions', [
        activateButton(workflow, version, { from }),
        versionsButton(workflow),
      ]) satisfies KnownBlock,
    ],
  })
}

/** Its test and its replay, a line each. */
function stateFigures(state: VersionState | undefined, now: number): string[] {
  if (!state) return []
  const { test, replay } = state
  return [
    test
      ? `${passMark(test.passed)} Tested ${age(test.startedAt, now)}: ${testFigures(test)}`
      : 'Never tested',
    replay
      ? `${replayMark(replay)} Replayed ${age(replay.startedAt, now)}: ${replayFigures(replay)}`
      : ':white_circle: Not replayed on real executions yet',
  ]
}

/** What the refusal is about; see the command. */
export interface Refused {
  workflow: NamedWorkflow
  version: number
  /** The latest test of this version; null when it was never tested. */
  report: TestReport | null
}

/** A private answer: why this version may not answer yet, what its test fails at, and the buttons that lead on. */
export function renderRefused({ code: errorCode, message, hint }: ErrorInfo, about: Refused): Message {
  const { workflow, version, report } = about
  const name = escapeLine(workflow.name)
  const why =
    errorCode === 'activation.not_tested'
      ? 'it has not been tested'
      : errorCode === 'activation.outdated'
        ? 'its scenarios have changed since it was tested'
        : 'it does not pass its tests'
  const headline = `Version ${version} of *${name}* cannot be activated: ${why}`
  const shown = errorCode === 'activation.not_met' ? report : null
  return fitMessage({
    text: `:no_entry: ${escapeLine(clamp(message, 600))} ${escapeLine(clamp(hint ?? '', 200))}`,
    blocks: [
      section(`:no_entry: ${headline}`),
      ...(shown ? lacks(shown) : []),
      context(`${shown ? `${testFigures(shown)} · ` : ''}${code(clamp(errorCode, 100))}`),
      actions('refused_actions', [
        testButton(workflow, { label: report ? 'Test again' : 'Test now', style: 'primary' }),
        versionsButton(workflow),
      ]),
    ],
  })
}

function lacks({ criteria, scenarios }: TestReport): KnownBlock[] {
  const failing = firstOf(
    scenarios.filter(({ passed }) => !passed),
    lacksShown,
  )
  const lines = [
    ...failing.shown.map(({ name }) => `:x: ${escapeLine(clamp(name, 150))}`),
    ...(failing.more > 0 ? [`and ${failing.more} more`] : []),
  ]
  return [
    ...criteriaBlocks(criteria.filter(({ met }) => !met)),
    ...(lines.length > 0 ? [section(`*Scenarios that do not pass*\n${lines.join('\n')}`)] : []),
  ]
}
