// A dry run as a message: what would become of records, who would be asked and told what, which requests would go out,
// and what was taken for granted. Mentions are names in it, since nobody is to be woken by what does not happen.
import type { KnownBlock } from '@slack/types'
import type { CommandResult } from '../../commands/types.ts'
import type { Json, JsonObject } from '../../json.ts'
import { actions, context, section } from './blocks.ts'
import { inlineInputs, runButton } from './buttons.ts'
import { authored, code, escapeLine } from './escape.ts'
import { clamp, clampMrkdwn, firstOf, fitMessage, type Message } from './limits.ts'
import { age, count, statusEmoji, stepsOf } from './words.ts'

type DryRun = Extract<CommandResult, { kind: 'dry_run' }>['run']
type Changes = DryRun['records'][string]
type Sent = DryRun['messages'][number]

const collectionsShown = 6
const rowsShown = 4
const fieldsShown = 3
const factsShown = 6
const messagesShown = 5
const requestsShown = 8
const listed = 6

export interface DryRunLook {
  now: number
  /** What people are called, by user id. */
  names?: ReadonlyMap<string, string> | undefined
  /** The addresses of the messages that show executions, by execution. */
  links?: ReadonlyMap<string, string> | undefined
}

export function renderDryRun({ run }: { run: DryRun }, look: DryRunLook): Message {
  const { report, messages, requests } = run
  const questions = messages.filter(({ question }) => question)
  const told = messages.filter(({ question }) => !question)
  const outcome = outcomeOf(run)
  const sign = stopOf(run) ? ':warning:' : statusEmoji[report.status]
  const title = `:crystal_ball: *${escapeLine(report.workflow.name)}*, dry run of ${versionText(run)}`
  return fitMessage(
    {
      text: `${escapeLine(report.workflow.name)}, dry run: ${outcome}`,
      blocks: [
        section(`${title}\n${sign} *It ${outcome}.* Nothing was sent or changed.`),
        ...failures(run),
        ...recordBlocks(run),
        ...messageBlocks('Would ask', questions, look),
        ...messageBlocks('Would send', told, look),
        ...requestBlocks(requests, look),
        ...subWorkflowBlocks(run),
        ...(nothing(run) ? [section('It would change nothing and tell nobody.')] : []),
        ...assumptions(run),
        ...runAction(run),
      ],
    },
    'The terminal shows all of it: `npm run workflow -- run … --dry-run`',
  )
}

// ---- How it would go ------------------------------------------------------------------------------------------

function versionText({ report: { version }, answering }: DryRun): string {
  if (answering === version.number) return `version ${version.number}`
  const answers = answering === null ? 'none answers yet' : `version ${answering} answers`
  return `version ${version.number} _(${answers})_`
}

const notAsked = 'dry_run.not_asked'

/** The step at which an answer was missing. */
function stopOf({ report }: DryRun): string | undefined {
  return report.errors.find(({ code: why }) => why === notAsked)?.node
}

function outcomeOf(run: DryRun): string {
  const stop = stopOf(run)
  if (stop !== undefined) return `can be followed up to the step “${escapeLine(clamp(stop, 60))}”`
  switch (run.report.status) {
    case 'succeeded':
      return 'would work'
    case 'warning':
      return 'would work, with a problem'
    case 'failed':
      return 'would fail'
    case 'timed_out':
      return 'would run out of time'
    case 'cancelled':
      return 'would be stopped'
  }
}

