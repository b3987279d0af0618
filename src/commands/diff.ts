// `diff`: what changed since the last good execution of the workflow: its definition, inputs, outputs and times.
import { z } from 'zod'
import { type FinishedReport, isFinished, type NodeResult, type Report } from '../engine/report.ts'
import type { Diff, NodeDifference } from './answers.ts'
import { definitionChanges } from './definition-changes.ts'
import { findReport } from './find.ts'
import { headOf } from './heads.ts'
import type { Command, Services } from './types.ts'
import { changesBetween, isChanged, noChanges } from './values.ts'

const input = z.object({ executionId: z.string().max(100) })
/** So many good ones are looked at for one that is no rollback. */
const candidates = 20
/** A node's time is worth a word when it changed by a factor of two, and by a second. */
const notable = { factor: 2, ms: 1000 }

export const diff: Command<z.infer<typeof input>> = {
  name: 'diff',
  summary: 'Show what changed since the last good execution',
  usage: 'diff <execution>',
  examples: ['diff 1f3k9ab-x7q2m'],
  input,
  needs: 'see',
  async run({ executionId }, { services }) {
    const after = await findReport(services, executionId)
    const before = await lastGood(services, after)
    const execution = headOf(after)
    const redact = after.redact ? { redact: true } : {}
    if (!before) {
      const nothing = { definition: null, inputs: noChanges, context: noChanges, nodes: [], durationMs: null }
      return { kind: 'diff', execution, ...redact, against: null, ...nothing }
    }
    const durationMs = isFinished(after) ? { before: before.durationMs, after: after.durationMs } : null
    return {
      kind: 'diff',
      execution,
      ...redact,
      against: headOf(before),
      definition: await definitionDiff(services, before, after),
      inputs: changesBetween(before.inputs, after.inputs),
      context: changesBetween(before.context, after.context),
      nodes: nodeDifferences(before.nodes, after.nodes),
      durationMs,
    }
  },
}

async function lastGood({ history }: Services, after: Report): Promise<FinishedReport | undefined> {
  const good = await history.recent({
    workflowId: after.workflow.id,
    limit: candidates,
    where: ({ id, status, createdAt }) =>
      status === 'succeeded' && id !== after.id && createdAt <= after.createdAt,
  })
  for (const { id } of good) {
    const report = await history.report(id)
    if (report && !report.rollbackOf) return report
  }
  return undefined
}

async function definitionDiff(
  { versions }: Services,
  before: Report,
  after: Report,
): Promise<Diff['definition']> {
  if (before.version.hash === after.version.hash) return null
  const [old, fresh] = await Promise.all(
    [before, after].map(({ workflow, version }) => versions.get(workflow.id, version.hash)),
  )
  const numbers = { from: before.version.number, to: after.version.number }
  if (!old || !fresh) return { ...numbers, changes: [], known: false }
  return { ...numbers, changes: definitionChanges(old.definition, fresh.definition), known: true }
}

/** In the order of the later execution; nodes that are gone come last. */
function nodeDifferences(before: NodeResult[], after: NodeResult[]): NodeDifference[] {
  const old = new Map(before.map((node) => [node.name, node]))
  const fresh = new Map(after.map((node) => [node.name, node]))
  return [...new Set([...fresh.keys(), ...old.keys()])]
    .map((name) => nodeDifference(name, old.get(name), fresh.get(name)))
    .filter(
      ({ before, after, output, durationMs }) =>
        before !== after || isChanged(output) || isSlower(durationMs),
    )
}

function nodeDifference(
  node: string,
  before: NodeResult | undefined,
  after: NodeResult | undefined,
): NodeDifference {
  const took = (result: NodeResult | undefined) =>
    result && 'durationMs' in result ? result.durationMs : undefined
  const [old, fresh] = [took(before), took(after)]
  // A trigger's output is the inputs, which have their own place.
  const compared = before?.status === 'succeeded' && after?.status === 'succeeded' && after.role === 'action'
  return {
    node,
    before: before?.status ?? null,
    after: after?.status ?? null,
    output: compared ? changesBetween(before.output, after.output) : noChanges,
    durationMs: old === undefined || fresh === undefined ? null : { before: old, after: fresh },
    ...(after?.status === 'failed' ? { error: after.error } : {}),
  }
}

function isSlower(durationMs: NodeDifference['durationMs']): boolean {
  if (!durationMs) return false
  const [less = 0, more = 0] = [durationMs.before, durationMs.after].sort((a, b) => a - b)
  return more - less >= notable.ms && more >= less * notable.factor
}
