// What the order of nodes promises, over random graphs and a few that can be read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphSource } from '../../src/definition/graph.ts'
import {
  ancestors,
  findCycle,
  generations,
  topologicalOrder,
  unreachableFrom,
} from '../../src/definition/graph.ts'

function graph(names: string, ...edges: string[]): GraphSource {
  return {
    nodes: [...names].map((name) => ({ name })),
    edges: edges.map((edge) => ({ from: edge[0] ?? '', to: edge[1] ?? '' })),
  }
}

/** Acyclic by construction (edges go from lower to higher rank), with the nodes in any order in the file. */
const anyDag = fc
  .record({
    size: fc.integer({ min: 1, max: 14 }),
    seed: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }),
  })
  .chain(({ size, seed }) => {
    const names = Array.from({ length: size }, (_, rank) => `n${rank}`)
    const edges = seed
      .map(([a, b]) => [a % size, b % size] as const)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ({ from: `n${Math.min(a, b)}`, to: `n${Math.max(a, b)}` }))
    return fc.record({
      nodes: fc
        .shuffledSubarray(names, { minLength: size, maxLength: size })
        .map((all) => all.map((name) => ({ name }))),
      edges: fc.constant(edges),
    })
  })

describe('topological order', () => {
  it('puts every node after all that lead to it, each exactly once', () => {
    fc.assert(
      fc.property(anyDag, (definition) => {
        const order = topologicalOrder(definition)
        expect([...order].sort()).toEqual(definition.nodes.map((node) => node.name).sort())
        for (const edge of definition.edges) {
          expect(order.indexOf(edge.from)).toBeLessThan(order.indexOf(edge.to))
        }
      }),
    )
  })

  it('does not depend on the order of the edges', () => {
    fc.assert(
      fc.property(
        anyDag.chain((definition) =>
          fc.tuple(
            fc.constant(definition),
            fc.shuffledSubarray(definition.edges, { minLength: definition.edges.length }),
          ),
        ),
        ([definition, edges]) => {
          expect(topologicalOrder({ ...definition, edges })).toEqual(topologicalOrder(definition))
        },
      ),
    )
  })

  it('takes, wherever the edges leave a choice, the node that stands first in the file', () => {
    fc.assert(
      fc.property(anyDag, (definition) => {
        const left = definition.nodes.map((node) => node.name)
        for (const name of topologicalOrder(definition)) {
          const ready = left.filter(
            (one) => !definition.edges.some((edge) => edge.to === one && left.includes(edge.from)),
          )
          expect(name).toBe(ready[0])
          left.splice(left.indexOf(name), 1)
        }
      }),
    )
  })

  it('is the order of the file when that is already right', () => {
    expect(topologicalOrder(graph('abcdef', 'ab', 'bc', 'ad', 'de', 'cf', 'ef'))).toEqual([...'abcdef'])
  })

  it('counts two edges between the same nodes as one dependency', () => {
    expect(topologicalOrder(graph('ba', 'ab', 'ab'))).toEqual(['a', 'b'])
  })

  it('refuses a cycle with the path that closes it', () => {
    expect(() => topologicalOrder(graph('abc', 'ab', 'bc', 'cb'))).toThrowError('b → c → b')
  })

  it('works for names that JavaScript objects are born with', () => {
    const names = ['constructor', '__proto__', 'toString']
    const definition = {
      nodes: names.map((name) => ({ name })),
      edges: [
        { from: 'toString', to: '__proto__' },
        { from: '__proto__', to: 'constructor' },
      ],
    }
    expect(topologicalOrder(definition)).toEqual(['toString', '__proto__', 'constructor'])
    expect(findCycle(definition)).toBeNull()
  })
})

describe('cycles', () => {
  it('are named from their first node in the file, wherever the search met them', () => {
    expect(findCycle(graph('abcd', 'da', 'ab', 'bc', 'cd'))).toEqual(['a', 'b', 'c', 'd', 'a'])
    expect(findCycle(graph('xbac', 'xc', 'ca', 'ab', 'bc'))).toEqual(['b', 'c', 'a', 'b'])
  })

  it('include a node that leads to itself', () => {
    expect(findCycle(graph('ab', 'ab', 'bb'))).toEqual(['b', 'b'])
  })

  it('are absent from a diamond', () => {
    expect(findCycle(graph('abcd', 'ab', 'ac', 'bd', 'cd'))).toBeNull()
  })

  it('are found exactly when the order cannot be made, and their edges exist', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 }), (pairs) => {
        const definition = {
          nodes: Array.from({ length: 8 }, (_, index) => ({ name: `n${index}` })),
          edges: pairs.map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })),
        }
        const cycle = findCycle(definition)
        if (cycle === null) {
          expect(topologicalOrder(definition)).toHaveLength(8)
          return
        }
        expect(() => topologicalOrder(definition)).toThrowError(
          expect.objectContaining({ code: 'workflow.cycle' }),
        )
        expect(cycle[0]).toBe(cycle.at(-1))
        for (const [index, from] of cycle.slice(0, -1).entries()) {
          expect(definition.edges).toContainEqual({ from, to: cycle[index + 1] })
        }
      }),
    )
  })
})

describe('reach', () => {
  it('finds what no trigger leads to', () => {
    expect(unreachableFrom(graph('abcde', 'ab', 'cd', 'bd', 'ee'), ['a'])).toEqual(['c', 'e'])
  })

  it('gives all that comes before a node, and not the node', () => {
    expect(ancestors(graph('abcde', 'ab', 'bd', 'cd', 'de'), 'd')).toEqual(new Set(['b', 'c', 'a']))
    expect(ancestors(graph('ab', 'ab'), 'nowhere')).toEqual(new Set())
  })

  it('groups nodes by their distance from the start, in the order of the file', () => {
    expect(generations(graph('dcba', 'ab', 'ac', 'bd', 'cd'))).toEqual([['a'], ['c', 'b'], ['d']])
  })
})