function failures({ report }: DryRun): KnownBlock[] {
  const { shown, more } = firstOf(report.errors, 3)
  if (shown.length === 0) return []
  const lines = shown.map(({ node, message, hint }) => {
    const where = node ? `*${escapeLine(clamp(node, 60))}*: ` : ''
    const help = hint ? `\n_${escapeLine(clamp(hint, 300)).replaceAll('_', '\u02cd')}_` : ''
    return `${where}${escapeLine(clamp(message, 400))}${help}`
  })
  return [section([...lines, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'))]
}

function nothing({ records, messages, requests, workflows }: DryRun): boolean {
  return Object.keys(records).length + messages.length + requests.length + workflows.length === 0
}

/** The title stands with what comes first, so that a phone shows more of it. */
function titled(title: string, [first = '', ...others]: string[]): KnownBlock[] {
  return [section(`*${title}*\n${first}`), ...others.map((text) => section(text))]
}

// ---- Records --------------------------------------------------------------------------------------------------

function recordBlocks({ records }: DryRun): KnownBlock[] {
  const { shown, more } = firstOf(Object.entries(records), collectionsShown)
  if (shown.length === 0) return []
  return [
    ...titled(
      'Would change',
      shown.map(([name, changes]) => collectionText(name, changes)),
    ),
    ...(more > 0 ? [context(`And ${count(more, 'more collection')}.`)] : []),
  ]
}

function collectionText(name: string, changes: Changes): string {
  const { created, changed, deleted, key, before, by } = changes
  const changedRows = Object.entries(changed)
  const counts = [
    ...(created.length > 0 ? [`${created.length} new`] : []),
    ...(changedRows.length > 0 ? [`${changedRows.length} changed`] : []),
    ...(deleted.length > 0 ? [`${deleted.length} deleted`] : []),
  ]
  const line = (sign: string, id: string, words: string) =>
    clampMrkdwn(`${sign} *${keyText(id)}*${words === '' ? '' : `  ${words}`}${byText(by[id])}`, 500)
  const rows = [
    ...list(created, (value) => line('＋', shortText(value[key]), fieldsText(value, key))),
    ...list(changedRows, ([id, value]) => line('✎', id, changesText(before[id] ?? {}, value))),
    ...list(deleted, (id) => line('－', id, fieldsText(before[id] ?? {}, key))),
  ]
  return [`${code(clamp(name, 60))}  ${counts.join(', ')}`, ...rows].join('\n')
}

/** The first few as lines, and how many there are besides. */
function list<T>(all: readonly T[], words: (one: T) => string): string[] {
  const { shown, more } = firstOf(all, rowsShown)
  return [...shown.map(words), ...(more > 0 ? [`      and ${more} more`] : [])]
}

const keyText = (id: string) => escapeLine(clamp(id, 60)).replaceAll('*', '\u2217') || '–'

/** `name: Bolts, stock: 3, price: 2.5 and 2 more` */
function fieldsText(value: JsonObject, key: string): string {
  const { shown, more } = firstOf(
    Object.entries(value).filter(([name]) => name !== key),
    fieldsShown,
  )
  const words = shown.map(([name, field]) => `${escapeLine(clamp(name, 40))}: ${valueText(field)}`)
  return `${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** `stock: 3 → 40, status: open → done` */
function changesText(before: JsonObject, after: JsonObject): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  const { shown, more } = firstOf(names, fieldsShown)
  const words = shown.map(
    (name) => `${escapeLine(clamp(name, 40))}: ${valueText(before[name])} → ${valueText(after[name])}`,
  )
  if (words.length === 0) return 'written again as it is'
  return `${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** A value as people say it: texts without quotes, nothing as a dash. */
function valueText(value: Json | undefined): string {
  return escapeLine(clamp(shortText(value), 60))
}

function shortText(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return '–'
  if (typeof value === 'object') return JSON.stringify(value)
  // A moment to the second, without the marks that machines want.
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]00:00)$/.exec(String(value))
  return moment ? `${moment[1]} ${moment[2]}` : String(value)
}

function byText(by: string[] | undefined): string {
  return by ? ` · by ${by.slice(0, 3).map(code).join(', ')}` : ''
}

// ---- Messages -------------------------------------------------------------------------------------------------

function messageBlocks(title: string, all: Sent[], look: DryRunLook): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, messagesShown)
  return [
    ...titled(
      title,
      shown.map((message) => messageText(message, look)),
    ),
    ...(more > 0 ? [context(`And ${count(more, 'more message')}.`)] : []),
  ]
}

/** As it would look, quoted: the title, the text, facts, the first rows of a table, and what its buttons say. */
function messageText(message: Sent, look: DryRunLook): string {
  const { to, title, text, fields = [], table, buttons = [], question, workflow } = message
  const from = workflow ? ` · by ${code(clamp(workflow, 60))}` : ''
  const labels = [...(question ? ['Approve', 'Reject'] : []), ...buttons.map(({ label }) => label)]
  const facts = firstOf(fields, factsShown)
  const lines = [
    ...(title ? [`*${escapeLine(clamp(title, 150)).replaceAll('*', '\u2217')}*`] : []),
    ...said(clampMrkdwn(authored(text).trim(), 900), look).split('\n'),
    ...facts.shown.map(
      ({ label, value }) =>
        `*${escapeLine(clamp(label, 60)).replaceAll('*', '\u2217')}*  ${said(oneLine(authored(value)), look)}`,
    ),
    ...(facts.more > 0 ? [`and ${count(facts.more, 'more fact')}`] : []),
    ...(table ? tableLines(table) : []),
    ...(labels.length > 0 ? [labels.slice(0, 6).map(buttonText).join('  ')] : []),
  ]
  const head = `To ${placeText(to, look)}${from}${question ? whoText(question, look) : ''}`
  return [head, ...lines.map((one) => `>${one}`)].join('\n')
}

const buttonText = (label: string) => code(`[ ${clamp(label, 40)} ]`)

const oneLine = (text: string) => clampMrkdwn(text.replace(/\s+/g, ' ').trim(), 200) || '–'

function tableLines({ columns, rows }: NonNullable<Sent['table']>): string[] {
  const row = (cells: string[]) =>
    clamp(
      cells
        .slice(0, 4)
        .map((cell) => clamp(cell, 40))
        .join(' · '),
      160,
    )
  const { shown, more } = firstOf(rows, 3)
  return [
    `_${escapeLine(row(columns)).replaceAll('_', '\u02cd')}_`,
    ...shown.map((cells) => escapeLine(row(cells))),
    ...(more > 0 ? [`and ${count(more, 'more row')}`] : []),
  ]
}

function whoText({ rules }: NonNullable<Sent['question']>, look: DryRunLook): string {
  const { users, groups, needed } = rules
  const people = users.slice(0, 5).map((id) => nameOf(id, look))
  const who = [...people, ...(groups.length > 0 ? [count(groups.length, 'group')] : [])].join(', ')
  const takes = needed === 1 ? '' : ` · takes ${needed} approvals`
  return who === '' ? takes : ` · ${who} may decide${takes}`
}

function placeText(to: string, look: DryRunLook): string {
  if (/^[CG][A-Z0-9]{2,}$/.test(to)) return `<#${to}>`
  return `*${nameOf(to, look).replaceAll('*', '\u2217')}*`
}

/** Someone by name, without waking them; anything else as it is. */
function nameOf(id: string, { names }: DryRunLook): string {
  const name = names?.get(id)
  return escapeLine(clamp(name === undefined ? id : `@${name}`, 80))
}

/** What an author wrote, with names in place of mentions. */
function said(text: string, look: DryRunLook): string {
  return text.replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_all, id: string) => nameOf(id, look))
}

