// `why`: why a node ran, was skipped or failed: how its edges were judged, and the way back to where it began.
import { z } from 'zod'
import { suggestion } from '../definition/nearest.ts'
import type { NodeResult, Report } from '../engine/report.ts'
import { WorkflowError } from '../errors.ts'
import type { JudgedEdge } from './answers.ts'
import { causesOf, sentenceOf } from './causes.ts'
import { findReport, findVersionOf } from './find.ts'
import { headOf } from './heads.ts'
import { judgeEdges } from './judged-edges.ts'
import type { Command } from './types.ts'

const input = z.object({ executionId: z.string().max(100), node: z.string().min(1).max(100) })

export const why: Command<z.infer<typeof input>> = {
  name: 'why',
  summary: 'Explain why a step ran, was skipped or failed',
  usage: 'why <execution> <step>',
  examples: ['why 1f3k9ab-x7q2m notify buyers'],
  input,
  needs: 'see',
  async run({ executionId, node: name }, { services }) {
    const report = await findReport(services, executionId)
    const node = findNode(report, name)
    // A rollback runs along edges of its own, one node after the other.
    const version = report.rollbackOf ? undefined : await findVersionOf(services, report)
    const edgesInto = (of: string): JudgedEdge[] =>
      version ? judgeEdges(report, version.definition, of) : []
    const edges = edgesInto(node.name)
    return {
      kind: 'why',
      execution: headOf(report),
      ...(report.redact ? { redact: true } : {}),
      node: node.name,
      status: node.status,
      summary: sentenceOf(report, node, edges),
      join: version?.definition.nodes.find((one) => one.name === node.name)?.join ?? 'all',
      edges,
      causes: causesOf(report, node, edgesInto),
    }
  },
}

/** Throws `execution.unknown_node`. Upper and lower case count as the same, when that leaves no doubt. */
function findNode(report: Report, name: string): NodeResult {
  const exact = report.nodes.find((node) => node.name === name)
  const alike = report.nodes.filter((node) => node.name.toLowerCase() === name.trim().toLowerCase())
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined)
  if (found) return found
  const names = report.nodes.map((node) => node.name)
  throw new WorkflowError('execution.unknown_node', `Execution ${report.id} has no step "${name}".`, {
    hint: suggestion(name, names) ?? `report ${report.id} shows its steps.`,
  })
}
