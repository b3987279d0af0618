// What can be done with an execution from its message: only what is possible is offered, the most likely first.
import type { Button } from '@slack/types'
import { failedNode } from '../../engine/again.ts'
import { isFinished, type Report } from '../../engine/report.ts'
import { button } from './blocks.ts'
import { actionIds, openButton } from './buttons.ts'
import { clamp } from './limits.ts'

/** What the button "Run again" and "From failed step" carry. */
export interface AgainValue {
  executionId: string
  from: 'start' | 'failed'
}

export function reportButtons(report: Report): Button[] {
  if (!isFinished(report)) return [openButton(report.id), cancelButton(report)]
  const troubled = report.status !== 'succeeded'
  return [
    ...(troubled && !report.rollbackOf && failedNode(report) ? [again(report, 'failed')] : []),
    openButton(report.id),
    ...(report.rollbackOf ? [] : [again(report, 'start')]),
    ...(troubled && !report.rollbackOf ? [changedButton(report)] : []),
    ...(isRepeatable(report) ? [saveButton(report)] : []),
    ...(report.undoable ? [rollbackButton(report, report.undoable)] : []),
  ]
}

/** Whether it can be told as a scenario. */
export function isRepeatable(report: Report): boolean {
  return isFinished(report) && report.status !== 'cancelled' && !report.rollbackOf
}

export function saveButton({ id }: Report): Button {
  return button('Save as scenario', {
    action: `${actionIds.saveScenario}:${id}`,
    value: id,
    label: 'Save this execution as a scenario to test with',
  })
}

/** Asks first: a stopped execution cannot go on. */
export function cancelButton({ id, workflow }: Pick<Report, 'id' | 'workflow'>): Button {
  return button('Cancel', {
    action: `${actionIds.cancel}:${id}`,
    value: id,
    style: 'danger',
    label: `Cancel ${workflow.name}`,
    confirm: {
      title: 'Stop this execution?',
      text: `${clamp(workflow.name, 100)} stops where it is. What it did so far stays done.`,
      yes: 'Stop it',
      danger: true,
    },
  })
}

function again(report: Report, from: AgainValue['from']): Button {
  const value: AgainValue = { executionId: report.id, from }
  return button(from === 'failed' ? 'From failed step' : 'Run again', {
    action: `${actionIds.again}:${from}:${report.id}`,
    value: JSON.stringify(value),
    label:
      from === 'failed'
        ? `Run ${clamp(report.workflow.name, 40)} again from the failed step`
        : `Run ${clamp(report.workflow.name, 50)} again from the start`,
    ...(from === 'failed' ? { style: 'primary' } : {}),
  })
}

function changedButton({ id }: Report): Button {
  return button('What changed', {
    action: `${actionIds.changed}:${id}`,
    value: id,
    label: 'What changed since it last went well',
  })
}

function rollbackButton({ id, workflow }: Report, undoable: string[]): Button {
  const steps = undoable.slice(0, 5).join(', ') + (undoable.length > 5 ? ' and more' : '')
  return button('Roll back', {
    action: `${actionIds.rollback}:${id}`,
    value: id,
    style: 'danger',
    label: `Roll back ${workflow.name}`,
    confirm: {
      title: 'Take back what it did?',
      text: `These steps are undone, the last one first: ${clamp(steps, 200)}.`,
      yes: 'Roll back',
      danger: true,
    },
  })
}
