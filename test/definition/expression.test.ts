// What conditions and expressions promise to their authors, mistakes and hostile data included.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compileExpression,
  evaluateCondition,
  evaluateExpression,
  type Scope,
} from '../../src/definition/expression.ts'
import type { Json } from '../../src/json.ts'

function scope(outputs: Scope['outputs'] = {}, more: { [name: string]: Json } = {}): Scope {
  return { inputs: { limit: 3, tags: ['a', 'b'] }, context: { seen: 2 }, outputs, ...more }
}

function faultOf(text: string, options: { variables?: string[]; condition?: boolean } = {}) {
  const compiled = compileExpression(text, options)
  if (compiled.ok) throw new Error(`${text} compiled`)
  return compiled.fault
}

function failureOf(run: () => unknown): { code: string; message: string; hint?: string } {
  try {
    run()
  } catch (thrown) {
    return thrown as { code: string; message: string; hint?: string }
  }
  throw new Error('nothing was thrown')
}

describe('numbers from data', () => {
  it.each<[string, Json]>([
    ['outputs["x"].count + 1 > 3', true],
    ['outputs["x"].count + 1', 4],
    ['1 + outputs["x"].count', 4],
    ['10 - outputs["x"].count * 2', 4],
    ['outputs["x"].count / 2', 1.5],
    ['outputs["x"].count % 2 == 1', true],
    ['outputs["x"].price % 1', 0.5],
    ['outputs["x"].count == 3', true],
    ['1 == 1.0', true],
    ['inputs.limit in [1, 2, 3]', true],
    ['size(inputs.tags) == context.seen', true],
    ['size(inputs.tags) / 2', 1],
    ['7 / 2', 3],
    ['inputs.tags[inputs.limit - 2]', 'b'],
  ])('%s is %j', (text, value) => {
    expect(evaluateExpression(text, scope({ x: { count: 3, price: 2.5 } }))).toEqual(value)
  })

  it('agree with ordinary arithmetic for whole numbers on either side', () => {
    const whole = fc.integer({ min: -1_000_000, max: 1_000_000 })
    fc.assert(
      fc.property(whole, whole, (data, literal) => {
        const values = scope({ x: data })
        const written = literal < 0 ? `(${literal})` : `${literal}`
        expect(evaluateExpression(`outputs["x"] + ${written}`, values)).toBe(data + literal)
        expect(evaluateExpression(`${written} - outputs["x"]`, values)).toBe(literal - data)
        expect(evaluateExpression(`outputs["x"] * ${written} == ${written} * outputs["x"]`, values)).toBe(
          true,
        )
        expect(evaluateExpression(`outputs["x"] < ${written}`, values)).toBe(data < literal)
      }),
    )
  })

  it('are refused where a whole number could not be kept exactly', () => {
    expect(
      failureOf(() => evaluateExpression('outputs["x"] + 9007199254740993', scope({ x: 1 }))),
    ).toMatchObject({
      code: 'expression.failed',
      message: expect.stringContaining('9007199254740993 is too large'),
    })
    expect(failureOf(() => evaluateExpression('9007199254740992 + 1', scope())).message).toContain(
      'too large',
    )
  })

  it.each(['1 / 0', 'inputs.limit / 0', 'inputs.limit % 0', '1.0 / 0.0'])(
    'never divide by zero: %s',
    (text) => {
      expect(failureOf(() => evaluateExpression(text, scope())).code).toBe('expression.failed')
    },
  )
})

describe('values', () => {
  it.each<[string, Json]>([
    ['inputs', { limit: 3, tags: ['a', 'b'] }],
    ['outputs["low stock"].items.filter(i, i.n > 1).map(i, i.sku)', ['B']],
    ['has(outputs.missing)', false],
    ['outputs["low stock"].?nothing.orValue("none")', 'none'],
    ['[1, "a", null, {"b": 2.5}]', [1, 'a', null, { b: 2.5 }]],
    ['timestamp("2024-01-15T14:30:00Z") + duration("1h")', '2024-01-15T15:30:00.000Z'],
    ['inputs.limit > 2 ? "many" : "few"', 'many'],
    ['"żółw 🐢".size()', 6],
  ])('%s is %j', (text, value) => {
    const outputs = {
      'low stock': {
        items: [
          { sku: 'A', n: 1 },
          { sku: 'B', n: 2 },
        ],
      },
    }
    expect(evaluateExpression(text, scope(outputs))).toEqual(value)
  })

  it('come through unchanged, whatever their fields are called', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json
        expect(evaluateExpression('outputs["x"]', scope({ x: plain }))).toEqual(plain)
      }),
    )
    const nasty = JSON.parse('{"constructor": "Bob", "__proto__": {"a": 1}, "toString": null}') as Json
    const result = evaluateExpression('outputs["x"]', scope({ x: nasty }))
    expect(JSON.stringify(result)).toBe(JSON.stringify(nasty))
    expect(evaluateExpression('outputs["x"].constructor == "Bob"', scope({ x: nasty }))).toBe(true)
  })

  it('have no fields but their own', () => {
    for (const name of ['toString', 'hasOwnProperty', '__proto__']) {
      expect(failureOf(() => evaluateExpression(`inputs["${name}"]`, scope())).code).toBe('expression.failed')
    }
  })

  it('may have variables of their place', () => {
    expect(evaluateExpression('row.sku + "!"', scope({}, { row: { sku: 'A' } }))).toBe('A!')
    expect(faultOf('row.sku').code).toBe('expression.unknown_name')
    expect(compileExpression('row.sku', { variables: ['row'] }).ok).toBe(true)
  })
})

