// What a workflow would do now: the result of playing it dry, as Slack, HTTP and the terminal show it.
import { z } from 'zod'
import type { OutgoingMessage } from '../actions/ports.ts'
import { decisionRulesSchema, type FinishedReport, reportSchema } from '../engine/report.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import { type DryPlayed, type DryPlayOptions, dryPlay } from './dry-play.ts'

const isoTime = z.iso.datetime().describe('ISO 8601, UTC, milliseconds')
const subWorkflow = z.string().optional().describe('the id of the sub-workflow that does it')

const changesSchema = z.object({
  created: z.array(jsonObjectSchema),
  changed: z.record(z.string(), jsonObjectSchema).describe('by key, as they would be afterwards'),
  deleted: z.array(z.string()).describe('keys'),
  key: z.string().describe('the field that identifies a record'),
  before: z
    .record(z.string(), jsonObjectSchema)
    .describe('what those that would be changed or deleted are now, by key'),
  by: z
    .record(z.string(), z.array(z.string()))
    .describe('ids of the workflows that would do it, by key; only where sub-workflows have a hand in it'),
})

type Changed = z.infer<typeof changesSchema>

const messageSchema = z.object({
  to: z.string(),
  title: z.string().optional(),
  text: z.string().describe("Slack's mrkdwn"),
  fields: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
  table: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) }).optional(),
  buttons: z.array(z.object({ label: z.string(), does: z.string() })).optional(),
  node: z.string(),
  workflow: subWorkflow,
  question: z
    .object({ rules: decisionRulesSchema, until: isoTime.describe('when it would expire') })
    .optional()
    .describe('set for a question to people'),
})

const requestSchema = z.object({
  method: z.string(),
  url: z.string(),
  body: z.string().nullable().describe('secrets in it are named, not shown'),
  node: z.string(),
  workflow: subWorkflow,
  answeredFrom: z
    .object({ executionId: z.string(), at: isoTime })
    .nullable()
    .describe('the execution whose recorded answer it got; null where nothing is on record'),
})

const calledSchema = z.object({
  workflow: z.object({ id: z.string(), name: z.string() }),
  version: z.number().int(),
  calledBy: z.string().describe('the id of the workflow that runs it'),
  node: z.string().describe('the step that runs it'),
  inputs: jsonObjectSchema,
  status: z.string(),
})

export const dryRunSchema = z.object({
  report: reportSchema.describe('as if it had run; it is not in the history'),
  answering: z
    .number()
    .int()
    .nullable()
    .describe(
      'number of the version that answers now; null while none does. The report says which one was tried',
    ),
  records: z.record(z.string(), changesSchema).describe('what would become of records, by collection'),
  messages: z.array(messageSchema).describe('what would be sent, questions to people among them'),
  requests: z.array(requestSchema).describe('requests over HTTP that were not sent'),
  workflows: z.array(calledSchema).describe('sub-workflows that would run, in the order in which they end'),
  assumed: z.array(z.string()).describe('what was taken for granted, in words'),
})

export type DryRun = Omit<z.infer<typeof dryRunSchema>, 'report'> & { report: FinishedReport }

export interface DryRunOptions extends DryPlayOptions {
  /** The number of the version that answers. */
  answering: number | null
}

/**
 * Nothing is sent or kept. Questions to people count as approved and waits take no time; requests over HTTP get the
 * answers that the latest real executions got, and sub-workflows are played dry, too. A step for whose answer nothing is
 * on record fails with `dry_run.not_asked`, and nothing follows it. Throws `inputs.invalid`.
 */
export async function dryRun({ answering, ...options }: DryRunOptions): Promise<DryRun> {
  const played = await dryPlay(options)
  const { report, requests, calls, assumed } = played
  return {
    report,
    answering,
    records: changesOf(played),
    messages: played.messages.map((message) => messageOf(message, played)),
    requests,
    workflows: calls.map(({ report: { workflow, version, inputs, status }, calledBy, node }) => ({
      ...{ workflow, version: version.number, calledBy, node, inputs, status },
    })),
    assumed,
  }
}

function changesOf({ report, changes, touched, keyField }: DryPlayed): DryRun['records'] {
  const made = Object.entries(changes).map(([collection, change]): [string, Changed] => {
    const key = keyField(collection)
    const own = new Map(touched.flatMap((one) => (one.collection === collection ? [[one.key, one]] : [])))
    // By nobody: by a workflow that may not be shown.
    const shown = (id: string) => own.get(id)?.by.length !== 0
    const changed = Object.entries(change.changed).filter(([id]) => shown(id))
    const deleted = change.deleted.filter(shown)
    return [
      collection,
      {
        created: change.created.filter((value) => shown(String(value[key]))),
        changed: Object.fromEntries(changed),
        deleted,
        key,
        before: Object.fromEntries(
          [...changed.map(([id]) => id), ...deleted].flatMap((id): [string, JsonObject][] => {
            const before = own.get(id)?.before
            return before ? [[id, before]] : []
          }),
        ),
        by: Object.fromEntries(
          [...own].flatMap(([id, { by }]) =>
            by.some((one) => one !== report.workflow.id) ? [[id, by]] : [],
          ),
        ),
      },
    ]
  })
  return Object.fromEntries(
    made.filter(
      ([, { created, changed, deleted }]) =>
        created.length + Object.keys(changed).length + deleted.length > 0,
    ),
  )
}

function messageOf(message: OutgoingMessage, { report, questions }: DryPlayed): DryRun['messages'][number] {
  const { to, title, text, fields, table, buttons, origin } = message
  const card = questions.get(message)
  return {
    to,
    ...(title === undefined ? {} : { title }),
    text,
    ...(fields ? { fields } : {}),
    ...(table ? { table } : {}),
    ...(buttons ? { buttons: buttons.map(({ label, does }) => ({ label, does })) } : {}),
    node: origin.node,
    ...(origin.executionId === report.id ? {} : { workflow: origin.workflowId }),
    ...(card ? { question: { rules: card.rules, until: card.until } } : {}),
  }
}
