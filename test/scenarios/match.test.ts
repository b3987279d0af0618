// How what came out is compared with what was expected.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/json.ts'
import { checkMatcher, match, unordered } from '../../src/scenarios/match.ts'

const places = (expected: Json, actual: Json | undefined) =>
  match(expected, actual, 'output').map(({ at }) => at)
const fits = (expected: Json, actual: Json | undefined) => places(expected, actual).length === 0

describe('plain values', () => {
  it('are the same or not: no text passes for a number, no null for nothing', () => {
    expect(fits(1, 1)).toBe(true)
    expect(fits(1, '1')).toBe(false)
    expect(fits(0, null)).toBe(false)
    expect(fits(null, undefined)).toBe(false)
    expect(fits(false, 0)).toBe(false)
  })

  it('of an object may have more beside them, and each that differs is named by its place', () => {
    expect(fits({ a: 1 }, { a: 1, b: 2 })).toBe(true)
    expect(match({ a: { 'b c': 1 } }, { a: { 'b c': 2 } }, 'output')).toEqual([
      { at: 'output.a["b c"]', expected: '1', actual: '2' },
    ])
    expect(match({ a: 1 }, {}, 'output')).toEqual([{ at: 'output.a', expected: '1', actual: 'missing' }])
  })

  it('of a list are all there is, in this order', () => {
    expect(fits([1, 2], [1, 2])).toBe(true)
    expect(places([1, 2], [2, 1])).toEqual(['output[0]', 'output[1]'])
    expect(match([1], [1, 9], 'output')).toEqual([{ at: 'output[1]', expected: 'nothing more', actual: '9' }])
    expect(places([1, 2], [1])).toEqual(['output[1]'])
    expect(fits([], {})).toBe(false)
  })

  it('are not taken from the prototype of an object', () => {
    expect(fits({ constructor: { $any: true } }, {})).toBe(false)
    expect(fits({ toString: { $absent: true } }, {})).toBe(true)
  })

  it('fit themselves, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"$')),
        (value) => fits(value as Json, JSON.parse(JSON.stringify(value))),
      ),
    )
  })
})

describe('other ways to say it', () => {
  it.each<[string, Json, Json | undefined, boolean]>([
    ['$exactly refuses more fields', { $exactly: { a: 1 } }, { a: 1, b: 2 }, false],
    ['$exactly does not care for the order of fields', { $exactly: { a: 1, b: 2 } }, { b: 2, a: 1 }, true],
    ['$exactly takes fields that begin with $ as they are', { $exactly: { $gt: 1 } }, { $gt: 1 }, true],
    ['$near takes the error of floating point', { $near: 0.3 }, 0.1 + 0.2, true],
    ['$near refuses what is further than $within', { $near: 10, $within: 0.5 }, 10.6, false],
    ['$near takes what is just as far as $within', { $near: 10, $within: 0.5 }, 10.5, true],
    ['$near refuses a text', { $near: 10 }, '10', false],
    ['$matches finds a pattern anywhere', { $matches: 'PO-\\d+' }, 'see PO-12', true],
    ['$matches keeps to ^ and $', { $matches: '^PO$' }, 'PO-1', false],
    ['$matches refuses a number', { $matches: '1' }, 1, false],
    ['$contains finds a text in a text', { $contains: 'low' }, '3 are low', true],
    [
      '$contains finds an entry of a list by some of its fields',
      { $contains: { a: 1 } },
      [{ a: 2 }, { a: 1, b: 3 }],
      true,
    ],
    ['$contains needs one entry for each', { $contains: [{ a: 1 }, { a: 1 }] }, [{ a: 1 }], false],
    ['$unordered takes any order', { $unordered: [1, 2] }, [2, 1], true],
    ['$unordered refuses more', { $unordered: [1] }, [1, 1], false],
    ['$size counts a list', { $size: 2 }, [1, 2], true],
    ['$size counts characters, not their halves', { $size: 1 }, '🔧', true],
    ['$size takes conditions itself', { $size: { $gte: 1, $lt: 3 } }, [1, 2, 3], false],
    ['$size of a number is none', { $size: 1 }, 1, false],
    ['$gt and $lte hold together', { $gt: 1, $lte: 2 }, 2, true],
    ['$gt refuses the limit', { $gt: 2 }, 2, false],
    ['$lt compares texts with texts', { $lt: 'b' }, 'a', true],
    ['$lt does not compare a text with a number', { $lt: 5 }, '4', false],
    ['$not turns it round', { $not: { $contains: 'error' } }, 'an error', false],
    ['$any needs a value', { $any: true }, undefined, false],
    ['$any takes null', { $any: true }, null, true],
    ['$absent refuses null', { $absent: true }, null, false],
    ['$where asks an expression', { $where: 'value.startsWith("A") && size(value) > 1' }, 'Ab', true],
    ['$where that cannot be evaluated does not hold', { $where: 'value.startsWith("A")' }, 1, false],
  ])('%s', (_title, expected, actual, holds) => {
    expect(fits(expected, actual)).toBe(holds)
  })

  it('are checked before anything runs, with the nearest right word', () => {
    const faults = checkMatcher(
      {
        a: { $naer: 1 },
        b: [{ $matches: '(' }],
        c: { $where: 'value >' },
        d: { $gt: 1, e: 2 },
        f: { $near: '1' },
      },
      ['expect', 'output'],
    )
    expect(faults.map(({ code, path }) => [code, path.slice(2)])).toEqual([
      ['scenario.matcher', ['a', '$naer']],
      ['scenario.matcher', ['b', 0, '$matches']],
      ['expression.syntax', ['c', '$where']],
      ['scenario.matcher', ['d']],
      ['scenario.matcher', ['f', '$near']],
    ])
    expect(faults[0]?.hint).toBe('did you mean "$near"?')
  })
})

describe('entries in any order', () => {
  it('take what fits first, so that only what really differs is told', () => {
    const actual = [
      { id: 2, n: 5 },
      { id: 1, n: 4 },
    ]
    expect(
      unordered(
        [
          { id: 1, n: 4 },
          { id: 2, n: 6 },
        ],
        actual,
        'rows',
      ),
    ).toEqual([{ at: 'rows[0].n', expected: '6', actual: '5' }])
  })

  it('say what is missing and what is too many', () => {
    expect(unordered(['a', 'b'], ['a'], 'errors')).toEqual([
      { at: 'errors[1]', expected: '"b"', actual: 'missing' },
    ])
    expect(unordered([], ['a'], 'errors')).toEqual([
      { at: 'errors[0]', expected: 'nothing more', actual: '"a"' },
    ])
  })
})