describe('conditions', () => {
  it('hold only for true', () => {
    expect(evaluateCondition('inputs.limit == 3', scope())).toBe(true)
    expect(evaluateCondition('inputs.limit > 3', scope())).toBe(false)
  })

  it('take nothing else for true or false, and show what they got', () => {
    expect(failureOf(() => evaluateCondition('inputs.limit', scope()))).toMatchObject({
      code: 'expression.not_boolean',
      message: 'The condition `inputs.limit` gave 3, not true or false. Values: inputs.limit = 3.',
    })
  })

  it('are refused before they run when they can give neither', () => {
    expect(faultOf('size(inputs.tags)', { condition: true })).toMatchObject({
      code: 'expression.not_boolean',
      message: 'The condition `size(inputs.tags)` gives a number, not true or false.',
    })
  })
})

describe('a failed evaluation', () => {
  it('names the expression, the values it looked at, and the field that was probably meant', () => {
    const failure = failureOf(() =>
      evaluateExpression('outputs["x"].cuont + inputs.limit', scope({ x: { count: 3 } })),
    )
    expect(failure.code).toBe('expression.failed')
    expect(failure.message).toBe(
      'The expression `outputs["x"].cuont + inputs.limit` could not be evaluated: No such key: cuont. ' +
        'Values: outputs["x"].cuont is missing, inputs.limit = 3.',
    )
    expect(failure.hint).toBe('did you mean "count"?')
  })

  it('cuts long values', () => {
    const failure = failureOf(() => evaluateExpression('outputs["x"] > 1', scope({ x: '🐢'.repeat(5000) })))
    expect(failure.message.length).toBeLessThan(400)
    expect(failure.message).toContain('…')
    expect(failure.message).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
  })

  it('is ended when a regular expression or loops take too long', () => {
    const slow = () =>
      evaluateExpression('outputs["x"].matches("^(a+)+$")', scope({ x: `${'a'.repeat(40)}b` }))
    expect(failureOf(slow).code).toBe('expression.too_slow')
    const many = Array.from({ length: 3000 }, (_, index) => index)
    const loops = 'outputs["x"].map(a, outputs["x"].map(b, outputs["x"].map(c, a + b + c))).size() > 0'
    expect(failureOf(() => evaluateExpression(loops, scope({ x: many }))).code).toBe('expression.too_slow')
    expect(evaluateExpression('outputs["x"].map(a, a + 1).size()', scope({ x: many }))).toBe(3000)
  })
})

describe('a mistake that shows before anything runs', () => {
  it.each([
    ['input.limit > 3', 'expression.unknown_name', 'did you mean "inputs"?'],
    ['ouptuts["x"] == 1', 'expression.unknown_name', 'did you mean "outputs"?'],
    ['inputs.x == None', 'expression.unknown_name', 'write null'],
    ['sizee(inputs) > 3', 'expression.unknown_function', 'did you mean size()?'],
    ['inputs.tags.exist(t, t == "a")', 'expression.unknown_function', 'did you mean exists()?'],
    ['inputs.tags.exists(t, y == "a")', 'expression.unknown_name', undefined],
    ['1 + "a"', 'expression.type', undefined],
    ['inputs.limit = 3', 'expression.syntax', 'write "==" to compare'],
    ['inputs.a and inputs.b', 'expression.syntax', 'write "&&", "||" and "!" for and, or and not'],
    ['inputs.limit >', 'expression.syntax', undefined],
    ['"open', 'expression.syntax', undefined],
    ['  ', 'expression.syntax', undefined],
    ['inputs.limit == 1 && '.repeat(200), 'expression.too_large', expect.any(String)],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 'expression.too_large', expect.any(String)],
    ['[1].map(a, [1].map(b, [1].map(c, [1].map(d, d))))', 'expression.too_large', expect.any(String)],
    [
      'cel.bind(a, [1], cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, d))))',
      'expression.too_large',
      expect.any(String),
    ],
  ])('%s: %s', (text, code, hint) => {
    const fault = faultOf(text)
    expect(fault.code).toBe(code)
    if (hint !== undefined) expect(fault.hint).toEqual(hint)
  })

  it('is a fault and never a crash, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'()[]{}."\'\\?:&|!<>=+-*/% a1ino') })),
        (text) => {
          const compiled = compileExpression(text)
          if (!compiled.ok) expect(compiled.fault.code).toMatch(/^expression\./)
        },
      ),
    )
  })

  it('points at the place inside the expression', () => {
    expect(faultOf('inputs.limit > 3 && inptus.x').position).toBe(20)
  })
})

describe('what an expression looks at', () => {
  it('is known as paths, without the variables of loops', () => {
    const compiled = compileExpression(
      'outputs["low stock"].items.filter(i, i.n > inputs.limit).size() > 0 && has(context.seen) || outputs[inputs.node] == 1',
    )
    if (!compiled.ok) throw new Error(compiled.fault.message)
    expect(compiled.reads.map((read) => [read.root, ...read.path].join('/'))).toEqual([
      'outputs/low stock/items',
      'inputs/limit',
      'context/seen',
      'outputs',
      'inputs/node',
    ])
  })
})