/** The user ids in a dry run, so that their names can be looked up. */
export function peopleIn({ messages }: DryRun): string[] {
  const ids = messages.flatMap(({ to, text, fields = [], question }) => [
    ...(/^[UW][A-Z0-9]{2,}$/.test(to) ? [to] : []),
    ...(question?.rules.users ?? []),
    ...[text, ...fields.map(({ value }) => value)].flatMap((one) =>
      [...one.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].flatMap(([, id]) => id ?? []),
    ),
  ])
  return [...new Set(ids)].slice(0, 20)
}

// ---- The rest -------------------------------------------------------------------------------------------------

function requestBlocks(all: DryRun['requests'], { now, links }: DryRunLook): KnownBlock[] {
  if (all.length === 0) return []
  const { shown, more } = firstOf(all, requestsShown)
  const lines = shown.flatMap(({ method, url, body, workflow, answeredFrom }) => {
    const by = workflow ? ` · by ${code(clamp(workflow, 60))}` : ''
    const id = answeredFrom && code(clamp(answeredFrom.executionId, 60))
    const link = answeredFrom && links?.get(answeredFrom.executionId)
    const ago = answeredFrom && age(answeredFrom.at, now)
    const how = answeredFrom
      ? `answered as in execution ${id}, ${link ? `<${link}|${ago}>` : ago}`
      : 'no answer on record'
    return [
      `*${escapeLine(clamp(method, 10))}* ${code(clamp(url, 160))}${by}`,
      ...(body ? [`      ${code(clamp(body, 200))}`] : []),
      `      ${how}`,
    ]
  })
  return [
    ...titled('Would request', [lines.join('\n')]),
    ...(more > 0 ? [context(`And ${count(more, 'more request')}.`)] : []),
  ]
}

function subWorkflowBlocks({ workflows }: DryRun): KnownBlock[] {
  if (workflows.length === 0) return []
  const { shown, more } = firstOf(workflows, listed)
  const lines = shown.map(
    ({ workflow, version, status }) =>
      `${escapeLine(clamp(workflow.name, 100))}  ${code(workflow.id)} version ${version}${status === 'succeeded' ? '' : `: ${escapeLine(status.replace('_', ' '))}`}`,
  )
  return [section(['*Would run*', ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'))]
}

function assumptions(run: DryRun): KnownBlock[] {
  const { report, assumed } = run
  const steps = stepsOf(report)
  const ran = steps.filter(({ status }) => status !== 'skipped' && status !== 'pending')
  const { shown, more } = firstOf(assumed, listed)
  const granted = shown.map((one) => escapeLine(clamp(one, 250)))
  const words = [
    ...(stopOf(run) === undefined ? [`${ran.length} of ${count(steps.length, 'step')} would run.`] : []),
    ...(granted.length > 0 ? [`Taken for granted: ${granted.join(' ')}`] : []),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ]
  return words.length > 0 ? [context(words.join(' '))] : []
}

/** Only for what answers now: a draft cannot be run. */
function runAction({ report, answering }: DryRun): KnownBlock[] {
  const { workflow, version, inputs, success } = report
  if (!success || answering !== version.number || JSON.stringify(inputs).length > inlineInputs) return []
  const label = 'Run it now'
  return [
    actions('dry_run_actions', [runButton(workflow, { label, value: { workflowId: workflow.id, inputs } })]),
  ]
}
