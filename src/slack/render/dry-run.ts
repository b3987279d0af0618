// A dry run as a message: what would become of records, who would be asked and told what, which requests would go out,
// and what was taken for granted.
import type { KnownBlock } from '@slack/types'
import { actions, context, section } from './blocks.ts'
import { inlineInputs, runButton } from './buttons.ts'
import { type DryRun, type DryRunLook, nameOf, said } from './dry-run-names.ts'
import { collectionText } from './dry-run-records.ts'
import { authored, code, escapeLine } from './escape.ts'
import { clamp, clampMrkdwn, firstOf, fitMessage, type Message } from './limits.ts'
import { age, count, statusEmoji, stepsOf } from './words.ts'

type Sent = DryRun['messages'][number]

const collectionsShown = 6
const factsShown = 6
const messagesShown = 5
const requestsShown = 8
const listed = 6

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
        ...recordBlocks(run, look),
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

function recordBlocks({ records }: DryRun, look: DryRunLook): KnownBlock[] {
  const { shown, more } = firstOf(Object.entries(records), collectionsShown)
  if (shown.length === 0) return []
  return [
    ...titled(
      'Would change',
      shown.map(([name, changes]) => collectionText(name, changes, look)),
    ),
    ...(more > 0 ? [context(`And ${count(more, 'more collection')}.`)] : []),
  ]
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
