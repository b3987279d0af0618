// The buttons of our messages: their action ids and what they carry. interactions.ts reads back what is written here.
import type { Button } from '@slack/types'
import type { JsonObject } from '../../json.ts'
import { button } from './blocks.ts'
import { clean } from './escape.ts'
import { clamp } from './limits.ts'

/**
 * Action ids. Those of buttons that may occur several times in a message end in `:` and what they act on, because one
 * message tells its clicks apart by them.
 */
export const actionIds = {
  run: 'run_workflow',
  open: 'open_execution',
  again: 'run_again',
  cancel: 'cancel_execution',
  rollback: 'roll_back',
  changed: 'what_changed',
  tab: 'details_tab',
  acknowledge: 'acknowledge',
  completeTask: 'complete_task',
  sendFile: 'send_file',
  saveScenario: 'save_scenario',
  addScenario: 'add_scenario',
  link: 'open_url',
  join: 'join_channel',
  test: 'test_workflow',
  replay: 'replay_workflow',
  versions: 'show_versions',
  activate: 'activate_version',
  backTo: 'back_to_version',
  testFile: 'send_test',
  openReplay: 'open_replay',
  replayFile: 'send_replay',
} as const

/** Matches an action id with or without its ending. */
export function actionPattern(id: string): RegExp {
  return new RegExp(`^${id}(:|$)`)
}

export interface RunValue {
  workflowId: string
  inputs?: JsonObject
  /** Inputs too long for a button lie under this key of the links. */
  inputsKey?: string
}

/** What fits into a button's value, with room to spare. */
export const inlineInputs = 1500

/** `label` defaults to Run; a screen reader also hears which workflow. */
export function runButton(
  workflow: { id: string; name: string },
  options: { label?: string; style?: 'primary' | 'danger'; value?: RunValue } = {},
): Button {
  const value: RunValue = options.value ?? { workflowId: workflow.id }
  return button(options.label ?? 'Run', {
    action: `${actionIds.run}:${workflow.id}`,
    value: JSON.stringify(value),
    style: options.style,
    label: clamp(`${options.label ?? 'Run'} ${clean(workflow.name)}`, 75),
  })
}

export function openButton(executionId: string, label = 'Details'): Button {
  return button(label, { action: `${actionIds.open}:${executionId}`, value: executionId })
}
