// On the home tab: versions that wait to be tested or activated, and workflows that stopped themselves, with the buttons
// of those who may do something about it.
import type { Button, KnownBlock } from '@slack/types'
import type { CommandResult, VersionState } from '../../commands/types.ts'
import { actions, section } from './blocks.ts'
import { escapeLine } from './escape.ts'
import {
  activateButton,
  type NamedWorkflow,
  replayButton,
  testButton,
  versionsButton,
} from './lifecycle-buttons.ts'
import { clamp } from './limits.ts'
import { passMark, stateMark, testFigures } from './test-figures.ts'
import { age, named } from './words.ts'

export interface WaitingVersion {
  workflow: NamedWorkflow
  /** The version that waits, if one does. */
  draft: VersionState | null
  /** The number of the version that answers now. */
  active: number | null
  deactivation: Extract<CommandResult, { kind: 'versions' }>['deactivation']
  /** Whether whoever looks has proposed it, so that somebody else has to activate it. */
  isOwn: boolean
  mayTest: boolean
  mayActivate: boolean
}

export function waitingTitle(all: WaitingVersion[]): string {
  if (all.every(({ draft }) => draft === null)) return 'Stopped'
  return all.some(({ deactivation }) => deactivation) ? 'Stopped, or waiting' : 'Versions that wait'
}

export function waitingVersionRow(waiting: WaitingVersion, index: number, now: number): KnownBlock[] {
  const { workflow, draft, deactivation } = waiting
  const lines = [
    `*${escapeLine(clamp(workflow.name, 100))}*`,
    ...(deactivation
      ? [
          `:no_entry: Does not answer: it stopped itself ${age(deactivation.at, now)}. ${escapeLine(clamp(deactivation.reason, 250))}`,
        ]
      : []),
    ...(draft ? [draftLine(waiting, draft, now)] : []),
  ]
  return [
    section(lines.join('\n'), { id: `version:${index}` }),
    actions(`version_actions:${index}`, buttonsOf(waiting)),
  ]
}

function draftLine({ active, isOwn }: WaitingVersion, draft: VersionState, now: number): string {
  const { number, state, test, outdated, proposed } = draft
  const until = active === null ? 'nothing answers until then' : `version ${active} answers until then`
  const head = `${stateMark[state]} Version ${number}`
  if (proposed && isOwn)
    return `${head}, which you proposed ${age(proposed.at, now)}, waits for somebody else to activate it; ${until}`
  if (proposed) return `${head} was proposed by ${named(proposed.by)} ${age(proposed.at, now)}; ${until}`
  if (!test) return `${head} waits for its test; ${until}`
  if (outdated) return `${head} waits for another test, as its scenarios have changed; ${until}`
  const waits = test.passed ? 'waits to be activated' : 'does not pass'
  return `${head} ${waits}: ${passMark(test.passed)} ${testFigures(test)}, ${age(test.startedAt, now)}`
}

function buttonsOf(waiting: WaitingVersion): Button[] {
  const { workflow, draft, active, deactivation, isOwn, mayTest, mayActivate } = waiting
  const ready = draft?.state === 'tested' && !draft.outdated && draft.number !== deactivation?.version
  return [
    ...(deactivation && mayActivate
      ? [
          activateButton(workflow, deactivation.version, {
            from: active,
            label: `Bring back version ${deactivation.version}`,
          }),
        ]
      : []),
    ...(ready && mayActivate && !isOwn
      ? [
          activateButton(workflow, draft.number, {
            from: active,
            label: `Activate version ${draft.number}`,
            primary: !deactivation,
          }),
        ]
      : []),
    ...(draft && mayTest
      ? [
          testButton(workflow, {
            label: draft.test ? 'Test again' : 'Test',
            ...(ready || deactivation ? {} : { style: 'primary' }),
          }),
        ]
      : []),
    ...(ready && mayTest ? [replayButton(workflow, draft.number)] : []),
    versionsButton(workflow),
  ]
}
