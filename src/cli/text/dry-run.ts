// A dry run as text for the terminal. `--json` has all of it.
import type { DryRun } from '../answers.ts'
import { reportText } from './report.ts'
import { line } from './table.ts'

export function dryRunText({ report, records, messages, requests }: DryRun): string {
  const changes = Object.entries(records).flatMap(([name, { created, changed, deleted }]) => [
    ...created.map((value) => `  + ${name}: ${line(JSON.stringify(value), 300)}`),
    ...Object.entries(changed).map(
      ([key, value]) => `  ~ ${name} ${key}: ${line(JSON.stringify(value), 300)}`,
    ),
    ...deleted.map((key) => `  - ${name} ${line(key)}`),
  ])
  const sent = messages.map(
    ({ to, title, text }) => `  ${line(to)}: ${line([title, text].filter(Boolean).join(' – '), 300)}`,
  )
  const parts = [
    'This is what would happen. Nothing was done.',
    reportText(report),
    changes.length > 0 ? `Records\n${changes.join('\n')}` : 'No record would change.',
    sent.length > 0 ? `Messages\n${sent.join('\n')}` : 'No message would be sent.',
    requests.length > 0
      ? `Requests that were not sent\n${requests.map(({ method, url }) => `  ${method} ${line(url, 300)}`).join('\n')}`
      : '',
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}
