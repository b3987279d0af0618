// Pictures: drawn for any workflow and any figures, within bounds, in words as well, and without holding up the bot.
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { describeCharts, drawCharts, scaleOf } from '../../src/pictures/charts.ts'
import { describeGraph, drawGraph, type GraphPicture, nodesDrawn } from '../../src/pictures/graph.ts'
import { type ChartPicture, createPictures } from '../../src/pictures/index.ts'
import { escapeXml, fitText, textWidth, wrapText } from '../../src/pictures/svg.ts'

const pictures = createPictures()
afterAll(() => pictures.close())

const hostile = fc.oneof(
  fc.constantFrom(
    '</text><script>alert(1)</script>',
    '&amp; "quoted" \'x\'',
    '\u0000\u0007\u001b',
    '\ud800',
    '\u202egnp.exe',
    ']]>',
    '<image href="file:///etc/passwd"/>',
    '&#xfffe; &lol;',
    '日本語 שלום 👩‍👩‍👧',
    'x'.repeat(400),
    'long words '.repeat(60),
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const states = fc.constantFrom(
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'handled',
  'cancelled',
  'skipped',
  undefined,
)

const graph = fc
  .record({
    title: hostile,
    subtitle: hostile,
    nodes: fc.array(
      fc.record({ type: hostile, role: fc.constantFrom('trigger', 'action'), state: states, note: hostile }),
      { minLength: 1, maxLength: 16 },
    ),
    names: hostile,
    ways: fc.array(
      fc.record({
        from: fc.nat(15),
        to: fc.nat(15),
        on: fc.constantFrom('success', 'failure', 'always'),
        when: fc.option(hostile, { nil: undefined }),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ title, subtitle, nodes, names, ways }): GraphPicture => {
    const named = nodes.map((node, index) => ({
      ...node,
      name: `${names} ${index}`,
    })) as GraphPicture['nodes']
    const name = (index: number) => named[index % named.length]?.name ?? ''
    const edges = ways.map((way) => ({
      ...way,
      from: name(way.from),
      to: name(way.to),
    })) as GraphPicture['edges']
    return { title, subtitle, nodes: named, edges }
  })

const count = fc.oneof(fc.nat(20), fc.constantFrom(0, 1, 1_000_000))
const time = fc.option(fc.oneof(fc.nat(5000), fc.constantFrom(0, 1, 90_000_000)))
const charts: fc.Arbitrary<ChartPicture> = fc.record({
  title: hostile,
  subtitle: hostile,
  days: fc.array(
    fc.record({
      day: fc.constantFrom('2026-03-02', '2026-12-31', 'nonsense'),
      good: count,
      bad: count,
      stopped: count,
      p50: time,
      p95: time,
    }),
    { maxLength: 95 },
  ),
  failures: fc.array(fc.record({ label: hostile, count }), { maxLength: 12 }),
  rates: fc.array(
    fc.record({ label: hostile, rate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })), runs: count }),
    { maxLength: 20 },
  ),
})

/** What would keep the picture from being drawn, or put something into it that nobody meant. */
function faults(svg: string): string[] {
  return [
    ...(/NaN|Infinity|undefined/.test(svg.replace(/>[^<]*</g, '><'))
      ? ['a coordinate that is no number']
      : []),
    ...(/<(script|image|use|foreignObject|style|!)/i.test(svg) ? ['a foreign element'] : []),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not occur
    ...(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(svg) ? ['a control character'] : []),
    ...(/[\ud800-\udfff]/u.test(svg) ? ['half a character'] : []),
  ]
}

const isPng = (png: Uint8Array) => Buffer.from(png.subarray(0, 4)).toString('latin1') === '\x89PNG'

const chain = (length: number): GraphPicture => ({
  title: 'A long one',
  subtitle: 'Version 1',
  nodes: Array.from({ length }, (_, n) => ({ name: `step ${n}`, type: 'code', role: 'action' as const })),
  edges: Array.from({ length: length - 1 }, (_, n) => ({
    from: `step ${n}`,
    to: `step ${n + 1}`,
    on: 'success' as const,
  })),
})

describe('whatever stands in a workflow or its figures', () => {
  it('the graph is sound SVG', () => {
    fc.assert(
      fc.property(graph, (picture) => {
        expect(faults(drawGraph(picture).svg)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('the charts are sound SVG', () => {
    fc.assert(
      fc.property(charts, (picture) => {
        expect(faults(drawCharts(picture).svg)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('both become PNGs', async () => {
    for (const picture of fc.sample(graph, { numRuns: 12, seed: 3 })) {
      expect(isPng((await pictures.draw({ kind: 'graph', ...picture })).png)).toBe(true)
    }
    for (const picture of fc.sample(charts, { numRuns: 12, seed: 3 })) {
      expect(isPng((await pictures.draw({ kind: 'charts', ...picture })).png)).toBe(true)
    }
  })

  it('the description is at most as long as Slack allows, and never half a character', () => {
    fc.assert(
      fc.property(graph, charts, (one, other) => {
        for (const text of [describeGraph(one), describeCharts(other)]) {
          expect([...text].length).toBeLessThanOrEqual(1000)
        }
      }),
    )
  })
})

describe('a graph', () => {
  it('says in words which step comes after which, and how it went', () => {
    const text = describeGraph({
      title: 'Reorder check',
      subtitle: '',
      nodes: [
        { name: 'check stock', type: 'code', role: 'action', state: 'succeeded' },
        { name: 'notify buyers', type: 'notify', role: 'action', state: 'skipped' },
      ],
      edges: [{ from: 'check stock', to: 'notify buyers', on: 'success' }],
    })
    expect(text).toBe(
      'Graph of Reorder check with 2 steps: check stock (worked), then notify buyers; notify buyers (not needed).',
    )
  })

  it('tells states apart by marks, not by colours alone', () => {
    const { svg } = drawGraph({
      ...chain(2),
      nodes: chain(2).nodes.map((node, n) => ({ ...node, state: n === 0 ? 'succeeded' : 'failed' })),
    })
    expect(svg).toContain('✓')
    expect(svg).toContain('✗')
  })

  it('names the condition of a way without the brackets around the step', () => {
    const picture = chain(2)
    const [edge] = picture.edges
    const { svg } = drawGraph({
      ...picture,
      edges: [{ from: 'step 0', to: 'step 1', on: edge?.on ?? 'success', when: 'outputs["step 0"].low > 0' }],
    })
    expect(svg).toContain('step 0.low &gt; 0')
  })

  it('draws the first steps of a very long workflow and counts the others', () => {
    expect(drawGraph(chain(500)).svg).toContain(`and ${500 - nodesDrawn} more steps`)
  })

  it('turns sideways before it becomes far wider than a screen', () => {
    const wide = chain(60)
    const fan = wide.nodes.slice(1).map(({ name }) => ({ from: 'step 0', to: name, on: 'success' as const }))
    expect(drawGraph({ ...wide, edges: fan }).width).toBeLessThan(1200)
  })
})

describe('charts', () => {
  it('an axis ends at a round figure at or above the largest value', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (largest) => {
        const { max, ticks } = scaleOf(largest)
        expect(max).toBeGreaterThanOrEqual(largest * (1 - 1e-9))
        expect(max).toBeLessThanOrEqual(largest * 2.5 + 1e-9)
        expect(ticks.length).toBeLessThanOrEqual(6)
      }),
    )
  })

  it('say in words how many went well and what failed', () => {
    const day = { day: '2026-03-02', good: 3, bad: 1, stopped: 0, p50: null, p95: null }
    const text = describeCharts({
      title: 'Reorder check',
      subtitle: 'March',
      days: [day, day],
      failures: [{ label: 'check stock: python.exception', count: 2 }],
      rates: [],
    })
    expect(text).toContain('6 executions went well, 2 failed')
    expect(text).toContain('check stock: python.exception, 2 times')
  })
})

describe('texts', () => {
  it('fit their width, and say when they were cut', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 30, max: 300 }), (words, width) => {
        for (const line of wrapText(words, width, 13, 2))
          expect(textWidth(line, 13)).toBeLessThanOrEqual(width + 13)
      }),
    )
    expect(fitText('a rather long name', 60, 13)).toMatch(/…$/)
  })

  it('cannot end their element', () => {
    expect(escapeXml('</text>&')).toBe('&lt;/text&gt;&amp;')
  })
})

describe('the thread', () => {
  it('draws several at once, each with its own words', async () => {
    const drawn = await Promise.all(
      ['one', 'two', 'three'].map((title) => pictures.draw({ kind: 'graph', ...chain(3), title })),
    )
    expect(drawn.map(({ altText }) => /Graph of (\w+)/.exec(altText)?.[1])).toEqual(['one', 'two', 'three'])
    expect(drawn.every(({ png }) => isPng(png))).toBe(true)
  })

  it('leaves the event loop free meanwhile', async () => {
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    await pictures.draw({ kind: 'graph', ...chain(80) })
    clearInterval(counting)
    expect(turns).toBeGreaterThan(3)
  })

  it('is gone after the end, and asks for nothing more', async () => {
    const own = createPictures()
    await own.draw({ kind: 'graph', ...chain(2) })
    await own.close()
    await expect(own.draw({ kind: 'graph', ...chain(2) })).rejects.toMatchObject({ code: 'picture.failed' })
  })
})
