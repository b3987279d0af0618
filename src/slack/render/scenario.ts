// An execution as a scenario: its text to copy, and where the whole of it is.
import type { CommandResult } from '../../commands/types.ts'
import { actions, preformatted, section } from './blocks.ts'
import { openButton } from './buttons.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, fitMessage, type Message } from './limits.ts'

const textShown = 2400

export function renderScenario(saved: Extract<CommandResult, { kind: 'scenario' }>): Message {
  const name = escapeLine(saved.workflow.name)
  const place = saved.written
    ? `It stands in ${code(saved.written)} now.`
    : 'Put it into `scenarios.yaml` beside the workflow.'
  const cut = saved.text.length > textShown
  const whole = cut ? ' This is its beginning; _Save as scenario_ in the details sends the whole file.' : ''
  return fitMessage({
    text: `A scenario from an execution of ${name}`,
    blocks: [
      section(`:test_tube: A scenario from an execution of *${name}*. ${place}${whole}`),
      preformatted(clamp(saved.text, textShown)),
      actions('scenario_actions', [openButton(saved.executionId)]),
    ],
  })
}
