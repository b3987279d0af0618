// The result of a test run: each scenario, each criterion against its threshold, what no scenario reaches, and what got
// better or worse. The one thing that Slack, HTTP and the terminal render.
import { z } from 'zod'
import { actorSchema, reportErrorSchema } from '../engine/report.ts'

const milliseconds = z.number().min(0).describe('milliseconds that really passed')

export const differenceSchema = z.object({
  at: z.string().describe('where, for example outputs["find low stock"].count'),
  expected: z.string(),
  actual: z.string(),
})

export const scenarioResultSchema = z.object({
  name: z.string(),
  file: z.string(),
  line: z.number().int().describe('1-based'),
  hash: z.string().optional().describe('what it said; missing from tests of long ago'),
  passed: z.boolean(),
  status: z.string().describe('how its execution ended'),
  durationMs: milliseconds,
  differences: z.array(differenceSchema).describe('what is not as expected; empty when it passed'),
  errors: z.array(reportErrorSchema).describe('of its execution, expected ones too'),
  printed: z.array(z.string()).describe('the last lines that its code printed, when it did not pass'),
})

export const criterionResultSchema = z.object({
  name: z.string(),
  why: z.string(),
  kind: z.string(),
  met: z.boolean(),
  measures: z
    .array(
      z.object({
        what: z.string().describe('precision, recall, success rate, …'),
        value: z.number().nullable().describe('null when there was nothing to measure'),
        threshold: z.number(),
        better: z.enum(['higher', 'lower']),
        unit: z.enum(['share', 'ms', 'number', 'items']),
        met: z.boolean(),
      }),
    )
    .describe('each value against its threshold'),
  details: z.array(z.string()).describe('what the value suffers from, the first few: "FAS-0001 is missing"'),
})

const edge = z.object({ from: z.string(), to: z.string(), on: z.string(), when: z.string().optional() })

export const coverageSchema = z.object({
  nodes: z.object({
    total: z.number().int(),
    reached: z.number().int(),
    missing: z.array(z.string()).describe('nodes that ran in no scenario'),
  }),
  edges: z.object({
    total: z.number().int(),
    reached: z.number().int(),
    missing: z.array(edge).describe('edges that were taken in no scenario'),
  }),
})

export const comparisonSchema = z.object({
  with: z.object({ id: z.string(), version: z.number().int(), at: z.iso.datetime() }),
  better: z.array(z.string()).describe('in words, one for each scenario or criterion'),
  worse: z.array(z.string()),
  changed: z
    .array(z.string())
    .optional()
    .describe('names of scenarios that say something else than they did then; left out when there are none'),
})

export const testReportSchema = z.object({
  id: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  version: z.object({
    number: z.number().int().describe('0 for a file that was never loaded by a bot'),
    hash: z.string(),
  }),
  scenariosHash: z
    .string()
    .optional()
    .describe('what the scenarios said, with the files that they name; missing from tests of long ago'),
  startedBy: actorSchema,
  startedAt: z.iso.datetime(),
  durationMs: milliseconds,
  passed: z.boolean().describe('whether every scenario passed and every criterion was met'),
  totals: z.object({
    scenarios: z.number().int(),
    passed: z.number().int(),
    executions: z.number().int().describe('scenarios, times their repetitions'),
  }),
  scenarios: z.array(scenarioResultSchema).describe('in the order of the file'),
  criteria: z.array(criterionResultSchema),
  coverage: coverageSchema,
  compared: comparisonSchema
    .nullable()
    .describe(
      'against the latest test of the version that answered, for a draft, or else the test before; null when there was none',
    ),
})

export type TestReport = z.infer<typeof testReportSchema>
export type ScenarioResult = z.infer<typeof scenarioResultSchema>
export type CriterionResult = z.infer<typeof criterionResultSchema>
export type Measure = CriterionResult['measures'][number]
export type Coverage = z.infer<typeof coverageSchema>
export type Comparison = z.infer<typeof comparisonSchema>
