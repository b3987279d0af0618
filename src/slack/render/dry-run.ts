// A dry run as a message: what a workflow would have done.
import type { CommandResult } from '../../commands/types.ts'
import { code, escapeLine } from './escape.ts'
import { clamp, type Message } from './limits.ts'
import { note } from './notes.ts'

type Result<Kind extends CommandResult['kind']> = Extract<CommandResult, { kind: Kind }>

export function renderDryRun({ run }: Result<'dry_run'>): Message {
  const { report, records, messages, requests } = run
  const head = `*${escapeLine(report.workflow.name)}* would end as *${report.status.replace('_', ' ')}*. Nothing was done.`
  const changes = Object.entries(records).map(
    ([name, { created, changed, deleted }]) =>
      `${code(name)}: ${created.length} created, ${Object.keys(changed).length} changed, ${deleted.length} deleted`,
  )
  const sent = messages.map(
    ({ to, title, text }) => `To ${escapeLine(to)}: ${escapeLine(clamp(title ?? text, 200))}`,
  )
  const asked = requests.map(({ method, url }) => `Not sent: ${code(clamp(`${method} ${url}`, 200))}`)
  const errors = report.errors.map((error) => `:x: ${escapeLine(clamp(error.message, 300))}`)
  return note(clamp([head, ...errors, ...changes, ...sent, ...asked].join('\n'), 2800))
}
