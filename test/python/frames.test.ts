// Frames on the pipe: whole ones arrive whole however they are cut, and bytes that do not belong end the conversation.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeFrame,
  FrameError,
  FrameReader,
  header,
  jsonDepth,
  parseJson,
} from '../../src/python/frames.ts'

const KINDS = ['P', 'R', 'D']
const known = (kind: string) => (KINDS.includes(kind) ? 1000 : undefined)

test('frames arrive whole, however the bytes are cut', () => {
  const frame = fc.tuple(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 300 }))
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(([kind, body]) => encodeFrame(kind, body)))
        const reader = new FrameReader(known)
        const seen: [string, number[]][] = []
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const next = Math.min(bytes.length, at + (cuts[cut % cuts.length] as number))
          reader.push(bytes.subarray(at, next))
          for (let one = reader.next(); one; one = reader.next()) seen.push([one.kind, [...one.body]])
          at = next
        }
        expect(seen).toEqual(frames.map(([kind, body]) => [kind, [...body]]))
        expect(reader.pendingBytes).toBe(0)
      },
    ),
    { seed: 20260101, numRuns: 200 },
  )
})

test('random bytes are frames within the limits or an error, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
      const reader = new FrameReader(known)
      try {
        for (const chunk of chunks) {
          reader.push(Buffer.from(chunk))
          for (let one = reader.next(); one; one = reader.next()) {
            expect(KINDS).toContain(one.kind)
            expect(one.body.length).toBeLessThanOrEqual(1000)
          }
          expect(reader.pendingBytes).toBeLessThanOrEqual(1005 + 200)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
        expect(() => reader.push(Buffer.from('x'))).toThrow(FrameError)
      }
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('a length beyond the limit is refused before its bytes are kept', () => {
  const reader = new FrameReader(known)
  reader.push(header('P', 0xffff_ffff))
  expect(() => reader.next()).toThrow(FrameError)
  expect(reader.pendingBytes).toBe(0)
})

test('a kind that is not expected now is refused', () => {
  const reader = new FrameReader(() => undefined)
  reader.push(encodeFrame('R', '1'))
  expect(() => reader.next()).toThrow(/unexpected frame/)
})

describe('JSON from the other side', () => {
  test('is what it says for anything that JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!text.includes('__proto__'))
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test('random bytes are JSON or a FrameError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseJson(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
      }),
      { seed: 5, numRuns: 1000 },
    )
  })

  test.each([
    '{"a":{"__proto__":{"x":1},"b":2}}',
    '{"a":{"\\u005f_proto__":{"x":1},"b":2}}',
    '{"__proto__":1,"a":{"b":2}}',
  ])('a key __proto__ is dropped: %s', (text) => {
    const value = parseJson(Buffer.from(text)) as { a: object }
    expect(Object.keys(value)).toEqual(['a'])
    expect(Object.keys(value.a)).toEqual(['b'])
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('nesting is measured without parsing, and brackets in text do not count', () => {
    expect(jsonDepth(Buffer.from('{"a":[[1]],"b":"[[[[\\"[[["}'), 100)).toBe(3)
    expect(() => parseJson(Buffer.from('['.repeat(100_000)))).toThrow(/nested too deep/)
  })

  test('bytes that are not UTF-8 are refused', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/)
  })
})
