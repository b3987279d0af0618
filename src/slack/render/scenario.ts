// An execution as a scenario: what it holds, what to look at before others read it, and where it belongs.
import type { Button } from '@slack/types'
import type { SavedScenario } from '../../commands/answers.ts'
import { actions, button, context, preformatted, section } from './blocks.ts'
import { actionIds, openButton } from './buttons.ts'
import { clean, code, escapeLine } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'
import { count } from './words.ts'

const textShown = 2400
const namesShown = 5

/** `inFile`: the whole of it comes as a file, so its text is not shown. */
export function renderScenario(saved: SavedScenario, { inFile = false } = {}): Message {
  const name = escapeLine(clamp(saved.workflow.name, 100))
  const cut = saved.text.length > textShown
  const beginning = cut
    ? ' This is its beginning; _Save as scenario_ below a report sends the whole file.'
    : ''
  return fitMessage({
    text: `A scenario from an execution of ${name}`,
    blocks: [
      section(`:test_tube: *A scenario from an execution of ${name}*\n${facts(saved).join('\n')}`),
      section(place(saved) + (inFile ? '' : beginning)),
      ...(inFile ? [] : [preformatted(clamp(saved.text, textShown))]),
      actions('scenario_actions', [...addButton(saved), openButton(saved.executionId)]),
      context(beforehand(saved)),
    ],
  })
}

function facts({ tried, records, left, open }: SavedScenario): string[] {
  return [
    verdict(tried),
    records === 'found'
      ? ':card_index_dividers: It starts with the records that the execution found.'
      : ':card_index_dividers: It starts with the seed: what the records were then is not known any more.',
    ...(left.length > 0
      ? [`:scissors: There were too many records to write down all of ${names(left)}.`]
      : []),
    ...(open > 0
      ? [
          `:game_die: ${count(open, 'value comes', 'values come')} out differently each time and may be anything.`,
        ]
      : []),
  ]
}

function verdict(tried: SavedScenario['tried']): string {
  if (!tried) return ':hourglass: It was not tried: the execution took too long for that.'
  const [first] = tried.differences
  if (tried.passed || !first) return ':white_check_mark: It passes on the version that ran.'
  const short = (text: string) => code(clamp(text, 150))
  return (
    ':warning: It does not pass on the version that ran, so look at it before you rely on it: ' +
    `${short(first.at)} should be ${short(first.expected)} and is ${short(first.actual)}.`
  )
}

function names(collections: string[]): string {
  const shown = collections.slice(0, namesShown).map((name) => code(clamp(name, 60)))
  const more = collections.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function place({ written, place, addable, workflow }: SavedScenario): string {
  const test = `Try it: ${code(`/workflow test ${clamp(workflow.id, 60)}`)}`
  if (written) return `It stands in ${code(clamp(written, 200))} now. ${test}`
  if (addable === 'there') return `One of its name stands in ${code(clamp(place, 200))} already. ${test}`
  return `It belongs into ${code(clamp(place, 200))}.`
}

/** The bot knows what is secret by names and shapes alone. */
function beforehand({ masked }: SavedScenario): string {
  const done = masked === 0 ? 'Nothing was masked' : `${count(masked, 'value was', 'values were')} masked`
  return `${done}; look through it for what else nobody should read.`
}

function addButton({ addable, written, executionId, place, workflow, tried }: SavedScenario): Button[] {
  if (addable !== 'yes' || written) return []
  const fails = tried?.passed === false
  return [
    button('Add to scenarios.yaml', {
      action: `${actionIds.addScenario}:${executionId}`,
      value: executionId,
      ...(fails ? {} : { style: 'primary' as const }),
      label: `Add it to the scenarios of ${clamp(clean(workflow.name), 40)}`,
      confirm: {
        title: 'Add this scenario?',
        text:
          (fails ? 'It does not pass: until somebody corrects it, no version does. ' : '') +
          `It is written to ${clamp(clean(place), 120)}. From then on every test tries it, and versions that wait are tested anew.`,
        yes: 'Add',
      },
    }),
  ]
}
