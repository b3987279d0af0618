// What makes a version of a workflow good enough, said so that it can be measured: the block `criteria` of a workflow
// file. Pure; measuring is done where scenarios are run.
import { z } from 'zod'
import { durationSchema, nodeNameSchema } from './schema.ts'

const share = z.number().min(0).max(1)
const expression = z.string().min(1).max(2000)

const common = {
  name: z.string().min(1).max(200).describe('What is to be reached, specifically'),
  why: z.string().min(1).max(500).describe('Why it matters'),
}

/** For criteria that real executions can be held against, too. */
const watched = {
  watch: z
    .strictObject({
      last: z
        .number()
        .int()
        .min(1)
        .max(500)
        .default(20)
        .describe('How many of the latest executions are looked at'),
      channel: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('Who is told, such as "#ops" or a user id; the owner, when left out'),
      deactivate: z
        .boolean()
        .default(false)
        .describe('Whether the workflow stops answering until somebody activates it again'),
    })
    .optional()
    .describe('Holds real executions against the threshold, too'),
}

/** Which labelled items are meant: a set of labels that scenarios bring, and the list that the workflow made. */
const labelled = {
  list: expression.describe(
    'An expression that gives the list to look at, such as outputs["find low stock"].low; an expression that fails gives none',
  ),
  key: z.string().min(1).max(60).describe('The field of its entries that identifies an item'),
  labels: z.string().min(1).max(60).describe('The labels of the scenarios to measure against'),
  items: z.number().int().min(1).optional().describe('How many labelled items there are at least'),
}

export const criterionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scenarios').describe('The share of scenarios that pass'),
    ...common,
    at_least: share.default(1).describe('The share that it takes, from 0 to 1'),
  }),
  z.strictObject({
    kind: z.literal('success_rate').describe('The share of executions that end as their scenario expects'),
    ...common,
    at_least: share.describe('The share that it takes, from 0 to 1'),
    ...watched,
  }),
  z.strictObject({
    kind: z.literal('accuracy').describe('How well a list holds what it should hold, and nothing else'),
    ...common,
    ...labelled,
    is: z
      .string()
      .max(100)
      .default('true')
      .describe('What the column of the labels says of an item that belongs into the list'),
    precision: share.optional().describe('At least this share of what is in the list belongs there'),
    recall: share.optional().describe('At least this share of what belongs there is in the list'),
    f1: share.optional().describe('At least this harmonic mean of precision and recall'),
  }),
  z.strictObject({
    kind: z.literal('exact_match').describe('The share of labelled items whose value is exactly right'),
    ...common,
    ...labelled,
    field: z.string().min(1).max(60).describe('The field of the entries that is compared with the label'),
    at_least: share.describe('The share that it takes, from 0 to 1'),
  }),
  z.strictObject({
    kind: z.literal('numeric_error').describe('How far numbers are from what the labels say'),
    ...common,
    ...labelled,
    field: z.string().min(1).max(60).describe('The field of the entries that is compared with the label'),
    measure: z
      .enum(['mean', 'max', 'mean_relative'])
      .default('max')
      .describe('The mean or the largest absolute error, or the mean error as a share of the label'),
    at_most: z.number().min(0).describe('The largest value that is good enough'),
  }),
  z.strictObject({
    kind: z.literal('error_frequency').describe('Errors that no scenario expects, for each execution'),
    ...common,
    codes: z
      .array(z.string().min(1).max(100))
      .min(1)
      .optional()
      .describe('Codes that count (a prefix such as "python." will do); all, when left out'),
    at_most: z.number().min(0).describe('The largest value that is good enough'),
    ...watched,
  }),
  z.strictObject({
    kind: z.literal('duration').describe('How long executions really take'),
    ...common,
    percentile: z
      .number()
      .min(1)
      .max(100)
      .default(95)
      .describe('Which share of executions is no slower, in %'),
    at_most: durationSchema.describe('The longest time that is good enough, such as "2s"'),
  }),
  z.strictObject({
    kind: z.literal('flakiness').describe('The share of scenarios that do not do the same each time'),
    ...common,
    repetitions: z.number().int().min(2).max(50).default(3).describe('How often each scenario is run'),
    at_most: share.default(0).describe('The largest share that is good enough, from 0 to 1'),
  }),
  z.strictObject({
    kind: z.literal('coverage').describe('The share of the workflow that scenarios reach'),
    ...common,
    of: z.enum(['nodes', 'edges']).describe('What is to be reached'),
    at_least: share.describe('The share that it takes, from 0 to 1'),
    without: z.array(nodeNameSchema).default([]).describe('Nodes that do not count, with their edges'),
  }),
])

export const criteriaSchema = z
  .array(criterionSchema)
  .max(50)
  .describe('What a version has to reach before it answers to real triggers')

export type Criterion = z.infer<typeof criterionSchema>

/** A criterion that real executions are held against, too. */
export type WatchedCriterion = Extract<Criterion, { kind: 'success_rate' | 'error_frequency' }> & {
  watch: object
}

export function isWatched(criterion: Criterion): criterion is WatchedCriterion {
  return 'watch' in criterion && criterion.watch !== undefined
}
