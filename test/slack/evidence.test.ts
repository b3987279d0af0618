// Numbers of past approvals: what counts as a number, and what is said about it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountIn, evidenceFor, median, type Series, withApproved } from '../../src/slack/evidence.ts'

const fact = (value: string, label = 'Quantity') => ({ label, value })

describe('a number', () => {
  it.each([
    ['840', 840, '', ''],
    ['-3.5', -3.5, '', ''],
    ['2,688.10', 2688.1, '', ''],
    ['-1,000,000 t', -1_000_000, '', ' t'],
    ['€ 2,688.10', 2688.1, '€ ', ''],
    ['EUR 12', 12, 'EUR ', ''],
    ['12 %', 12, '', ' %'],
    ['48 packs', 48, '', ' packs'],
    ['0.5 kg', 0.5, '', ' kg'],
  ])('is %s', (value, amount, prefix, suffix) => {
    expect(amountIn(value)).toEqual({ amount, prefix, suffix, grouped: value.includes(',') })
  })

  it.each([
    '',
    'tea',
    '2026-03-02',
    '4006381333931',
    '007',
    'PO-17',
    '3 of 7',
    '1,23',
    '12 <!channel>',
    '1e9',
    'Infinity',
  ])('is not “%s”', (value) => {
    expect(amountIn(value)).toBeUndefined()
  })
})

describe('evidence', () => {
  it('the median is the middle one, or halfway between the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('there is none without past approvals, and none for words', () => {
    expect(evidenceFor([fact('840'), fact('tea')], {})).toEqual([undefined, undefined])
  })

  it('numbers of another unit or label are not compared', () => {
    const series = withApproved({}, [fact('€ 100', 'Total')])
    expect(evidenceFor([fact('$ 100', 'Total'), fact('€ 5', 'Freight')], series)).toEqual([
      undefined,
      undefined,
    ])
    expect(evidenceFor([fact('€ 400', 'Total')], series)).toEqual([
      { median: 100, of: 1, prefix: '€ ', suffix: '', grouped: false },
    ])
  })

  it('the last fifty count', () => {
    let series: Series = {}
    for (let i = 0; i < 100; i++) series = withApproved(series, [fact(String(i))])
    expect(evidenceFor([fact('1')], series)[0]).toMatchObject({ of: 50, median: 74.5 })
  })

  it('labels that change all the time do not fill the memory', () => {
    let series: Series = {}
    for (let i = 0; i < 200; i++) series = withApproved(series, [fact('1', `Row ${i}`)])
    expect(Object.keys(series)).toHaveLength(40)
    expect(evidenceFor([fact('1', 'Row 199')], series)[0]).toMatchObject({ of: 1 })
  })

  it('whatever a fact says, it is understood or left alone, quickly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.string(), value: fc.string({ unit: 'binary' }) })),
        (facts) => {
          const series = withApproved({}, facts)
          expect(evidenceFor(facts, series)).toHaveLength(facts.length)
        },
      ),
    )
  })
})
