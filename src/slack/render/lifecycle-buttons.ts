// Buttons on the way of a version: test it, replay it, let it answer, go back to an earlier one. What they carry is
// checked again when they are pressed; who may press them is for the command to say.
import type { Button } from '@slack/types'
import { z } from 'zod'
import { button } from './blocks.ts'
import { actionIds } from './buttons.ts'
import { clean } from './escape.ts'
import { clamp } from './limits.ts'

export interface NamedWorkflow {
  id: string
  name: string
}

/** What a button about one version carries. */
export const versionValueSchema = z.object({ workflowId: z.string(), version: z.number().int().optional() })
export type VersionValue = z.infer<typeof versionValueSchema>

/** What a button about one test or one replay carries. */
export const reportValueSchema = z.object({ workflowId: z.string(), id: z.string() })
export type ReportValue = z.infer<typeof reportValueSchema>

/** So many executions back, unless somebody types another number. */
export const replayedByDefault = 25

const named = ({ name }: NamedWorkflow) => clamp(clean(name), 40)
const carried = (value: VersionValue | ReportValue) => JSON.stringify(value)

export function testButton(
  workflow: NamedWorkflow,
  { label = 'Test', style }: { label?: string; style?: 'primary' } = {},
): Button {
  return button(label, {
    action: `${actionIds.test}:${workflow.id}`,
    value: carried({ workflowId: workflow.id }),
    style,
    label: `${label}: ${named(workflow)} on its scenarios`,
  })
}

export function replayButton(workflow: NamedWorkflow, version: number, label = 'Replay'): Button {
  return button(label, {
    action: `${actionIds.replay}:${workflow.id}`,
    value: carried({ workflowId: workflow.id, version }),
    label: `${label} version ${version} on the last ${replayedByDefault} executions`,
  })
}

export function versionsButton(workflow: NamedWorkflow): Button {
  return button('Versions', {
    action: `${actionIds.versions}:${workflow.id}`,
    value: carried({ workflowId: workflow.id }),
    label: `Versions of ${named(workflow)}`,
  })
}

/** Asks first: from then on everybody gets this version. `from` answers now; null when none does. */
export function activateButton(
  workflow: NamedWorkflow,
  version: number,
  { from, label = 'Activate', primary = true }: { from: number | null; label?: string; primary?: boolean },
): Button {
  const instead = from === null || from === version ? '' : ` instead of version ${from}`
  const spoken = label.endsWith(String(version)) ? label : `${label} version ${version}`
  return button(label, {
    action: `${actionIds.activate}:${workflow.id}:${version}`,
    value: carried({ workflowId: workflow.id, version }),
    style: primary ? 'primary' : undefined,
    label: `${spoken} of ${named(workflow)}`,
    confirm: {
      title: `Let version ${version} answer?`,
      text: `${clamp(clean(workflow.name), 100)}: version ${version} is to answer from now on${instead}. Executions under way end on their version.`,
      yes: 'Activate',
    },
  })
}

/** Asks first. Anything that answered before comes back without a test. */
export function backButton(workflow: NamedWorkflow, version: number, from: number | null): Button {
  const instead = from === null ? '' : ` instead of version ${from}`
  return button(`Back to version ${version}`, {
    action: `${actionIds.backTo}:${workflow.id}:${version}`,
    value: carried({ workflowId: workflow.id, version }),
    style: 'danger',
    label: `Back to version ${version} of ${named(workflow)}`,
    confirm: {
      title: `Back to version ${version}?`,
      text: `${clamp(clean(workflow.name), 100)}: version ${version} is to answer again${instead}. Executions under way end on their version.`,
      yes: 'Go back',
      danger: true,
    },
  })
}
