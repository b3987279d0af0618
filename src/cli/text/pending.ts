// What waits for a decision, as text for the terminal: who may decide, how many it takes, and what it asks for.
import type { Pending } from '../answers.ts'
import { indent, line, plural, table, time } from './table.ts'

type Question = Pending['questions'][number]

export function pendingText({ questions }: Pending): string {
  if (questions.length === 0) return 'Nothing waits for a decision.'
  return questions.map(questionText).join('\n\n')
}

function questionText({ executionId, workflow, node, what, askedAt, until, rules, decisions }: Question) {
  const whom = [...rules.users, ...rules.groups]
  const approved = decisions.filter(({ decision }) => decision === 'approve')
  const missing = rules.needed - approved.length
  const fields = Object.entries(rules.form).map(([name, { required }]) => (required ? name : `[${name}]`))
  const rows = [
    ['Execution:', executionId],
    ['Step:', line(node)],
    ['Asked:', `${time(askedAt)}, until ${time(until)}`],
    [
      'Decided by:',
      whom.length > 0
        ? line(`${whom.join(', ')}, in Slack`, 300)
        : `everybody${rules.notRequester ? ' but who started it' : ''}`,
    ],
    ['Approved:', approved.length > 0 ? line(`by ${approved.map(({ by }) => by.name).join(', ')}`, 300) : ''],
    ['Takes:', rules.needed > 1 ? `${plural(missing, 'approval')} more` : ''],
    ['Asks for:', line(fields.join(' '), 300)],
  ]
  return [
    `${line(what, 200)} – ${line(workflow.name)} (${workflow.id})`,
    indent(table(rows.filter(([, value]) => value !== '')), '  '),
  ].join('\n')
}
