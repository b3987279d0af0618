// Workflows as text for the terminal.
import { describeFault, type Fault } from '../../definition/fault.ts'
import type { Workflow, WorkflowList } from '../answers.ts'
import { lastText } from './history.ts'
import { indent, line, plural, table, time, visible } from './table.ts'

export function workflowsText({ workflows, broken }: WorkflowList): string {
  const rows = workflows.map(({ id, name, running, last, ...stands }) => [
    id,
    line(name, 60),
    standing(stands),
    running > 0 ? `${running} running` : lastText(last),
  ])
  const faults = broken.flatMap((file) => file.faults)
  const parts = [rows.length > 0 ? table(rows) : 'There are no workflows.', faultsText(faults)]
  return parts.filter((part) => part !== '').join('\n\n')
}

type Stands = Pick<WorkflowList['workflows'][number], 'version' | 'draft' | 'deactivated' | 'testing'>

/** `version 2`, `version 2, draft 3`, `draft 1, none answers yet` */
function standing({ version, draft, deactivated, testing }: Stands) {
  const words = [
    version === null ? '' : `version ${version}`,
    draft === null ? '' : `draft ${draft}`,
    testing ? 'being tested' : version === null ? 'none answers yet' : '',
    deactivated ? 'deactivated' : '',
  ]
  return words.filter((word) => word !== '').join(', ')
}

export function workflowText(workflow: Workflow): string {
  const { id, file, version, draft, deactivation, testing, definition, faults, last } = workflow
  if (!definition) return `${id} (${file}) cannot run.\n\n${faultsText(faults)}`
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
    `${line(metadata.name)} (${id}, ${standing({ version: version?.number ?? null, draft: version ? null : (draft?.number ?? null), deactivated: deactivation !== null, testing })})`,
    visible(metadata.description),
    deactivation
      ? `It does not answer: version ${deactivation.version} stopped itself ${time(deactivation.at)}.\n  ${line(deactivation.reason, 400)}\n  Once it is mended: activate ${id} --version ${deactivation.version}`
      : '',
    table(
      [
        ['File:', file],
        ['Owner:', line(metadata.owner ?? '')],
        ['Last:', lastText(last)],
        ['Draft:', draft ? draftText(id, draft) : ''],
      ].filter(([, value]) => value !== ''),
    ),
    table(steps),
    faultsText(faults),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function draftText(id: string, { number, state }: NonNullable<Workflow['draft']>): string {
  const test = state === 'tested' ? '' : `test ${id} --keep, then `
  return `version ${number}, ${state === 'tested' ? 'tested' : 'not tested'}; ${test}activate ${id}`
}

function faultsText(faults: Fault[]): string {
  if (faults.length === 0) return ''
  return [
    `${plural(faults.length, 'fault')}:`,
    ...faults.map((one) => indent(visible(describeFault(one)), '  ')),
  ].join('\n')
}
