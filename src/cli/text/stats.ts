// Figures of workflows as text for the terminal.
import type { StatsAnswer } from '../answers.ts'
import { duration, line, plural, table, time } from './table.ts'

export function statsText({ since, workflowId, workflows }: StatsAnswer): string {
  const head = `Since ${time(since)}`
  if (workflows.length === 0) return `${head}: nothing has run.`
  const rows = workflows.map(
    ({ workflow, executions, successRate, durationMs, failed, timedOut, cancelled }) => [
      workflow.id,
      plural(executions, 'execution'),
      successRate === null ? '' : `${percent(successRate)} good`,
      durationMs ? `half within ${duration(durationMs.p50)}, 95 % within ${duration(durationMs.p95)}` : '',
      failed + timedOut > 0 ? `${failed + timedOut} failed` : '',
      cancelled > 0 ? `${cancelled} cancelled` : '',
    ],
  )
  const failures = workflows.flatMap(({ workflow, failures }) =>
    failures.map(({ node, code, count, lastExecutionId }) => [
      `  ${count} ×`,
      workflowId === undefined ? workflow.id : '',
      line(node ?? 'as a whole', 60),
      code,
      `last ${lastExecutionId}`,
    ]),
  )
  const [only] = workflowId === undefined ? [] : workflows
  const days = (only?.days ?? []).filter((day) => day.executions > 0)
  const parts = [
    head,
    table(rows),
    failures.length > 0 ? `What failed:\n${table(failures)}` : '',
    days.length > 0
      ? `By day:\n${table(
          days.map(({ day, executions, failed, durationMs }) => [
            `  ${day}`,
            plural(executions, 'execution'),
            failed > 0 ? `${failed} failed` : '',
            durationMs ? `half within ${duration(durationMs.p50)}` : '',
          ]),
        )}`
      : '',
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** Rounded down: 99.96 % good is not 100 %. */
const percent = (share: number) => `${Math.floor(share * 1000) / 10} %`
