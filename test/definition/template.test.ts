// What texts with {{ expressions }} promise.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../../src/definition/expression.ts'
import { compileTemplate, renderTemplate } from '../../src/definition/template.ts'
import type { Json } from '../../src/json.ts'

const scope = (x: Json): Scope => ({ inputs: {}, context: {}, outputs: { x } })

describe('a template', () => {
  it.each<[string, Json, string]>([
    ['{{ outputs["x"].n }} items', { n: 3 }, '3 items'],
    ['{{outputs["x"]}}', 'text', 'text'],
    ['[{{ outputs["x"] }}]', null, '[]'],
    ['{{ outputs["x"] }}', [1, { a: 'b' }], '[1,{"a":"b"}]'],
    ['{{ outputs["x"] }}', 12.5, '12.5'],
    ['{{ outputs["x"] }}', true, 'true'],
    ['{{ {"a": {"b": 1}}.a.b }}!', null, '1!'],
    ['{{ {"a": {"b": 1}}}}!', null, '{"a":{"b":1}}!'],
    ['{{ "}}" }}{{ "{{" }}', null, '}}{{'],
    ['no expression, } and { and }} stay', null, 'no expression, } and { and }} stay'],
  ])('%s with %j is %s', (text, value, rendered) => {
    expect(renderTemplate(text, scope(value))).toBe(rendered)
    const compiled = compileTemplate(text)
    if (!compiled.ok) throw new Error(compiled.fault.message)
    expect(compiled.render(scope(value))).toBe(rendered)
  })

  it('escapes what is filled in, and only that', () => {
    const shout = (text: string) => text.toUpperCase()
    expect(renderTemplate('a {{ outputs["x"] }} b', scope('hello'), { escape: shout })).toBe('a HELLO b')
  })

  it('does not read what was filled in as a template again', () => {
    expect(renderTemplate('{{ outputs["x"] }}', scope('{{ inputs.secret }}'))).toBe('{{ inputs.secret }}')
  })

  it('says which expression is wrong, and where in the text', () => {
    const compiled = compileTemplate('Low: {{ ouputs["x"].n }}')
    if (compiled.ok) throw new Error('compiled')
    expect(compiled.fault).toMatchObject({
      code: 'expression.unknown_name',
      message: 'The expression `ouputs["x"].n` uses "ouputs", which does not exist.',
      hint: 'did you mean "outputs"?',
      position: 8,
    })
  })

  it.each(['{{ inputs', 'a {{ "}} b', '{{ {"a": 1 }}', '{{ } }}'])('must be closed: %s', (text) => {
    const compiled = compileTemplate(text)
    expect(!compiled.ok && compiled.fault.code).toBe('template.unclosed')
    expect(() => renderTemplate(text, scope(null))).toThrowError(
      expect.objectContaining({ code: 'template.unclosed' }),
    )
  })

  it('refuses an empty expression', () => {
    const compiled = compileTemplate('{{ }}')
    expect(!compiled.ok && compiled.fault.code).toBe('expression.syntax')
  })

  it('leaves any text without {{ as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('{{'))
        expect(renderTemplate(text, scope(null))).toBe(text)
      }),
    )
  })
})
