// Criteria of a workflow file by their mistakes, each at its place.
import { describe, expect, it } from 'vitest'
import { type Criterion, criteriaSchema } from '../../src/definition/criteria.ts'
import { checkCriteria } from '../../src/definition/criteria-faults.ts'

const faultsOf = (...criteria: object[]) =>
  checkCriteria(
    criteriaSchema.parse(criteria.map((one) => ({ name: 'A', why: 'It matters', ...one }))) as Criterion[],
    ['start', 'find low stock'],
  ).map(({ code, path, hint }) => [code, path.join('.'), ...(hint ? [hint] : [])])

const accuracy = { kind: 'accuracy', key: 'sku', labels: 'all', list: 'outputs["find low stock"].low' }

describe('criteria', () => {
  it('of nodes that exist, with a threshold, are without fault', () => {
    expect(faultsOf({ ...accuracy, precision: 1 })).toEqual([])
    expect(faultsOf({ ...accuracy, recall: 1, list: 'output.low' })).toEqual([])
  })

  it('name nodes that exist, in expressions and in lists', () => {
    expect(faultsOf({ ...accuracy, f1: 1, list: 'outputs["find low stok"].low' })).toEqual([
      ['workflow.unknown_node', 'criteria.0.list', 'did you mean "find low stock"?'],
    ])
    expect(faultsOf({ kind: 'coverage', of: 'nodes', at_least: 1, without: ['strat'] })).toEqual([
      ['workflow.unknown_node', 'criteria.0.without.0', 'did you mean "start"?'],
    ])
  })

  it('have expressions that can be read', () => {
    expect(faultsOf({ ...accuracy, f1: 1, list: 'outputs.x +' })).toMatchObject([
      ['expression.syntax', 'criteria.0.list'],
    ])
    expect(faultsOf({ ...accuracy, f1: 1, list: 'otuput.low' })).toEqual([
      ['expression.unknown_name', 'criteria.0.list', 'did you mean "output"?'],
    ])
  })

  it('say what is enough', () => {
    expect(faultsOf(accuracy)).toEqual([
      ['workflow.missing_field', 'criteria.0', 'give it precision, recall or f1'],
    ])
  })

  it('have names of their own', () => {
    expect(faultsOf({ kind: 'scenarios' }, { kind: 'scenarios' })).toEqual([
      ['workflow.duplicate_criterion', 'criteria.1.name'],
    ])
  })

  it('have thresholds that can be reached', () => {
    const refused = (one: object) => criteriaSchema.safeParse([{ name: 'A', why: 'B', ...one }]).success
    expect(refused({ kind: 'scenarios', at_least: 1.1 })).toBe(false)
    expect(refused({ kind: 'flakiness', repetitions: 1 })).toBe(false)
    expect(refused({ kind: 'duration', at_most: 'soon' })).toBe(false)
    expect(refused({ kind: 'unheard of' })).toBe(false)
  })
})
