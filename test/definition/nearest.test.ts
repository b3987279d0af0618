// The nearest right word.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest, suggestion } from '../../src/definition/nearest.ts'

describe('the nearest word', () => {
  it.each([
    ['notfy', ['manual', 'notify', 'code'], 'notify'],
    ['notiyf', ['manual', 'notify', 'code'], 'notify'],
    ['REORDER-CHEK', ['reorder-check', 'stock'], 'reorder-check'],
    ['żólw', ['żółw', 'wół'], 'żółw'],
    ['lits', ['list', 'lift'], 'list'],
    ['something else', ['list', 'run'], undefined],
    ['', ['a'], undefined],
    ['x', [], undefined],
  ])('to %j in %j is %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected)
  })

  it('is found after any one slip in a word of four letters or more', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 4, maxLength: 20 })
    fc.assert(
      fc.property(word, fc.nat(), (right, at) => {
        const index = at % right.length
        expect(nearest(right.slice(0, index) + right.slice(index + 1), [right])).toBe(right)
        expect(nearest(`${right.slice(0, index)}z${right.slice(index)}`, [right])).toBe(right)
      }),
    )
  })

  it('is measured alike from both sides, and a word is nearest to itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, a)).toBe(0)
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max([...a].length, [...b].length))
      }),
    )
  })

  it('takes no noticeable time for hostile lengths', () => {
    expect(editDistance('a'.repeat(100_000), 'b'.repeat(100_000))).toBe(64)
  })

  it('lists what there is when nothing is near, unless that is too much', () => {
    expect(suggestion('zzz', ['one', 'two'])).toBe('there are "one", "two"')
    expect(suggestion('zzz', ['one'])).toBe('there is only "one"')
    expect(
      suggestion(
        'zzz',
        Array.from({ length: 30 }, (_, index) => `w${index}`),
      ),
    ).toBeUndefined()
  })
})
