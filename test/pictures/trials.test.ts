// The picture of tests over versions: drawn for any names and figures, legible for many versions, and told in words.
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createPictures, type TrialsPicture } from '../../src/pictures/index.ts'
import { describeTrials, drawTrials } from '../../src/pictures/trials.ts'

const pictures = createPictures()
afterAll(() => pictures.close())

const row = (values: (number | null)[], threshold = 1): TrialsPicture['rows'][number] => ({
  label: 'Flags what is low',
  detail: `recall ≥ ${threshold * 100} %`,
  threshold,
  better: 'higher',
  values: values.map((value) => ({
    value,
    text: value === null ? 'nothing' : `${value * 100} %`,
    met: value !== null && value >= threshold,
  })),
})
const columns = (...passed: (number | null)[]): TrialsPicture['columns'] =>
  passed.map((one, index) => ({ label: `v${index + 1}`, note: 'retired', passed: one, total: 4 }))
const picture = (given: Partial<TrialsPicture> = {}): TrialsPicture => ({
  title: 'Versions of Reorder check',
  subtitle: 'The latest test of each version',
  columns: columns(4, 3, null),
  rows: [row([1, 0.5, null])],
  ...given,
})

const hostile = fc.oneof(
  fc.constantFrom(
    '</text><script>alert(1)</script>',
    '\ud800',
    '\u202egnp.exe',
    'x'.repeat(400),
    '日本語 👩‍👩‍👧',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const figure = fc.double({ noNaN: true, noDefaultInfinity: true })
const any: fc.Arbitrary<TrialsPicture> = fc.record({
  title: hostile,
  subtitle: hostile,
  columns: fc.array(
    fc.record({ label: hostile, note: hostile, passed: fc.option(fc.nat(40)), total: fc.nat(40) }),
    { maxLength: 12 },
  ),
  rows: fc.array(
    fc.record({
      label: hostile,
      detail: hostile,
      threshold: figure,
      better: fc.constantFrom('higher', 'lower'),
      values: fc.array(fc.option(fc.record({ value: fc.option(figure), text: hostile, met: fc.boolean() })), {
        maxLength: 12,
      }),
    }),
    { maxLength: 30 },
  ),
})

describe('tests over versions', () => {
  it('mark what got better and what got worse, whichever way is better', () => {
    const { svg } = drawTrials(picture())
    expect(svg).toContain('50 % ▼')
    expect(svg).toContain('✗ 3/4 ▼')
    const faster = { ...row([0.5, 0.2]), better: 'lower' as const }
    expect(drawTrials(picture({ rows: [faster] })).svg).toContain('20 % ▲')
  })

  it('show the newest eight, as more could not be read', () => {
    const many = picture({
      columns: columns(...Array.from({ length: 11 }, () => 4)),
      rows: [row(Array.from({ length: 11 }, () => 1))],
    })
    const { svg } = drawTrials(many)
    expect(svg).toContain('>v11<')
    expect(svg).toContain('>v4<')
    expect(svg).not.toContain('>v3<')
  })

  it('say in words what they show, the newest first', () => {
    const text = describeTrials(picture())
    expect(text).toBe(
      'Versions of Reorder check, the newest first. v3 (retired): no test. ' +
        'v2 (retired): 3 of 4 scenarios pass, not met: recall ≥ 100 % (Flags what is low) is 50 %. ' +
        'worse: recall ≥ 100 % (Flags what is low), 100 % to 50 %. ' +
        'v1 (retired): 4 of 4 scenarios pass, all measures met.',
    )
  })

  it('are drawn within bounds whatever names and figures there are, and described within what Slack allows', () => {
    fc.assert(
      fc.property(any, (one) => {
        const { svg, width, height } = drawTrials(one)
        expect(svg).not.toMatch(/<script|NaN|Infinity|[\u202e\ud800-\udfff]/u)
        expect(width).toBe(720)
        expect(height).toBeLessThan(2000)
        expect([...describeTrials(one)].length).toBeLessThanOrEqual(1000)
      }),
      { numRuns: 150 },
    )
  })

  it('become a PNG', async () => {
    const { png, altText } = await pictures.draw({ kind: 'trials', ...picture() })
    expect([...png.slice(1, 4)]).toEqual([0x50, 0x4e, 0x47])
    expect(altText).toContain('the newest first')
  })
})
