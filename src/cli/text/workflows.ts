// Workflows as text for the terminal.
import { describeFault, type Fault } from '../../definition/fault.ts'
import type { Workflow, WorkflowList } from '../answers.ts'
import { lastText } from './history.ts'
import { indent, line, plural, table, visible } from './table.ts'

export function workflowsText({ workflows, broken }: WorkflowList): string {
  const rows = workflows.map(({ id, name, version, running, last }) => [
    id,
    line(name, 60),
    `version ${version}`,
    running > 0 ? `${running} running` : lastText(last),
  ])
  const faults = broken.flatMap((file) => file.faults)
  const parts = [rows.length > 0 ? table(rows) : 'There are no workflows.', faultsText(faults)]
  return parts.filter((part) => part !== '').join('\n\n')
}

export function workflowText({ id, file, version, draft, definition, faults, last }: Workflow): string {
  if (!definition || !version) return `${id} (${file}) cannot run.\n\n${faultsText(faults)}`
  const { metadata, nodes, edges } = definition
  const steps = nodes.map((node) => {
    const after = edges
      .filter((edge) => edge.to === node.name)
      .map(({ from, on, when, else: otherwise }) => {
        const condition = [
          on === 'success' ? '' : `on ${on}`,
          when ? `when ${when}` : '',
          otherwise ? 'else' : '',
        ]
        const words = condition.filter((word) => word !== '').join(' ')
        return words === '' ? from : `${from} (${words})`
      })
    return [`  ${node.name}`, node.type, after.length > 0 ? line(`after ${after.join(', ')}`) : '']
  })
  const parts = [
    `${line(metadata.name)} (${id}, version ${version.number})`,
    visible(metadata.description),
    table(
      [
        ['File:', file],
        ['Owner:', line(metadata.owner ?? '')],
        ['Last:', lastText(last)],
        ['Draft:', draft ? `version ${draft.number}; test ${id}, then activate ${id}` : ''],
      ].filter(([, value]) => value !== ''),
    ),
    table(steps),
    faultsText(faults),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function faultsText(faults: Fault[]): string {
  if (faults.length === 0) return ''
  return [
    `${plural(faults.length, 'fault')}:`,
    ...faults.map((one) => indent(visible(describeFault(one)), '  ')),
  ].join('\n')
}
