// Runs a workflow over a copy of the real records with the outside captured, and says what it would have done.
import { z } from 'zod'
import type { ApprovalCard, PythonSandbox, RecordStore } from '../actions/ports.ts'
import type { Version } from '../definition/schema.ts'
import type { Clock, Ids } from '../engine/ports.ts'
import { type Actor, type FinishedReport, reportSchema } from '../engine/report.ts'
import { type JsonObject, jsonObjectSchema } from '../json.ts'
import { startInputs } from '../triggers/start-inputs.ts'
import { notAskedInDryRun } from './capture.ts'
import { play } from './play.ts'
import { CopiedRecords } from './records.ts'
import { triggerOf } from './run.ts'
import type { DecisionAnswer } from './schema.ts'

const changesSchema = z.object({
  created: z.array(jsonObjectSchema),
  changed: z.record(z.string(), jsonObjectSchema).describe('by key, as they would be afterwards'),
  deleted: z.array(z.string()).describe('keys'),
})

export const dryRunSchema = z.object({
  report: reportSchema.describe('as if it had run; it is not in the history'),
  records: z.record(z.string(), changesSchema).describe('what would become of records, by collection'),
  messages: z
    .array(z.object({ to: z.string(), title: z.string().optional(), text: z.string(), node: z.string() }))
    .describe('what would be sent, questions to people among them'),
  requests: z
    .array(z.object({ method: z.string(), url: z.string() }))
    .describe('requests over HTTP that were not sent'),
})

export type DryRun = Omit<z.infer<typeof dryRunSchema>, 'report'> & { report: FinishedReport }

export interface DryRunOptions {
  version: Version
  inputs: JsonObject
  startedBy: Actor
  /** Only read. */
  records: RecordStore
  python: PythonSandbox
  ids: Ids
  clock: Clock
  stopwatch(): number
}

/**
 * Questions to people count as approved, waits take no time, and requests over HTTP and sub-workflows are not made: the
 * node that needs their answer fails with `dry_run.not_asked`. Throws `inputs.invalid`.
 */
export async function dryRun(options: DryRunOptions): Promise<DryRun> {
  const { version, ids } = options
  const trigger = triggerOf(version, undefined)
  const records = new CopiedRecords({}, options.records)
  const { report, messages, requests } = await play({
    version,
    python: options.python,
    playId: `dry run ${ids.execution()}`,
    records,
    trigger,
    inputs: startInputs(version.definition, trigger, options.inputs, records),
    startedBy: options.startedBy,
    startAt: options.clock.now(),
    answers: { http: [], workflows: {}, approvals: everybodyApproves },
    unanswered: notAskedInDryRun,
    stopwatch: options.stopwatch,
  })
  const changes = Object.entries(records.changes()).filter(
    ([, { created, changed, deleted }]) => created.length + Object.keys(changed).length + deleted.length > 0,
  )
  return {
    report,
    records: Object.fromEntries(changes),
    messages: messages.map(({ to, title, text, origin }) => ({
      to,
      ...(title === undefined ? {} : { title }),
      text,
      node: origin.node,
    })),
    requests: requests.map(({ method, url }) => ({ method, url })),
  }
}

/** As many approvals as a question needs, by people who may decide it. */
function everybodyApproves({ rules: { needed, users, groups } }: ApprovalCard): DecisionAnswer[] {
  return Array.from({ length: needed }, (_, index) => ({
    decide: 'approve',
    by: { id: users[index] ?? `U0DECIDES${index + 1}` },
    groups,
    after: '1s',
    form: {},
  }))
}
